"""Who can let himself into a vault that access policies decide on, although no policy lets him in.

Whoever may write the vault, or its policies, can give himself any permission; whoever may assign roles can
give himself a role that does, and all that the vault holds as soon as roles decide there.

Deny assignments are not looked at: what they keep out is reported all the same.

Source: https://learn.microsoft.com/azure/key-vault/general/rbac-guide (access policy model limitations)
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from keyless.authz.decide import role_grants
from keyless.authz.hierarchy import FLAT, Hierarchy
from keyless.model.actions import ActionPlane
from keyless.model.guids import guid_key
from keyless.model.resource_id import ResourceId
from keyless.model.resources import VAULT_TYPE, Vault
from keyless.model.roles import RoleAssignment, RoleDefinition
from keyless.plan.access_policies import vaults_of_policies
from keyless.plan.problem import Subject
from keyless.plan.result import VaultRisk

WRITES = (
    f"{VAULT_TYPE}/write",
    f"{VAULT_TYPE}/accessPolicies/write",
    "Microsoft.Authorization/roleAssignments/write",
)
"""The control actions that let one in."""


def find_risks(
    vaults: Iterable[Vault],
    assignments: Iterable[RoleAssignment],
    known: Mapping[str, RoleDefinition],
    subjects: Mapping[str, Subject],
    hierarchy: Hierarchy = FLAT,
) -> tuple[VaultRisk, ...]:
    """Everybody who can, by vault. ``known`` are definitions by id, ``subjects`` by case-folded id."""
    of_policies = vaults_of_policies(vaults)
    found = [
        VaultRisk(
            vault=vault.resource_id,
            principal=subjects[guid_key(one.principal_id)],
            actions=actions,
            role_id=role.id,
            role_name=role.name,
            scope=one.scope,
            conditional=one.condition is not None,
        )
        for one in (assignments if of_policies else ())
        if (role := known.get(one.role_definition_id)) is not None and (actions := _writes(role))
        for vault in of_policies
        if hierarchy.covers(one.scope_id, ResourceId.parse(vault.resource_id))
    ]
    return tuple(
        sorted(found, key=lambda one: (one.vault_id.key, one.principal.name.casefold(), one.role_name))
    )


def _writes(role: RoleDefinition) -> tuple[str, ...]:
    return tuple(action for action in WRITES if role_grants(role, ActionPlane.CONTROL, action))
