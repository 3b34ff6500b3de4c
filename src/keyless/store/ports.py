"""What a store offers: typed collections of records under ordered keys, read and written in transactions.

Rules that every adapter keeps:
- a record's key is a tuple of texts; scans return keys in the order of their UTF-8 bytes, part by part;
- a transaction's writes appear all at once or not at all, and are durable when it has ended without error;
- reads outside a transaction see only what is committed;
- ``revision`` of a collection rises whenever a transaction that touched it commits, in whichever process;
- a sealed collection's records are stored only under authenticated encryption, bound to their place.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import Any, Generic, Protocol, TypeVar

T = TypeVar("T")
Key = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Collection(Generic[T]):
    """A named set of records of one (msgspec) type; ``sealed`` ones never reach a disk in clear."""

    name: str
    type: type[T]
    sealed: bool = False


class StoreError(Exception):
    """A store that cannot be used; the message says why and what to do."""


class WrongRootKey(StoreError):
    """The root key given does not open this store."""


class DamagedStore(StoreError):
    """The store's file is not readable as a store."""


class StoreTooNew(StoreError):
    """A later version of Keyless has written this store."""


class Reader(Protocol):
    """Reading records."""

    async def get(self, collection: Collection[T], key: Key) -> T | None:
        """The record under a key, or none."""
        ...

    async def scan(
        self,
        collection: Collection[T],
        prefix: Key = (),
        *,
        starting: str = "",
        after: Key | None = None,
        limit: int | None = None,
    ) -> Sequence[tuple[Key, T]]:
        """Records whose keys begin with the parts of ``prefix``, in key order.

        ``starting`` is what the part after the prefix must begin with; ``after`` leaves out everything up
        to and including a key; ``limit`` bounds the number of records.
        """
        ...


class Transaction(Reader, Protocol):
    """Reading and writing as one atomic step."""

    async def put(self, collection: Collection[T], key: Key, record: T) -> None:
        """Write a record, replacing the one that was there."""
        ...

    async def delete(self, collection: Collection[T], key: Key) -> None:
        """Remove a record; removing what is not there does nothing."""
        ...


class Store(Reader, Protocol):
    """A store: committed reads, transactions, and revisions to remember things by."""

    def transaction(self) -> AbstractAsyncContextManager[Transaction]:
        """Begin a transaction; it commits when the block ends, and rolls back on an error."""
        ...

    def refresh(self) -> int:
        """Notice what other connections committed; a number that changes whenever anything did."""
        ...

    def revision(self, collection: Collection[Any]) -> int:
        """The collection's revision as of the last ``refresh``."""
        ...

    def changed_since(self, collection: Collection[Any], revision: int) -> frozenset[Key] | None:
        """The keys that were touched after a revision, up to that of the last ``refresh``.

        None where the store cannot tell: then any may have been.
        """
        ...

    def close(self) -> None:
        """Let go of the store; nothing acknowledged is lost."""
        ...
