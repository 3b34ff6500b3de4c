"""Encrypting and wrapping: RSA, and AES in its modes.

Rules:
- the service chooses the initialization vector of GCM, since one that is used twice gives the key away; with
  CBC a caller may bring its own;
- whatever does not decrypt is `DoesNotOpen`, and says no more;
- RSA1_5 has no such failure to tell: what was not encrypted with it decrypts to bytes that mean nothing, as
  libraries do it against padding oracles (implicit rejection);
- CBC without padding takes whole blocks.

Sources: https://www.rfc-editor.org/rfc/rfc8017#section-7, https://www.rfc-editor.org/rfc/rfc3394,
https://www.rfc-editor.org/rfc/rfc5649, NIST SP 800-38A and 800-38D
"""

from __future__ import annotations

import os
from typing import Protocol, TypeVar

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes, keywrap
from cryptography.hazmat.primitives.asymmetric import padding as rsa_padding
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.ciphers import Cipher as AesCipher
from cryptography.hazmat.primitives.ciphers import algorithms, modes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.padding import PKCS7

from keyless.planes.keyvault.keys.material.values import (
    DoesNotOpen,
    Plain,
    Sealed,
    needless,
    required,
    wrong_length,
)

_BLOCK_BYTES = 16
_GCM_IV_BYTES = 12
_GCM_TAG_BYTES = 16
_WRAP_UNIT_BYTES = 8


K_contra = TypeVar("K_contra", contravariant=True)


class Cipher(Protocol[K_contra]):
    """A way of encrypting with keys of one family; ``algorithm`` is its name, for errors."""

    def encrypt(self, key: K_contra, plain: Plain, algorithm: str) -> Sealed:
        """Encrypt, or wrap.

        Raises:
            InvalidRequest: the value's length or a parameter does not suit the algorithm.
        """
        ...

    def decrypt(self, key: K_contra, sealed: Sealed, algorithm: str) -> bytes:
        """Decrypt, or unwrap.

        Raises:
            InvalidRequest: a parameter is missing, or the whole does not open.
        """
        ...


class RsaCipher:
    """RSAES with a padding, which takes ``overhead_bytes`` of the key's length."""

    def __init__(self, padding: rsa_padding.AsymmetricPadding, overhead_bytes: int) -> None:
        self._padding = padding
        self._overhead_bytes = overhead_bytes

    @classmethod
    def oaep(cls, hash: hashes.HashAlgorithm) -> RsaCipher:  # noqa: A002  # the field's word
        """OAEP with one hash for both its uses."""
        return cls(rsa_padding.OAEP(rsa_padding.MGF1(hash), hash, None), 2 * hash.digest_size + 2)

    @classmethod
    def pkcs1(cls) -> RsaCipher:
        """PKCS #1 v1.5."""
        return cls(rsa_padding.PKCS1v15(), 11)

    def encrypt(self, key: RSAPrivateKey, plain: Plain, algorithm: str) -> Sealed:
        most = key.key_size // 8 - self._overhead_bytes
        if len(plain.value) > most:
            raise wrong_length(
                "value", len(plain.value), f"{algorithm} takes at most {most} bytes with this key."
            )
        return Sealed(key.public_key().encrypt(plain.value, self._padding))

    def decrypt(self, key: RSAPrivateKey, sealed: Sealed, algorithm: str) -> bytes:
        try:
            return key.decrypt(sealed.value, self._padding)
        except ValueError:
            raise DoesNotOpen from None


class AesGcm:
    """AES-GCM with a tag of 128 bits."""

    def encrypt(self, key: bytes, plain: Plain, algorithm: str) -> Sealed:
        if plain.iv is not None:
            raise needless("iv", algorithm)
        iv = os.urandom(_GCM_IV_BYTES)
        sealed = AESGCM(key).encrypt(iv, plain.value, plain.aad)
        return Sealed(sealed[:-_GCM_TAG_BYTES], iv, sealed[-_GCM_TAG_BYTES:], plain.aad)

    def decrypt(self, key: bytes, sealed: Sealed, algorithm: str) -> bytes:
        iv = _of_length(sealed.iv, "iv", _GCM_IV_BYTES, algorithm)
        tag = _of_length(sealed.tag, "tag", _GCM_TAG_BYTES, algorithm)
        try:
            return AESGCM(key).decrypt(iv, sealed.value + tag, sealed.aad)
        except InvalidTag:
            raise DoesNotOpen from None


