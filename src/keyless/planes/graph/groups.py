"""Security groups: read, made, changed and deleted.

Rules:
- all groups are security groups of assigned members: those of Microsoft 365, dynamic ones and those that
  roles of the directory can be given to are refused;
- whoever makes one owns it, besides whom the request names.

Source: https://learn.microsoft.com/graph/api/resources/group
"""

from __future__ import annotations

from typing import Any

from msgspec import structs

from keyless.authz.directory import GROUPS as KIND
from keyless.authz.directory import object_scope
from keyless.lifecycle.directory import all_groups, forget_principal, principal_key
from keyless.model.actions import ActionPlane
from keyless.model.directory import Group
from keyless.planes.graph import documents
from keyless.planes.graph.access import NO_VERSIONS, SPEC, V1, action, needs, needs_at
from keyless.planes.graph.bodies import Body, check_properties, object_id_in, text, texts, typed
from keyless.planes.graph.errors import BadRequest, ResourceNotFound, already_referenced
from keyless.planes.graph.find import the_group, the_principal
from keyless.planes.graph.listing import Document, entity, page
from keyless.planes.graph.service import Graph
from keyless.store.collections import SECURITY_GROUPS
from keyless.store.ports import Reader, Transaction
from keyless.wire.call import Authorized, Reply
from keyless.wire.operation import Operation, operation

ONE = f"{V1}/groups/{{id}}"
_SAMPLE = documents.group(Group("", ""))
_KNOWN = frozenset(_SAMPLE) - {"id", "deletedDateTime", "createdDateTime"}
_BOUND_MEMBERS, _BOUND_OWNERS = "members@odata.bind", "owners@odata.bind"


async def put(transaction: Transaction, group: Group) -> None:
    """Write a group."""
    await transaction.put(SECURITY_GROUPS, principal_key(group.principal_id), group)


@operation(
    id="Graph.ListGroups",
    route=f"GET {V1}/groups",
    api_versions=NO_VERSIONS,
    access=needs("groups/standard/read"),
    errors=(BadRequest,),
    spec=SPEC + "group-list",
)
async def list_groups(call: Authorized[None], graph: Graph) -> Document:
    """Return the groups."""
    return page(call, KIND, map(documents.group, await all_groups(graph.store)), _SAMPLE)


@operation(
    id="Graph.GetGroup",
    route=f"GET {ONE}",
    api_versions=NO_VERSIONS,
    access=needs_at(KIND, "groups/standard/read"),
    errors=(ResourceNotFound,),
    spec=SPEC + "group-get",
)
async def get_group(call: Authorized[None], graph: Graph) -> Document:
    """Return a group."""
    return entity(call, KIND, documents.group(await the_group(graph.store, call.params["id"])))


@operation(
    id="Graph.CreateGroup",
    route=f"POST {V1}/groups",
    api_versions=NO_VERSIONS,
    access=needs("groups/create"),
    body=dict[str, Any],
    errors=(BadRequest,),
    spec=SPEC + "group-post-groups",
)
async def create_group(call: Authorized[dict[str, Any]], graph: Graph) -> Reply:
    """Make a security group, which its maker owns."""
    body = call.body
    _check_kind(body)
    async with graph.store.transaction() as transaction:
        owners = await _bound(transaction, body, _BOUND_OWNERS)
        made = Group(
            principal_id=graph.new_guid(),
            display_name=text(body, "displayName"),
            description=typed(body, "description", str, ""),
            mail_nickname=text(body, "mailNickname", 64),
            members=await _bound(transaction, body, _BOUND_MEMBERS),
            owners=tuple(dict.fromkeys((*owners, call.principal.principal_id))),
        )
        await put(transaction, made)
    return Reply(entity(call, KIND, documents.group(made)), 201)


@operation(
    id="Graph.UpdateGroup",
    route=f"PATCH {ONE}",
    api_versions=NO_VERSIONS,
    access=needs_at(KIND, "groups/basic/update"),
    body=dict[str, Any],
    errors=(BadRequest, ResourceNotFound),
    spec=SPEC + "group-update",
)
async def update_group(call: Authorized[dict[str, Any]], graph: Graph) -> Reply:
    """Change a group, or add members to it."""
    body = call.body
    _check_kind(body)
    if _BOUND_MEMBERS in body:
        scope = object_scope(KIND, call.params["id"])
        call.demand(action("groups/members/update"), scope, ActionPlane.DIRECTORY)
    async with graph.store.transaction() as transaction:
        one = await the_group(transaction, call.params["id"])
        added = await _bound(transaction, body, _BOUND_MEMBERS)
        if set(added) & set(one.members):
            raise already_referenced("members")
        await put(transaction, structs.replace(_described(one, body), members=(*one.members, *added)))
    return Reply(status=204)


def _described(one: Group, body: Body) -> Group:
    if "displayName" in body:
        one = structs.replace(one, display_name=text(body, "displayName"))
    if "mailNickname" in body:
        one = structs.replace(one, mail_nickname=text(body, "mailNickname", 64))
    if "description" in body:
        one = structs.replace(one, description=typed(body, "description", str, ""))
    return one


def _check_kind(body: Body) -> None:
    """Refuse a group of a kind that is not hosted.

    Raises:
        BadRequest: it is no security group of assigned members.
    """
    check_properties(body, _KNOWN)
    wrong = (
        typed(body, "mailEnabled", bool, False)
        or not typed(body, "securityEnabled", bool, True)
        or texts(body, "groupTypes")
        or typed(body, "isAssignableToRole", bool, False)
        or body.get("membershipRule")
    )
    if wrong:
        raise BadRequest(
            "Groups are security groups of assigned members here: send mailEnabled false, securityEnabled "
            "true, no groupTypes, and neither isAssignableToRole nor a membershipRule."
        )


async def _bound(reader: Reader, body: Body, name: str) -> tuple[str, ...]:
    """The object ids of who is bound by address; all of them are there."""
    ids = [object_id_in(address) for address in texts(body, name)]
    found = [(await the_principal(reader, one)).principal_id for one in ids]
    return tuple(dict.fromkeys(found))


@operation(
    id="Graph.DeleteGroup",
    route=f"DELETE {ONE}",
    api_versions=NO_VERSIONS,
    access=needs_at(KIND, "groups/delete"),
    errors=(ResourceNotFound,),
    spec=SPEC + "group-delete",
)
async def delete_group(call: Authorized[None], graph: Graph) -> Reply:
    """Delete a group; its role assignments stay without it."""
    async with graph.store.transaction() as transaction:
        one = await the_group(transaction, call.params["id"])
        await transaction.delete(SECURITY_GROUPS, principal_key(one.principal_id))
        await forget_principal(transaction, one.principal_id, call.now)
    return Reply(status=204)


OPERATIONS: tuple[Operation, ...] = (list_groups, get_group, create_group, update_group, delete_group)
