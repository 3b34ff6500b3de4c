"""Who is in which group, and what becomes of the directory when a principal goes.

Rules:
- membership is transitive, through groups in groups, and a ring of them ends nowhere;
- whoever goes is a member and an owner of nothing any more, has no role of the directory, and what tokens he
  has are refused from the next request on;
- his role assignments at Azure resources stay, orphaned, as they do in Azure.

Source: https://learn.microsoft.com/graph/api/directoryobject-getmemberobjects
"""

from __future__ import annotations

from collections.abc import Iterable

from msgspec import structs

from keyless.lifecycle.revoke import revoke_in
from keyless.model.directory import Group
from keyless.store.collections import APPLICATIONS, DIRECTORY_ROLE_ASSIGNMENTS, SECURITY_GROUPS
from keyless.store.ports import Key, Reader, Transaction


def principal_key(principal_id: str) -> Key:
    """The key of the record of a user or a group."""
    return (principal_id.casefold(),)


async def all_groups(reader: Reader) -> list[Group]:
    """Every group."""
    return [group for _, group in await reader.scan(SECURITY_GROUPS)]


def direct_groups(groups: Iterable[Group], principal_id: str) -> list[Group]:
    """The groups that a principal is a member of by itself."""
    wanted = principal_id.casefold()
    return [group for group in groups if wanted in {member.casefold() for member in group.members}]


def transitive_groups(groups: Iterable[Group], principal_id: str) -> list[Group]:
    """The groups that a principal is a member of, by itself or through other groups."""
    known = list(groups)
    found: dict[str, Group] = {}
    waiting = [principal_id]
    while waiting:
        for group in direct_groups(known, waiting.pop()):
            if group.principal_id not in found:
                found[group.principal_id] = group
                waiting.append(group.principal_id)
    return list(found.values())


async def forget_principal(transaction: Transaction, principal_id: str, now: int) -> None:
    """Take a principal that goes out of all that names it in the directory, and refuse its tokens."""
    await revoke_in(transaction, principal_id, now)
    await leave_directory(transaction, principal_id)


async def leave_directory(transaction: Transaction, principal_id: str) -> None:
    """Take a principal out of all that names it in the directory."""
    gone = principal_id.casefold()
    for key, group in await transaction.scan(SECURITY_GROUPS):
        members, owners = _without(group.members, gone), _without(group.owners, gone)
        kept = structs.replace(group, members=members, owners=owners)
        if kept != group:
            await transaction.put(SECURITY_GROUPS, key, kept)
    for key, application in await transaction.scan(APPLICATIONS):
        owners = _without(application.owners, gone)
        if owners != application.owners:
            await transaction.put(APPLICATIONS, key, structs.replace(application, owners=owners))
    for key, assignment in await transaction.scan(DIRECTORY_ROLE_ASSIGNMENTS):
        if assignment.principal_id.casefold() == gone:
            await transaction.delete(DIRECTORY_ROLE_ASSIGNMENTS, key)


def _without(ids: tuple[str, ...], gone: str) -> tuple[str, ...]:
    return tuple(one for one in ids if one.casefold() != gone)
