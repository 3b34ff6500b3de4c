"""What a call means that names nothing of a library itself: the client behind a name of the repository's own.

Rules:
- a name means what it is given, over functions and files (`Client = BlobServiceClient`, a parameter, an entry
  of an object), and what a file hands on means what that file imports;
- a class that derives from another means that one, with its constructor where it has none of its own; from
  within it `super().__init__(…)`, `super(…)` and `base(…)` do;
- a name that the file itself imports from outside means nothing else, and is not asked for.
"""

from __future__ import annotations

from typing import NamedTuple

from keyless.assess.calls import CallSite
from keyless.assess.clients.nearby import Nearby, plain
from keyless.assess.flows.code import Code, code
from keyless.assess.flows.definitions import DefinedClass
from keyless.assess.repository import Repository
from keyless.assess.syntax.code import Import, Language, Unit
from keyless.assess.syntax.expressions import CONSTRUCTOR, Call, Expr, Function, Member, Name, dotted
from keyless.assess.syntax.walk import Within

_DEEPEST = 4
_MOST = 4
_OF_BASE = frozenset({"super", "base"})
_BY_NAME = frozenset({Language.CSHARP, Language.JAVA})
"""Languages that find classes by their names, wherever their files are."""


class Meant(NamedTuple):
    """A name of a library in full, as far as imports tell, and the file that names it so.

    ``made`` is whether to call it makes an object of the library's class.
    """

    name: str
    unit: Unit
    made: bool = True


class Meanings:
    """What the calls of one repository mean."""

    def __init__(self, repository: Repository, nearby: Nearby) -> None:
        self._code: Code = repository.view(code)
        self._nearby = nearby
        self._of_names: dict[tuple[int, int, str], list[Meant]] = {}
        self._functions: dict[int, Function | None] = {}

    def of(self, site: CallSite, is_known: bool) -> list[Meant]:
        """What is called, by other names than it has there; ``is_known`` is whether a library has a method
        of its last name."""
        callee = site.call.callee
        if _is_of_base(callee):
            around = self._code.class_around(site.within)
            return [] if around is None else [one._replace(made=True) for one in self._bases(around, 0)]
        if isinstance(callee, Name):
            return self._of_name(callee, site.within)
        if not isinstance(callee, Member) or not is_known:
            return []
        return [one._replace(name=f"{one.name}.{callee.name}") for one in self._of(callee.base, site.within)]

    def of_type(self, name: str, unit: Unit) -> list[Meant]:
        """The types of libraries that a class of the repository derives from."""
        return [one for found in self._classes(name, unit) for one in self._bases(found, 0)]

    def _of_name(self, name: Name, within: Within) -> list[Meant]:
        """The same for all uses of a name in a function: names are called often."""
        function = within.function
        key = (id(within.unit), id(function), name.id)
        if key not in self._of_names:
            self._functions[id(function)] = function  # an id is only good for what is kept
            is_function = bool(self._code.functions_at_top(within.unit, name.id))
            self._of_names[key] = [] if is_function else self._of(name, within)
        return self._of_names[key]

    def _of(self, expression: Expr, within: Within, depth: int = 0) -> list[Meant]:
        if depth > _DEEPEST or self._is_from_outside(expression, within.unit):
            return []
        found: list[Meant] = []
        for value, at in self._nearby.values(expression, within):
            written = dotted(value)
            if written is not None and not (value is expression and self._is_plain(written, at.unit)):
                found += self._named(written, at.unit, depth)
        return found[:_MOST]

    def _is_plain(self, written: str, unit: Unit) -> bool:
        """Whether nothing in the repository says what a name is."""
        imports = self._code.imports(unit)
        return written.partition(".")[0] not in imports and not self._classes(written, unit)

    def _is_from_outside(self, expression: Expr, unit: Unit) -> bool:
        known = self._code.imports(unit).get((dotted(expression) or "").partition(".")[0])
        return known is not None and not self._code.modules.imported(unit, known.module)

    def _named(self, written: str, unit: Unit, depth: int) -> list[Meant]:
        """What a name means in a file: bases of a class of the repository, or what is imported."""
        if classes := self._classes(written, unit):
            return [one for found in classes for one in self._bases(found, depth + 1)]
        first, dot, rest = written.partition(".")
        known = self._code.imports(unit).get(first)
        if known is None:
            return [Meant(written, unit)]
        name, after = (rest.partition(".")[0], "") if known.name is None and dot else (known.name, dot + rest)
        handed_on = self._code.modules.having(unit, known.module, name or "default")
        if handed_on.outside:
            return [Meant(f"{_full(one, name or '')}{after}", at) for at, one in handed_on.outside]
        return [] if handed_on.units else [Meant(f"{_full(known, first)}{dot}{rest}", unit)]

    def _classes(self, written: str, unit: Unit) -> list[DefinedClass]:
        """The classes of the repository that a name means in a file."""
        first, dot, rest = written.partition(".")
        if unit.language in _BY_NAME:
            return self._code.defined.classes_named(plain(written), unit)[:_MOST]
        own = self._in(unit, written) if not dot else []
        known = self._code.imports(unit).get(first)
        if own or known is None or (dot and known.name not in {None, "default"}):
            return own
        name = rest if dot else known.name or "default"
        having = self._code.modules.having(unit, known.module, name).units
        return [one for at, given in having for one in self._in(at, first if given == "default" else given)]

    def _in(self, unit: Unit, name: str) -> list[DefinedClass]:
        return [one for one in self._code.defined.classes.get(name, ()) if one.within.unit is unit]

    def _bases(self, found: DefinedClass, depth: int) -> list[Meant]:
        """The types of libraries that a class derives from, over classes of the repository."""
        if depth > _DEEPEST:
            return []
        unit = found.within.unit
        own = bool(self._code.defined.methods[id(found.declared)].get(CONSTRUCTOR))
        return [
            one._replace(made=one.made and not own)
            for base in found.declared.bases[:_MOST]
            for one in self._named(base.partition("<")[0].strip(), unit, depth)
        ]


def _is_of_base(callee: Expr) -> bool:
    """`super(…)`, `base(…)`, `super().__init__(…)`."""
    if isinstance(callee, Name):
        return callee.id in _OF_BASE
    if not isinstance(callee, Member) or callee.name != "__init__":
        return False
    return isinstance(callee.base, Call) and dotted(callee.base.callee) == "super"


def _full(known: Import, name: str) -> str:
    """What an import is in full: a module, something in it, or the name itself where all is brought in."""
    if not known.alias:
        return f"{known.module}.{name}"
    return known.module if known.name is None else f"{known.module}.{known.name}"
