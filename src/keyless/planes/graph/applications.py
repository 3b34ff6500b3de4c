"""Application registrations: read, made, changed and deleted, with their owners.

Rules:
- whoever makes one owns it;
- with a registration its service principal goes, and its federated credentials; tokens are refused at once.
  It is not kept for thirty days: there is nothing to restore it from.

Source: https://learn.microsoft.com/graph/api/resources/application
"""

from __future__ import annotations

from typing import Any

from keyless.authz.directory import APPLICATIONS as KIND
from keyless.authz.directory import object_scope
from keyless.lifecycle.applications import application_key
from keyless.lifecycle.directory import forget_principal
from keyless.model.actions import ActionPlane
from keyless.model.identities import Application
from keyless.model.resources import Tenant
from keyless.planes.graph import documents
from keyless.planes.graph.access import NO_VERSIONS, SPEC, V1, action, needs, needs_at
from keyless.planes.graph.application_changes import changed
from keyless.planes.graph.bodies import text
from keyless.planes.graph.credentials import add_password, made_password, remove_password
from keyless.planes.graph.errors import BadRequest, ResourceNotFound
from keyless.planes.graph.find import the_application
from keyless.planes.graph.listing import Document, entity, page
from keyless.planes.graph.service import Graph
from keyless.store.collections import APPLICATIONS, FEDERATED_CREDENTIALS
from keyless.store.ports import Reader, Transaction
from keyless.wire.call import Authorized, Reply
from keyless.wire.operation import Operation, operation

ONE = (f"{V1}/applications/{{id}}", f"{V1}/applications(appId='{{id}}')")
"""The two addresses of a registration: by its object id, and by its application id."""
_SAMPLE = documents.application(Application("", "", ""), Tenant("", "", "", ""))
CREDENTIALS = "applications/credentials/update"


def at(method: str, below: str = "") -> tuple[str, ...]:
    """The routes of something below a registration."""
    return tuple(f"{method} {address}{below}" for address in ONE)


async def every_application(reader: Reader) -> list[Application]:
    """Every registration."""
    return [one for _, one in await reader.scan(APPLICATIONS)]


async def put(transaction: Transaction, one: Application) -> None:
    """Write a registration."""
    await transaction.put(APPLICATIONS, application_key(one.client_id), one)


@operation(
    id="Graph.ListApplications",
    route=f"GET {V1}/applications",
    api_versions=NO_VERSIONS,
    access=needs("applications/standard/read"),
    errors=(BadRequest,),
    spec=SPEC + "application-list",
)
async def list_applications(call: Authorized[None], graph: Graph) -> Document:
    """Return the application registrations."""
    tenant = await graph.authority.tenant()
    found = [documents.application(one, tenant) for one in await every_application(graph.store)]
    return page(call, KIND, found, _SAMPLE)


@operation(
    id="Graph.GetApplication",
    route=at("GET"),
    api_versions=NO_VERSIONS,
    access=needs_at(KIND, "applications/standard/read"),
    errors=(ResourceNotFound,),
    spec=SPEC + "application-get",
)
async def get_application(call: Authorized[None], graph: Graph) -> Document:
    """Return an application registration."""
    one = await the_application(graph.store, call.params["id"])
    return entity(call, KIND, documents.application(one, await graph.authority.tenant()))


@operation(
    id="Graph.CreateApplication",
    route=f"POST {V1}/applications",
    api_versions=NO_VERSIONS,
    access=needs("applications/create"),
    body=dict[str, Any],
    errors=(BadRequest,),
    spec=SPEC + "application-post-applications",
)
async def create_application(call: Authorized[dict[str, Any]], graph: Graph) -> Reply:
    """Register an application, which its maker owns."""
    blank = Application(
        text(call.body, "displayName"),
        graph.new_guid(),
        "",
        owners=(call.principal.principal_id,),
        created_at=call.now,
    )
    async with graph.store.transaction() as transaction:
        made = changed(graph, blank, call.body, await every_application(transaction))
        await put(transaction, made)
    return Reply(entity(call, KIND, documents.application(made, await graph.authority.tenant())), 201)


@operation(
    id="Graph.UpdateApplication",
    route=at("PATCH"),
    api_versions=NO_VERSIONS,
    access=needs_at(KIND, "applications/basic/update"),
    body=dict[str, Any],
    errors=(BadRequest, ResourceNotFound),
    spec=SPEC + "application-update",
)
async def update_application(call: Authorized[dict[str, Any]], graph: Graph) -> Reply:
    """Change an application registration."""
    if "keyCredentials" in call.body:
        scope = object_scope(KIND, call.params["id"])
        call.demand(action(CREDENTIALS), scope, ActionPlane.DIRECTORY)
    async with graph.store.transaction() as transaction:
        one = await the_application(transaction, call.params["id"])
        await put(transaction, changed(graph, one, call.body, await every_application(transaction)))
    return Reply(status=204)


@operation(
    id="Graph.DeleteApplication",
    route=at("DELETE"),
    api_versions=NO_VERSIONS,
    access=needs_at(KIND, "applications/delete"),
    errors=(ResourceNotFound,),
    spec=SPEC + "application-delete",
)
async def delete_application(call: Authorized[None], graph: Graph) -> Reply:
    """Delete an application registration with its service principal."""
    async with graph.store.transaction() as transaction:
        one = await the_application(transaction, call.params["id"])
        await transaction.delete(APPLICATIONS, application_key(one.client_id))
        for key, _ in await transaction.scan(FEDERATED_CREDENTIALS, (one.client_id.casefold(),)):
            await transaction.delete(FEDERATED_CREDENTIALS, key)
        if one.principal_id:
            await forget_principal(transaction, one.principal_id, call.now)
    return Reply(status=204)


@operation(
    id="Graph.AddApplicationPassword",
    route=at("POST", "/addPassword"),
    api_versions=NO_VERSIONS,
    access=needs_at(KIND, CREDENTIALS),
    body=dict[str, Any],
    errors=(BadRequest, ResourceNotFound),
    spec=SPEC + "application-addpassword",
)
async def add_application_password(call: Authorized[dict[str, Any]], graph: Graph) -> Document:
    """Make a client secret for an application, and show it this once."""
    kept, secret = await made_password(graph, call.body, call.now, of_service_principal=False)
    async with graph.store.transaction() as transaction:
        await add_password(transaction, await the_application(transaction, call.params["id"]), kept)
    return entity(call, "microsoft.graph.passwordCredential", documents.password(kept, secret))


@operation(
    id="Graph.RemoveApplicationPassword",
    route=at("POST", "/removePassword"),
    api_versions=NO_VERSIONS,
    access=needs_at(KIND, CREDENTIALS),
    body=dict[str, Any],
    errors=(BadRequest, ResourceNotFound),
    spec=SPEC + "application-removepassword",
)
async def remove_application_password(call: Authorized[dict[str, Any]], graph: Graph) -> Reply:
    """Take a client secret from an application: it is refused from the next request on."""
    async with graph.store.transaction() as transaction:
        one = await the_application(transaction, call.params["id"])
        await remove_password(transaction, one, text(call.body, "keyId"), of_service_principal=False)
    return Reply(status=204)


OPERATIONS: tuple[Operation, ...] = (
    list_applications,
    get_application,
    create_application,
    update_application,
    delete_application,
    add_application_password,
    remove_application_password,
)
