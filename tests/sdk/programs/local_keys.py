"""Keys that the programs make and give to a vault, so that they can check what it does with them."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from azure.keyvault.keys import JsonWebKey
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, hmac, keywrap
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa, utils
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.padding import PKCS7

HASHES = {"256": hashes.SHA256(), "384": hashes.SHA384(), "512": hashes.SHA512()}
CURVES = {
    "ES256": ("P-256", ec.SECP256R1(), 32),
    "ES256K": ("P-256K", ec.SECP256K1(), 32),
    "ES384": ("P-384", ec.SECP384R1(), 48),
    "ES512": ("P-521", ec.SECP521R1(), 66),
}
SIGNING = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", *CURVES, "HS256", "HS384", "HS512")
RSA_CIPHERS = ("RSA1_5", "RSA-OAEP", "RSA-OAEP-256")
AES_CIPHERS = tuple(f"A{bits}{mode}" for mode in ("GCM", "CBC", "CBCPAD") for bits in (128, 192, 256))
AES_WRAPS = ("A128KW", "A192KW", "A256KW", "CKM_AES_KEY_WRAP", "CKM_AES_KEY_WRAP_PAD")
EVERYTHING = ["encrypt", "decrypt", "sign", "verify", "wrapKey", "unwrapKey"]


class Local(NamedTuple):
    """A key here: its name in the vault, as it is given to it, and itself."""

    name: str
    jwk: JsonWebKey
    key: Any


def _bytes(number: int, size: int | None = None) -> bytes:
    return number.to_bytes(size or (number.bit_length() + 7) // 8, "big")


def local_keys() -> Iterator[Local]:
    """One of RSA, one on each curve, and symmetric ones of each size."""
    key = rsa.generate_private_key(65537, 2048)
    numbers, public = key.private_numbers(), key.public_key().public_numbers()
    parts = {
        "n": public.n,
        "e": public.e,
        "d": numbers.d,
        "p": numbers.p,
        "q": numbers.q,
        "dp": numbers.dmp1,
        "dq": numbers.dmq1,
        "qi": numbers.iqmp,
    }
    yield Local("rsa", JsonWebKey(kty="RSA", **{name: _bytes(part) for name, part in parts.items()}), key)
    for alg, (crv, curve, size) in CURVES.items():
        point = ec.generate_private_key(curve)
        d, xy = point.private_numbers().private_value, point.public_key().public_numbers()
        jwk = JsonWebKey(kty="EC", crv=crv, d=_bytes(d, size), x=_bytes(xy.x, size), y=_bytes(xy.y, size))
        yield Local(alg.lower(), jwk, point)
    for bits in (128, 192, 256):
        secret = os.urandom(bits // 8)
        yield Local(f"oct{bits}", JsonWebKey(kty="oct", k=secret, key_ops=EVERYTHING), secret)


def key_for(alg: str) -> str:
    """The name of the key for an algorithm."""
    if alg in CURVES:
        return alg.lower()
    if alg[:2] in ("RS", "PS"):
        return "rsa"
    return f"oct{alg[1:4]}" if alg[0] == "A" else "oct256"


def digest_for(alg: str, message: bytes = b"message") -> bytes:
    """What is signed."""
    return hashlib.new(HASHES[alg.removesuffix("K")[-3:]].name, message).digest()


def verifies(alg: str, key: Any, digest: bytes, signature: bytes) -> bool:
    """Whether a signature is good, in the library's judgement."""
    chosen = HASHES[alg.removesuffix("K")[-3:]]
    prehashed = utils.Prehashed(chosen)
    try:
        if alg in CURVES:
            half = len(signature) // 2
            r, s = int.from_bytes(signature[:half], "big"), int.from_bytes(signature[half:], "big")
            key.public_key().verify(utils.encode_dss_signature(r, s), digest, ec.ECDSA(prehashed))
        elif alg.startswith("HS"):
            code = hmac.HMAC(key, chosen)
            code.update(digest)
            code.verify(signature)
        else:
            pss = padding.PSS(padding.MGF1(chosen), chosen.digest_size)
            scheme = pss if alg.startswith("PS") else padding.PKCS1v15()
            key.public_key().verify(signature, digest, scheme, prehashed)
    except InvalidSignature:
        return False
    return True


def opens(alg: str, key: Any, sealed: Any) -> bytes:
    """What the library makes of a ciphertext or a wrapped key."""
    if alg in RSA_CIPHERS:
        decrypted: bytes = key.decrypt(sealed.value, rsa_padding(alg))
        return decrypted
    if "GCM" in alg:
        return AESGCM(key).decrypt(sealed.iv, sealed.value + sealed.tag, sealed.aad)
    if "CBC" in alg:
        decryptor = Cipher(algorithms.AES(key), modes.CBC(sealed.iv)).decryptor()
        plain = decryptor.update(sealed.value) + decryptor.finalize()
        if not alg.endswith("PAD"):
            return plain
        unpadder = PKCS7(128).unpadder()
        return unpadder.update(plain) + unpadder.finalize()
    unwrap: Callable[[bytes, bytes], bytes] = (
        keywrap.aes_key_unwrap_with_padding if alg.endswith("PAD") else keywrap.aes_key_unwrap
    )
    return unwrap(key, sealed.value)


def rsa_padding(alg: str) -> padding.AsymmetricPadding:
    """The padding of an algorithm of RSA."""
    if alg == "RSA1_5":
        return padding.PKCS1v15()
    chosen = hashes.SHA256() if alg.endswith("256") else hashes.SHA1()
    return padding.OAEP(padding.MGF1(chosen), chosen, None)


class SealedHere(NamedTuple):
    """What came back of sealing something."""

    value: bytes
    iv: bytes | None = None
    tag: bytes | None = None
    aad: bytes | None = None
