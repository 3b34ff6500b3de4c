"""Who may read a reference, and the secret that it points to: asked of the decision that planes make.

Rules:
- where a vault has access policies they decide on its secrets, by `secrets/get`; else roles, with deny
  assignments, groups, management groups and conditions;
- conditions are given what a request would have: key and label, the names of the vault and of the secret.
  What looks at anything else (the time of the request) cannot be evaluated here, and refuses.

Pure. Source: https://learn.microsoft.com/azure/key-vault/general/rbac-guide
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from keyless.authz.access_policies import settling_policy
from keyless.authz.conditions.attributes import KEY, LABEL, SECRET_NAME, VAULT_NAME
from keyless.authz.decide import AccessRequest, Allowed
from keyless.authz.groups import Memberships
from keyless.authz.snapshot import Snapshot, compile_snapshot
from keyless.model.actions import ActionPlane
from keyless.model.attributes import NO_ATTRIBUTES, Attributes, AttributeSource
from keyless.model.guids import guid_key
from keyless.model.identities import Principal
from keyless.model.resource_id import ResourceId
from keyless.model.roles import RoleAssignment, RoleDefinition
from keyless.plan.given import Given
from keyless.plan.references.facts import HeldVault, StoredReference

READ_SETTING = "Microsoft.AppConfiguration/configurationStores/keyValues/read"
READ_SNAPSHOT = "Microsoft.AppConfiguration/configurationStores/snapshots/read"
READ_SECRET = "Microsoft.KeyVault/vaults/secrets/getSecret/action"
SECRETS_GET = "secrets/get"


@dataclass(frozen=True, slots=True)
class Access:
    """What principals may do under some role assignments.

    Without ``by_policies`` roles decide in all vaults, as they do when a plan is carried out. ``tenant_id``
    is that of the estate.
    """

    snapshot: Snapshot
    tenant_id: str
    by_policies: bool = True

    def reads_reference(self, principal_id: str, one: StoredReference) -> bool:
        """Whether a principal may read the key-value that a reference is."""
        if one.snapshot:
            return self._by_roles(principal_id, READ_SNAPSHOT, one.lies_at, NO_ATTRIBUTES)
        named = {KEY: one.key, LABEL: one.label or None}
        seen = {AttributeSource.REQUEST: named, AttributeSource.RESOURCE: named}
        return self._by_roles(principal_id, READ_SETTING, one.lies_at, seen)

    def reads_secret(self, principal_id: str, vault: HeldVault, secret: str) -> bool:
        """Whether a principal may read a secret of a vault."""
        if self.by_policies and not vault.vault.enable_rbac_authorization:
            return self._by_policy(principal_id, vault)
        scope = vault.scope(secret)
        named = {VAULT_NAME: vault.vault.name, SECRET_NAME: scope.name}
        return self._by_roles(principal_id, READ_SECRET, scope, {AttributeSource.RESOURCE: named})

    def _by_policy(self, principal_id: str, vault: HeldVault) -> bool:
        caller = Principal(principal_id, "", self.tenant_id, "")
        ids = self.snapshot.principal_ids(principal_id)
        return settling_policy(vault.vault.access_policies, caller, ids, SECRETS_GET) is not None

    def _by_roles(self, principal_id: str, action: str, scope: ResourceId, seen: Attributes) -> bool:
        ids = self.snapshot.principal_ids(principal_id)
        request = AccessRequest(ids, ActionPlane.DATA, action, scope, seen)
        return isinstance(self.snapshot.decide(request), Allowed)


def access_under(
    given: Given,
    assignments: Iterable[RoleAssignment],
    roles: Mapping[str, RoleDefinition],
    *,
    by_policies: bool,
) -> Access:
    """The access under these role assignments; denies, groups and management groups as they are."""
    listed = tuple(assignments)
    wanted = {guid_key(one.role_definition_id) for one in listed}
    known = [role for role in roles.values() if guid_key(role.id) in wanted]
    snapshot = compile_snapshot(listed, known, given.denies, Memberships(given.groups), given.hierarchy)
    return Access(snapshot, given.policies.tenant_id, by_policies)
