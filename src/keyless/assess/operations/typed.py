"""Which kind of client an expression is.

Rules:
- a declared type says it, then the class that makes the object, a builder that a chain starts at, or a method
  of another client that gives one (`service.get_blob_client(..)`);
- names are followed within the file, then over the fields, functions and arguments of the repository;
- what has another type than a client's is none; what cannot be told is unknown, and that is another answer.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from keyless.assess.clients.imported import Imported, imported
from keyless.assess.clients.nearby import Nearby
from keyless.assess.flows.code import code
from keyless.assess.flows.returned import returns
from keyless.assess.flows.targets import targets
from keyless.assess.repository import Repository
from keyless.assess.syntax.code import Language, Unit
from keyless.assess.syntax.expressions import Call, Choice, Expr, Member, Name, dotted
from keyless.assess.syntax.walk import Within
from keyless.catalog.client_operations import Client, clients_by_type, library_of, makers, word_of

_DEEPEST = 6
_BUILDER = "Builder"
_GO_MADE = re.compile(r"New([A-Z]\w{0,40}?)(?:(?:From|With)[A-Z]\w{0,60})?")
_NO_TYPES = frozenset({"", "var", "let", "const", "any", "object", "dynamic", "unknown", "self", "this"})
_NO_CLIENT: tuple[Client, ...] = ()
_COMMON = frozenset({"Container", "Database", "Items", "Item"})
"""Names of types that other libraries have as well: the file has to import the client's."""

Kinds = tuple[Client, ...] | None
"""The kinds that an expression may be; empty where it is something else, none where that is unknown."""


