"""What operations on a vault's objects require, and at which scope.

Source: https://learn.microsoft.com/azure/key-vault/general/rbac-migration#access-policy-permissions-to-azure-roles
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from keyless.model.resource_id import ResourceId
from keyless.model.resources import Vault, vault_object_scope
from keyless.planes.keyvault.vaults import check_name
from keyless.wire.call import Authorized
from keyless.wire.errors import Bug
from keyless.wire.operation import AttributesOf, Requires

_ACTIONS = "Microsoft.KeyVault/vaults/"


def vault_of(call: Authorized[Any]) -> Vault:
    """The vault that a call is for."""
    if not isinstance(call.resource, Vault):
        raise Bug("a call of the Key Vault plane is for no vault")
    return call.resource


def on_one(
    objects: str,
    action: str,
    permission: str,
    attributes: AttributesOf | None = None,
    *,
    actions_of: str | None = None,
) -> Requires:
    """A data action on the one of the ``objects`` (`secrets` or their like) that the route names.

    The route's parameter is `{secret_name}` or its like. ``permission`` is that of access policies;
    ``actions_of`` is given where the action belongs to another word than the objects.
    """
    parameter = f"{objects.removesuffix('s')}_name"

    def scope(vault: Vault, params: Mapping[str, str]) -> ResourceId:
        """A name that no object can have is refused here, before it becomes evidence."""
        return vault_object_scope(ResourceId.parse(vault.resource_id), objects, check_name(params[parameter]))

    needed = f"{_ACTIONS}{actions_of or objects}/{action}"
    return Requires((needed,), scope, access_policy=f"{objects}/{permission}", attributes=attributes)


def on_all(
    objects: str,
    action: str,
    permission: str,
    attributes: AttributesOf | None = None,
    *,
    actions_of: str | None = None,
) -> Requires:
    """A data action on all of a vault's ``objects`` (`secrets` or their like)."""
    needed = f"{_ACTIONS}{actions_of or objects}/{action}"
    return Requires((needed,), the_vault, access_policy=f"{objects}/{permission}", attributes=attributes)


def the_vault(vault: Vault, params: Mapping[str, str]) -> ResourceId:
    """A vault's own scope."""
    return ResourceId.parse(vault.resource_id)
