"""How code signs in to each service: with a managed identity, or with a stored credential.

Rules:
- a client that is handed a key, password or connection string uses a credential, wherever that comes from;
- a client that is made with a credential object of azure-identity that needs no secret uses the identity;
- tests say nothing of that.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from keyless.assess.calls import CallSite, calls
from keyless.assess.clients import ClientUse, client_uses
from keyless.assess.flows.flow import Origin
from keyless.assess.flows.origins import origins
from keyless.assess.operations.seen import is_test
from keyless.assess.operations.typed import Typed
from keyless.assess.repository import Repository
from keyless.assess.syntax.code import Language
from keyless.assess.syntax.expressions import Expr, Literal, Name, dotted
from keyless.assess.syntax.span import Place
from keyless.assess.syntax.walk import Within
from keyless.catalog.client_operations import Client, clients_by_type, library_of

_BUILDER = "Builder"
_NO_SECRET = frozenset({Origin.IDENTITY, Origin.ADDRESS})


@dataclass(frozen=True, slots=True)
class SignsIn:
    """A place where code signs in to a service, or is made ready to."""

    service: str
    by_identity: bool
    place: Place


def signing_in(repository: Repository) -> tuple[SignsIn, ...]:
    """Every place: `repository.view(signing_in)`."""
    found = (*_handed_over(repository), *_made(repository))
    return tuple(sorted(found, key=lambda one: (one.place, one.service)))


def _handed_over(repository: Repository) -> Iterator[SignsIn]:
    for use in repository.view(client_uses):
        path = use.within.unit.path
        if use.service and use.service != "entra" and not is_test(path):
            yield SignsIn(use.service, _is_identity(repository, use), Place(path, use.at.span))


def _is_identity(repository: Repository, use: ClientUse) -> bool:
    if use.certain:
        return False
    flows = origins(repository, use.argument, use.argument_within)
    return all(one.origin in _NO_SECRET for one in flows)


def _made(repository: Repository) -> Iterator[SignsIn]:
    """The clients that are made with an identity."""
    typed = Typed(repository)
    for site in repository.view(calls):
        path = site.within.unit.path
        known = _client(typed, site)
        if known and not is_test(path) and _given(repository, site.call.arguments, site.within):
            yield SignsIn(library_of(known[0]).service, True, Place(path, site.call.span))


def _client(typed: Typed, site: CallSite) -> tuple[Client, ...]:
    """The kinds of client that a call makes, or begins to build."""
    if site.within.unit.language is Language.GO:
        return (site.method.startswith("New") and typed.kinds(site.call, site.within)) or ()
    name = (dotted(site.call.callee) or "").rpartition(".")[2].removesuffix(_BUILDER)
    return clients_by_type().get(name, ())


def _given(repository: Repository, arguments: tuple[object, ...], within: Within) -> bool:
    values = [getattr(one, "value", None) for one in arguments]
    return any(_is_from_identity(repository, one, within) for one in values if one is not None)


def _is_from_identity(repository: Repository, value: Expr, within: Within) -> bool:
    if isinstance(value, Literal) or (isinstance(value, Name) and value.id in ("self", "this")):
        return False
    return any(one.origin is Origin.IDENTITY for one in origins(repository, value, within))
