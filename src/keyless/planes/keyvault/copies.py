"""Copies of a vault's live objects, with every version and what belongs to them, as they are kept.

A copy is bound to no vault, tenant or subscription, and is not sealed: whoever takes one seals it. What lies
deleted in a vault is not copied.
"""

from __future__ import annotations

from typing import Any

import msgspec

from keyless.model.resources import Vault
from keyless.planes.keyvault.arrivals import Arrival
from keyless.planes.keyvault.contents import KINDS
from keyless.planes.keyvault.objects.kind import Kind
from keyless.planes.keyvault.objects.records import Head
from keyless.planes.keyvault.objects.vault_records import ObjectReader
from keyless.store.ports import Reader, Store

_KINDS = {kind.noun: kind for kind in KINDS}


class ObjectCopy(msgspec.Struct, frozen=True):
    """An object: its kind's noun, its head, every version, and its belongings by collection."""

    kind: str
    head: Head
    versions: list[msgspec.Raw]
    belongings: dict[str, msgspec.Raw] = {}

    def __repr__(self) -> str:
        return f"ObjectCopy({self.kind} {self.head.name}, …)"


class NotACopy(Exception):
    """A copy that is not sound."""


async def copies_of(store: Store, vault: Vault) -> list[ObjectCopy]:
    """Every live object of a vault, as of one moment."""
    async with store.transaction() as transaction:
        return [
            await _copy(transaction, kind, vault, head)
            for kind in KINDS
            for _, head in await transaction.scan(kind.heads, (vault.name.casefold(),))
        ]


async def _copy(reader: Reader, kind: Kind[Any], vault: Vault, head: Head) -> ObjectCopy:
    records = ObjectReader(reader, kind, vault)
    key = records.key(head.name)
    belongings = {one.name: await reader.get(one, key) for one in kind.belongings}
    return ObjectCopy(
        kind.noun,
        head,
        [_raw(version) for version in await records.versions(head.name)],
        {name: _raw(record) for name, record in belongings.items() if record is not None},
    )


def _raw(record: msgspec.Struct) -> msgspec.Raw:
    return msgspec.Raw(msgspec.msgpack.encode(record))


def arrival_of(copy: ObjectCopy) -> Arrival[Any]:
    """A copy as it comes into a vault again.

    Raises:
        NotACopy: it is of an unknown kind, or not whole.
    """
    kind = _KINDS.get(copy.kind)
    if kind is None:
        raise NotACopy(f"this version of Keyless knows no objects of the kind `{copy.kind}`")
    try:
        versions = [msgspec.msgpack.decode(raw, type=kind.versions.type) for raw in copy.versions]
        belongings = {
            one.name: msgspec.msgpack.decode(copy.belongings[one.name], type=one.type)
            for one in kind.belongings
            if one.name in copy.belongings
        }
    except msgspec.DecodeError as error:
        raise NotACopy(f"a record of {copy.kind} `{copy.head.name}` is not one of this version") from error
    versions.sort(key=lambda one: (one.id == copy.head.current, one.created))
    if not versions or versions[-1].id != copy.head.current:
        raise NotACopy(f"the current version of {copy.kind} `{copy.head.name}` is missing")
    return Arrival(kind, copy.head.name, tuple(versions), belongings)
