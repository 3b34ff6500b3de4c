"""Names to things: found without case, unknown ones explained, ambiguous ones never guessed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Generic, TypeVar

from keyless.estate.reading import Located, Reading
from keyless.model.nearest import nearest, quoted_list

T = TypeVar("T")


class Directory(Generic[T]):
    """The things of one kind, such as vaults, each under one or several names.

    ``incomplete`` is set where some were refused, so that an unknown name may be one of those.
    """

    def __init__(self, noun: str, where: str) -> None:
        self.noun, self.where = noun, where
        self.incomplete = False
        self._things: list[T] = []
        self._at: dict[int, int] = {}
        self._names: list[tuple[str, ...]] = []
        self._otherwise: list[str] = []
        self._by_name: dict[str, list[int]] = {}
        self.missed: set[str] = set()

    @property
    def things(self) -> tuple[T, ...]:
        """Everything, in the order of the file."""
        return tuple(self._things)

    def entries(self) -> Iterator[tuple[T, tuple[str, ...]]]:
        """Everything with its names."""
        return zip(self._things, self._names, strict=True)

    def add(self, thing: T, *names: str, otherwise: str = "") -> None:
        """Put a thing under its names, the shortest first.

        ``otherwise`` is what the user can write where none of the names leads to this thing alone.
        """
        self._at[id(thing)] = len(self._things)
        self._things.append(thing)
        self._names.append(names)
        self._otherwise.append(otherwise)
        for name in names:
            self._by_name.setdefault(name.casefold(), []).append(len(self._things) - 1)

    def miss(self, names: Iterable[str]) -> None:
        """Note names whose things were refused: they are known, but there is nothing behind them."""
        self.missed.update(name.casefold() for name in names)

    def get(self, name: str) -> T | None:
        """The one thing of a name; none where there is not exactly one."""
        found = self._by_name.get(name.casefold(), [])
        return self._things[found[0]] if len(found) == 1 else None

    def has(self, name: str) -> bool:
        """Whether anything has the name."""
        return name.casefold() in self._by_name

    def clear_name(self, thing: T) -> str:
        """The first of a thing's names that leads to it alone."""
        at = self._at[id(thing)]
        return next((name for name in self._names[at] if self.get(name) is thing), self._otherwise[at])

    def label(self, thing: T) -> str:
        """The first of a thing's names."""
        return self._names[self._at[id(thing)]][0]

    def find(self, wanted: Located[str], reading: Reading) -> T | None:
        """The thing of a name; none where it is unknown or ambiguous, which is then reported."""
        found = self._by_name.get(wanted.value.casefold(), [])
        if len(found) == 1:
            return self._things[found[0]]
        if found:
            self._report_ambiguous(wanted, [self._things[at] for at in found], reading)
        elif not (self.incomplete or wanted.value.casefold() in self.missed):
            self._report_unknown(wanted, reading)
        return None

    def _report_ambiguous(self, wanted: Located[str], found: list[T], reading: Reading) -> None:
        reading.report(
            wanted.at,
            f"`{wanted.value}` is the name of {len(found)} {self.noun}s",
            f"write {quoted_list(map(self.clear_name, found))}",
        )

    def _report_unknown(self, wanted: Located[str], reading: Reading) -> None:
        near = nearest(wanted.value, (names[0] for names in self._names))
        reading.report(
            wanted.at,
            f"no {self.noun} is called `{wanted.value}`",
            f"write {quoted_list(near)}" if near else f"declare it under {self.where}",
        )
