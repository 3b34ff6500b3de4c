"""Members and owners, as references from one object to others.

Rules:
- what is added must be there, and not be a member or owner already;
- a group may have users, service principals and groups as members, but not itself;
- owners are users and service principals; a group's last user is not asked after, as there may be none.

Source: https://learn.microsoft.com/graph/api/group-post-members
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable
from typing import Any

from msgspec import structs

from keyless.authz.directory import APPLICATIONS, GROUPS, SERVICE_PRINCIPALS
from keyless.lifecycle.directory import all_groups
from keyless.lifecycle.principals import PrincipalType
from keyless.model.directory import Group
from keyless.model.identities import Application, ManagedIdentity
from keyless.model.resources import Tenant
from keyless.planes.graph import applications, documents, groups, service_principals
from keyless.planes.graph.access import NO_VERSIONS, SPEC, needs_at
from keyless.planes.graph.bodies import referenced
from keyless.planes.graph.errors import BadRequest, ResourceNotFound, already_referenced
from keyless.planes.graph.find import the_application, the_group, the_principal, the_service_principal
from keyless.planes.graph.listing import Document, page
from keyless.planes.graph.service import Graph
from keyless.store.ports import Reader, Transaction
from keyless.wire.call import Authorized, Reply
from keyless.wire.operation import Operation, operation

_CONTEXT = "directoryObjects"
_SAMPLE = {
    **documents.group(Group("", "")),
    **documents.service_principal(Application("", "", ""), Tenant("", "", "", "")),
    "userPrincipalName": None,
}


async def shown(reader: Reader, tenant: Tenant, ids: Iterable[str]) -> list[Document]:
    """The principals of these ids, with their types; who is not there any more is left out."""
    found = []
    for principal_id in ids:
        try:
            found.append(documents.principal(await the_principal(reader, principal_id), tenant))
        except ResourceNotFound:
            continue
    return found


def listed(call: Authorized[Any], found: Iterable[Document]) -> Document:
    """A page of objects of several types."""
    return page(call, _CONTEXT, found, _SAMPLE)


def _gone(ids: tuple[str, ...], wanted: str) -> tuple[str, ...]:
    kept = tuple(one for one in ids if one.casefold() != wanted.casefold())
    if kept == ids:
        raise ResourceNotFound(wanted)
    return kept


def _added(ids: tuple[str, ...], added: str, name: str) -> tuple[str, ...]:
    if added.casefold() in {one.casefold() for one in ids}:
        raise already_referenced(name)
    return (*ids, added)


async def _owner(reader: Reader, body: dict[str, Any]) -> str:
    """Who is to be an owner.

    Raises:
        BadRequest: it is a group.
    """
    found = await the_principal(reader, referenced(body))
    if found.type is PrincipalType.GROUP:
        raise BadRequest("An owner is a user or a service principal: a group cannot be one.")
    return found.principal_id


@operation(
    id="Graph.ListGroupMembers",
    route=f"GET {groups.ONE}/members",
    api_versions=NO_VERSIONS,
    access=needs_at(GROUPS, "groups/members/read"),
    errors=(ResourceNotFound, BadRequest),
    spec=SPEC + "group-list-members",
)
async def list_members(call: Authorized[None], graph: Graph) -> Document:
    """Return the direct members of a group."""
    group = await the_group(graph.store, call.params["id"])
    return listed(call, await shown(graph.store, await graph.authority.tenant(), group.members))


@operation(
    id="Graph.ListGroupTransitiveMembers",
    route=f"GET {groups.ONE}/transitiveMembers",
    api_versions=NO_VERSIONS,
    access=needs_at(GROUPS, "groups/members/read"),
    errors=(ResourceNotFound, BadRequest),
    spec=SPEC + "group-list-transitivemembers",
)
async def list_transitive_members(call: Authorized[None], graph: Graph) -> Document:
    """Return the members of a group and of the groups in it."""
    group = await the_group(graph.store, call.params["id"])
    known = {one.principal_id.casefold(): one for one in await all_groups(graph.store)}
    found: dict[str, str] = {}
    waiting = list(group.members)
    while waiting:
        one = waiting.pop()
        if one.casefold() not in found:
            found[one.casefold()] = one
            inner = known.get(one.casefold())
            waiting.extend(inner.members if inner is not None else ())
    return listed(call, await shown(graph.store, await graph.authority.tenant(), found.values()))


@operation(
    id="Graph.AddGroupMember",
    route=f"POST {groups.ONE}/members/$ref",
    api_versions=NO_VERSIONS,
    access=needs_at(GROUPS, "groups/members/update"),
    body=dict[str, Any],
    errors=(BadRequest, ResourceNotFound),
    spec=SPEC + "group-post-members",
)
async def add_member(call: Authorized[dict[str, Any]], graph: Graph) -> Reply:
    """Add a member to a group."""
    async with graph.store.transaction() as transaction:
        group = await the_group(transaction, call.params["id"])
        added = (await the_principal(transaction, referenced(call.body))).principal_id
        if added == group.principal_id:
            raise BadRequest("A group cannot be a member of itself.")
        await groups.put(transaction, structs.replace(group, members=_added(group.members, added, "members")))
    return Reply(status=204)


@operation(
    id="Graph.RemoveGroupMember",
    route=f"DELETE {groups.ONE}/members/{{member}}/$ref",
    api_versions=NO_VERSIONS,
    access=needs_at(GROUPS, "groups/members/update"),
    errors=(ResourceNotFound, BadRequest),
    spec=SPEC + "group-delete-members",
)
async def remove_member(call: Authorized[None], graph: Graph) -> Reply:
    """Take a member from a group."""
    async with graph.store.transaction() as transaction:
        group = await the_group(transaction, call.params["id"])
        kept = _gone(group.members, call.params["member"])
        await groups.put(transaction, structs.replace(group, members=kept))
    return Reply(status=204)


Owned = Group | Application
Find = Callable[[Reader, str], Awaitable[Owned]]


async def _principals_application(reader: Reader, wanted: str) -> Owned:
    """The application whose service principal it is: both have the same owners."""
    holder = await the_service_principal(reader, wanted)
    if isinstance(holder, ManagedIdentity):
        return Application(holder.name, holder.client_id, holder.principal_id)
    return holder


async def _put(transaction: Transaction, one: Owned) -> None:
    if isinstance(one, Group):
        await groups.put(transaction, one)
    else:
        await applications.put(transaction, one)


def _owner_operations(
    kind: str, named: str, addresses: Iterable[str], find: Find, *, changes: bool = True
) -> tuple[Operation, ...]:
    """The operations on the owners of a kind of object."""
    where = tuple(addresses)

    @operation(
        id=f"Graph.List{named}Owners",
        route=tuple(f"GET {address}/owners" for address in where),
        api_versions=NO_VERSIONS,
        access=needs_at(kind, f"{kind}/owners/read"),
        errors=(ResourceNotFound,),
        spec=f"{SPEC}{named.lower()}-list-owners",
    )
    async def list_owners(call: Authorized[None], graph: Graph) -> Document:
        """Return the owners of an object."""
        one = await find(graph.store, call.params["id"])
        return listed(call, await shown(graph.store, await graph.authority.tenant(), one.owners))

    @operation(
        id=f"Graph.Add{named}Owner",
        route=tuple(f"POST {address}/owners/$ref" for address in where),
        api_versions=NO_VERSIONS,
        access=needs_at(kind, f"{kind}/owners/update"),
        body=dict[str, Any],
        errors=(BadRequest, ResourceNotFound),
        spec=f"{SPEC}{named.lower()}-post-owners",
    )
    async def add_owner(call: Authorized[dict[str, Any]], graph: Graph) -> Reply:
        """Add an owner to an object."""
        async with graph.store.transaction() as transaction:
            one = await find(transaction, call.params["id"])
            added = await _owner(transaction, call.body)
            await _put(transaction, structs.replace(one, owners=_added(one.owners, added, "owners")))
        return Reply(status=204)

    @operation(
        id=f"Graph.Remove{named}Owner",
        route=tuple(f"DELETE {address}/owners/{{owner}}/$ref" for address in where),
        api_versions=NO_VERSIONS,
        access=needs_at(kind, f"{kind}/owners/update"),
        errors=(ResourceNotFound,),
        spec=f"{SPEC}{named.lower()}-delete-owners",
    )
    async def remove_owner(call: Authorized[None], graph: Graph) -> Reply:
        """Take an owner from an object."""
        async with graph.store.transaction() as transaction:
            one = await find(transaction, call.params["id"])
            kept = _gone(one.owners, call.params["owner"])
            await _put(transaction, structs.replace(one, owners=kept))
        return Reply(status=204)

    return (list_owners, add_owner, remove_owner) if changes else (list_owners,)


OPERATIONS: tuple[Operation, ...] = (
    list_members,
    list_transitive_members,
    add_member,
    remove_member,
    *_owner_operations(GROUPS, "Group", [groups.ONE], the_group),
    *_owner_operations(APPLICATIONS, "Application", applications.ONE, the_application),
    *_owner_operations(
        SERVICE_PRINCIPALS,
        "ServicePrincipal",
        service_principals.ONE,
        _principals_application,
        changes=False,
    ),
)
