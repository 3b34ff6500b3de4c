"""What conditions may look at of an operation on secrets: the vault's name, and the secret's.

Rules:
- the name of a secret that is there is `@Resource`'s, that of one that is being set or restored `@Request`'s;
- a name has the case that the secret was first written with: operators tell cases apart and secrets do not,
  so that a path in another case would be the same secret under another name;
- a list of a vault's secrets is about no one secret: a condition on the name cannot be evaluated for it, and
  refuses it;
- a backup that does not open names nothing, and is refused for what it is by whoever may restore it.

Source: https://learn.microsoft.com/azure/key-vault/general/rbac-abac
"""

from __future__ import annotations

from contextlib import suppress

from keyless.authz.conditions.attributes import SECRET_NAME, VAULT_NAME
from keyless.model.attributes import Attributes, AttributeSource
from keyless.planes.keyvault.objects.backups import read_backup
from keyless.planes.keyvault.service import KeyVault
from keyless.wire.errors import InvalidRequest
from keyless.wire.operation import Asked


async def of_vault(asked: Asked, vaults: KeyVault) -> Attributes:
    """Of a vault, and of no secret in it."""
    return {AttributeSource.RESOURCE: {VAULT_NAME: asked.resource.name}}


async def of_secret(asked: Asked, vaults: KeyVault) -> Attributes:
    """Of a secret that the route names."""
    return {
        AttributeSource.RESOURCE: {
            VAULT_NAME: asked.resource.name,
            SECRET_NAME: await _name(asked, vaults),
        }
    }


async def of_secret_to_be(asked: Asked, vaults: KeyVault) -> Attributes:
    """Of a secret that the route names and the request makes."""
    return _to_be(asked, await _name(asked, vaults))


async def of_backup(asked: Asked, vaults: KeyVault) -> Attributes:
    """Of the secret that a backup is of."""
    with suppress(InvalidRequest):
        return _to_be(
            asked, await vaults.secrets.backups.name_in(asked.resource, read_backup(asked.body.value))
        )
    return await of_vault(asked, vaults)


async def _name(asked: Asked, vaults: KeyVault) -> str:
    return await vaults.secrets.spelled(asked.resource, asked.params["secret_name"])


def _to_be(asked: Asked, name: str) -> Attributes:
    return {
        AttributeSource.RESOURCE: {VAULT_NAME: asked.resource.name},
        AttributeSource.REQUEST: {SECRET_NAME: name},
    }
