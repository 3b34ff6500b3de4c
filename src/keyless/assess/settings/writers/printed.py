"""Lines `NAME=value` that a script prints into a file of environment variables, or for the pipeline.

Rules:
- `echo "K=$v" >> $GITHUB_ENV` (and into `.env`, `$GITHUB_OUTPUT` is no environment);
- `cat > .env <<EOF` with lines of that form;
- `echo "##vso[task.setvariable variable=K]$v"` of Azure Pipelines.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from keyless.assess.syntax.expressions import Command, Expr, Joined, Literal, Other, dotted, text_of
from keyless.assess.syntax.pairs import name_and_value

_PRINTS = frozenset(
    {"echo", "printf", "cat", "tee", "write-host", "write-output", "add-content", "set-content"}
)
_VARIABLE = re.compile(r"##vso\[task\.setvariable\s([^\]]*+)\]", re.IGNORECASE)
_NAME = re.compile(r"[A-Za-z_][\w.:-]*")


def of_printing(command: Command) -> Iterator[tuple[str, Expr]]:
    """The names and values that a command prints as environment variables."""
    first = (text_of(command.words[0]) or "").casefold() if command.words else ""
    if first not in _PRINTS:
        return
    texts: list[Expr] = [word for word in command.words[1:] if isinstance(word, Literal | Joined)]
    texts += [part for word in command.words if _is(word, "heredoc") for part in _parts(word)]
    into_file = any(
        _is_environment(part) for word in command.words if _is(word, "redirect") for part in _parts(word)
    )
    for text in texts:
        yield from _of_pipeline(text)
        if into_file:
            for line in lines_of(text):
                pair = name_and_value(line)
                if pair is not None and _NAME.fullmatch(pair[0].removeprefix("export ").strip()):
                    yield pair[0].removeprefix("export ").strip(), pair[1]


def _is(word: Expr, kind: str) -> bool:
    return isinstance(word, Other) and word.kind == kind


def _parts(word: Expr) -> tuple[Expr, ...]:
    return word.parts if isinstance(word, Other) else ()


def _is_environment(target: Expr) -> bool:
    name = dotted(target) or ""
    text = (text_of(target) or "").rpartition("/")[2]
    if isinstance(target, Joined):
        text = (text_of(target.parts[-1]) or "").rpartition("/")[2]
    return (
        name in {"GITHUB_ENV", "env.GITHUB_ENV"}
        or text == ".env"
        or text.startswith(".env.")
        or text.endswith(".env")
    )


def _of_pipeline(text: Expr) -> Iterator[tuple[str, Expr]]:
    first = text.parts[0] if isinstance(text, Joined) else text
    found = _VARIABLE.match(text_of(first) or "")
    if found is None:
        return
    given = dict(one.strip().split("=", 1) for one in found.group(1).split(";") if "=" in one)
    behind = name_and_value(text, "]")
    if behind is not None and "variable" in given:
        yield given["variable"], behind[1]


def lines_of(text: Expr) -> list[Expr]:
    """A text taken apart at line breaks, the expressions in it kept whole."""
    lines: list[list[Expr]] = [[]]
    for part in text.parts if isinstance(text, Joined) else (text,):
        written = text_of(part)
        if written is None:
            lines[-1].append(part)
            continue
        for number, line in enumerate(written.split("\n")):
            if number:
                lines.append([])
            if line:
                lines[-1].append(Literal(part.span, line))
    return [one[0] if len(one) == 1 else Joined(text.span, tuple(one)) for one in lines if one]
