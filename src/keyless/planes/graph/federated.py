"""Federated credentials of applications, as Graph writes them.

They keep the rules of all others (``model/federated_credentials.py``), and hold from the next request on.

Source: https://learn.microsoft.com/graph/api/resources/federatedidentitycredential
"""

from __future__ import annotations

import uuid
from typing import Any

from msgspec import structs

from keyless.authz.directory import APPLICATIONS as KIND
from keyless.model.federated_credentials import problems_of, problems_together
from keyless.model.identities import FederatedCredential
from keyless.planes.graph.access import NO_VERSIONS, SPEC, needs_at
from keyless.planes.graph.applications import CREDENTIALS, at
from keyless.planes.graph.bodies import Body, check_properties, text, texts
from keyless.planes.graph.errors import BadRequest, ResourceNotFound, SameKeyValue
from keyless.planes.graph.find import the_application
from keyless.planes.graph.listing import Document, entity, page
from keyless.planes.graph.service import Graph
from keyless.store.collections import FEDERATED_CREDENTIALS
from keyless.store.ports import Key, Reader
from keyless.wire.call import Authorized, Reply
from keyless.wire.operation import Operation, operation

_PATH = "/federatedIdentityCredentials"
_CONTEXT = "applications('{id}')/federatedIdentityCredentials"
_KNOWN = frozenset(
    {"id", "name", "issuer", "subject", "audiences", "description", "claimsMatchingExpression"}
)


def shown(one: FederatedCredential) -> Document:
    """A federated credential in the form of the wire."""
    return {
        "id": str(uuid.uuid5(uuid.NAMESPACE_OID, f"{one.owner.casefold()}\n{one.name.casefold()}")),
        "name": one.name,
        "issuer": one.issuer,
        "subject": one.subject,
        "description": one.description,
        "audiences": [one.audience],
    }


async def _of(reader: Reader, wanted: str) -> list[FederatedCredential]:
    """The federated credentials of the application that a route names."""
    owner = (await the_application(reader, wanted)).client_id
    return [one for _, one in await reader.scan(FEDERATED_CREDENTIALS, (owner.casefold(),))]


def _named(found: list[FederatedCredential], wanted: str) -> FederatedCredential:
    """The one of a name or id.

    Raises:
        ResourceNotFound: there is none.
    """
    key = wanted.casefold()
    for one in found:
        if key in {one.name.casefold(), shown(one)["id"]}:
            return one
    raise ResourceNotFound(wanted)


def _key(one: FederatedCredential) -> Key:
    return (one.owner.casefold(), one.name.casefold())


def _read(owner: str, body: Body) -> FederatedCredential:
    check_properties(body, _KNOWN)
    audiences = texts(body, "audiences")
    if len(audiences) != 1 or body.get("claimsMatchingExpression"):
        raise BadRequest("A federated identity credential has one audience, and matches a subject exactly.")
    issuer, subject = text(body, "issuer", 600), text(body, "subject", 600)
    description = body.get("description")
    said = description if isinstance(description, str) and description else None
    return FederatedCredential(owner, text(body, "name", 120), issuer, subject, audiences[0], said)


def _check(one: FederatedCredential, others: list[FederatedCredential]) -> None:
    """Make sure that a credential keeps the rules, by itself and among its owner's others.

    Raises:
        BadRequest: it does not.
    """
    for problem in problems_of(one):
        raise BadRequest(f"{problem.message}: {problem.hint}")
    for _, problem in problems_together([*others, one]):
        raise BadRequest(f"{problem.message}: {problem.hint}")


@operation(
    id="Graph.ListApplicationFederatedCredentials",
    route=at("GET", _PATH),
    api_versions=NO_VERSIONS,
    access=needs_at(KIND, "applications/standard/read"),
    errors=(ResourceNotFound,),
    spec=SPEC + "application-list-federatedidentitycredentials",
)
async def list_credentials(call: Authorized[None], graph: Graph) -> Document:
    """Return the federated credentials of an application."""
    found = [shown(one) for one in await _of(graph.store, call.params["id"])]
    sample = shown(FederatedCredential("", "", "", "", ""))
    return page(call, _CONTEXT.format(id=call.params["id"]), found, sample)


@operation(
    id="Graph.GetApplicationFederatedCredential",
    route=at("GET", f"{_PATH}/{{credential}}"),
    api_versions=NO_VERSIONS,
    access=needs_at(KIND, "applications/standard/read"),
    errors=(ResourceNotFound,),
    spec=SPEC + "federatedidentitycredential-get",
)
async def get_credential(call: Authorized[None], graph: Graph) -> Document:
    """Return a federated credential of an application, by its name or id."""
    found = _named(await _of(graph.store, call.params["id"]), call.params["credential"])
    return entity(call, _CONTEXT.format(id=call.params["id"]), shown(found))


@operation(
    id="Graph.CreateApplicationFederatedCredential",
    route=at("POST", _PATH),
    api_versions=NO_VERSIONS,
    access=needs_at(KIND, CREDENTIALS),
    body=dict[str, Any],
    errors=(BadRequest, ResourceNotFound, SameKeyValue),
    spec=SPEC + "application-post-federatedidentitycredentials",
)
async def create_credential(call: Authorized[dict[str, Any]], graph: Graph) -> Reply:
    """Let a token of another issuer stand for an application."""
    async with graph.store.transaction() as transaction:
        owner = (await the_application(transaction, call.params["id"])).client_id
        others = await _of(transaction, owner)
        made = _read(owner, call.body)
        if any(one.name.casefold() == made.name.casefold() for one in others):
            raise SameKeyValue(f"FederatedIdentityCredential with name {made.name} already exists.")
        _check(made, others)
        await transaction.put(FEDERATED_CREDENTIALS, _key(made), made)
    return Reply(entity(call, _CONTEXT.format(id=call.params["id"]), shown(made)), 201)


@operation(
    id="Graph.UpdateApplicationFederatedCredential",
    route=at("PATCH", f"{_PATH}/{{credential}}"),
    api_versions=NO_VERSIONS,
    access=needs_at(KIND, CREDENTIALS),
    body=dict[str, Any],
    errors=(BadRequest, ResourceNotFound),
    spec=SPEC + "federatedidentitycredential-update",
)
async def update_credential(call: Authorized[dict[str, Any]], graph: Graph) -> Reply:
    """Change a federated credential of an application; its name stays."""
    async with graph.store.transaction() as transaction:
        found = await _of(transaction, call.params["id"])
        before = _named(found, call.params["credential"])
        made = structs.replace(_read(before.owner, {**shown(before), **call.body}), name=before.name)
        _check(made, [one for one in found if one is not before])
        await transaction.put(FEDERATED_CREDENTIALS, _key(before), made)
    return Reply(status=204)


@operation(
    id="Graph.DeleteApplicationFederatedCredential",
    route=at("DELETE", f"{_PATH}/{{credential}}"),
    api_versions=NO_VERSIONS,
    access=needs_at(KIND, CREDENTIALS),
    errors=(ResourceNotFound,),
    spec=SPEC + "federatedidentitycredential-delete",
)
async def delete_credential(call: Authorized[None], graph: Graph) -> Reply:
    """Take a federated credential from an application."""
    async with graph.store.transaction() as transaction:
        found = _named(await _of(transaction, call.params["id"]), call.params["credential"])
        await transaction.delete(FEDERATED_CREDENTIALS, _key(found))
    return Reply(status=204)


OPERATIONS: tuple[Operation, ...] = (
    list_credentials,
    get_credential,
    create_credential,
    update_credential,
    delete_credential,
)
