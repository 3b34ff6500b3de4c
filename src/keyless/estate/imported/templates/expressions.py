"""Expressions of ARM templates and of Bicep, as they are evaluated: operators are functions."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Literal:
    """A value as it stands there."""

    value: object


@dataclass(frozen=True, slots=True)
class Name:
    """A symbol of Bicep: a parameter, a variable, a resource, a module or the item of a loop."""

    name: str


@dataclass(frozen=True, slots=True)
class Call:
    """A function, by its case-folded name."""

    name: str
    arguments: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Member:
    """A member of an object, or an item of a list."""

    of: Node
    name: Node


@dataclass(frozen=True, slots=True)
class Spread:
    """What is put in with all its items or properties: `...of`."""

    of: Node


@dataclass(frozen=True, slots=True)
class Record:
    """An object."""

    pairs: tuple[tuple[Node, Node] | Spread, ...]

    def get(self, name: str) -> Node | None:
        """The node under a plain name, compared without case: the last one, also of what is spread."""
        told: list[Node] = []
        for one in reversed(self.pairs):
            if isinstance(one, Spread):
                told.append(Call("tryget", (one.of, Literal(name))))
            elif isinstance(one[0], Literal) and str(one[0].value).casefold() == name.casefold():
                told.append(one[1])
                break
        return Call("coalesce", tuple(told)) if len(told) > 1 else next(iter(told), None)


@dataclass(frozen=True, slots=True)
class Items:
    """A list."""

    items: tuple[Node | Spread, ...]


@dataclass(frozen=True, slots=True)
class Unknown:
    """Something that is not understood; ``what`` says what it is."""

    what: str


Node = Literal | Name | Call | Member | Record | Items | Unknown
