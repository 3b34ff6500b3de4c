"""What the code of a repository defines: its functions and classes by name, and the names of its files.

Rules:
- a function is found by its name wherever it is defined; a constructor by the name of its class;
- a lambda that is given a name (`const f = () => …`, `f = lambda: …`) is a function of that name;
- what a file has at its top is found by file and name; in Go the files of a folder are one.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache

from keyless.assess.flows.near import nearest
from keyless.assess.repository import Repository
from keyless.assess.syntax.code import Unit
from keyless.assess.syntax.expressions import (
    CONSTRUCTOR,
    Assign,
    Block,
    Class,
    Define,
    Function,
    Lambda,
    Name,
    Repeat,
    Statement,
)
from keyless.assess.syntax.walk import Within

_CONSTRUCTORS = frozenset({CONSTRUCTOR, "__init__", "constructor"})


@dataclass(frozen=True, slots=True, eq=False)
class Defined:
    """A function, and what its body stands in (itself innermost)."""

    name: str
    function: Function
    within: Within

    @property
    def owner(self) -> Class | None:
        """The class that it is a method of."""
        return self.within.classes[-1] if self.within.classes else None

    @property
    def is_constructor(self) -> bool:
        """Whether calling the class runs it."""
        return self.owner is not None and self.function.name in {*_CONSTRUCTORS, self.owner.name}


@dataclass(frozen=True, slots=True, eq=False)
class DefinedClass:
    """A class, and what its members stand in (itself innermost)."""

    declared: Class
    within: Within


class Definitions:
    """Functions and classes by name; methods by class."""

    def __init__(self, repository: Repository) -> None:
        self.functions: dict[str, list[Defined]] = defaultdict(list)
        self.classes: dict[str, list[DefinedClass]] = defaultdict(list)
        self.derived: dict[str, list[DefinedClass]] = defaultdict(list)
        self.methods: dict[int, dict[str, list[Defined]]] = defaultdict(lambda: defaultdict(list))
        self.receiving: dict[str, list[Defined]] = defaultdict(list)
        self.by_function: dict[int, Defined] = {}
        for unit in repository.units:
            for found in _defined(unit):
                self._add(found)

    def _add(self, found: Defined | DefinedClass) -> None:
        if isinstance(found, DefinedClass):
            self.classes[found.declared.name].append(found)
            for base in found.declared.bases:
                self.derived[plain_type(base)].append(found)
            return
        self.functions[found.name].append(found)
        self.by_function[id(found.function)] = found
        owner = found.owner
        if owner is not None:
            name = CONSTRUCTOR if found.is_constructor else found.name
            self.methods[id(owner)][name].append(found)
        elif found.function.receiver is not None:
            self.receiving[plain_type(found.function.receiver.type or "")].append(found)

    def classes_named(self, name: str, unit: Unit) -> list[DefinedClass]:
        """The classes of a name in the language of a file: those of the file itself, or the nearest."""
        found = [one for one in self.classes.get(name, ()) if one.within.unit.language is unit.language]
        own = [one for one in found if one.within.unit is unit]
        return own or nearest(unit.path, found, lambda one: one.within.unit.path)

    def methods_of(self, found: DefinedClass, name: str) -> list[Defined]:
        """The methods of a name that a class has, or inherits, or that the classes below it have."""
        for one in self.family(found):
            methods = self.methods[id(one.declared)].get(name, [])
            received = [method for method in self.receiving.get(one.declared.name, ()) if method.name == name]
            if methods or received:
                return methods + received
        return [
            method
            for one in self.derived.get(found.declared.name, ())[:8]
            for method in self.methods[id(one.declared)].get(name, ())
        ]

    def family(self, found: DefinedClass) -> list[DefinedClass]:
        """A class and those that it derives from, nearest first."""
        family, seen = [found], {found.declared.name}
        for one in family:
            for base in map(plain_type, one.declared.bases):
                if base not in seen and len(family) < 8:
                    seen.add(base)
                    family.extend(self.classes_named(base, one.within.unit)[:2])
        return family


def definitions(repository: Repository) -> Definitions:
    """What the code defines: `repository.view(definitions)`."""
    return Definitions(repository)


@lru_cache(maxsize=65536)
def plain_type(written: str) -> str:
    """The name of a type without what it is made of: `IOptions<A.B>` is `IOptions`, `*pkg.T` is `T`."""
    bare = written.strip().lstrip("*&[]?").partition("<")[0].partition("[")[0].rstrip("?*& ")
    return bare.rpartition(".")[2].strip("\"' ")


def _defined(unit: Unit) -> Iterator[Defined | DefinedClass]:
    waiting: list[tuple[Statement, Within]] = [(one, Within(unit)) for one in reversed(unit.body)]
    while waiting:
        statement, within = waiting.pop()
        match statement:
            case Repeat(body=body) | Block(body=body):
                waiting.extend((one, within) for one in reversed(body))
            case Class(body=body):
                inner = replace(within, classes=(*within.classes, statement))
                yield DefinedClass(statement, inner)
                waiting.extend((one, inner) for one in reversed(body))
            case Define(function=function):
                inner = _inside(function, within)
                yield Defined(function.name, function, inner)
                waiting.extend((one, inner) for one in reversed(function.body))
            case Assign(target=Name(id=name), value=Lambda(function=function)):
                inner = _inside(function, within)
                yield Defined(name, function, inner)
                waiting.extend((one, inner) for one in reversed(function.body))
            case _:
                pass


def _inside(function: Function, within: Within) -> Within:
    return replace(
        within, functions=(*within.functions, function), given_to=(*within.given_to, None), in_loop=False
    )
