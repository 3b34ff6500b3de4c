"""The uses of client libraries in code: each call that hands a credential over, with its argument.

Rules:
- a call, the initializer of an object, an assignment to a property and a struct's literal hand one over,
  where they are those of a library (`called`) and have a credential in them (`overloads`);
- a credential object in its place is gone through to its key (`wrapped`); what code sends in a header by
  itself is a use as well (`headers`).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from keyless.assess.calls import CallSite, calls
from keyless.assess.clients.called import Calls
from keyless.assess.clients.headers import FUNCTIONS, SentKey, sent_keys
from keyless.assess.clients.nearby import Nearby, plain
from keyless.assess.clients.overloads import Overloads
from keyless.assess.clients.use import ClientUse, use_of
from keyless.assess.clients.wrapped import Wrapped
from keyless.assess.repository import Repository
from keyless.assess.syntax.expressions import Assign, Entry, Expr, Member, Name, Record, dotted, text_of
from keyless.assess.syntax.walk import Within
from keyless.assess.walked import walked
from keyless.catalog.client_calls import ClientLibrary, CredentialCall, Form, Style


def client_uses(repository: Repository) -> tuple[ClientUse, ...]:
    """Every use: `repository.view(client_uses)`."""
    return _Uses(repository).all()


class _Uses:
    """Finds the uses of one repository."""

    def __init__(self, repository: Repository) -> None:
        nearby = Nearby(repository)
        self._repository = repository
        self._calls = Calls(repository, nearby)
        self._overloads = Overloads(nearby)
        self._wrapped = Wrapped(repository, nearby, self._overloads)

    def all(self) -> tuple[ClientUse, ...]:
        """Every use, in the order of the files."""
        sites = self._repository.view(calls)
        found = [use for site in sites for use in self._of_call(site)]
        found += self._of_members()
        found += [_sent(one) for one in sent_keys(self._repository)]
        found += [use for site in sites for use in self._wrapped.left_over(site)]
        return tuple(sorted(found, key=lambda one: (one.within.unit.path, one.at.span)))

    def _of_call(self, site: CallSite) -> Iterator[ClientUse]:
        called = self._calls.of(site)
        chosen = self._overloads.chosen(site, called.known) if called.known else None
        if chosen is not None:
            (library, call), argument = chosen
            client = _client(site, call, called.name)
            base = use_of(library, call, argument, site.call, site.within, client)
            yield from self._wrapped.unwrapped(base)
        if site.call.then:
            yield from self._of_entries(site.call.then, plain(site.method), site.call, site.within)

    def _of_entries(
        self, entries: tuple[Entry, ...], made: str, at: Expr, within: Within
    ) -> Iterator[ClientUse]:
        """What the initializer or literal of a type hands over."""
        for entry in entries:
            name = entry.key.id if isinstance(entry.key, Name) else text_of(entry.key)
            for library, call in self._calls.properties(within.unit, name or ""):
                if made in call.on:
                    yield from self._wrapped.unwrapped(use_of(library, call, entry.value, at, within, made))

    def _of_members(self) -> Iterator[ClientUse]:
        """What is assigned to properties, and what struct literals hold."""
        for site in self._repository.view(walked).assigned:
            one, statement = site.expression, site.within.statement
            if isinstance(one, Member) and isinstance(statement, Assign) and one is statement.target:
                yield from self._of_assignment(one, statement, site.within)
        for site in self._repository.view(walked).records:
            one = site.expression
            if isinstance(one, Record) and one.type:
                yield from self._of_entries(one.entries, plain(one.type), one, site.within)

    def _of_assignment(self, target: Member, statement: Assign, within: Within) -> Iterator[ClientUse]:
        if statement.value is None:
            return
        for library, call in self._calls.set_on(target, within):
            use = use_of(library, call, statement.value, target, within, call.on[0].rstrip("()"))
            yield from self._wrapped.unwrapped(use)


_HEADERS = ClientLibrary(language="", libraries=(), calls=())


def _sent(one: SentKey) -> ClientUse:
    what = "?code=" if one.service == FUNCTIONS and one.header == "code=" else one.header
    known = CredentialCall(style=Style.FUNCTION, form=Form.API_KEY, certain=True)
    return replace(use_of(_HEADERS, known, one.value, one.at, one.within, what), service=one.service)


def _client(site: CallSite, call: CredentialCall, name: str) -> str:
    """What the client is called, by its library's name where it has another one here."""
    last = plain(name)
    if call.style is Style.NEW:
        return last
    if call.style is Style.STATIC:
        return f"{plain(name.rpartition('.')[0])}.{last}"
    if call.style is Style.BUILDER:
        return f"{call.on[0].rstrip('()')}.{site.method}"
    written = dotted(site.call.callee) or site.method
    return ".".join((written if name == site.name else name).split(".")[-2:])
