"""The code of a repository as flows see it: what is defined, written and called, found when it is asked for.

Rules:
- a call's functions are those that its callee names: a function of the same file, package or import, a method
  of the object's class where that is known, a constructor; where the object's class is not known, a method is
  taken only if the language has one of that name in the whole repository;
- callers are the same seen from the other end, so that both always agree.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from keyless.assess.calls import CallSite, calls
from keyless.assess.flows.definitions import Defined, DefinedClass, definitions, plain_type
from keyless.assess.flows.modules import Modules
from keyless.assess.flows.writes import Write, Writes
from keyless.assess.repository import Repository
from keyless.assess.syntax.code import Import, Language, Unit
from keyless.assess.syntax.expressions import Class, Expr, Function, Index, Literal, Record, Statement
from keyless.assess.syntax.walk import Within
from keyless.assess.walked import walked


@dataclass(frozen=True, slots=True, eq=False)
class TypedRecord:
    """A struct's literal, where it stands."""

    record: Record
    within: Within


class Code:
    """Made once for a repository; nothing in it is made before it is needed."""

    def __init__(self, repository: Repository) -> None:
        self.repository = repository
        self.defined = repository.view(definitions)
        self.modules = Modules(repository)
        self._writes: dict[int, Writes] = {}
        self._imports: dict[int, dict[str, Import]] = {}
        self._calls: dict[str, list[CallSite]] | None = None
        self._records: dict[str, list[TypedRecord]] | None = None
        self._members: dict[str, list[tuple[Write, Defined]]] | None = None
        self.fields: dict[tuple[int, str], list[tuple[Write, Within]]] = {}
        self.callers: dict[int, list[CallSite]] = {}
        self.marked_by_result: dict[str, list[Expr]] | None = None
        self.targets: dict[int, list[Defined]] = {}
        self._of_unit: dict[int, list[Defined]] = {}
        self._entries: dict[tuple[int, str], tuple[Expr, Index]] = {}

    def writes(self, body_of: Function | Class | Unit) -> Writes:
        """The writes of a function, a class's body, or the top of a file."""
        key = id(body_of)
        if key not in self._writes:
            body: tuple[Statement, ...] = body_of.body
            self._writes[key] = Writes(body)
        return self._writes[key]

    def imports(self, unit: Unit) -> dict[str, Import]:
        """The imports of a file by the names that it knows them by."""
        key = id(unit)
        if key not in self._imports:
            self._imports[key] = {one.alias: one for one in unit.imports if one.alias}
            if unit.language is Language.GO:
                self._imports[key].update(self._by_package(unit))
        return self._imports[key]

    def _by_package(self, unit: Unit) -> dict[str, Import]:
        """Imports of Go by the name of the package, where it is not that of its folder."""
        found = [(one, self.modules.imported(unit, one.module)[:1]) for one in unit.imports]
        return {units[0].package: one for one, units in found if units and units[0].package}

    def calls_named(self, method: str) -> list[CallSite]:
        """The calls of whatever has a name."""
        if self._calls is None:
            self._calls = defaultdict(list)
            for one in self.repository.view(calls):
                self._calls[plain_type(one.method)].append(one)
        return self._calls.get(method, [])

    def records_of(self, type_name: str) -> list[TypedRecord]:
        """The struct literals of a type."""
        if self._records is None:
            self._records = defaultdict(list)
            for site in self.repository.view(walked).records:
                if isinstance(site.expression, Record) and site.expression.type:
                    named = self._records[plain_type(site.expression.type)]
                    named.append(TypedRecord(site.expression, site.within))
        return self._records.get(type_name, [])

    def member_writes(self, name: str) -> list[tuple[Write, Defined]]:
        """The writes of a member of a name, of whatever object, in all functions."""
        if self._members is None:
            self._members = defaultdict(list)
            for defined in self.defined.by_function.values():
                for written, writes in self.writes(defined.function).by_name.items():
                    if "." in written:
                        last = written.rpartition(".")[2]
                        self._members[last] += [(write, defined) for write in writes]
        return self._members.get(name, [])

    def top(self, unit: Unit, name: str) -> list[tuple[Unit, Write]]:
        """What the top of a file (in Go: of its package) gives a name."""
        return [(one, write) for one in self.modules.beside(unit) for write in self.writes(one).of(name)]

    def functions_at_top(self, unit: Unit, name: str) -> list[Defined]:
        """The functions of a name at the top of a file or its package."""
        beside = {id(one) for one in self.modules.beside(unit)}
        return [
            one
            for one in self.defined.functions.get(name, ())
            if id(one.within.unit) in beside
            and len(one.within.functions) == 1
            and not one.within.classes
            and one.function.receiver is None
        ]

    def entry_of_copied(self, source: Expr, name: str) -> Index:
        """The entry of what is copied: what the copy has under the same name; always the same expression, so
        that what is copied from itself ends."""
        key = (id(source), name)
        if key not in self._entries:
            self._entries[key] = source, Index(source.span, source, Literal(source.span, name))
        return self._entries[key][1]

    def functions_of(self, unit: Unit) -> list[Defined]:
        """The functions that a file defines."""
        key = id(unit)
        if not self._of_unit:
            for one in self.defined.by_function.values():
                self._of_unit.setdefault(id(one.within.unit), []).append(one)
        return self._of_unit.get(key, [])

    def class_around(self, within: Within) -> DefinedClass | None:
        """The innermost class that code stands in."""
        if not within.classes:
            return None
        declared = within.classes[-1]
        return next((one for one in self.defined.classes[declared.name] if one.declared is declared), None)


def code(repository: Repository) -> Code:
    """The code as flows see it: `repository.view(code)`."""
    return Code(repository)
