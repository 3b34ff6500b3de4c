"""Service principals: what applications sign in as, and managed identities.

Rules:
- a managed identity has one by being there, and it goes with it: here it can be read and disabled, no more;
- an application's is made and deleted by itself; without one the application gets no tokens;
- one that is disabled gets no tokens either, and what it has is refused.

Source: https://learn.microsoft.com/graph/api/resources/serviceprincipal
"""

from __future__ import annotations

from typing import Any

from msgspec import structs

from keyless.authz.directory import SERVICE_PRINCIPALS as KIND
from keyless.authz.directory import object_scope
from keyless.lifecycle.applications import find_application
from keyless.lifecycle.directory import forget_principal
from keyless.lifecycle.identities import live_identities
from keyless.lifecycle.revoke import restore_in, revoke_in
from keyless.model.actions import ActionPlane
from keyless.model.identities import Application, ManagedIdentity
from keyless.model.resources import Tenant
from keyless.planes.graph import documents
from keyless.planes.graph.access import NO_VERSIONS, SPEC, V1, action, needs, needs_at
from keyless.planes.graph.applications import every_application, put
from keyless.planes.graph.bodies import Body, check_properties, text, typed
from keyless.planes.graph.credentials import (
    add_password,
    made_password,
    remove_password,
    with_certificates,
)
from keyless.planes.graph.errors import BadRequest, ResourceNotFound, SameKeyValue
from keyless.planes.graph.find import the_service_principal
from keyless.planes.graph.listing import Document, entity, page
from keyless.planes.graph.service import Graph
from keyless.store.ports import Reader, Transaction
from keyless.wire.audiences import GRAPH_CLIENT_ID
from keyless.wire.call import Authorized, Reply
from keyless.wire.operation import Operation, operation
from keyless.wire.revocations import all_revocations, revocation_of

ONE = (f"{V1}/servicePrincipals/{{id}}", f"{V1}/servicePrincipals(appId='{{id}}')")
"""The two addresses of a service principal: by its object id, and by its application id."""
_SAMPLE = documents.service_principal(Application("", "", ""), Tenant("", "", "", ""))
_CREDENTIALS = "servicePrincipals/credentials/update"
_KEPT = frozenset(documents.SERVICE_PRINCIPAL_DEFAULTS) - {"deletedDateTime", "signInAudience"}
_CHANGEABLE = frozenset({"accountEnabled", "keyCredentials", "displayName", "appId"}) | _KEPT


def at(method: str, below: str = "") -> tuple[str, ...]:
    """The routes of something below a service principal."""
    return tuple(f"{method} {address}{below}" for address in ONE)


async def every_service_principal(reader: Reader, tenant: Tenant) -> list[Document]:
    """Every service principal in the form of the wire."""
    disabled = {key for key, one in (await all_revocations(reader)).items() if one.disabled}
    holders: list[Application | ManagedIdentity] = [
        *(one for one in await every_application(reader) if one.principal_id),
        *(await live_identities(reader)).values(),
    ]
    shown = [
        documents.service_principal(one, tenant, enabled=one.principal_id.casefold() not in disabled)
        for one in holders
    ]
    return [*shown, documents.graph_itself(tenant)]


async def shown_service_principal(reader: Reader, tenant: Tenant, wanted: str) -> Document:
    """One service principal in the form of the wire; Graph's own is there too.

    Raises:
        ResourceNotFound: there is none.
    """
    if wanted.casefold() in {GRAPH_CLIENT_ID, documents.graph_principal_id(tenant)}:
        return documents.graph_itself(tenant)
    holder = await the_service_principal(reader, wanted)
    revoked = await revocation_of(reader, holder.principal_id)
    enabled = revoked is None or not revoked.disabled
    return documents.service_principal(holder, tenant, enabled=enabled)


