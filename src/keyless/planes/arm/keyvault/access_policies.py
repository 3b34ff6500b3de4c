"""Changing a vault's access policies, entry by entry.

It has an action of its own, because whoever has it can give himself all that the vault holds.

Source: https://learn.microsoft.com/rest/api/keyvault/keyvault/vaults/update-access-policy
"""

from __future__ import annotations

from msgspec import structs

from keyless.lifecycle.events import note_policy_change
from keyless.planes.arm.keyvault.access import VAULT, WRITE_POLICIES, of_vault
from keyless.planes.arm.keyvault.api_versions import VAULTS as VERSIONS
from keyless.planes.arm.keyvault.bodies import policies_body
from keyless.planes.arm.keyvault.errors import InvalidValue
from keyless.planes.arm.keyvault.lookup import vault_named
from keyless.planes.arm.keyvault.policies import Change, changed, read_policies
from keyless.planes.arm.keyvault.schemas import PoliciesBody, PoliciesInput
from keyless.planes.arm.scopes import needs
from keyless.planes.arm.service import Arm
from keyless.store.collections import VAULTS
from keyless.wire.call import Authorized
from keyless.wire.errors import InvalidRequest, NotFound
from keyless.wire.operation import Operation, operation


@operation(
    id="Vaults.UpdateAccessPolicy",
    route=f"PUT {VAULT}/accessPolicies/{{operation_kind}}",
    api_versions=VERSIONS,
    access=needs(WRITE_POLICIES, of_vault),
    body=PoliciesInput,
    response=PoliciesBody,
    errors=(InvalidRequest, NotFound),
    spec="https://learn.microsoft.com/rest/api/keyvault/keyvault/vaults/update-access-policy",
)
async def update_access_policy(call: Authorized[PoliciesInput], arm: Arm) -> PoliciesBody:
    """Add, replace or remove entries of a vault's access policies."""
    change = _change(call.params["operation_kind"])
    tenant_id = (await arm.authority.tenant()).tenant_id
    given = read_policies(call.body.properties.access_policies, tenant_id)
    async with arm.store.transaction() as transaction:
        there = await vault_named(arm, call.params, transaction)
        policies = changed(there.access_policies, given, change)
        vault = structs.replace(there, access_policies=policies, updated_on=call.now)
        await transaction.put(VAULTS, (vault.name.casefold(),), vault)
        await note_policy_change(transaction, there, vault, call.now)
    return policies_body(vault)


def _change(kind: str) -> Change:
    try:
        return Change(kind.lower())
    except ValueError as error:
        raise InvalidValue("operationKind") from error


OPERATIONS: tuple[Operation, ...] = (update_access_policy,)
