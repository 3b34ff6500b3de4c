"""Record keys as bytes that sort as their parts do.

Each part is UTF-8, ended by a zero byte; zero and one bytes inside a part are escaped by a one byte, so that
no part can run into the next and the order of the parts is the order of the bytes.
"""

from __future__ import annotations

from keyless.store.ports import DamagedStore, Key

_END = b"\x00"
_ESCAPE = b"\x01"
AFTER_ALL = b"\xff"  # never part of UTF-8, so it sorts behind every continuation of a prefix


def _escape(part: str) -> bytes:
    return part.encode().replace(b"\x01", b"\x01\x02").replace(b"\x00", b"\x01\x01")


def _unescape(raw: bytes) -> str:
    return raw.replace(b"\x01\x01", b"\x00").replace(b"\x01\x02", b"\x01").decode()


def encode_key(key: Key) -> bytes:
    """The key's bytes."""
    return b"".join(_escape(part) + _END for part in key)


def encode_prefix(prefix: Key, starting: str = "") -> bytes:
    """What every key with these parts, and a next part that begins with ``starting``, begins with."""
    return encode_key(prefix) + _escape(starting)


def decode_key(raw: bytes) -> Key:
    """The parts of an encoded key; raises DamagedStore where the bytes are not one."""
    try:
        if _ESCAPE not in raw:  # nearly all: one decoding for all parts
            return tuple(raw.decode().split("\0")[:-1])
        return tuple(_unescape(part) for part in raw.split(_END)[:-1])
    except UnicodeDecodeError as error:
        raise DamagedStore(f"a record's key cannot be read: {error}") from error