async def _own_application(reader: Reader, wanted: str) -> Application:
    """The application behind a service principal that can be changed.

    Raises:
        ResourceNotFound: there is none.
        BadRequest: it is a managed identity's.
    """
    holder = await the_service_principal(reader, wanted)
    if isinstance(holder, ManagedIdentity):
        raise BadRequest(
            "The service principal is a managed identity's: it is changed and deleted with its resource."
        )
    return holder


@operation(
    id="Graph.ListServicePrincipals",
    route=f"GET {V1}/servicePrincipals",
    api_versions=NO_VERSIONS,
    access=needs("servicePrincipals/standard/read"),
    errors=(BadRequest,),
    spec=SPEC + "serviceprincipal-list",
)
async def list_service_principals(call: Authorized[None], graph: Graph) -> Document:
    """Return the service principals of applications and managed identities."""
    found = await every_service_principal(graph.store, await graph.authority.tenant())
    return page(call, KIND, found, _SAMPLE)


@operation(
    id="Graph.GetServicePrincipal",
    route=at("GET"),
    api_versions=NO_VERSIONS,
    access=needs_at(KIND, "servicePrincipals/standard/read"),
    errors=(ResourceNotFound,),
    spec=SPEC + "serviceprincipal-get",
)
async def get_service_principal(call: Authorized[None], graph: Graph) -> Document:
    """Return a service principal."""
    tenant = await graph.authority.tenant()
    return entity(call, KIND, await shown_service_principal(graph.store, tenant, call.params["id"]))


@operation(
    id="Graph.CreateServicePrincipal",
    route=f"POST {V1}/servicePrincipals",
    api_versions=NO_VERSIONS,
    access=needs("servicePrincipals/create"),
    body=dict[str, Any],
    errors=(BadRequest, SameKeyValue),
    spec=SPEC + "serviceprincipal-post-serviceprincipals",
)
async def create_service_principal(call: Authorized[dict[str, Any]], graph: Graph) -> Reply:
    """Make the service principal of an application that has none."""
    check_properties(call.body, _CHANGEABLE)
    client_id = text(call.body, "appId")
    async with graph.store.transaction() as transaction:
        one = await find_application(transaction, client_id)
        if one is None:
            raise BadRequest(
                f"The appId '{client_id[:60]}' of the service principal does not reference a valid "
                "application object.",
                code="NoBackingApplicationObject",
            )
        if one.principal_id:
            raise SameKeyValue(
                "The service principal cannot be created, updated, or restored because the service principal "
                f"name {one.client_id} is already in use."
            )
        _demand_ownership(call, one)
        made = structs.replace(
            one, principal_id=graph.new_guid(), service_principal_body=_kept(one, call.body)
        )
        await put(transaction, made)
    tenant = await graph.authority.tenant()
    return Reply(entity(call, KIND, documents.service_principal(made, tenant)), 201)


def _demand_ownership(call: Authorized[dict[str, Any]], one: Application) -> None:
    """Make sure that whoever may make service principals as an owner alone owns the application.

    Raises:
        Forbidden: it is somebody else's.
    """
    scope = object_scope("applications", one.object_id)
    call.demand(action("applications/basic/update"), scope, ActionPlane.DIRECTORY)


@operation(
    id="Graph.UpdateServicePrincipal",
    route=at("PATCH"),
    api_versions=NO_VERSIONS,
    access=needs_at(KIND, "servicePrincipals/basic/update"),
    body=dict[str, Any],
    errors=(BadRequest, ResourceNotFound),
    spec=SPEC + "serviceprincipal-update",
)
async def update_service_principal(call: Authorized[dict[str, Any]], graph: Graph) -> Reply:
    """Change a service principal, or disable or enable it."""
    check_properties(call.body, _CHANGEABLE)
    scope = object_scope(KIND, call.params["id"])
    if "accountEnabled" in call.body:
        way = "enable" if typed(call.body, "accountEnabled", bool, True) else "disable"
        call.demand(action(f"servicePrincipals/{way}"), scope, ActionPlane.DIRECTORY)
    if "keyCredentials" in call.body:
        call.demand(action(_CREDENTIALS), scope, ActionPlane.DIRECTORY)
    async with graph.store.transaction() as transaction:
        await _change(graph, transaction, call)
    return Reply(status=204)


