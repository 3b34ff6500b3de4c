"""What the permissions of a key vault's access policies let do, as the data actions that roles grant.

Rules:
- `all` is every permission of its kind but `purge`;
- two permissions can come to the same action (to get and to list keys), and one to several (to set a secret).

Source: https://learn.microsoft.com/azure/key-vault/general/rbac-migration
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

import msgspec

from keyless.catalog.files import read_data
from keyless.model.access_policies import ALL, PERMISSIONS, PURGE, PolicyPermissions


class _Document(msgspec.Struct, frozen=True):
    permissions: dict[str, dict[str, tuple[str, ...]]]


@lru_cache(maxsize=1)
def _document() -> _Document:
    return msgspec.json.decode(read_data("vault_permissions.json"), type=_Document)


def actions_of(permission: str) -> tuple[str, ...]:
    """The data actions of a permission such as `secrets/get`; none where there is no such permission."""
    kind, _, name = permission.partition("/")
    return _document().permissions.get(kind, {}).get(name, ())


def every_permission() -> Iterator[str]:
    """Every permission that there is, `all` left out: `secrets/get` and so on, by kind."""
    return (f"{kind}/{name}" for kind, names in PERMISSIONS.items() for name in names)


def permissions_given(permissions: PolicyPermissions) -> tuple[str, ...]:
    """The permissions that an entry gives, `all` spelled out."""
    return tuple(
        f"{kind}/{name}"
        for kind, names in PERMISSIONS.items()
        for name in names
        if name in permissions.of(kind) or (ALL in permissions.of(kind) and name != PURGE)
    )
