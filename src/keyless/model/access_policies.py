"""Access policies of a key vault: who may do what with its objects, where the vault is not in RBAC mode.

Source: https://learn.microsoft.com/azure/key-vault/general/assign-access-policy
"""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

ALL, PURGE = "all", "purge"
"""The permission that stands for every other one of its kind, and the one that it does not stand for."""

NO_POLICY = "noAccessPolicy:"
"""What evidence names in place of an entry where none gives the permission that follows."""
PERMISSIONS: Mapping[str, tuple[str, ...]] = {
    "keys": (
        *("get", "list", "update", "create", "import", "delete", "recover", "backup", "restore", "decrypt"),
        *("encrypt", "unwrapkey", "wrapkey", "verify", "sign", "purge", "release", "rotate"),
        *("getrotationpolicy", "setrotationpolicy"),
    ),
    "secrets": ("get", "list", "set", "delete", "recover", "backup", "restore", "purge"),
    "certificates": (
        *("get", "list", "update", "create", "import", "delete", "recover", "backup", "restore", "purge"),
        *("managecontacts", "manageissuers", "getissuers", "listissuers", "setissuers", "deleteissuers"),
    ),
    "storage": (
        *("get", "list", "delete", "set", "update", "regeneratekey", "recover", "backup", "restore", "purge"),
        *("getsas", "listsas", "deletesas", "setsas"),
    ),
}
"""The permissions that there are, by kind of object, `all` left out.

Source: https://learn.microsoft.com/azure/templates/microsoft.keyvault/vaults#permissions
"""


class PolicyPermissions(msgspec.Struct, frozen=True, omit_defaults=True, rename="camel"):
    """Permissions per kind of object, in lower case; `all` stands for every one of a kind but `purge`."""

    keys: tuple[str, ...] = ()
    secrets: tuple[str, ...] = ()
    certificates: tuple[str, ...] = ()
    storage: tuple[str, ...] = ()

    def of(self, kind: str) -> tuple[str, ...]:
        """What is listed for a kind of object (`keys`, `secrets`, `certificates`, `storage`)."""
        listed: tuple[str, ...] = getattr(self, kind)
        return listed


class AccessPolicy(msgspec.Struct, frozen=True, omit_defaults=True, rename="camel"):
    """One entry, for a principal (``object_id``) of a tenant.

    With ``application_id`` it counts only where that client asks on behalf of the principal.
    """

    tenant_id: str
    object_id: str
    permissions: PolicyPermissions
    application_id: str | None = None

    @property
    def name(self) -> str:
        """What the entry goes by in evidence: its principal, and the application where it has one."""
        through = f"+{self.application_id}" if self.application_id else ""
        return f"accessPolicy:{self.object_id}{through}"