class Typed:
    """The kinds of client of one repository's expressions."""

    def __init__(self, repository: Repository) -> None:
        self._imported = repository.view(imported)
        self._nearby = Nearby(repository)
        self._code = repository.view(code)

    def imports(self, unit: Unit) -> Imported:
        """What a file brings in."""
        return self._imported[id(unit)]

    def has(self, unit: Unit, client: Client) -> bool:
        """Whether a file imports the library of a client."""
        here, library = self.imports(unit), library_of(client)
        return any(library.has(one) for one in here.everything)

    def kinds(self, expression: Expr, within: Within, depth: int = 0) -> Kinds:
        """The kinds of client that an expression is."""
        if depth > _DEEPEST:
            return None
        match expression:
            case Call():
                return self._of_call(expression, within, depth)
            case Choice(alternatives=alternatives):
                return self._first((one, within) for one in alternatives)
            case Member(base=base, name=name) if made := makers().get(word_of(name)):
                given = self._given_by(made, self.kinds(base, within, depth + 1), within.unit, telling=False)
                return given if given else self._of_name(expression, within, depth)
            case Name() | Member():
                return self._of_name(expression, within, depth)
            case _:
                return None

    def _first(self, several: Iterable[tuple[Expr, Within]]) -> Kinds:
        found = (self.kinds(one, within, _DEEPEST - 1) for one, within in several)
        return next((kinds for kinds in found if kinds), None)

    def _of_call(self, call: Call, within: Within, depth: int) -> Kinds:
        written = dotted(call.callee) or ""
        by_type = self._named(written, within.unit) or self._by_argument(call, within.unit)
        if by_type:
            return by_type
        if call.new:
            return _NO_CLIENT
        if isinstance(call.callee, Member):
            given = self._by_method(call.callee, within, depth)
            if given is not None:
                return given
        made = self._nearby.declared(call, within)
        if made not in _NO_TYPES:
            return self._declared(made, within.unit)
        return self._returned(call, within, depth)

    def _by_argument(self, call: Call, unit: Unit) -> Kinds:
        """`services.GetRequiredService<BlobServiceClient>()`."""
        return self._named(call.types[0], unit) if len(call.types) == 1 else None

    def _by_method(self, callee: Member, within: Within, depth: int) -> Kinds:
        owner = self._named(dotted(callee.base) or "", within.unit)
        if owner and isinstance(callee.base, Name) and callee.base.id[:1].isupper():
            return owner  # `BlobServiceClient.from_connection_string(..)`
        word = word_of(callee.name)
        if word.startswith("build") and (built := self._built(callee, within.unit)):
            return built
        if made_in_go := self._go_made(callee, within.unit):
            return made_in_go
        made = makers().get(word)
        if made is None:
            return None
        return self._given_by(made, self.kinds(callee.base, within, depth + 1), within.unit, telling=True)

    def _built(self, callee: Member, unit: Unit) -> Kinds:
        """`new BlobServiceClientBuilder()…buildClient()`, and what a step of it gives (`.sender()`)."""
        steps = [word_of(callee.name)]
        one: Expr = callee.base
        while isinstance(one, Call) and isinstance(one.callee, Member):
            steps.append(word_of(one.callee.name))
            one = one.callee.base
        started = dotted(one.callee) if isinstance(one, Call) else dotted(one)
        of_builder = self._named((started or "").removesuffix(_BUILDER), unit)
        if not of_builder and started and started.endswith(_BUILDER):
            of_builder = self._named(started.removesuffix(_BUILDER) + "ProducerClient", unit)
        stepped = [client for step in steps for client in makers().get(step, ())]
        libraries = {client.library for client in of_builder or ()}
        chosen = tuple(client for client in stepped if client.library in libraries)
        return chosen or of_builder

    def _go_made(self, callee: Member, unit: Unit) -> Kinds:
        """`azblob.NewClientFromConnectionString(..)`."""
        found = _GO_MADE.fullmatch(callee.name) if unit.language is Language.GO else None
        if found is None or not isinstance(callee.base, Name):
            return None
        return self._named(f"{callee.base.id}.{found[1]}", unit) or None

    def _given_by(self, made: tuple[Client, ...], base: Kinds, unit: Unit, telling: bool) -> Kinds:
        """The kinds that a method gives: of the library that its object is of, or that the file imports."""
        if base is not None:
            libraries = {client.library for client in base}
            return tuple(one for one in made if one.library in libraries)
        known = tuple(one for one in made if self.has(unit, one)) if telling else ()
        return known if len({one.library for one in known}) == 1 else None

    def _named(self, written: str, unit: Unit) -> Kinds:
        """The kinds whose type a name is; none where it is a type of something else."""
        plain = written.strip("*&? ").partition("<")[0].partition("[")[0]
        last = ".".join(plain.split(".")[-2:]) if unit.language is Language.GO else plain.rpartition(".")[2]
        found = clients_by_type().get(last, ())
        if len(found) > 1 or last in _COMMON or unit.language is Language.GO:
            return tuple(one for one in found if self.has(unit, one))
        return found

    def _of_name(self, expression: Expr, within: Within, depth: int) -> Kinds:
        written = self._nearby.declared(expression, within)
        if written not in _NO_TYPES:
            return self._declared(written, within.unit)
        found: Kinds = None
        for value, around in self._nearby.values(expression, within):
            kinds = None if value is expression else self.kinds(value, around, depth + 1)
            if kinds:
                return kinds
            found = found if kinds is None else kinds
        return found

    def _declared(self, written: str, unit: Unit) -> Kinds:
        """By a declared type, also one that holds it: `Optional[X]`, `Task<X>`, `X | None`."""
        if kinds := self._named(written, unit):
            return kinds
        parts = (self._named(one, unit) for one in re.findall(r"[\w.]{2,80}", written[:200]))
        return next((kinds for kinds in parts if kinds), _NO_CLIENT)

    def _returned(self, call: Call, within: Within, depth: int) -> Kinds:
        for one in targets(self._code, call, within)[:3]:
            if (result := one.function.result) and (kinds := self._declared(result, one.within.unit)):
                return kinds
            for given in returns(one.function.body)[:3]:
                if given.value is not None and (kinds := self.kinds(given.value, one.within, depth + 1)):
                    return kinds
        return None
