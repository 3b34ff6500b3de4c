"""Credential objects that are made of a key (`AzureKeyCredential(key)`): what is in them.

Rules:
- one is gone through to the key, also where it was put into a variable first; of several that may be given
  (`key ? new AzureKeyCredential(key) : new DefaultAzureCredential()`) those that are made of keys count, and
  ``optional`` says so;
- one that is given to nothing that is known is a use as well: its service is that of the only library that
  the file imports, empty otherwise.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from keyless.assess.calls import CallSite
from keyless.assess.clients.imported import imported
from keyless.assess.clients.nearby import Nearby, plain
from keyless.assess.clients.overloads import Overloads
from keyless.assess.clients.use import ClientUse, use_of
from keyless.assess.repository import Repository
from keyless.assess.syntax.code import Unit
from keyless.assess.syntax.expressions import Call, Expr, dotted
from keyless.assess.syntax.walk import Within
from keyless.catalog.client_calls import Form, Known, Style, calls_by_word, client_libraries

_MAY_BE_OBJECTS = frozenset({Form.ANY, Form.API_KEY})


class Wrapped:
    """Goes through the credential objects of one repository, and knows which were gone through."""

    def __init__(self, repository: Repository, nearby: Nearby, overloads: Overloads) -> None:
        self._imported = repository.view(imported)
        self._nearby = nearby
        self._overloads = overloads
        self._taken: set[int] = set()

    def unwrapped(self, use: ClientUse) -> Iterator[ClientUse]:
        """A use with its credential object taken apart: one for each key that may be in it."""
        values = self._nearby.values(use.argument, use.argument_within) if use.form in _MAY_BE_OBJECTS else []
        inner = [found for value, within in values if (found := self._inside(use, value, within))]
        if not inner:
            yield use
        for found in inner:
            yield replace(found, optional=len(inner) < len(values))

    def left_over(self, site: CallSite) -> Iterator[ClientUse]:
        """A credential object that no use goes through."""
        if id(site.call) in self._taken:
            return
        found = self._wrapper(site.call, site.within)
        if found is not None:
            (library, call), argument = found
            use = use_of(library, call, argument, site.call, site.within, _client(site, call.style))
            yield replace(use, service=self._only_service(site.within.unit))

    def _inside(self, use: ClientUse, value: Expr, within: Within) -> ClientUse | None:
        found = self._wrapper(value, within)
        if found is None:
            return None
        (_, call), argument = found
        self._taken.add(id(value))
        return replace(
            use, form=call.form, argument=argument, argument_within=within, certain=True, through=value
        )

    def _wrapper(self, value: Expr, within: Within) -> tuple[Known, Expr] | None:
        if not isinstance(value, Call):
            return None
        written = plain(dotted(value.callee) or "")
        here = self._imported[id(within.unit)]
        for known in calls_by_word(within.unit.language.value).get(written, ()):
            library, call = known
            fits = call.wraps and (written in call.on or call.style is not Style.NEW)
            if fits and (here.has(library) or call.style is Style.NEW):
                argument = self._overloads.argument(value, call, within)
                if argument is not None:
                    return known, argument
        return None

    def _only_service(self, unit: Unit) -> str:
        here = self._imported[id(unit)]
        found = {
            one.service
            for one in client_libraries()
            if one.service
            and one.language == unit.language.value
            and "*" not in one.libraries
            and here.has(one)
        } - {"entra"}
        return found.pop() if len(found) == 1 else ""


def _client(site: CallSite, style: Style) -> str:
    return (
        plain(site.method)
        if style is Style.NEW
        else ".".join((dotted(site.call.callee) or site.method).split(".")[-2:])
    )
