"""The groups that a principal is a member of, and what it owns.

Sources: https://learn.microsoft.com/graph/api/user-list-memberof,
https://learn.microsoft.com/graph/api/directoryobject-getmembergroups and checkmembergroups beside it
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from keyless.authz.directory import GROUPS, SERVICE_PRINCIPALS, USERS
from keyless.lifecycle.directory import all_groups, direct_groups, transitive_groups
from keyless.lifecycle.principals import all_principals
from keyless.model.directory import Group
from keyless.planes.graph import documents, groups, service_principals, users
from keyless.planes.graph.access import NO_VERSIONS, READ_ALL, SPEC, V1, needs, needs_at
from keyless.planes.graph.applications import every_application
from keyless.planes.graph.bodies import texts
from keyless.planes.graph.errors import BadRequest, ResourceNotFound
from keyless.planes.graph.find import principal_id_of, the_principal
from keyless.planes.graph.listing import METADATA, Document, page, typed
from keyless.planes.graph.references import listed
from keyless.planes.graph.service import Graph
from keyless.planes.graph.users import the_caller
from keyless.store.ports import Reader
from keyless.wire.call import Authorized
from keyless.wire.errors import InvalidRequest
from keyless.wire.operation import Operation, operation

_STRINGS = f"{METADATA}Collection(Edm.String)"
_SAMPLE = documents.group(Group("", ""))
_MOST_GROUPS, _MOST_IDS = 20, 1000
_MEMBER_OF = tuple(f"{kind}/memberOf/read" for kind in (USERS, GROUPS, SERVICE_PRINCIPALS))


def _groups(call: Authorized[Any], found: Iterable[Group]) -> Document:
    return page(call, "directoryObjects", (typed(documents.group(one), "group") for one in found), _SAMPLE)


def _strings(found: Iterable[str]) -> Document:
    return {"@odata.context": _STRINGS, "value": sorted(found)}


async def _group_ids(reader: Reader, principal_id: str) -> set[str]:
    return {one.principal_id for one in transitive_groups(await all_groups(reader), principal_id)}


async def _of_body(graph: Graph, principal_id: str, body: dict[str, Any]) -> Document:
    if not isinstance(body.get("securityEnabledOnly", False), bool):
        raise InvalidRequest("`securityEnabledOnly` is true or false", code="Request_BadRequest")
    return _strings(await _group_ids(graph.store, principal_id))


def _of_kind(kind: str, named: str, addresses: Iterable[str]) -> tuple[Operation, ...]:
    """The operations on the memberships of a kind of principal."""
    where = tuple(addresses)
    access = needs_at(kind, f"{kind}/memberOf/read")

    @operation(
        id=f"Graph.List{named}MemberOf",
        route=tuple(f"GET {address}/memberOf" for address in where),
        api_versions=NO_VERSIONS,
        access=access,
        errors=(ResourceNotFound, BadRequest),
        spec=f"{SPEC}{named.lower()}-list-memberof",
    )
    async def list_member_of(call: Authorized[None], graph: Graph) -> Document:
        """Return the groups that it is a direct member of."""
        who = await principal_id_of(graph.store, kind, call.params["id"])
        return _groups(call, direct_groups(await all_groups(graph.store), who))

    @operation(
        id=f"Graph.List{named}TransitiveMemberOf",
        route=tuple(f"GET {address}/transitiveMemberOf" for address in where),
        api_versions=NO_VERSIONS,
        access=access,
        errors=(ResourceNotFound,),
        spec=f"{SPEC}{named.lower()}-list-transitivememberof",
    )
    async def list_transitive_member_of(call: Authorized[None], graph: Graph) -> Document:
        """Return the groups that it is a member of, through other groups too."""
        who = await principal_id_of(graph.store, kind, call.params["id"])
        return _groups(call, transitive_groups(await all_groups(graph.store), who))

    @operation(
        id=f"Graph.Get{named}MemberGroups",
        route=tuple(
            f"POST {address}/{name}" for address in where for name in ("getMemberGroups", "getMemberObjects")
        ),
        api_versions=NO_VERSIONS,
        access=access,
        body=dict[str, Any],
        errors=(BadRequest, ResourceNotFound),
        spec=SPEC + "directoryobject-getmembergroups",
    )
    async def get_member_groups(call: Authorized[dict[str, Any]], graph: Graph) -> Document:
        """Return the ids of the groups that it is a member of, through other groups too."""
        return await _of_body(graph, await principal_id_of(graph.store, kind, call.params["id"]), call.body)

    return (list_member_of, list_transitive_member_of, get_member_groups)


@operation(
    id="Graph.ListMyMemberOf",
    route=f"GET {V1}/me/memberOf",
    api_versions=NO_VERSIONS,
    access=needs("users/memberOf/read"),
    errors=(BadRequest,),
    spec=SPEC + "user-list-memberof",
)
async def list_my_member_of(call: Authorized[None], graph: Graph) -> Document:
    """Return the groups that the user who asks is a direct member of."""
    who = await the_caller(call, graph)
    return _groups(call, direct_groups(await all_groups(graph.store), who.principal_id))


@operation(
    id="Graph.GetObjectMemberGroups",
    route=tuple(
        f"POST {V1}/directoryObjects/{{id}}/{name}" for name in ("getMemberGroups", "getMemberObjects")
    ),
    api_versions=NO_VERSIONS,
    access=needs(*_MEMBER_OF),
    body=dict[str, Any],
    errors=(BadRequest, ResourceNotFound),
    spec=SPEC + "directoryobject-getmembergroups",
)
async def get_object_member_groups(call: Authorized[dict[str, Any]], graph: Graph) -> Document:
    """Return the ids of the groups that any principal is a member of, through other groups too."""
    who = await the_principal(graph.store, call.params["id"])
    return await _of_body(graph, who.principal_id, call.body)


@operation(
    id="Graph.CheckObjectMemberGroups",
    route=f"POST {V1}/directoryObjects/{{id}}/checkMemberGroups",
    api_versions=NO_VERSIONS,
    access=needs(*_MEMBER_OF),
    body=dict[str, Any],
    errors=(BadRequest, ResourceNotFound),
    spec=SPEC + "directoryobject-checkmembergroups",
)
async def check_object_member_groups(call: Authorized[dict[str, Any]], graph: Graph) -> Document:
    """Return which of the groups named any principal is a member of, through other groups too."""
    asked = texts(call.body, "groupIds")
    if len(asked) > _MOST_GROUPS:
        raise BadRequest(f"At most {_MOST_GROUPS} groups can be checked at a time.")
    who = await the_principal(graph.store, call.params["id"])
    found = {one.casefold() for one in await _group_ids(graph.store, who.principal_id)}
    return _strings(one for one in asked if one.casefold() in found)


@operation(
    id="Graph.GetObject",
    route=f"GET {V1}/directoryObjects/{{id}}",
    api_versions=NO_VERSIONS,
    access=needs(*READ_ALL),
    errors=(ResourceNotFound,),
    spec=SPEC + "directoryobject-get",
)
async def get_object(call: Authorized[None], graph: Graph) -> Document:
    """Return a user, a group or a service principal by its object id."""
    found = await the_principal(graph.store, call.params["id"])
    document = documents.principal(found, await graph.authority.tenant())
    return {
        "@odata.context": f"{METADATA}directoryObjects/$entity",
        **document,
    }


@operation(
    id="Graph.GetObjectsByIds",
    route=f"POST {V1}/directoryObjects/getByIds",
    api_versions=NO_VERSIONS,
    access=needs(*READ_ALL),
    body=dict[str, Any],
    errors=(BadRequest,),
    spec=SPEC + "directoryobject-getbyids",
)
async def get_objects_by_ids(call: Authorized[dict[str, Any]], graph: Graph) -> Document:
    """Return the objects of any type with these ids; unknown ones are left out."""
    ids = {one.casefold() for one in texts(call.body, "ids")}
    if len(ids) > _MOST_IDS:
        raise BadRequest(f"At most {_MOST_IDS} ids can be looked up at a time.")
    types = {one.casefold() for one in texts(call.body, "types")} or {"directoryobject"}
    tenant = await graph.authority.tenant()
    found = [
        documents.principal(one, tenant)
        for one in await all_principals(graph.store)
        if one.principal_id.casefold() in ids
    ]
    found += [
        typed(documents.application(one, tenant), "application")
        for one in await every_application(graph.store)
        if one.object_id in ids
    ]
    return {
        "@odata.context": f"{METADATA}directoryObjects",
        "value": [one for one in found if _is_of(one, types)],
    }


def _is_of(document: Document, types: set[str]) -> bool:
    kind = str(document["@odata.type"]).rpartition(".")[2].casefold()
    return kind in types or "directoryobject" in types


async def _owned(graph: Graph, principal_id: str) -> list[Document]:
    tenant, who = await graph.authority.tenant(), principal_id.casefold()
    applications = [
        one
        for one in await every_application(graph.store)
        if who in {owner.casefold() for owner in one.owners}
    ]
    groups_owned = [
        one for one in await all_groups(graph.store) if who in {owner.casefold() for owner in one.owners}
    ]
    return [
        *(typed(documents.application(one, tenant), "application") for one in applications),
        *(
            typed(documents.service_principal(one, tenant), "servicePrincipal")
            for one in applications
            if one.principal_id
        ),
        *(typed(documents.group(one), "group") for one in groups_owned),
    ]


@operation(
    id="Graph.ListMyOwnedObjects",
    route=f"GET {V1}/me/ownedObjects",
    api_versions=NO_VERSIONS,
    access=needs("users/ownedObjects/read"),
    errors=(BadRequest,),
    spec=SPEC + "user-list-ownedobjects",
)
async def list_my_owned_objects(call: Authorized[None], graph: Graph) -> Document:
    """Return what the user who asks owns."""
    who = await the_caller(call, graph)
    return listed(call, await _owned(graph, who.principal_id))


def _owned_objects(kind: str, named: str, addresses: Iterable[str]) -> Operation:
    @operation(
        id=f"Graph.List{named}OwnedObjects",
        route=tuple(f"GET {address}/ownedObjects" for address in addresses),
        api_versions=NO_VERSIONS,
        access=needs_at(kind, f"{kind}/ownedObjects/read"),
        errors=(ResourceNotFound,),
        spec=f"{SPEC}{named.lower()}-list-ownedobjects",
    )
    async def list_owned_objects(call: Authorized[None], graph: Graph) -> Document:
        """Return what it owns."""
        return listed(call, await _owned(graph, await principal_id_of(graph.store, kind, call.params["id"])))

    return list_owned_objects


OPERATIONS: tuple[Operation, ...] = (
    *_of_kind(USERS, "User", users.ONE),
    *_of_kind(SERVICE_PRINCIPALS, "ServicePrincipal", service_principals.ONE),
    *_of_kind(GROUPS, "Group", [groups.ONE]),
    list_my_member_of,
    get_object_member_groups,
    check_object_member_groups,
    get_object,
    get_objects_by_ids,
    list_my_owned_objects,
    _owned_objects(USERS, "User", users.ONE),
    _owned_objects(SERVICE_PRINCIPALS, "ServicePrincipal", service_principals.ONE),
)
