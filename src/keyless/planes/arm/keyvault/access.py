"""What the operations on vaults require, and the scopes that they are decided on.

Looking whether a name is free is a reading action, although it is asked with a POST. To bring a deleted vault
back is to write it.

Source: https://learn.microsoft.com/azure/key-vault/general/key-vault-recovery and
https://learn.microsoft.com/azure/role-based-access-control/permissions/security#microsoftkeyvault
"""

from __future__ import annotations

from keyless.model.resources import VAULT_TYPE
from keyless.planes.arm.scopes import GROUP, of_resource

PROVIDER = "Microsoft.KeyVault"
OF_SUBSCRIPTION = f"/subscriptions/{{subscription_id}}/providers/{PROVIDER}"
OF_GROUP = f"{GROUP}/providers/{PROVIDER}"
VAULT = f"{OF_GROUP}/vaults/{{vault_name}}"
"""The beginnings of the routes."""

READ, WRITE, DELETE = f"{VAULT_TYPE}/read", f"{VAULT_TYPE}/write", f"{VAULT_TYPE}/delete"
WRITE_POLICIES = f"{VAULT_TYPE}/accessPolicies/write"
CHECK_NAME = f"{PROVIDER}/checkNameAvailability/read"
LIST_DELETED = f"{PROVIDER}/deletedVaults/read"
READ_DELETED = f"{PROVIDER}/locations/deletedVaults/read"
PURGE = f"{PROVIDER}/locations/deletedVaults/purge/action"
ASSIGN_ROLES = "Microsoft.Authorization/roleAssignments/write"
"""What changing from policies to roles needs, or back, beside writing the vault."""

of_vault = of_resource(VAULT_TYPE, "vault_name")
