"""The uses of client libraries in code: each call that hands a credential over, with its argument.

Rules:
- a call is told by its name and by what the file imports; a method of a builder by the type that its chain
  starts at, across statements; what is assigned to a property by the type of the object, or by the function
  that it is configured in (`AddStackExchangeRedisCache(o => o.Configuration = x)`);
- of the overloads of a constructor, one that is given a credential object is not the one with a connection
  string, and one that is given an address neither;
- a credential object that is made of a key is gone through to the key, also where it was put into a variable
  first; of several that may be given (`key ? new AzureKeyCredential(key) : new DefaultAzureCredential()`)
  those that are made of keys count, and ``optional`` says so;
- an object that is made of a key and given to nothing that is known is a use as well: its service is that of
  the only library that the file imports, empty otherwise.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from keyless.assess.calls import CallSite, calls
from keyless.assess.clients.arguments import argument_of
from keyless.assess.clients.headers import FUNCTIONS, SentKey, sent_keys
from keyless.assess.clients.imported import Imported, imported
from keyless.assess.clients.kinds import Kind, kind_of
from keyless.assess.clients.nearby import Nearby, plain
from keyless.assess.repository import Repository
from keyless.assess.syntax.code import Language, Unit
from keyless.assess.syntax.expressions import (
    Assign,
    Call,
    Expr,
    Literal,
    Member,
    Name,
    Record,
    dotted,
)
from keyless.assess.syntax.walk import Within
from keyless.assess.walked import walked
from keyless.catalog.client_calls import (
    ClientLibrary,
    CredentialCall,
    Form,
    Known,
    Style,
    calls_by_word,
    client_libraries,
    is_of,
)

DEFAULT = "default"
_MAY_BE_OBJECTS = frozenset({Form.ANY, Form.API_KEY})
_MADE_WITH_NEW = frozenset({Language.CSHARP, Language.JAVA})


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientUse:
    """A credential that code hands to a client.

    ``at`` is the call, or what is assigned; ``argument`` the expression that the credential is in, which
    stands in ``argument_within``. ``client`` is what the client is called. ``certain`` is whether the
    argument can be nothing but a stored credential; ``optional`` whether an identity may be given instead.
    """

    service: str
    form: Form
    client: str
    argument: Expr
    argument_within: Within
    at: Expr
    within: Within
    library: ClientLibrary
    certain: bool
    optional: bool = False
    through: Expr | None = None
    """The credential object that the argument was put into."""


class Uses:
    """Finds the uses of one repository."""

    def __init__(self, repository: Repository) -> None:
        self.repository = repository
        self.imported = repository.view(imported)
        self.nearby = Nearby(repository)
        self.taken: set[int] = set()

    def all(self) -> tuple[ClientUse, ...]:
        """Every use, in the order of the files."""
        found = [use for site in self.repository.view(calls) for use in self._of_call(site)]
        found += self._of_members()
        found += [_sent(one) for one in sent_keys(self.repository)]
        found += [use for site in self.repository.view(calls) for use in self._left_over(site)]
        return tuple(sorted(found, key=lambda one: (one.within.unit.path, one.at.span)))

    def _of_call(self, site: CallSite) -> Iterator[ClientUse]:
        known = [one for one in self._known(site) if not one[1].wraps]
        chosen = self._chosen(site, known) if known else None
        if chosen is not None:
            (library, call), argument = chosen
            base = _use(library, call, argument, site.call, site.within, _client(site, call))
            yield from self._unwrapped(base)
        if site.call.then:
            yield from self._of_initializer(site)

    def _known(self, site: CallSite) -> list[Known]:
        words = calls_by_word(site.within.unit.language.value)
        word = self._word(site)
        return [one for one in words.get(word, ()) if self._matches(site, word, *one)]

    def _word(self, site: CallSite) -> str:
        """The last word of what is called, as its library has it; `default` for what a module is itself."""
        return DEFAULT if site.name in self.imported[id(site.within.unit)].modules else plain(site.name)

    def _matches(self, site: CallSite, word: str, library: ClientLibrary, call: CredentialCall) -> bool:
        here = self.imported[id(site.within.unit)]
        match call.style:
            case Style.NEW:
                made = site.call.new or site.within.unit.language not in _MADE_WITH_NEW
                return made and word in call.on and here.names(library, site.name)
            case Style.STATIC:
                owner = plain(site.name.rpartition(".")[0])
                return owner in call.on and here.names(library, site.name)
            case Style.FUNCTION:
                return not site.call.new and self._is_function(site, library)
            case Style.METHOD:
                return not site.call.new and here.has(library)
            case Style.BUILDER:
                return here.has(library) and self._starts_at(site, call.on)
            case Style.PROPERTY:
                return False

    def _is_function(self, site: CallSite, library: ClientLibrary) -> bool:
        here = self.imported[id(site.within.unit)]
        if site.within.unit.language in _MADE_WITH_NEW:
            return here.names(library, site.name)  # extension methods stand behind whatever object
        return is_of(library, site.name) or ("." not in site.name and here.names(library, site.name))

    def _starts_at(self, site: CallSite, types: tuple[str, ...]) -> bool:
        callee = site.call.callee
        if not isinstance(callee, Member):
            return False
        return self._is_one(callee.base, site.within, types)

    def _is_one(self, expression: Expr, within: Within, types: tuple[str, ...]) -> bool:
        made = self.nearby.made(expression, within)
        if made and made in types:
            return True
        return any(f"{name}()" in types for name in _given_to(expression, within))

    def _chosen(self, site: CallSite, known: list[Known]) -> tuple[Known, Expr] | None:
        for one in known:
            argument = argument_of(site.call, one[1], lambda given: self._object(given, site.within))
            if argument is not None and not _is_empty(argument) and self._fits(site, one, argument):
                return one, argument
        return None

    def _object(self, expression: Expr, within: Within) -> Expr:
        """The object that is given, where it is kept in a variable."""
        if isinstance(expression, Record):
            return expression
        values = [one for one, _ in self.nearby.values(expression, within)]
        return next((one for one in values if isinstance(one, Record)), expression)

    def _fits(self, site: CallSite, known: Known, argument: Expr) -> bool:
        """Whether an overload is the one that is called, as far as its arguments look like it."""
        call = known[1]
        kind = self._kind(argument, site.within)
        if call.path or call.style not in {Style.NEW, Style.FUNCTION, Style.STATIC, Style.BUILDER}:
            return True
        if call.form is Form.CONNECTION_STRING:
            others = [one.value for one in site.call.arguments if one.value is not argument]
            return kind not in {Kind.ADDRESS, Kind.CREDENTIAL, Kind.OPTIONS} and not any(
                self._kind(one, site.within) is Kind.CREDENTIAL for one in others
            )
        if call.form is Form.ANY:
            return kind is not Kind.OPTIONS and (kind is not Kind.UNKNOWN or self._has_address(site))
        return True

    def _has_address(self, site: CallSite) -> bool:
        return any(self._kind(one.value, site.within) is Kind.ADDRESS for one in site.call.arguments)

    def _kind(self, expression: Expr, within: Within) -> Kind:
        found = kind_of(expression, self.nearby.declared(expression, within))
        if found is not Kind.UNKNOWN or not isinstance(expression, Name | Member):
            return found
        values = [kind_of(value) for value, _ in self.nearby.values(expression, within)]
        return next((one for one in values if one is not Kind.UNKNOWN), Kind.UNKNOWN)

    def _unwrapped(self, use: ClientUse) -> Iterator[ClientUse]:
        """A use with its credential object taken apart: one for each key that may be in it."""
        values = self.nearby.values(use.argument, use.argument_within) if use.form in _MAY_BE_OBJECTS else []
        inner = [found for value, within in values if (found := self._inside(use, value, within))]
        if not inner:
            yield use
        for found in inner:
            yield replace(found, optional=len(inner) < len(values))

    def _inside(self, use: ClientUse, value: Expr, within: Within) -> ClientUse | None:
        found = self._wrapper(value, within)
        if found is None:
            return None
        (_, call), argument = found
        self.taken.add(id(value))
        return replace(
            use, form=call.form, argument=argument, argument_within=within, certain=True, through=value
        )

    def _wrapper(self, value: Expr, within: Within) -> tuple[Known, Expr] | None:
        if not isinstance(value, Call):
            return None
        written = dotted(value.callee) or ""
        words = calls_by_word(within.unit.language.value).get(plain(written), ())
        here = self.imported[id(within.unit)]
        for known in words:
            library, call = known
            fits = call.wraps and (plain(written) in call.on or call.style is not Style.NEW)
            if fits and (here.has(library) or call.style is Style.NEW):
                argument = argument_of(value, call, lambda one: self._object(one, within))
                if argument is not None:
                    return known, argument
        return None

    def _left_over(self, site: CallSite) -> Iterator[ClientUse]:
        if id(site.call) in self.taken:
            return
        found = self._wrapper(site.call, site.within)
        if found is not None:
            (library, call), argument = found
            service = self._only_service(site.within.unit)
            use = _use(library, call, argument, site.call, site.within, _client(site, call))
            yield replace(use, service=service)

    def _only_service(self, unit: Unit) -> str:
        here: Imported = self.imported[id(unit)]
        found = {
            one.service
            for one in client_libraries()
            if one.service
            and one.language == unit.language.value
            and "*" not in one.libraries
            and here.has(one)
        } - {"entra"}
        return found.pop() if len(found) == 1 else ""

    def _of_initializer(self, site: CallSite) -> Iterator[ClientUse]:
        made = plain(site.method)
        for entry in site.call.then:
            name = entry.key.id if isinstance(entry.key, Name) else getattr(entry.key, "value", None)
            for library, call in self._properties(site.within.unit, str(name)):
                if made in call.on:
                    use = _use(library, call, entry.value, site.call, site.within, made)
                    yield from self._unwrapped(use)

    def _properties(self, unit: Unit, name: str) -> list[Known]:
        words = calls_by_word(unit.language.value)
        here = self.imported[id(unit)]
        return [
            (library, call)
            for library, call in words.get(name, ())
            if call.style is Style.PROPERTY and here.has(library)
        ]

    def _of_members(self) -> Iterator[ClientUse]:
        """What is assigned to properties, and what struct literals hold."""
        for site in self.repository.view(walked).assigned:
            one, statement = site.expression, site.within.statement
            if isinstance(one, Member) and isinstance(statement, Assign) and one is statement.target:
                yield from self._of_assignment(one, statement, site.within)
        for site in self.repository.view(walked).records:
            if isinstance(site.expression, Record) and site.expression.type:
                yield from self._of_struct(site.expression, site.within)

    def _of_assignment(self, target: Member, statement: Assign, within: Within) -> Iterator[ClientUse]:
        if statement.value is None:
            return
        for library, call in self._properties(within.unit, target.name):
            if self._is_one(target.base, within, call.on):
                use = _use(library, call, statement.value, target, within, call.on[0].rstrip("()"))
                yield from self._unwrapped(use)

    def _of_struct(self, record: Record, within: Within) -> Iterator[ClientUse]:
        for entry in record.entries:
            name = entry.key.id if isinstance(entry.key, Name) else getattr(entry.key, "value", None)
            for library, call in self._properties(within.unit, str(name)):
                if plain(record.type or "") in call.on:
                    use = _use(library, call, entry.value, record, within, plain(record.type or ""))
                    yield from self._unwrapped(use)


def client_uses(repository: Repository) -> tuple[ClientUse, ...]:
    """Every use: `repository.view(client_uses)`."""
    return Uses(repository).all()


def _use(
    library: ClientLibrary, call: CredentialCall, argument: Expr, at: Expr, within: Within, client: str
) -> ClientUse:
    return ClientUse(
        service=library.service,
        form=call.form,
        client=client,
        argument=argument,
        argument_within=within,
        at=at,
        within=within,
        library=library,
        certain=call.certain,
    )


_HEADERS = ClientLibrary(language="", libraries=(), calls=())


def _sent(one: SentKey) -> ClientUse:
    what = "?code=" if one.service == FUNCTIONS and one.header == "code=" else one.header
    known = CredentialCall(style=Style.FUNCTION, form=Form.API_KEY, certain=True)
    return replace(_use(_HEADERS, known, one.value, one.at, one.within, what), service=one.service)


def _client(site: CallSite, call: CredentialCall) -> str:
    if call.style is Style.NEW:
        return plain(site.method)
    if call.style is Style.STATIC:
        return f"{plain(site.name.rpartition('.')[0])}.{site.method}"
    if call.style is Style.BUILDER:
        return f"{call.on[0].rstrip('()')}.{site.method}"
    return ".".join((dotted(site.call.callee) or site.method).split(".")[-2:])


def _given_to(expression: Expr, within: Within) -> Iterator[str]:
    """The names of the functions that the one whose parameter this is was given to."""
    if not isinstance(expression, Name):
        return
    for function, given in zip(within.functions, within.given_to, strict=True):
        if isinstance(given, Call) and any(one.name == expression.id for one in function.parameters):
            callee = given.callee
            yield plain(callee.name if isinstance(callee, Member) else getattr(callee, "id", ""))


def _is_empty(argument: Expr) -> bool:
    return isinstance(argument, Literal) and argument.value in (None, "")
