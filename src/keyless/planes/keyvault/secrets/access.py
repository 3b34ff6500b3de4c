"""What operations on secrets require: as on every object, with what conditions may look at.

Source: https://learn.microsoft.com/azure/key-vault/general/rbac-abac
"""

from __future__ import annotations

from keyless.planes.keyvault.objects.access import on_all, on_one
from keyless.planes.keyvault.secrets.attributes import of_secret, of_vault
from keyless.wire.operation import AttributesOf, Requires


def on_secret(action: str, permission: str, attributes: AttributesOf = of_secret) -> Requires:
    """A data action on the secret that the route names; ``permission`` is that of access policies."""
    return on_one("secrets", action, permission, attributes)


def on_vault(action: str, permission: str, attributes: AttributesOf = of_vault) -> Requires:
    """A data action on all of a vault's secrets."""
    return on_all("secrets", action, permission, attributes)