async def _change(graph: Graph, transaction: Transaction, call: Authorized[dict[str, Any]]) -> None:
    body = call.body
    holder = await the_service_principal(transaction, call.params["id"])
    if body.keys() - {"accountEnabled"}:
        one = await _own_application(transaction, call.params["id"])
        made = structs.replace(one, service_principal_body=_kept(one, body))
        if "keyCredentials" in body:
            entries = typed(body, "keyCredentials", list, [])
            made = with_certificates(graph, made, entries, of_service_principal=True)
        await put(transaction, made)
    if "accountEnabled" in body:
        if typed(body, "accountEnabled", bool, True):
            await restore_in(transaction, holder.principal_id)
        else:
            await revoke_in(transaction, holder.principal_id, call.now, disable=True)


def _kept(one: Application, body: Body) -> dict[str, object]:
    return {**one.service_principal_body, **{name: body[name] for name in _KEPT & body.keys()}}


@operation(
    id="Graph.DeleteServicePrincipal",
    route=at("DELETE"),
    api_versions=NO_VERSIONS,
    access=needs_at(KIND, "servicePrincipals/delete"),
    errors=(ResourceNotFound,),
    spec=SPEC + "serviceprincipal-delete",
)
async def delete_service_principal(call: Authorized[None], graph: Graph) -> Reply:
    """Delete an application's service principal: it gets no tokens until it has another."""
    async with graph.store.transaction() as transaction:
        one = await _own_application(transaction, call.params["id"])
        await put(transaction, _without_principal(one))
        await forget_principal(transaction, one.principal_id, call.now)
    return Reply(status=204)


def _without_principal(one: Application) -> Application:
    return structs.replace(
        one,
        principal_id="",
        passwords=tuple(kept for kept in one.passwords if not kept.of_service_principal),
        certificates=tuple(kept for kept in one.certificates if not kept.of_service_principal),
        service_principal_body={},
    )


@operation(
    id="Graph.AddServicePrincipalPassword",
    route=at("POST", "/addPassword"),
    api_versions=NO_VERSIONS,
    access=needs_at(KIND, _CREDENTIALS),
    body=dict[str, Any],
    errors=(BadRequest, ResourceNotFound),
    spec=SPEC + "serviceprincipal-addpassword",
)
async def add_service_principal_password(call: Authorized[dict[str, Any]], graph: Graph) -> Document:
    """Make a client secret at a service principal, and show it this once."""
    kept, secret = await made_password(graph, call.body, call.now, of_service_principal=True)
    async with graph.store.transaction() as transaction:
        await add_password(transaction, await _own_application(transaction, call.params["id"]), kept)
    return entity(call, "microsoft.graph.passwordCredential", documents.password(kept, secret))


@operation(
    id="Graph.RemoveServicePrincipalPassword",
    route=at("POST", "/removePassword"),
    api_versions=NO_VERSIONS,
    access=needs_at(KIND, _CREDENTIALS),
    body=dict[str, Any],
    errors=(BadRequest, ResourceNotFound),
    spec=SPEC + "serviceprincipal-removepassword",
)
async def remove_service_principal_password(call: Authorized[dict[str, Any]], graph: Graph) -> Reply:
    """Take a client secret from a service principal."""
    async with graph.store.transaction() as transaction:
        one = await _own_application(transaction, call.params["id"])
        await remove_password(transaction, one, text(call.body, "keyId"), of_service_principal=True)
    return Reply(status=204)


OPERATIONS: tuple[Operation, ...] = (
    list_service_principals,
    get_service_principal,
    create_service_principal,
    update_service_principal,
    delete_service_principal,
    add_service_principal_password,
    remove_service_principal_password,
)
