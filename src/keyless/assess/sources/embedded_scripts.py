"""Scripts that stand in workflows, pipelines and other YAML: which shell they are for, and their units.

Rules:
- GitHub: `run`, in the shell that the step, the job or the workflow says, PowerShell on Windows, otherwise
  Bash; `inlineScript` of `azure/cli` and `azure/powershell`;
- Azure Pipelines: `script`, `bash`, `pwsh`, `powershell`, and the inline scripts of tasks, in the language
  that `scriptType` or the task's name says;
- `azure.yaml`: `run` of hooks, in the shell beside it;
- scripts for other shells (`cmd`, `python`) are left;
- `${{ … }}` and `$(x)` in a script are expressions of the surroundings.

Source: https://docs.github.com/actions/reference/workflow-syntax-for-github-actions,
https://learn.microsoft.com/azure/devops/pipelines/yaml-schema/
"""

from __future__ import annotations

from collections.abc import Iterator

from keyless.assess.sources.characters import Characters
from keyless.assess.sources.pieces import Hole, Piece, hollowed
from keyless.assess.sources.scripts import Shell, script_unit
from keyless.assess.sources.surroundings import Macros, expressions_in
from keyless.assess.sources.yaml_records import Scalar, YamlReader
from keyless.assess.syntax.code import Unit
from keyless.assess.syntax.documents import DocumentKind
from keyless.assess.syntax.expressions import Expr, Items, Record, entry_of, text_of
from keyless.assess.syntax.source import Problem

_KEYS: dict[str, Shell] = {
    "script": Shell.BASH,
    "bash": Shell.BASH,
    "pwsh": Shell.POWERSHELL,
    "powershell": Shell.POWERSHELL,
}
_SHELLS: dict[str, Shell] = {
    "bash": Shell.BASH,
    "sh": Shell.BASH,
    "zsh": Shell.BASH,
    "pwsh": Shell.POWERSHELL,
    "powershell": Shell.POWERSHELL,
    "pscore": Shell.POWERSHELL,
    "ps": Shell.POWERSHELL,
}
_INLINE = ("inlineScript", "script", "inline")
_KINDS = frozenset({DocumentKind.GITHUB_WORKFLOW, DocumentKind.AZURE_PIPELINE, DocumentKind.OTHER})


def scripts_in(kind: DocumentKind, reader: YamlReader) -> tuple[tuple[Unit, ...], tuple[Problem, ...]]:
    """The units of a file's scripts, and what of them is not understood."""
    units: list[Unit] = []
    problems: list[Problem] = []
    if kind not in _KINDS:
        return (), ()
    for root in reader.roots:
        windows = Shell.POWERSHELL if kind is DocumentKind.GITHUB_WORKFLOW else Shell.BASH
        for where, shell, value in _scripts(root, _Around(kind, Shell.BASH, windows)):
            scalar = reader.scalars.get(value.span.start)
            if scalar is not None:
                unit, unclear = script_unit(shell, _piece(reader, scalar, kind), where)
                units.append(unit)
                problems.extend(unclear)
    return tuple(units), tuple(problems)


def _piece(reader: YamlReader, scalar: Scalar, kind: DocumentKind) -> Piece:
    plain = reader.piece(scalar)
    if "$" not in scalar.value:
        return plain
    value = scalar.value
    offsets = Characters(plain)
    macros = Macros.VARIABLES if kind is DocumentKind.AZURE_PIPELINE else Macros.NOTHING
    found = expressions_in(value, offsets.span, macros, braces=False)
    holes = [Hole(offsets.byte(one.start), offsets.byte(one.end), one.expression) for one in found]
    if not holes:
        return plain
    piece = reader.piece(scalar, hollowed(value, holes))
    return Piece(piece.outer, piece.text, piece.segments, holes)


class _Around:
    """What holds for the steps below: the shell, and that of Windows."""

    __slots__ = ("kind", "shell", "windows")

    def __init__(self, kind: DocumentKind, shell: Shell | None, windows: Shell) -> None:
        self.kind = kind
        self.shell = shell
        self.windows = windows


def _scripts(root: Expr, around: _Around) -> Iterator[tuple[str, Shell, Expr]]:
    waiting: list[tuple[str, Expr, _Around]] = [("", root, around)]
    while waiting:
        where, value, outer = waiting.pop()
        if isinstance(value, Record):
            here = _narrowed(value, outer)
            for name, shell, script in _of_step(value, here, where):
                yield f"{where}.{name}".lstrip("."), shell, script
            waiting.extend(
                (f"{where}.{text_of(one.key) or '?'}", one.value, here)
                for one in reversed(value.entries)
                if isinstance(one.value, Record | Items)
            )
        elif isinstance(value, Items):
            waiting.extend(
                (f"{where}[{index}]", one, outer) for index, one in reversed(list(enumerate(value.items)))
            )


def _narrowed(record: Record, outer: _Around) -> _Around:
    """What a job or workflow says of the shell of its steps."""
    if outer.kind is not DocumentKind.GITHUB_WORKFLOW:
        return outer
    default = entry_of(record, "defaults", "run", "shell")
    runner = entry_of(record, "runs-on")
    if default is not None:
        return _Around(outer.kind, _shell(text_of(default.value)), outer.windows)
    if runner is not None and (text_of(runner.value) or "").casefold().startswith("windows"):
        return _Around(outer.kind, outer.windows, outer.windows)
    return outer


def _shell(written: str | None) -> Shell | None:
    """The shell that a word asks for; none for those that are not read."""
    words = (written or "").casefold().split()
    return _SHELLS.get(words[0]) if words else None


def _of_step(record: Record, around: _Around, where: str) -> Iterator[tuple[str, Shell, Expr]]:
    if around.kind is DocumentKind.AZURE_PIPELINE:
        if not where.endswith(".inputs"):  # the task beside them says what they are
            yield from _of_pipeline(record)
        return
    run = entry_of(record, "run")
    if run is not None and not isinstance(run.value, Record):
        said = entry_of(record, "shell")
        shell = _shell(text_of(said.value)) if said is not None else around.shell
        if shell is not None and (around.kind is DocumentKind.GITHUB_WORKFLOW or said is not None):
            yield "run", shell, run.value
    uses = entry_of(record, "uses")
    inline = entry_of(record, "with", "inlineScript")
    if uses is not None and inline is not None:
        powershell = "powershell" in (text_of(uses.value) or "").casefold()
        yield "with.inlineScript", Shell.POWERSHELL if powershell else Shell.BASH, inline.value


def _of_pipeline(record: Record) -> Iterator[tuple[str, Shell, Expr]]:
    for key, shell in _KEYS.items():
        found = entry_of(record, key)
        if found is not None and not isinstance(found.value, Record | Items):
            yield key, shell, found.value
    task = entry_of(record, "task")
    inputs = entry_of(record, "inputs")
    if task is None or inputs is None:
        return
    shell_of_task = _of_task((text_of(task.value) or "").casefold(), inputs.value)
    for key in _INLINE:
        found = entry_of(inputs.value, key)
        if found is not None and shell_of_task is not None and not isinstance(found.value, Record | Items):
            yield f"inputs.{key}", shell_of_task, found.value
            return


def _of_task(task: str, inputs: Expr) -> Shell | None:
    said = entry_of(inputs, "scriptType") or entry_of(inputs, "pwsh")
    written = text_of(said.value) if said is not None else None
    if task.startswith("azurecli"):
        return _shell(written) if written else Shell.BASH
    if "powershell" in task:
        return Shell.POWERSHELL
    return Shell.BASH if task.startswith(("bash", "shellscript", "cmdline")) else None
