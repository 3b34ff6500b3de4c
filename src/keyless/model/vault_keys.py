"""Keys of vaults as an estate declares them, and what each type of key can have.

Source: https://learn.microsoft.com/azure/key-vault/keys/about-keys-details
"""

from __future__ import annotations

from dataclasses import dataclass, field

TYPES = ("RSA", "RSA-HSM", "EC", "EC-HSM", "oct", "oct-HSM")
CURVES = ("P-256", "P-256K", "P-384", "P-521")
OPERATIONS = ("encrypt", "decrypt", "sign", "verify", "wrapKey", "unwrapKey")
SIZES = {"RSA": (2048, 3072, 4096), "oct": (128, 192, 256)}
_OF_TYPE = {
    "RSA": OPERATIONS,
    "EC": ("sign", "verify"),
    "oct": OPERATIONS,
}
_HARDWARE = "-HSM"


def family_of(key_type: str) -> str:
    """The type without what keeps the key."""
    return key_type.removesuffix(_HARDWARE)


def needs_premium(key_type: str) -> bool:
    """Whether only a premium vault has keys of this type."""
    return key_type.endswith(_HARDWARE)


def operations_of(key_type: str) -> tuple[str, ...]:
    """What a key of this type can be used for."""
    return _OF_TYPE[family_of(key_type)]


@dataclass(frozen=True, slots=True)
class DeclaredRotation:
    """A rotation policy; all are ISO 8601 durations."""

    time_after_create: str | None = None
    time_before_expiry: str | None = None
    notify_before_expiry: str | None = None
    expiry_time: str | None = None


@dataclass(frozen=True, slots=True)
class DeclaredKey:
    """A key that a vault must hold; ``operations`` and ``rotation`` are none where the file does not say."""

    vault: str
    name: str
    type: str
    size: int | None = None
    curve: str | None = None
    operations: tuple[str, ...] | None = None
    rotation: DeclaredRotation | None = None
    tags: dict[str, str] = field(default_factory=dict)
