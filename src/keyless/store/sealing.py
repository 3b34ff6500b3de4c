"""Sealing records at rest: AES-256-GCM under data keys that a root key wraps.

Rules:
- every record is sealed under a fresh 96-bit nonce, with its collection and key as associated data, so that
  a sealed record does not open in another place;
- data keys are wrapped by the root key in the same way and stored beside the data; the root key never is;
- a root key is known by an id derived from it (HKDF), so that a wrong one is recognised before it is used.

Source: NIST SP 800-38D, section 8.2.2 (random nonces)
"""

from __future__ import annotations

import base64
import binascii
import fcntl
import os
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from keyless.store.ports import DamagedStore, StoreError

KEY_BYTES = 32
ROOT_KEY_VARIABLE = "KEYLESS_ROOT_KEY"
_NONCE_BYTES = 12
_FORMAT = b"\x01"


class RootKey:
    """The 256-bit key that everything hangs on; ``source`` says where it came from."""

    __slots__ = ("_key", "id", "source")

    def __init__(self, key: bytes, source: str) -> None:
        self._key = key
        self.source = source
        self.id = HKDF(SHA256(), 8, salt=None, info=b"keyless root key id").derive(key).hex()

    def wrap(self, data_key: bytes) -> bytes:
        """A data key as it is stored."""
        nonce = os.urandom(_NONCE_BYTES)
        return nonce + AESGCM(self._key).encrypt(nonce, data_key, b"keyless data key")

    def unwrap(self, wrapped: bytes) -> bytes:
        """The data key again; a store that has been tampered with is a damaged one."""
        try:
            return AESGCM(self._key).decrypt(
                wrapped[:_NONCE_BYTES], wrapped[_NONCE_BYTES:], b"keyless data key"
            )
        except (InvalidTag, ValueError) as error:
            raise DamagedStore("a data key in the store does not open: the store was altered") from error

    def __repr__(self) -> str:
        return f"RootKey(id={self.id!r}, source={self.source!r})"


class Sealer:
    """Seals and opens records under one data key."""

    __slots__ = ("_aead",)

    def __init__(self, data_key: bytes) -> None:
        self._aead = AESGCM(data_key)

    def seal(self, plain: bytes, place: bytes) -> bytes:
        """Encrypt a record for its place."""
        nonce = os.urandom(_NONCE_BYTES)
        return _FORMAT + nonce + self._aead.encrypt(nonce, plain, place)

    def open(self, sealed: bytes, place: bytes) -> bytes:
        """Decrypt a record; raises DamagedStore where it was altered or moved."""
        if sealed[:1] != _FORMAT:
            raise DamagedStore("a sealed record is of an unknown form: it was altered")
        try:
            return self._aead.decrypt(sealed[1 : 1 + _NONCE_BYTES], sealed[1 + _NONCE_BYTES :], place)
        except (InvalidTag, ValueError) as error:
            raise DamagedStore("a sealed record does not open: it was altered or moved") from error


def new_data_key() -> bytes:
    """A fresh data key."""
    return AESGCM.generate_key(8 * KEY_BYTES)


def find_root_key(file: Path, from_environment: str | None, *, create: bool) -> RootKey:
    """The root key: from the environment's value where given, else from its owner-only file.

    ``from_environment`` is base64 of 32 bytes. With ``create`` a missing (or empty) file is made.

    Raises:
        StoreError: the value or file is not a root key, or others may read the file.
    """
    if from_environment is not None:
        return RootKey(_decode(from_environment, f"the variable `{ROOT_KEY_VARIABLE}`"), ROOT_KEY_VARIABLE)
    if create and not _has_content(file):
        _fill_if_empty(file, base64.b64encode(os.urandom(KEY_BYTES)) + b"\n")
    if not file.exists():
        raise StoreError(
            f"the root key `{file}` is missing: put it back, or set `{ROOT_KEY_VARIABLE}` to its content"
        )
    if file.stat().st_mode & 0o077:
        raise StoreError(f"the root key `{file}` can be read by others: run `chmod 600 {file}`")
    return RootKey(_decode(_read(file), f"the file `{file}`"), str(file))


def _read(file: Path) -> str:
    try:
        return file.read_text("ascii", "replace")
    except OSError as error:
        why = (error.strerror or str(error)).lower()
        raise StoreError(f"the root key `{file}` cannot be read: {why}") from error


def _decode(text: str, where: str) -> bytes:
    try:
        key = base64.b64decode(text.strip(), validate=True)
    except (binascii.Error, ValueError):
        key = b""
    if len(key) != KEY_BYTES:
        raise StoreError(f"{where} does not hold a root key: it must be base64 of {KEY_BYTES} bytes")
    return key


def _has_content(file: Path) -> bool:
    return file.exists() and file.stat().st_size > 0


def _fill_if_empty(file: Path, content: bytes) -> None:
    """Make an owner-only file with this content; one that another process has filled meanwhile is left."""
    with os.fdopen(os.open(file, os.O_RDWR | os.O_CREAT, 0o600), "r+b") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        if not handle.read(1):
            handle.write(content)
            handle.flush()
            os.fsync(handle.fileno())
