"""What a vault holds, as somebody who manages it sees it: every object by its newest version, or one secret
with all of its versions. No value of a secret is given out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from keyless.model.resources import Vault
from keyless.planes.keyvault.contents import KINDS
from keyless.planes.keyvault.objects.kind import Kind
from keyless.planes.keyvault.objects.records import DeletedHead, Head, Version
from keyless.planes.keyvault.objects.vault_records import ObjectReader
from keyless.planes.keyvault.secrets.records import SECRET, SECRET_VERSIONS
from keyless.store.ports import Store


class Held(NamedTuple):
    """An object with how many versions it has; ``deleted`` is none where it is live."""

    kind: Kind[Any]
    name: str
    current: Version
    versions: int
    deleted: DeletedHead | None


async def held_in(store: Store, vault: Vault, now: int) -> list[Held]:
    """The objects of a vault, kind by kind, live ones first; ``now`` is in epoch seconds."""
    found: list[Held] = []
    async with store.transaction() as transaction:
        for kind in KINDS:
            records = ObjectReader(transaction, kind, vault)
            live = await transaction.scan(kind.heads, (vault.name.casefold(),))
            gone = await transaction.scan(kind.deleted, (vault.name.casefold(),))
            heads: list[Head | DeletedHead] = [head for _, head in live]
            heads += [head for _, head in gone if not head.is_gone(now)]
            for head in heads:
                versions = await records.versions(head.name)
                current = next(one for one in versions if one.id == head.current)
                deleted = head if isinstance(head, DeletedHead) else None
                found.append(Held(kind, head.name, current, len(versions), deleted))
    return found


class SecretHeld(NamedTuple):
    """A secret with what is known of its versions beside their values; ``current`` is the id of the newest.

    ``purge_at`` (epoch seconds) is none of a live one; ``managed`` is one that stands behind a certificate.
    """

    name: str
    current: str
    versions: Sequence[Version]
    purge_at: int | None
    managed: bool


async def secret_held(store: Store, vault: Vault, name: str, now: int) -> SecretHeld | None:
    """One secret, live or deleted; none where there is none (any more)."""
    records = ObjectReader(store, SECRET, vault)
    deleted = await records.deleted(name, now)
    head = await records.head(name) if deleted is None else deleted.head
    if head is None:
        return None
    versions = [_without_value(one) for one in await records.versions(name)]
    managed = any(one.managed for one in versions)
    return SecretHeld(head.name, head.current, versions, deleted.head.purge_at if deleted else None, managed)


async def secret_of_version(store: Store, vault: Vault, version_id: str, now: int) -> str | None:
    """The name of the vault's secret, live or deleted, that has a version of this id; none where none has."""
    for key, _ in await store.scan(SECRET_VERSIONS, (vault.name.casefold(),)):
        if key[-1] == version_id:
            held = await secret_held(store, vault, key[1], now)
            return held.name if held else None
    return None


def _without_value(version: Version) -> Version:
    return Version(
        id=version.id,
        created=version.created,
        updated=version.updated,
        enabled=version.enabled,
        not_before=version.not_before,
        expires=version.expires,
        managed=version.managed,
    )
