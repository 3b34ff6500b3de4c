"""Copies of all of a vault's live objects, and how such a copy comes into a vault again.

What lies deleted in a vault is not copied.
"""

from __future__ import annotations

from typing import Any

import msgspec

from keyless.model.resources import Vault
from keyless.planes.keyvault.arrivals import Arrival
from keyless.planes.keyvault.contents import KINDS
from keyless.planes.keyvault.objects.copies import Copy, belongings_in, copy_of, versions_in
from keyless.planes.keyvault.objects.kind import Kind
from keyless.planes.keyvault.objects.records import Head
from keyless.store.ports import Reader, Store

_KINDS = {kind.noun: kind for kind in KINDS}


class ObjectCopy(Copy, frozen=True, kw_only=True):
    """A copy that says of which kind it is, by its noun."""

    kind: str

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
    found = await copy_of(reader, kind, vault, head)
    return ObjectCopy(found.head, found.versions, found.belongings, kind=kind.noun)


def arrival_of(copy: ObjectCopy) -> Arrival[Any]:
    """A copy as it comes into a vault again.

    Raises:
        NotACopy: it is of an unknown kind, or not whole.
    """
    kind = _KINDS.get(copy.kind)
    if kind is None:
        raise NotACopy(f"this version of Keyless knows no objects of the kind `{copy.kind}`")
    try:
        versions, belongings = versions_in(copy, kind), belongings_in(copy, kind)
    except msgspec.DecodeError as error:
        raise NotACopy(f"a record of {copy.kind} `{copy.head.name}` is not one of this version") from error
    versions.sort(key=lambda one: (one.id == copy.head.current, one.created))
    if not versions or versions[-1].id != copy.head.current:
        raise NotACopy(f"the current version of {copy.kind} `{copy.head.name}` is missing")
    return Arrival(kind, copy.head.name, tuple(versions), belongings)
