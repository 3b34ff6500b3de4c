"""What each principal is granted today: directly, through groups, by access policies, by roles of any kind.

Rules:
- a grant counts at its scope and at all scopes below it; management groups cover what lies in them;
- who is in a group has what the group has, through any number of groups;
- where access policies decide on a vault, they say who has which data actions in it, and roles do not;
- what is granted under a condition is not granted as such: it is left out of the set.

Sets are over the universe of a role index, as of `keyless.authz.effective`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache

from keyless.authz.groups import Memberships
from keyless.catalog.vault_permissions import actions_of, permissions_given
from keyless.model.actions import ActionPlane
from keyless.model.guids import guid_key
from keyless.model.resource_id import ResourceId
from keyless.model.resources import Vault
from keyless.model.roles import RoleDefinition
from keyless.plan.access_policies import vaults_of_policies
from keyless.plan.given import Given
from keyless.plan.index import RoleIndex


class Today:
    """The grants that there are, asked by principal and scope; ``roles`` are all definitions by id."""

    def __init__(self, index: RoleIndex, given: Given, roles: Mapping[str, RoleDefinition]) -> None:
        self._index = index
        self._roles = {guid_key(role_id): role for role_id, role in roles.items()}
        self._data = index.universe.of_patterns(ActionPlane.DATA, ("*",))
        self._hierarchy = given.hierarchy
        self._memberships = Memberships(given.groups)
        self._by_principal = self._grants(given)
        self._policies = self._of_policies(given)
        self._bits_of_role = lru_cache(maxsize=None)(self._role_bits)

    def at(self, principal_id: str, scope: ResourceId) -> int:
        """What a principal may do at a scope, as a set."""
        ids = self._memberships.principal_ids(principal_id)
        granted = self._by_roles(ids, scope)
        for vault, by_principal in self._policies:
            if vault.contains(scope):
                granted &= ~self._data
                for key in ids:
                    granted |= by_principal.get(key, 0)
        return granted

    def bits_of(self, role_id: str) -> int:
        """What a role grants; nothing where it is not known."""
        return self._bits_of_role(guid_key(role_id))

    def _by_roles(self, ids: Iterable[str], scope: ResourceId) -> int:
        granted = 0
        for key in ids:
            for outer, role_id in self._by_principal.get(key, ()):
                if self._hierarchy.covers(outer, scope):
                    granted |= self._bits_of_role(role_id)
        return granted

    def _role_bits(self, role_key: str) -> int:
        role = self._roles.get(role_key)
        return self._index.bits_of(role) if role else 0

    @staticmethod
    def _grants(given: Given) -> dict[str, list[tuple[ResourceId, str]]]:
        found: dict[str, list[tuple[ResourceId, str]]] = {}
        for one in (*given.assignments, *given.policies.assignments):
            if one.condition is None:
                grant = (one.scope_id, guid_key(one.role_definition_id))
                found.setdefault(guid_key(one.principal_id), []).append(grant)
        return found

    def _of_policies(self, given: Given) -> list[tuple[ResourceId, dict[str, int]]]:
        """The vaults that access policies decide on, with what those give to whom."""
        tenant = given.policies.tenant_id.casefold()
        return [
            (ResourceId.parse(vault.resource_id), self._policy_bits(vault, tenant))
            for vault in vaults_of_policies(given.policies.vaults)
        ]

    def _policy_bits(self, vault: Vault, tenant: str) -> dict[str, int]:
        given: dict[str, int] = {}
        for entry in vault.access_policies:
            if entry.application_id is None and (not tenant or entry.tenant_id.casefold() == tenant):
                key = guid_key(entry.object_id)
                for one in permissions_given(entry.permissions):
                    for action in actions_of(one):
                        given[key] = given.get(key, 0) | self._index.bit((ActionPlane.DATA, action))
        return given
