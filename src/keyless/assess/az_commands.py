"""What scripts ask of Azure's and other tools: `az`, Az cmdlets, `docker login`, `gh secret set`, `azd`.

Rules:
- the group and command of a tool are its first words that are no options (`storage account keys list`); what
  stands there besides, from the first word that is not plain, is a value;
- an option is known without its dashes, in small letters (`account-name`, `n`); `--name=value` and
  `--name value` are one. What follows it up to the next option are its values;
- a cmdlet's name is its path, and its parameters are its options.

Source: https://learn.microsoft.com/cli/azure/reference-index,
https://learn.microsoft.com/powershell/azure/
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from keyless.assess.repository import Repository
from keyless.assess.syntax.code import Language, Unit
from keyless.assess.syntax.expressions import Command, Expr, Joined, Literal, Other, text_of
from keyless.assess.syntax.pairs import name_and_value
from keyless.assess.syntax.walk import Within, sites

_SCRIPTS = frozenset({Language.SHELL, Language.POWERSHELL, Language.DOCKERFILE})
_TOOLS = frozenset({"az", "azd", "docker", "podman", "helm", "gh", "kubectl", "func", "oras", "sqlcmd"})
_ALIASES = {"az.cmd": "az", "az.exe": "az", "docker.exe": "docker", "buildah": "podman"}
_BEFORE = frozenset({"sudo", "exec", "time", "command", "call"})
_CMDLET = re.compile(r"[A-Za-z]+-[A-Za-z]\w*")
_PLAIN = re.compile(r"[a-z][a-z0-9-]*")
_DEEPEST_PATH = 6


@dataclass(frozen=True, slots=True)
class AzCommand:
    """A call of a tool.

    ``tool`` is `az`, `docker`, …, or empty for a cmdlet; ``path`` what is asked of it, in small letters;
    ``values`` are the words that belong to no option.
    """

    tool: str
    path: str
    options: Mapping[str, tuple[Expr, ...]]
    values: tuple[Expr, ...]
    command: Command
    within: Within

    def has(self, *names: str) -> bool:
        """Whether one of these options is given."""
        return any(name in self.options for name in names)

    def all(self, *names: str) -> tuple[Expr, ...]:
        """The values of the first of these options that is given."""
        return next((self.options[name] for name in names if name in self.options), ())

    def one(self, *names: str) -> Expr | None:
        """The first value of the first of these options that is given."""
        return next(iter(self.all(*names)), None)


def az_commands(repository: Repository) -> tuple[AzCommand, ...]:
    """The calls of tools in scripts: `repository.view(az_commands)`."""
    return tuple(
        found for unit in repository.units if unit.language in _SCRIPTS for found in _commands_of(unit)
    )


def _commands_of(unit: Unit) -> list[AzCommand]:
    return [
        found
        for site in sites(unit)
        if isinstance(site.expression, Command)
        and (found := command_of(site.expression, site.within)) is not None
    ]


def command_of(command: Command, within: Within) -> AzCommand | None:
    """What a command asks of which tool; none where it is of none that is known."""
    words = list(command.words)
    while words and text_of(words[0]) in _BEFORE:
        words.pop(0)
    name = text_of(words[0]) if words else None
    if name is None:
        return None
    tool = name.rpartition("/")[2].casefold()
    tool = _ALIASES.get(tool, tool)
    if tool in _TOOLS:
        path, rest = _path_of(words[1:])
        return AzCommand(tool, path, *_options_of(rest), command, within)
    if within.unit.language is Language.POWERSHELL and _CMDLET.fullmatch(name):
        return AzCommand("", name.casefold(), *_options_of(words[1:]), command, within)
    return None


def _path_of(words: list[Expr]) -> tuple[str, list[Expr]]:
    path: list[str] = []
    for word in words[:_DEEPEST_PATH]:
        text = text_of(word)
        if text is None or not _PLAIN.fullmatch(text):
            break
        path.append(text)
    return " ".join(path), words[len(path) :]


def _options_of(words: list[Expr]) -> tuple[dict[str, tuple[Expr, ...]], tuple[Expr, ...]]:
    options: dict[str, tuple[Expr, ...]] = {}
    values: list[Expr] = []
    name = ""
    for word in words:
        if isinstance(word, Other) and word.kind in {"redirect", "heredoc"}:
            continue
        written = _beginning(word)
        if len(written) > 1 and written.startswith("-") and not written[1:2].isdigit():
            pair = name_and_value(word) if written.startswith("--") else None
            name = (pair[0] if pair else written).lstrip("-").casefold()
            options.setdefault(name, ())
            if pair:
                options[name] = (*options[name], pair[1])
                name = ""
        elif name:
            options[name] = (*options[name], word)
        else:
            values.append(word)
    return options, tuple(values)


def _beginning(word: Expr) -> str:
    """The plain text that a word begins with."""
    first = word.parts[0] if isinstance(word, Joined) and word.parts else word
    return first.value if isinstance(first, Literal) and isinstance(first.value, str) else ""
