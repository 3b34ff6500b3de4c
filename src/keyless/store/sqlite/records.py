"""Reading and writing records over one SQLite connection."""

from __future__ import annotations

import sqlite3
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

import msgspec

from keyless.store.keys import AFTER_ALL, decode_key, encode_key, encode_prefix
from keyless.store.ports import Collection, DamagedStore, Key
from keyless.store.sealing import Sealer

T = TypeVar("T")

GET = "SELECT value FROM records WHERE collection = ? AND key = ?"
_SCAN = "SELECT key, value FROM records WHERE collection = ? AND key >= ? AND key < ? ORDER BY key LIMIT ?"
_NEXT = b"\x00"  # behind a key, what begins with it and is longer by this comes first
_PUT = "INSERT INTO records VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET value = excluded.value"
_DELETE = "DELETE FROM records WHERE collection = ? AND key = ?"


@dataclass(frozen=True, slots=True)
class StillSealed:
    """A sealed record as it is stored, and the place that it opens in."""

    stored: bytes
    place: bytes


class Codec:
    """Turns records into stored bytes and back, sealing where the collection says so."""

    def __init__(self, sealer: Sealer) -> None:
        self._sealer = sealer
        self._decoders: dict[type, msgspec.msgpack.Decoder[Any]] = {}

    def encode(self, collection: Collection[T], key: bytes, record: T) -> bytes:
        """The bytes to store."""
        plain = msgspec.msgpack.encode(record)
        return self._sealer.seal(plain, _place(collection, key)) if collection.sealed else plain

    def decode(self, collection: Collection[T], key: bytes, stored: bytes) -> T:
        """The record again; raises DamagedStore where the bytes are not one."""
        plain = self._sealer.open(stored, _place(collection, key)) if collection.sealed else stored
        return self._decode(collection, plain)

    def decode_later(self, collection: Collection[T], key: bytes, stored: bytes) -> T | StillSealed:
        """The record, or what ``open`` needs for it where the collection is sealed."""
        if collection.sealed:
            return StillSealed(stored, _place(collection, key))
        return self._decode(collection, stored)

    def open(self, collection: Collection[T], sealed: StillSealed) -> T:
        """A sealed record's content; raises DamagedStore where it was altered or moved."""
        return self._decode(collection, self._sealer.open(sealed.stored, sealed.place))

    def _decode(self, collection: Collection[T], plain: bytes) -> T:
        decoder = self._decoders.get(collection.type)
        if decoder is None:
            decoder = self._decoders[collection.type] = msgspec.msgpack.Decoder(collection.type)
        try:
            record: T = decoder.decode(plain)
        except (msgspec.MsgspecError, UnicodeDecodeError) as error:
            raise DamagedStore(f"a record of `{collection.name}` cannot be read: {error}") from error
        return record


def _place(collection: Collection[T], key: bytes) -> bytes:
    return collection.name.encode() + b"\x00" + key


class ConnectionReader:
    """Reads through a connection, without remembering anything."""

    def __init__(self, connection: sqlite3.Connection, codec: Codec) -> None:
        self._connection = connection
        self._codec = codec

    async def get(self, collection: Collection[T], key: Key) -> T | None:
        """The record under a key, or none."""
        raw = encode_key(key)
        row = self._connection.execute(GET, (collection.name, raw)).fetchone()
        return None if row is None else self._codec.decode(collection, raw, row[0])

    async def scan(
        self,
        collection: Collection[T],
        prefix: Key = (),
        *,
        starting: str = "",
        after: Key | None = None,
        limit: int | None = None,
    ) -> Sequence[tuple[Key, T]]:
        """Records under a prefix, in key order."""
        low = encode_prefix(prefix, starting)
        first = low if after is None else max(low, encode_key(after) + _NEXT)  # one bound, which SQLite seeks
        rows = self._connection.execute(
            _SCAN, (collection.name, first, low + AFTER_ALL, -1 if limit is None else limit)
        )
        return [(decode_key(raw), self._codec.decode(collection, raw, value)) for raw, value in rows]


class ConnectionTransaction(ConnectionReader):
    """Reads and writes through a connection that has begun a transaction."""

    def __init__(self, connection: sqlite3.Connection, codec: Codec) -> None:
        super().__init__(connection, codec)
        self.touched: defaultdict[str, set[Key]] = defaultdict(set)

    async def put(self, collection: Collection[T], key: Key, record: T) -> None:
        """Write a record."""
        raw = encode_key(key)
        self._connection.execute(_PUT, (collection.name, raw, self._codec.encode(collection, raw, record)))
        self.touched[collection.name].add(key)

    async def delete(self, collection: Collection[T], key: Key) -> None:
        """Remove a record."""
        self._connection.execute(_DELETE, (collection.name, encode_key(key)))
        self.touched[collection.name].add(key)
