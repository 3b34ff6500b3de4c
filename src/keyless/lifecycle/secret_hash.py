"""Hashes of client secrets: scrypt, salted, with the parameters named in the hash.

N = 2^15, r = 8, p = 1: 32 MiB and under a tenth of a second for each guess. The client secrets that Entra
makes have far more than enough entropy to need this; those that people write into an estate file may not.

Source: https://www.rfc-editor.org/rfc/rfc7914
"""

from __future__ import annotations

import hashlib
import hmac
import os

_FORMAT = b"\x01"
_COST, _BLOCK, _LANES = 2**15, 8, 1
_MEMORY_BYTES = 64 * 1024 * 1024
_SALT_BYTES = 16
_DIGEST_BYTES = 32


def hash_secret(secret: str, salt: bytes | None = None) -> bytes:
    """A hash to keep in place of the secret; the salt is random unless given."""
    salt = os.urandom(_SALT_BYTES) if salt is None else salt
    return _FORMAT + salt + _scrypt(secret, salt)


def secret_matches(secret: str, kept: bytes) -> bool:
    """Whether a hash is the secret's, compared in constant time; never for a hash of another format."""
    salt, digest = kept[1 : 1 + _SALT_BYTES], kept[1 + _SALT_BYTES :]
    if not kept.startswith(_FORMAT) or len(digest) != _DIGEST_BYTES:
        return False
    return hmac.compare_digest(_scrypt(secret, salt), digest)


def _scrypt(secret: str, salt: bytes) -> bytes:
    return hashlib.scrypt(
        secret.encode(),
        salt=salt,
        n=_COST,
        r=_BLOCK,
        p=_LANES,
        maxmem=_MEMORY_BYTES,
        dklen=_DIGEST_BYTES,
    )
