"""One reading of one file: the problems found so far, and how much of the file may still be unfolded.

Aliases (``*name``) let a short file stand for a huge one, so that every value looked at is counted, each time
that it is looked at.
"""

from __future__ import annotations

from typing import Generic, TypeVar

import msgspec
from yaml.nodes import Node

from keyless.estate.problems import WHOLE_FILE, At, EstateProblem, InvalidEstate

MAX_VALUES = 250_000

T_co = TypeVar("T_co", covariant=True)


class Located(msgspec.Struct, Generic[T_co], frozen=True):
    """A value and its place in the file, for what can only be checked once the whole file is known."""

    value: T_co
    at: At


class Rejected(Exception):
    """A value was refused, and its problems have been reported."""


def place(node: Node) -> At:
    """Where a node begins."""
    mark = node.start_mark
    return At(mark.line + 1, mark.column + 1)


class Reading:
    """Collects the problems of one file: ``file`` is its name as the user knows it, ``text`` all of it."""

    def __init__(self, file: str, text: str = "") -> None:
        self.file = file
        self._text = text
        self.problems: list[EstateProblem] = []
        self._values = 0

    def line(self, number: int) -> str:
        """A line of the file, counted from 1; empty where there is none."""
        lines = self._text.splitlines()
        return lines[number - 1] if 0 < number <= len(lines) else ""

    def report(self, at: At, message: str, hint: str = "") -> None:
        """Note a problem and go on."""
        self.problems.append(EstateProblem(self.file, at.line, at.column, message, hint))

    def reject(self, at: At, message: str, hint: str = "") -> Rejected:
        """Note a problem, and give back the exception that drops the value which has it."""
        self.report(at, message, hint)
        return Rejected()

    def count(self, node: Node) -> None:
        """Count one value that is looked at.

        Raises:
            InvalidEstate: the file unfolds to more values than an estate has.
        """
        self._values += 1
        if self._values > MAX_VALUES:
            self.report(
                place(node),
                f"the file stands for more than {MAX_VALUES:,} values",
                "use fewer aliases (`*name`), or several estates",
            )
            self.finish()

    def finish(self) -> None:
        """End the reading.

        Raises:
            InvalidEstate: there were problems.
        """
        if self.problems:
            raise InvalidEstate(self.problems)


def refuse(file: str, message: str, hint: str = "", at: At = WHOLE_FILE) -> InvalidEstate:
    """The error for a file that cannot be read any further."""
    return InvalidEstate([EstateProblem(file, at.line, at.column, message, hint)])
