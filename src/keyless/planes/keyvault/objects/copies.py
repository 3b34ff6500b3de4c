"""A copy of one object as it is kept: its head, every version, and what belongs to it.

A copy is bound to no vault, tenant or subscription, and is not sealed: whoever takes one seals it.
"""

from __future__ import annotations

from typing import Any, TypeVar

import msgspec

from keyless.model.resources import Vault
from keyless.planes.keyvault.objects.kind import Kind
from keyless.planes.keyvault.objects.records import Head, Version
from keyless.planes.keyvault.objects.vault_records import ObjectReader
from keyless.store.ports import Reader

V = TypeVar("V", bound=Version)


class Copy(msgspec.Struct, frozen=True):
    """An object: its head, every version, and its belongings by collection."""

    head: Head
    versions: list[msgspec.Raw]
    belongings: dict[str, msgspec.Raw] = {}

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.head.name}, …)"


async def copy_of(reader: Reader, kind: Kind[Any], vault: Vault, head: Head) -> Copy:
    """A copy of a live object."""
    records = ObjectReader(reader, kind, vault)
    key = records.key(head.name)
    belongings = {one.name: await reader.get(one, key) for one in kind.belongings}
    return Copy(
        head,
        [_raw(version) for version in await records.versions(head.name)],
        {name: _raw(record) for name, record in belongings.items() if record is not None},
    )


def _raw(record: msgspec.Struct) -> msgspec.Raw:
    return msgspec.Raw(msgspec.msgpack.encode(record))


def versions_in(copy: Copy, kind: Kind[V]) -> list[V]:
    """The versions in a copy; raises msgspec.DecodeError where one is of another form."""
    return [msgspec.msgpack.decode(raw, type=kind.versions.type) for raw in copy.versions]


def belongings_in(copy: Copy, kind: Kind[Any]) -> dict[str, Any]:
    """The belongings in a copy by the name of their collection; raises as ``versions_in``."""
    return {
        one.name: msgspec.msgpack.decode(copy.belongings[one.name], type=one.type)
        for one in kind.belongings
        if one.name in copy.belongings
    }
