"""Which calls of client libraries a call may be, and which of their properties an assignment may set.

Rules:
- a call is told by its name and by what the file imports, and where that says nothing by what the name means
  (`meant`), with the imports of the file that says so;
- a method of a builder is told by the type that its chain starts at, across statements and functions; what is
  assigned to a property by the type of the object, or by the function that it is configured in
  (`AddStackExchangeRedisCache(o => o.Configuration = x)`).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from keyless.assess.calls import CallSite
from keyless.assess.clients.imported import Imported, imported
from keyless.assess.clients.meant import Meanings, Meant
from keyless.assess.clients.nearby import Nearby, plain
from keyless.assess.repository import Repository
from keyless.assess.syntax.code import Language, Unit
from keyless.assess.syntax.expressions import Call, Expr, Member, Name
from keyless.assess.syntax.walk import Within
from keyless.catalog.client_calls import (
    ClientLibrary,
    CredentialCall,
    Known,
    Style,
    calls_by_word,
    is_of,
)

DEFAULT = "default"
_MADE_WITH_NEW = frozenset({Language.CSHARP, Language.JAVA})


class Called(NamedTuple):
    """What a call may be, and the name in full that it has."""

    name: str
    known: list[Known]


class Calls:
    """Tells the calls of one repository."""

    def __init__(self, repository: Repository, nearby: Nearby) -> None:
        self._imported = repository.view(imported)
        self._nearby = nearby
        self._meanings = Meanings(repository, nearby)

    def of(self, site: CallSite) -> Called:
        """What a call may be of a library; nothing where it is none of one."""
        words = calls_by_word(site.within.unit.language.value)
        unit = site.within.unit
        own = Meant(site.name, unit, site.call.new or unit.language not in _MADE_WITH_NEW)
        word = self._word(site)
        found = self._matching(site, own, words.get(word, ()), word)
        if found:
            return Called(site.name, found)
        for meant in self._meanings.of(site, is_known=word in words):
            word = plain(meant.name)
            if found := self._matching(site, meant, words.get(word, ()), word):
                return Called(meant.name, found)
        return Called(site.name, [])

    def _matching(self, site: CallSite, meant: Meant, known: tuple[Known, ...], word: str) -> list[Known]:
        return [one for one in known if not one[1].wraps and self._matches(site, meant, word, *one)]

    def _word(self, site: CallSite) -> str:
        """The last word of what is called, as its library has it; `default` for what a module is itself."""
        return DEFAULT if site.name in self._imported[id(site.within.unit)].modules else plain(site.name)

    def _matches(
        self, site: CallSite, meant: Meant, word: str, library: ClientLibrary, call: CredentialCall
    ) -> bool:
        here = self._imported[id(meant.unit)]
        match call.style:
            case Style.NEW:
                return meant.made and word in call.on and here.names(library, meant.name)
            case Style.STATIC:
                owner = plain(meant.name.rpartition(".")[0])
                return owner in call.on and here.names(library, meant.name)
            case Style.FUNCTION:
                return not site.call.new and _is_function(here, library, meant)
            case Style.METHOD:
                return not site.call.new and here.has(library)
            case Style.BUILDER:
                callee = site.call.callee
                return isinstance(callee, Member) and self._is_one(callee.base, site.within, library, call)
            case Style.PROPERTY:
                return False

    def properties(self, unit: Unit, name: str) -> list[Known]:
        """The properties of a name that the libraries of a file have."""
        here = self._imported[id(unit)]
        return [one for one in _properties(unit, name) if here.has(one[0])]

    def set_on(self, target: Member, within: Within) -> Iterator[Known]:
        """The properties that an assignment to a member may set."""
        for library, call in _properties(within.unit, target.name):
            if self._is_one(target.base, within, library, call):
                yield library, call

    def _is_one(self, expression: Expr, within: Within, library: ClientLibrary, call: CredentialCall) -> bool:
        """Whether an expression is an object of one of the types that a call is of."""
        here = self._imported[id(within.unit)]
        if here.has(library) and any(f"{name}()" in call.on for name in _given_to(expression, within)):
            return True
        return any(
            plain(one.name) in call.on and self._imported[id(one.unit)].has(library)
            for name, unit in self._nearby.made(expression, within)
            for one in (Meant(name, unit), *self._meanings.of_type(name, unit))
        )


def _properties(unit: Unit, name: str) -> list[Known]:
    words = calls_by_word(unit.language.value)
    return [one for one in words.get(name, ()) if one[1].style is Style.PROPERTY]


def _is_function(here: Imported, library: ClientLibrary, meant: Meant) -> bool:
    if meant.unit.language in _MADE_WITH_NEW:
        return here.names(library, meant.name)  # extension methods stand behind whatever object
    return is_of(library, meant.name) or ("." not in meant.name and here.names(library, meant.name))


def _given_to(expression: Expr, within: Within) -> Iterator[str]:
    """The names of the functions that the one whose parameter this is was given to."""
    if not isinstance(expression, Name):
        return
    for function, given in zip(within.functions, within.given_to, strict=True):
        if isinstance(given, Call) and any(one.name == expression.id for one in function.parameters):
            callee = given.callee
            yield plain(callee.name if isinstance(callee, Member) else getattr(callee, "id", ""))
