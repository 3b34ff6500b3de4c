"""Signing digests, and verifying signatures: RSA, ECDSA and HMAC.

Rules:
- what is signed is a digest that the caller has computed, and has the digest's length;
- ECDSA signatures are `r` and `s`, each as long as the curve's coordinates;
- a signature that is malformed does not verify: that is an answer, and no error;
- codes of HMAC are compared in constant time.

Source: https://www.rfc-editor.org/rfc/rfc7518#section-3
"""

from __future__ import annotations

import hmac
from typing import Protocol, TypeVar

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa, utils

from keyless.planes.keyvault.keys.material.values import wrong_length

K_contra = TypeVar("K_contra", contravariant=True)


class Signer(Protocol[K_contra]):
    """A way of signing with keys of one family; ``digest`` was looked at by ``check``."""

    def check(self, digest: bytes, key: K_contra, field: str, algorithm: str) -> None:
        """Make sure that a digest can be signed.

        Raises:
            InvalidRequest: it has another length than the algorithm's.
        """
        ...

    def sign(self, key: K_contra, digest: bytes) -> bytes:
        """The signature of a digest."""
        ...

    def verify(self, key: K_contra, digest: bytes, signature: bytes) -> bool:
        """Whether a signature is one of this key for a digest."""
        ...


class _OfDigests:
    """What is the same for all that sign digests of one hash."""

    hash: hashes.HashAlgorithm

    def check(self, digest: bytes, key: object, field: str, algorithm: str) -> None:
        wanted = self.hash.digest_size
        if len(digest) != wanted:
            raise wrong_length(
                field, len(digest), f"{algorithm} requires {wanted} bytes, encoded with base64url."
            )


class RsaSigner(_OfDigests):
    """RSASSA with a padding: PKCS #1 v1.5, or PSS with a salt as long as the digest."""

    def __init__(self, hash: hashes.HashAlgorithm, *, pss: bool = False) -> None:  # noqa: A002  # the field's word
        self.hash = hash
        self._prehashed = utils.Prehashed(hash)
        self._padding = padding.PSS(padding.MGF1(hash), hash.digest_size) if pss else padding.PKCS1v15()

    def sign(self, key: rsa.RSAPrivateKey, digest: bytes) -> bytes:
        return key.sign(digest, self._padding, self._prehashed)

    def verify(self, key: rsa.RSAPrivateKey, digest: bytes, signature: bytes) -> bool:
        try:
            key.public_key().verify(signature, digest, self._padding, self._prehashed)
        except InvalidSignature:
            return False
        return True


class RawRsaSigner:
    """RSASSA-PKCS1-v1_5 over what is given: what names the hash is the caller's to put before it."""

    _OVERHEAD_BYTES = 11

    def check(self, digest: bytes, key: rsa.RSAPrivateKey, field: str, algorithm: str) -> None:
        most = key.key_size // 8 - self._OVERHEAD_BYTES
        if not 1 <= len(digest) <= most:
            raise wrong_length(field, len(digest), f"{algorithm} takes 1 to {most} bytes with this key.")

    def sign(self, key: rsa.RSAPrivateKey, digest: bytes) -> bytes:
        return key.sign(digest, padding.PKCS1v15(), utils.NoDigestInfo())

    def verify(self, key: rsa.RSAPrivateKey, digest: bytes, signature: bytes) -> bool:
        try:
            signed = key.public_key().recover_data_from_signature(signature, padding.PKCS1v15(), None)
        except InvalidSignature:
            return False
        return hmac.compare_digest(signed, digest)


class EcSigner(_OfDigests):
    """ECDSA; ``size_bytes`` is the length of `r`, and of `s`."""

    def __init__(self, hash: hashes.HashAlgorithm, size_bytes: int) -> None:  # noqa: A002  # the field's word
        self.hash = hash
        self.size_bytes = size_bytes
        self._scheme = ec.ECDSA(utils.Prehashed(hash))

    def sign(self, key: ec.EllipticCurvePrivateKey, digest: bytes) -> bytes:
        r, s = utils.decode_dss_signature(key.sign(digest, self._scheme))
        return r.to_bytes(self.size_bytes, "big") + s.to_bytes(self.size_bytes, "big")

    def verify(self, key: ec.EllipticCurvePrivateKey, digest: bytes, signature: bytes) -> bool:
        size = self.size_bytes
        if len(signature) != 2 * size:
            return False
        r, s = int.from_bytes(signature[:size], "big"), int.from_bytes(signature[size:], "big")
        try:
            key.public_key().verify(utils.encode_dss_signature(r, s), digest, self._scheme)
        except InvalidSignature:
            return False
        return True


class HmacSigner(_OfDigests):
    """HMAC under a symmetric key, over a digest of the same hash."""

    def __init__(self, hash: hashes.HashAlgorithm) -> None:  # noqa: A002  # the field's word
        self.hash = hash

    def sign(self, key: bytes, digest: bytes) -> bytes:
        return hmac.digest(key, digest, self.hash.name)

    def verify(self, key: bytes, digest: bytes, signature: bytes) -> bool:
        return hmac.compare_digest(self.sign(key, digest), signature)
