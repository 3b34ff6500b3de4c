"""What operations on secrets require, and at which scope.

Source: https://learn.microsoft.com/azure/key-vault/general/rbac-migration#access-policy-permissions-to-azure-roles
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from keyless.model.resource_id import ResourceId
from keyless.model.resources import Vault, secret_scope
from keyless.planes.keyvault.secrets.attributes import of_secret, of_vault
from keyless.planes.keyvault.vaults import check_name
from keyless.wire.call import Authorized
from keyless.wire.errors import Bug
from keyless.wire.operation import AttributesOf, Requires

_ACTIONS = "Microsoft.KeyVault/vaults/secrets/"


def vault_of(call: Authorized[Any]) -> Vault:
    """The vault that a call is for."""
    if not isinstance(call.resource, Vault):
        raise Bug("a call of the Key Vault plane is for no vault")
    return call.resource


def on_secret(action: str, permission: str, attributes: AttributesOf = of_secret) -> Requires:
    """A data action on the secret that the route names; ``permission`` is that of access policies."""
    policy = f"secrets/{permission}"
    return Requires((_ACTIONS + action,), _the_secret, access_policy=policy, attributes=attributes)


def on_vault(action: str, permission: str, attributes: AttributesOf = of_vault) -> Requires:
    """A data action on all of a vault's secrets."""
    policy = f"secrets/{permission}"
    return Requires((_ACTIONS + action,), _the_vault, access_policy=policy, attributes=attributes)


def _the_secret(vault: Vault, params: Mapping[str, str]) -> ResourceId:
    """The scope of a secret. A name that no secret can have is refused here, before it becomes evidence."""
    return secret_scope(ResourceId.parse(vault.resource_id), check_name(params["secret_name"]))


def _the_vault(vault: Vault, params: Mapping[str, str]) -> ResourceId:
    return ResourceId.parse(vault.resource_id)
