"""Users: read, made, changed and deleted. They have no passwords here, and so nobody signs in as one.

Rules:
- a `passwordProfile` is taken, because tools must send one, and not kept;
- a user principal name is unique, and has a domain;
- the person at this machine's keyboard is not changed through Graph.

Source: https://learn.microsoft.com/graph/api/resources/user
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from msgspec import structs

from keyless.authz.directory import USERS as KIND
from keyless.authz.directory import object_scope
from keyless.lifecycle.directory import forget_principal, principal_key
from keyless.lifecycle.revoke import restore_in, revoke_in
from keyless.model.actions import ActionPlane
from keyless.model.directory import User
from keyless.planes.graph import documents
from keyless.planes.graph.access import NO_VERSIONS, SPEC, V1, action, needs, needs_at
from keyless.planes.graph.bodies import Body, check_properties, text, typed
from keyless.planes.graph.documents import USER_SHOWN
from keyless.planes.graph.errors import BadRequest, ResourceNotFound, taken
from keyless.planes.graph.find import the_user
from keyless.planes.graph.listing import Document, entity, page
from keyless.planes.graph.service import Graph
from keyless.store.collections import USERS
from keyless.store.ports import Reader
from keyless.wire.call import Authorized, Reply
from keyless.wire.operation import Operation, operation
from keyless.wire.revocations import all_revocations

ONE = (f"{V1}/users/{{id}}", f"{V1}/users('{{id}}')")
"""The addresses of a user, by object id or user principal name."""
_SAMPLE = documents.user(User("", "", ""))
_KNOWN = frozenset(_SAMPLE) - {"id"} | {"passwordProfile", "onPremisesImmutableId", "passwordPolicies"}
_NAME, _UPN, _ENABLED = "displayName", "userPrincipalName", "accountEnabled"
_FORM = re.compile(r"[^\s@'\"<>/\\]{1,64}@[A-Za-z0-9](?:[A-Za-z0-9.-]{0,190}[A-Za-z0-9])?")


def at(method: str, below: str = "") -> tuple[str, ...]:
    """The routes of something below a user."""
    return tuple(f"{method} {address}{below}" for address in ONE)


async def every_user(reader: Reader) -> list[User]:
    """Every user."""
    return [user for _, user in await reader.scan(USERS)]


async def _shown(reader: Reader, found: Iterable[User]) -> list[Document]:
    disabled = {key for key, one in (await all_revocations(reader)).items() if one.disabled}
    return [documents.user(one, enabled=one.principal_id.casefold() not in disabled) for one in found]


@operation(
    id="Graph.ListUsers",
    route=f"GET {V1}/users",
    api_versions=NO_VERSIONS,
    access=needs("users/standard/read"),
    errors=(BadRequest,),
    spec=SPEC + "user-list",
)
async def list_users(call: Authorized[None], graph: Graph) -> Document:
    """Return the users."""
    found = await _shown(graph.store, await every_user(graph.store))
    return page(call, KIND, found, _SAMPLE, USER_SHOWN)


@operation(
    id="Graph.GetUser",
    route=at("GET"),
    api_versions=NO_VERSIONS,
    access=needs_at(KIND, "users/standard/read"),
    errors=(ResourceNotFound,),
    spec=SPEC + "user-get",
)
async def get_user(call: Authorized[None], graph: Graph) -> Document:
    """Return a user, by object id or user principal name."""
    (found,) = await _shown(graph.store, [await the_user(graph.store, call.params["id"])])
    return entity(call, KIND, found, USER_SHOWN)


@operation(
    id="Graph.GetMe",
    route=f"GET {V1}/me",
    api_versions=NO_VERSIONS,
    access=needs("users/standard/read"),
    errors=(BadRequest,),
    spec=SPEC + "user-get",
)
async def get_me(call: Authorized[None], graph: Graph) -> Document:
    """Return the user who asks."""
    (found,) = await _shown(graph.store, [await the_caller(call, graph)])
    return entity(call, KIND, found, USER_SHOWN)


async def the_caller(call: Authorized[Any], graph: Graph) -> User:
    """The user who asks.

    Raises:
        BadRequest: it is not one who asks, but an application.
    """
    try:
        return await the_user(graph.store, call.principal.principal_id)
    except ResourceNotFound:
        raise BadRequest(
            "/me request is only valid with delegated authentication flow.", code="BadRequest"
        ) from None


@operation(
    id="Graph.CreateUser",
    route=f"POST {V1}/users",
    api_versions=NO_VERSIONS,
    access=needs("users/create"),
    body=dict[str, Any],
    errors=(BadRequest,),
    spec=SPEC + "user-post-users",
)
async def create_user(call: Authorized[dict[str, Any]], graph: Graph) -> Reply:
    """Make a user, who has no password."""
    check_properties(call.body, _KNOWN)
    async with graph.store.transaction() as transaction:
        name = _principal_name(call.body, await every_user(transaction))
        made = User(graph.new_guid(), name, text(call.body, _NAME))
        await transaction.put(USERS, principal_key(made.principal_id), made)
        if not typed(call.body, _ENABLED, bool, True):
            await revoke_in(transaction, made.principal_id, call.now, disable=True)
    (shown,) = await _shown(graph.store, [made])
    return Reply(entity(call, KIND, shown, USER_SHOWN), 201)


def _principal_name(body: Body, others: Iterable[User]) -> str:
    name = text(body, _UPN)
    if not _FORM.fullmatch(name):
        raise BadRequest(f"Invalid value specified for property '{_UPN}' of resource: write name@domain.")
    if name.casefold() in {one.user_principal_name.casefold() for one in others}:
        raise taken(_UPN)
    return name


@operation(
    id="Graph.UpdateUser",
    route=at("PATCH"),
    api_versions=NO_VERSIONS,
    access=needs_at(KIND, "users/basic/update"),
    body=dict[str, Any],
    errors=(BadRequest, ResourceNotFound),
    spec=SPEC + "user-update",
)
async def update_user(call: Authorized[dict[str, Any]], graph: Graph) -> Reply:
    """Change a user, or disable or enable him."""
    check_properties(call.body, _KNOWN)
    scope = object_scope(KIND, call.params["id"])
    if _UPN in call.body:
        call.demand(action("users/userPrincipalName/update"), scope, ActionPlane.DIRECTORY)
    if _ENABLED in call.body:
        way = "enable" if typed(call.body, _ENABLED, bool, True) else "disable"
        call.demand(action(f"users/{way}"), scope, ActionPlane.DIRECTORY)
    async with graph.store.transaction() as transaction:
        made = one = _changeable(await the_user(transaction, call.params["id"]))
        if _NAME in call.body:
            made = structs.replace(made, display_name=text(call.body, _NAME))
        if _UPN in call.body:
            others = [other for other in await every_user(transaction) if other != one]
            made = structs.replace(made, user_principal_name=_principal_name(call.body, others))
        await transaction.put(USERS, principal_key(made.principal_id), made)
        if _ENABLED in call.body and typed(call.body, _ENABLED, bool, True):
            await restore_in(transaction, made.principal_id)
        elif _ENABLED in call.body:
            await revoke_in(transaction, made.principal_id, call.now, disable=True)
    return Reply(status=204)


def _changeable(one: User) -> User:
    """The user, unless it is the person at the keyboard.

    Raises:
        BadRequest: it is.
    """
    if one.local:
        raise BadRequest(f"`{one.user_principal_name}` is the person at this machine's keyboard, and stays.")
    return one


@operation(
    id="Graph.DeleteUser",
    route=at("DELETE"),
    api_versions=NO_VERSIONS,
    access=needs_at(KIND, "users/delete"),
    errors=(ResourceNotFound,),
    spec=SPEC + "user-delete",
)
async def delete_user(call: Authorized[None], graph: Graph) -> Reply:
    """Delete a user; his role assignments stay without him."""
    async with graph.store.transaction() as transaction:
        one = _changeable(await the_user(transaction, call.params["id"]))
        await transaction.delete(USERS, principal_key(one.principal_id))
        await forget_principal(transaction, one.principal_id, call.now)
    return Reply(status=204)


OPERATIONS: tuple[Operation, ...] = (list_users, get_user, get_me, create_user, update_user, delete_user)
