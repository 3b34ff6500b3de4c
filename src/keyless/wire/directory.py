"""The directory in the store, made ready to decide by."""

from __future__ import annotations

from collections.abc import Mapping

from keyless.authz.directory import (
    APPLICATIONS as OF_APPLICATIONS,
)
from keyless.authz.directory import (
    GROUPS,
    SERVICE_PRINCIPALS,
    DirectoryObject,
    DirectorySnapshot,
)
from keyless.catalog.directory_roles import member_role
from keyless.model.directory import DirectoryRole
from keyless.store.collections import (
    APPLICATIONS,
    COMPUTE,
    DIRECTORY_ROLE_ASSIGNMENTS,
    IDENTITIES,
    SECURITY_GROUPS,
    USERS,
)
from keyless.store.ports import Reader


async def current_directory(reader: Reader, roles: Mapping[str, DirectoryRole]) -> DirectorySnapshot:
    """Compile the store's directory: who was given what, who is a member, and who owns what."""
    return DirectorySnapshot(
        [one for _, one in await reader.scan(DIRECTORY_ROLE_ASSIGNMENTS)],
        roles,
        [user.principal_id for _, user in await reader.scan(USERS)],
        [*await _of_applications(reader), *await _of_identities(reader), *await _of_groups(reader)],
        member_role(),
    )


async def _of_applications(reader: Reader) -> list[DirectoryObject]:
    found = []
    for _, one in await reader.scan(APPLICATIONS):
        own = (one.object_id, one.client_id)
        found.append(DirectoryObject(OF_APPLICATIONS, own, one.owners, one.principal_id))
        if one.principal_id:
            names = (one.principal_id, one.client_id)
            found.append(DirectoryObject(SERVICE_PRINCIPALS, names, one.owners, one.principal_id))
    return found


async def _of_identities(reader: Reader) -> list[DirectoryObject]:
    given = [identity for _, identity in await reader.scan(IDENTITIES)]
    own = [compute.system_assigned for _, compute in await reader.scan(COMPUTE)]
    return [
        DirectoryObject(SERVICE_PRINCIPALS, (one.principal_id, one.client_id), (), one.principal_id)
        for one in (*given, *own)
        if one is not None
    ]


async def _of_groups(reader: Reader) -> list[DirectoryObject]:
    groups = [group for _, group in await reader.scan(SECURITY_GROUPS)]
    return [DirectoryObject(GROUPS, (one.principal_id,), one.owners) for one in groups]
