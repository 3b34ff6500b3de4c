"""Keys of vaults, as an exported file writes them: what kind they are, and never their material."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from keyless.model.resources import Vault
from keyless.model.vault_keys import DeclaredKey, DeclaredRotation


def keys_document(vault: Vault, keys: Iterable[DeclaredKey]) -> dict[str, Any]:
    """The keys of a vault; nothing where it has none."""
    name = vault.name.casefold()
    found = {key.name: _one(key) for key in keys if key.vault.casefold() == name}
    return {"keys": found} if found else {}


def _one(key: DeclaredKey) -> dict[str, Any]:
    parts = {
        "type": key.type,
        "size": key.size,
        "curve": key.curve,
        "operations": None if key.operations is None else list(key.operations),
        "rotation": None if key.rotation is None else _rotation(key.rotation),
        "tags": dict(key.tags) or None,
    }
    return {name: part for name, part in parts.items() if part is not None}


def _rotation(rotation: DeclaredRotation) -> dict[str, str]:
    parts = {
        "timeAfterCreate": rotation.time_after_create,
        "timeBeforeExpiry": rotation.time_before_expiry,
        "notifyBeforeExpiry": rotation.notify_before_expiry,
        "expiryTime": rotation.expiry_time,
    }
    return {name: part for name, part in parts.items() if part is not None}
