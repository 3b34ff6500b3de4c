"""The directory's objects, found by the ids that requests name them by."""

from __future__ import annotations

from keyless.authz.directory import GROUPS, SERVICE_PRINCIPALS
from keyless.lifecycle.directory import principal_key
from keyless.lifecycle.identities import live_identities
from keyless.lifecycle.principals import KnownPrincipal, find_principal
from keyless.model.directory import Group, User
from keyless.model.identities import Application, ManagedIdentity
from keyless.planes.graph.errors import ResourceNotFound
from keyless.store.collections import APPLICATIONS, SECURITY_GROUPS, USERS
from keyless.store.ports import Reader


async def the_application(reader: Reader, wanted: str) -> Application:
    """The registration with an object id, or an application id.

    Raises:
        ResourceNotFound: there is none.
    """
    key = wanted.casefold()
    for _, one in await reader.scan(APPLICATIONS):
        if key in {one.object_id, one.client_id.casefold()}:
            return one
    raise ResourceNotFound(wanted)


async def the_service_principal(reader: Reader, wanted: str) -> Application | ManagedIdentity:
    """The application or managed identity whose service principal has an object id or application id.

    Raises:
        ResourceNotFound: there is none.
    """
    key = wanted.casefold()
    for _, one in await reader.scan(APPLICATIONS):
        if one.principal_id and key in {one.principal_id.casefold(), one.client_id.casefold()}:
            return one
    for identity in (await live_identities(reader)).values():
        if key in {identity.principal_id.casefold(), identity.client_id.casefold()}:
            return identity
    raise ResourceNotFound(wanted)


async def the_user(reader: Reader, wanted: str) -> User:
    """The user with an object id or user principal name.

    Raises:
        ResourceNotFound: there is none.
    """
    key = wanted.casefold()
    for _, one in await reader.scan(USERS):
        if key in {one.principal_id.casefold(), one.user_principal_name.casefold()}:
            return one
    raise ResourceNotFound(wanted)


async def the_group(reader: Reader, wanted: str) -> Group:
    """The group with an object id.

    Raises:
        ResourceNotFound: there is none.
    """
    found = await reader.get(SECURITY_GROUPS, principal_key(wanted))
    if found is None:
        raise ResourceNotFound(wanted)
    return found


async def the_principal(reader: Reader, wanted: str) -> KnownPrincipal:
    """The principal with an object id, whatever it is.

    Raises:
        ResourceNotFound: there is none.
    """
    found = await find_principal(reader, wanted)
    if found is None:
        raise ResourceNotFound(wanted)
    return found


async def principal_id_of(reader: Reader, kind: str, wanted: str) -> str:
    """The object id of a user, group or service principal that a route names.

    Raises:
        ResourceNotFound: there is none.
    """
    if kind == GROUPS:
        return (await the_group(reader, wanted)).principal_id
    if kind == SERVICE_PRINCIPALS:
        return (await the_service_principal(reader, wanted)).principal_id
    return (await the_user(reader, wanted)).principal_id
