"""Identities in words: one line each, all about one, and the assignments of those that are gone."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from keyless.cli.wording import counted, moment, scope_in_words
from keyless.estate.resolve.roles import Roles
from keyless.estate.roles import NO_CUSTOM_ROLES, CustomRoles, role_name
from keyless.model.identities import ComputeResource, FederatedCredential, Revocation
from keyless.model.roles import RoleAssignment
from keyless.model.visible import visible
from keyless.runtime.directory import Directory, Entry, read_directory
from keyless.store.collections import (
    ASSIGNMENTS,
    COMPUTE,
    FEDERATED_CREDENTIALS,
    MISSING_PRINCIPALS,
    ROLE_DEFINITIONS,
)
from keyless.store.ports import Store
from keyless.wire.revocations import all_revocations

_KINDS = {
    "SystemAssigned": "system-assigned",
    "UserAssigned": "user-assigned",
    "Application": "application",
    "User": "user",
}


@dataclass(frozen=True, slots=True)
class _World:
    principals: Directory
    compute: tuple[ComputeResource, ...]
    assignments: tuple[RoleAssignment, ...]
    credentials: tuple[FederatedCredential, ...]
    revocations: dict[str, Revocation]
    roles: CustomRoles

    def assignments_of(self, principal_id: str) -> list[RoleAssignment]:
        return [one for one in self.assignments if one.principal_id.casefold() == principal_id.casefold()]

    def given_to(self, principal_id: str) -> list[str]:
        return [in_words(one, self.roles) for one in self.assignments_of(principal_id)]

    def credentials_of(self, entry: Entry) -> list[FederatedCredential]:
        owner = (entry.resource_id or entry.client_id).casefold()
        return [one for one in self.credentials if one.owner.casefold() == owner]

    def hosts_of(self, entry: Entry) -> list[str]:
        wanted = entry.resource_id.casefold()
        if entry.kind == "SystemAssigned":
            return [one.name for one in self.compute if one.resource_id.casefold() == wanted]
        return [
            one.name for one in self.compute if wanted in {given.casefold() for given in one.user_assigned}
        ]

    def state_of(self, entry: Entry) -> str:
        if self.principals.is_deleted(entry.principal_id):
            return "deleted: no token of it holds"
        revocation = self.revocations.get(entry.principal_id.casefold())
        if revocation is None:
            return ""
        if revocation.disabled:
            return "disabled: it gets no token"
        return f"tokens of up to {moment(revocation.revoked_at)} are revoked"


async def _world(store: Store) -> _World:
    return _World(
        await read_directory(store),
        tuple(one for _, one in await store.scan(COMPUTE)),
        tuple(one for _, one in await store.scan(ASSIGNMENTS)),
        tuple(one for _, one in await store.scan(FEDERATED_CREDENTIALS)),
        dict(await all_revocations(store)),
        await custom_roles(store),
    )


async def overview(store: Store) -> list[str]:
    """Every identity in a line, and then what those have that are not there any more."""
    world = await _world(store)
    return [_line(world, entry) for entry in world.principals.entries] + await orphans(store)


async def orphans(store: Store) -> list[str]:
    """Each role assignment whose identity was deleted, in the words of Azure's portal."""
    world = await _world(store)
    missing = [(one.principal_id, one.principal_id) for _, one in await store.scan(MISSING_PRINCIPALS)]
    gone = [*((entry.name, entry.principal_id) for entry in world.principals.deleted), *missing]
    return [
        f"Identity not found  {visible(name)}  principal id {principal_id}  {assigned}"
        for name, principal_id in gone
        for assigned in world.given_to(principal_id)
    ]


async def details(store: Store, principal_id: str) -> list[str]:
    """All about one identity."""
    world = await _world(store)
    entry = world.principals.get(principal_id)
    if entry is None:
        return []
    facts = [
        ("kind", _KINDS[entry.kind]),
        ("client id", entry.client_id),
        ("principal id", entry.principal_id),
        ("resource id", visible(entry.resource_id)),
        ("on", _listed(world.hosts_of(entry))),
        ("state", world.state_of(entry)),
    ]
    return [
        visible(entry.name),
        *(f"  {name:<13} {value}" for name, value in facts if value),
        *_branch("role assignments", world.given_to(principal_id)),
        *_branch("federated credentials", (_credential(one) for one in world.credentials_of(entry))),
    ]


async def custom_roles(store: Store) -> CustomRoles:
    """The roles of a store that are not built in, under their names and GUIDs."""
    return Roles(role for _, role in await store.scan(ROLE_DEFINITIONS)).custom


def in_words(assignment: RoleAssignment, roles: CustomRoles = NO_CUSTOM_ROLES) -> str:
    """What an assignment gives."""
    condition = ", under a condition" if assignment.condition else ""
    role = role_name(assignment.role_definition_id, roles)
    return f"{role} at {scope_in_words(assignment.scope_id)}{condition}"


def _line(world: _World, entry: Entry) -> str:
    hosts = _listed(world.hosts_of(entry))
    roles = counted(len(world.assignments_of(entry.principal_id)), "role", "roles")
    parts = [
        f"{visible(entry.name)}  {_KINDS[entry.kind]}{f' on {hosts}' if hosts else ''}",
        f"client id {entry.client_id}",
        f"principal id {entry.principal_id}",
        roles,
        world.state_of(entry),
    ]
    return "  ".join(part for part in parts if part)


def _listed(names: Iterable[str]) -> str:
    return ", ".join(visible(name) for name in names)


def _credential(one: FederatedCredential) -> str:
    return visible(f"{one.name}: issuer {one.issuer}, subject {one.subject}, audience {one.audience}")


def _branch(title: str, lines: Iterable[str]) -> list[str]:
    found = list(lines)
    return [f"  {title}", *(f"    {line}" for line in found)] if found else []
