"""Keys of vaults: whether what is said of them goes together."""

from __future__ import annotations

from keyless.estate.declared.estate import EstateEntry
from keyless.estate.declared.keys import KeyEntry, RotationEntry
from keyless.estate.declared.vaults import VaultEntry
from keyless.estate.reading import Reading, Rejected
from keyless.model.nearest import quoted_list
from keyless.model.vault_keys import (
    SIZES,
    DeclaredKey,
    DeclaredRotation,
    family_of,
    needs_premium,
    operations_of,
)


def read_keys(estate: EstateEntry, reading: Reading) -> tuple[DeclaredKey, ...]:
    """Every declared key; those with mistakes are reported and left out."""
    found: list[DeclaredKey] = []
    for _, group in estate.resource_groups.items:
        for vault_name, vault in group.vaults.items:
            for name, entry in vault.keys.items:
                try:
                    found.append(_key(vault_name.value, name.value, vault, entry, reading))
                except Rejected:  # reported: the others are still worth a look
                    continue
    return tuple(found)


def _key(vault_name: str, name: str, vault: VaultEntry, entry: KeyEntry, reading: Reading) -> DeclaredKey:
    _check_tier(vault, entry, reading)
    _check_size(entry, reading)
    _check_operations(entry, reading)
    return DeclaredKey(
        vault=vault_name,
        name=name,
        type=entry.type.value,
        size=None if entry.size is None else entry.size.value,
        curve=None if entry.curve is None else entry.curve.value,
        operations=None if entry.operations is None else tuple(entry.operations.value),
        rotation=None if entry.rotation is None else _rotation(entry.rotation, reading),
        tags={tag.value: value for tag, value in entry.tags.items},
    )


def _check_tier(vault: VaultEntry, entry: KeyEntry, reading: Reading) -> None:
    if needs_premium(entry.type.value) and vault.sku != "premium":
        problem = f"keys of type `{entry.type.value}` are for premium vaults"
        raise reading.reject(
            entry.type.at, problem, "write `sku: premium` at the vault, or take another type"
        )


def _check_size(entry: KeyEntry, reading: Reading) -> None:
    """An RSA or symmetric key has a size, and an EC key a curve."""
    key_type = entry.type.value
    sizes = SIZES.get(family_of(key_type))
    if entry.size is not None and (sizes is None or entry.size.value not in sizes):
        hint = f"write {quoted_list(map(str, sizes))}" if sizes else "write `curve:` instead"
        problem = f"a key of type `{key_type}` has no {entry.size.value} bits"
        raise reading.reject(entry.size.at, problem, hint)
    if entry.curve is not None and sizes is not None:
        raise reading.reject(
            entry.curve.at, f"a key of type `{key_type}` has no curve", "write `size:` instead, or `type: EC`"
        )


def _check_operations(entry: KeyEntry, reading: Reading) -> None:
    if entry.operations is None:
        return
    possible = operations_of(entry.type.value)
    for one in entry.operations.value:
        if one not in possible:
            raise reading.reject(
                entry.operations.at,
                f"a key of type `{entry.type.value}` cannot `{one}`",
                f"it can {quoted_list(possible, 'and')}",
            )


def _rotation(entry: RotationEntry, reading: Reading) -> DeclaredRotation:
    if entry.time_after_create is not None and entry.time_before_expiry is not None:
        raise reading.reject(
            entry.at, "a key rotates after it was made or before it expires", "keep one of the two"
        )
    return DeclaredRotation(
        entry.time_after_create, entry.time_before_expiry, entry.notify_before_expiry, entry.expiry_time
    )
