"""What explanations are made from and told with: everybody's names, the snapshot, custom roles, vaults."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, field

from keyless.authz.snapshot import Snapshot
from keyless.cli.failure import Failure
from keyless.model.directory import Group
from keyless.model.guids import guid_key
from keyless.model.resource_id import ResourceId
from keyless.model.resources import VAULT_TYPE, Vault
from keyless.model.roles import RoleDefinition
from keyless.runtime.directory import Directory, UnknownPrincipal, read_directory
from keyless.store.collections import ROLE_DEFINITIONS, SECURITY_GROUPS, VAULTS
from keyless.store.ports import Store


@dataclass(frozen=True, slots=True)
class ExplainedWorld:
    """A world as explanations see it; groups are by the key of their id, vaults by case-folded name.

    ``references`` say of a secret, by its id, which references point to it, in words.
    """

    principals: Directory
    snapshot: Snapshot
    groups: Mapping[str, Group] = field(default_factory=dict)
    custom_roles: tuple[RoleDefinition, ...] = ()
    vaults: Mapping[str, Vault] = field(default_factory=dict)
    references: Mapping[ResourceId, tuple[str, ...]] = field(default_factory=dict)

    def name_of(self, principal_id: str) -> str:
        """What a principal or group is called, else its id."""
        key = guid_key(principal_id)
        if key in self.groups:
            return self.groups[key].display_name
        everybody = (*self.principals.entries, *self.principals.users, *self.principals.deleted)
        entry = next((one for one in everybody if guid_key(one.principal_id) == key), None)
        return entry.name if entry else self.principals.name_of(principal_id)

    def find(self, wanted: str) -> str:
        """The object id of a principal, or of a group, by any of its names and ids.

        Raises:
            Failure: none is known by that.
        """
        try:
            return self.principals.find(wanted).principal_id
        except UnknownPrincipal as error:
            named = {group.display_name.casefold(): group.principal_id for group in self.groups.values()}
            by_id = {guid_key(one): one for one in (*self.groups, *self.everybody())}
            found = named.get(wanted.casefold()) or by_id.get(guid_key(wanted))
            if found is None:
                raise Failure(str(error), 2) from error
            return found

    def everybody(self) -> tuple[str, ...]:
        """The object ids of all principals that are known, or that something was given to."""
        listed = [one.principal_id for one in (*self.principals.entries, *self.principals.users)]
        members = [member for group in self.groups.values() for member in group.members]
        held = [grant.principal_key for grant in self.snapshot.grants]
        everybody: dict[str, str] = {}
        for one in (*listed, *members, *held):
            everybody.setdefault(guid_key(one), one)
        return tuple(one for key, one in everybody.items() if key not in self.groups)

    def policy_vault(self, scope: ResourceId) -> Vault | None:
        """The vault that a scope lies in, if its access policies decide on its data."""
        place = scope.ancestor_of_type(VAULT_TYPE)
        vault = self.vaults.get(place.name.casefold()) if place is not None else None
        return None if vault is None or vault.enable_rbac_authorization else vault


async def read_world(store: Store, roles: Mapping[str, RoleDefinition]) -> ExplainedWorld:
    """The world of a store; ``roles`` are the built-in ones."""
    from keyless.wire.authorize import current_snapshot

    groups = [group for _, group in await store.scan(SECURITY_GROUPS)]
    return ExplainedWorld(
        await read_directory(store),
        await current_snapshot(store, roles),
        {guid_key(group.principal_id): group for group in groups},
        tuple(role for _, role in await store.scan(ROLE_DEFINITIONS)),
        {vault.name.casefold(): vault for _, vault in await store.scan(VAULTS)},
        await _references(store),
    )


async def _references(store: Store) -> Mapping[ResourceId, tuple[str, ...]]:
    """Which references point to each secret."""
    from keyless.plan.references.follow import secret_of
    from keyless.plan.references.words import reference_named
    from keyless.runtime.references import read_references

    facts = await read_references(store, int(time.time()))
    found: dict[ResourceId, tuple[str, ...]] = {}
    for one in facts.references:
        secret = secret_of(facts, one)
        if secret is not None:
            found[secret] = (*found.get(secret, ()), reference_named(one))
    return found
