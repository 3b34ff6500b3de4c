"""Commands of scripts with their words as texts: what is no plain text has a mark in its place."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from keyless.assess.files.purpose import is_test
from keyless.assess.repository import Repository
from keyless.assess.syntax.code import Language
from keyless.assess.syntax.expressions import Command, Expr, Joined, Literal
from keyless.assess.syntax.span import Place
from keyless.assess.syntax.walk import Within, sites

VARIABLE = "\x1a"
"""Stands for what a script puts into a text when it runs."""
_SCRIPTS = frozenset({Language.SHELL, Language.POWERSHELL, Language.DOCKERFILE})
_BEFORE = frozenset({"sudo", "exec", "time", "command", "call", "start", "cmd", "/c", "&"})


@dataclass(frozen=True, slots=True)
class Words:
    """A command: its name in small letters and without its folder, and what follows it."""

    name: str
    texts: tuple[str, ...]
    values: tuple[Expr, ...]
    command: Command
    within: Within

    @property
    def place(self) -> Place:
        """Where it stands."""
        return Place(self.within.unit.path, self.command.span)

    def after(self, *options: str) -> str:
        """What follows the first of these options, be it in the same word (`password=x`, `-w x`, `/u:x`)."""
        for at, text in enumerate(self.texts):
            folded = text.casefold()
            for option in options:
                if folded == option:
                    return self.texts[at + 1] if at + 1 < len(self.texts) else ""
                if folded.startswith(option) and option[-1] in "=:":
                    return text[len(option) :]
        return ""


def commands(repository: Repository) -> tuple[Words, ...]:
    """The commands of scripts that are no tests: `repository.view(commands)`."""
    return tuple(_all(repository))


def _all(repository: Repository) -> Iterator[Words]:
    for unit in repository.units:
        if unit.language not in _SCRIPTS or is_test(unit.path):
            continue
        for site in sites(unit):
            if isinstance(site.expression, Command):
                yield from _words(site.expression, site.within)


def _words(command: Command, within: Within) -> Iterator[Words]:
    values = list(command.words)
    while values and text_with_marks(values[0]).casefold() in _BEFORE:
        values.pop(0)
    if values:
        texts = tuple(text_with_marks(one) for one in values)
        name = texts[0].replace("\\", "/").rpartition("/")[2].casefold().removesuffix(".exe")
        yield Words(name, texts[1:], tuple(values[1:]), command, within)


def text_with_marks(value: Expr) -> str:
    """A text with a mark for each part of it that is not plain."""
    match value:
        case Literal(value=str() as text):
            return text
        case Literal(value=other):
            return "" if other is None else str(other)
        case Joined(parts=parts):
            return "".join(text_with_marks(one) for one in parts)
        case _:
            return VARIABLE
