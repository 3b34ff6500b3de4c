"""Who an object id is, and of which type, as role assignments and the directory tell principals apart.

Rules:
- an object id compares without case;
- a managed identity is a service principal, and so is what an application registration signs in as;
- an application registration without a service principal is nobody;
- what was deleted is nobody, and so is an object id that was never given to anybody.

Source: https://learn.microsoft.com/azure/role-based-access-control/role-assignments#principal
"""

from __future__ import annotations

import enum
from collections.abc import AsyncIterator
from dataclasses import dataclass

from keyless.lifecycle.hosts import identity_hosts
from keyless.model.directory import Group, User
from keyless.model.identities import Application, ManagedIdentity
from keyless.store.collections import APPLICATIONS, IDENTITIES, SECURITY_GROUPS, USERS
from keyless.store.ports import Reader

Holder = ManagedIdentity | Application | User | Group
"""The record behind a principal."""


class PrincipalType(enum.StrEnum):
    """A principal's type, as a role assignment has it."""

    USER = "User"
    GROUP = "Group"
    SERVICE_PRINCIPAL = "ServicePrincipal"


@dataclass(frozen=True, slots=True)
class KnownPrincipal:
    """A principal that there is, with the record that says so."""

    principal_id: str
    type: PrincipalType
    name: str
    holder: Holder


def principal_type(holder: Holder) -> PrincipalType:
    """The type of principal that a record is of."""
    if isinstance(holder, User):
        return PrincipalType.USER
    return PrincipalType.GROUP if isinstance(holder, Group) else PrincipalType.SERVICE_PRINCIPAL


async def find_principal(reader: Reader, principal_id: str) -> KnownPrincipal | None:
    """The principal with an object id; none where there is none."""
    wanted = principal_id.casefold()
    async for one in _holders(reader):
        if one.principal_id.casefold() == wanted:
            return _known(one)
    return None


async def principal_type_of(reader: Reader, principal_id: str) -> PrincipalType | None:
    """The type of the principal with an object id; none where there is none."""
    found = await find_principal(reader, principal_id)
    return None if found is None else found.type


async def all_principals(reader: Reader) -> list[KnownPrincipal]:
    """Every principal that there is."""
    return [_known(one) async for one in _holders(reader)]


async def _holders(reader: Reader) -> AsyncIterator[Holder]:
    for _, application in await reader.scan(APPLICATIONS):
        if application.principal_id:
            yield application
    for _, identity in await reader.scan(IDENTITIES):
        yield identity
    for _, user in await reader.scan(USERS):
        yield user
    for _, group in await reader.scan(SECURITY_GROUPS):
        yield group
    for host in await identity_hosts(reader):
        if host.system_assigned is not None:
            yield host.system_assigned


def _known(holder: Holder) -> KnownPrincipal:
    name = holder.display_name if isinstance(holder, User | Group) else holder.name
    return KnownPrincipal(holder.principal_id, principal_type(holder), name, holder)
