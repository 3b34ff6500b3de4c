"""What a vault holds, as somebody who manages it sees it: every object by its newest version."""

from __future__ import annotations

from typing import Any, NamedTuple

from keyless.model.resources import Vault
from keyless.planes.keyvault.contents import KINDS
from keyless.planes.keyvault.objects.kind import Kind
from keyless.planes.keyvault.objects.records import DeletedHead, Head, Version
from keyless.planes.keyvault.objects.vault_records import ObjectReader
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