class AesCbc:
    """AES-CBC, with the padding of PKCS #7 or without any."""

    def __init__(self, *, padded: bool) -> None:
        self._padded = padded

    def encrypt(self, key: bytes, plain: Plain, algorithm: str) -> Sealed:
        _refuse_aad(plain.aad, algorithm)
        iv = os.urandom(_BLOCK_BYTES) if plain.iv is None else plain.iv
        _of_length(iv, "iv", _BLOCK_BYTES, algorithm)
        encryptor = AesCipher(algorithms.AES(key), modes.CBC(iv)).encryptor()
        return Sealed(encryptor.update(self._in_blocks(plain.value, algorithm)) + encryptor.finalize(), iv)

    def _in_blocks(self, value: bytes, algorithm: str) -> bytes:
        if self._padded:
            padder = PKCS7(_BLOCK_BYTES * 8).padder()
            return padder.update(value) + padder.finalize()
        if not value or len(value) % _BLOCK_BYTES:
            raise wrong_length("value", len(value), f"{algorithm} takes blocks of {_BLOCK_BYTES} bytes.")
        return value

    def decrypt(self, key: bytes, sealed: Sealed, algorithm: str) -> bytes:
        _refuse_aad(sealed.aad, algorithm)
        iv = _of_length(sealed.iv, "iv", _BLOCK_BYTES, algorithm)
        if not sealed.value:
            raise DoesNotOpen
        decryptor = AesCipher(algorithms.AES(key), modes.CBC(iv)).decryptor()
        try:
            plain = decryptor.update(sealed.value) + decryptor.finalize()
            return self._unpadded(plain)
        except ValueError:
            raise DoesNotOpen from None

    def _unpadded(self, plain: bytes) -> bytes:
        if not self._padded:
            return plain
        unpadder = PKCS7(_BLOCK_BYTES * 8).unpadder()
        return unpadder.update(plain) + unpadder.finalize()


class AesKeyWrap:
    """AES key wrap, for keys in units of 64 bits, or with padding for any."""

    def __init__(self, *, padded: bool) -> None:
        self._padded = padded

    def encrypt(self, key: bytes, plain: Plain, algorithm: str) -> Sealed:
        value = plain.value
        if self._padded:
            if not value:
                raise wrong_length("value", 0, f"{algorithm} wraps keys of at least 1 byte.")
            return Sealed(keywrap.aes_key_wrap_with_padding(key, value))
        if len(value) < 2 * _WRAP_UNIT_BYTES or len(value) % _WRAP_UNIT_BYTES:
            raise wrong_length(
                "value", len(value), f"{algorithm} wraps keys of 16 or more bytes, in units of 8."
            )
        return Sealed(keywrap.aes_key_wrap(key, value))

    def decrypt(self, key: bytes, sealed: Sealed, algorithm: str) -> bytes:
        unwrap = keywrap.aes_key_unwrap_with_padding if self._padded else keywrap.aes_key_unwrap
        try:
            return unwrap(key, sealed.value)
        except (keywrap.InvalidUnwrap, ValueError):
            raise DoesNotOpen from None


def _of_length(value: bytes | None, field: str, size_bytes: int, algorithm: str) -> bytes:
    if value is None:
        raise required(field, algorithm)
    if len(value) != size_bytes:
        raise wrong_length(field, len(value), f"{algorithm} requires {size_bytes} bytes.")
    return value


def _refuse_aad(aad: bytes | None, algorithm: str) -> None:
    if aad is not None:
        raise needless("aad", algorithm)
