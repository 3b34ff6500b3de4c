"""What is wrong with an estate file, where, and what to write instead. Never a secret's value."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

import msgspec


class At(NamedTuple):
    """A place in the file, counted from 1; ``At(0, 0)`` is the file as a whole."""

    line: int
    column: int


WHOLE_FILE = At(0, 0)


class EstateProblem(msgspec.Struct, frozen=True, order=True):
    """One thing that is wrong. ``line`` and ``column`` count from 1, and are 0 for the file as a whole.

    ``message`` says what is wrong, ``hint`` what to write or do instead (it may be empty).
    """

    file: str
    line: int
    column: int
    message: str
    hint: str = ""

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}:{self.column}" if self.line else self.file
        return f"{place}: {self.message}{'; ' if self.hint else ''}{self.hint}"


class InvalidEstate(ValueError):
    """An estate that cannot be used; ``problems`` are all that were found, in the file's order."""

    def __init__(self, problems: Iterable[EstateProblem]) -> None:
        self.problems = tuple(sorted(set(problems)))
        super().__init__("\n".join(str(problem) for problem in self.problems))
