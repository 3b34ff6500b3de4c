"""Every algorithm against what others have published: RFCs, NIST's CAVP, Wycheproof; and against `openssl`.

The vectors are in `key_vectors.json`, each with its source. A vector's message is hashed here, as callers do.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa, utils
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)
from keys_made import ec_material, oct_material, rsa_material

from keyless.planes.keyvault.keys.material.algorithms import CIPHERS, SIGNERS, CipherRow, SignerRow
from keyless.planes.keyvault.keys.material.base64url import decode
from keyless.planes.keyvault.keys.material.imported import import_key_here
from keyless.planes.keyvault.keys.material.jwk import JsonWebKey
from keyless.planes.keyvault.keys.material.kept import PrivateKey
from keyless.planes.keyvault.keys.material.types import Family
from keyless.planes.keyvault.keys.material.values import Plain, Sealed

VECTORS = msgspec.json.decode(Path(__file__).with_name("key_vectors.json").read_bytes())
CIPHER = {row.name: row for row in CIPHERS}
SIGNER = {row.name: row for row in SIGNERS}
DETERMINISTIC = ("RS256", "RS384", "RS512", "HS256", "HS384", "HS512")
HASHES = {"256": "sha256", "384": "sha384", "512": "sha512"}

needs_openssl = pytest.mark.skipif(shutil.which("openssl") is None, reason="there is no openssl here")


def named(vector: dict[str, Any]) -> str:
    return f"{vector['alg']} of {vector['source']}"


def key_of(vector: dict[str, Any]) -> PrivateKey:
    return import_key_here(msgspec.convert(vector["key"], JsonWebKey))[1].open()


def hash_of(alg: str) -> str:
    return HASHES[alg.removesuffix("K")[-3:]]


def digest_of(alg: str, message: bytes) -> bytes:
    return hashlib.new(hash_of(alg), message).digest()


@pytest.mark.parametrize("vector", VECTORS["signatures"], ids=named)
def test_a_published_signature_verifies(vector: dict[str, Any]) -> None:
    alg, key = vector["alg"], key_of(vector)
    digest = digest_of(alg, decode(vector["message"], "message"))
    signature = decode(vector["signature"], "signature")
    assert SIGNER[alg].signer.verify(key, digest, signature)
    assert not SIGNER[alg].signer.verify(key, digest_of(alg, b"another"), signature)
    if alg in DETERMINISTIC:
        assert SIGNER[alg].signer.sign(key, digest) == signature


@dataclass(frozen=True)
class OnlyPublic:
    """A key whose private part nobody has published."""

    public: rsa.RSAPublicKey

    def public_key(self) -> rsa.RSAPublicKey:
        return self.public


@pytest.mark.parametrize("vector", VECTORS["public"], ids=named)
def test_a_published_signature_by_a_key_that_was_not_verifies(vector: dict[str, Any]) -> None:
    n, e = (int.from_bytes(decode(vector["key"][name], name), "big") for name in "ne")
    key = OnlyPublic(rsa.RSAPublicNumbers(e, n).public_key())
    digest = digest_of(vector["alg"], decode(vector["message"], "message"))
    assert SIGNER[vector["alg"]].signer.verify(key, digest, decode(vector["signature"], "signature"))


@pytest.mark.parametrize("vector", VECTORS["codes"], ids=named)
def test_a_published_authentication_code_is_computed(vector: dict[str, Any]) -> None:
    key, message, code = (decode(vector[name], name) for name in ("key", "message", "signature"))
    signer = SIGNER[vector["alg"]].signer
    assert signer.sign(key, message) == code
    assert signer.verify(key, message, code)


@pytest.mark.parametrize("vector", VECTORS["ciphertexts"], ids=named)
def test_a_published_ciphertext_opens(vector: dict[str, Any]) -> None:
    row = CIPHER[vector["alg"]]
    given = {name: decode(vector[name], name) for name in ("value", "iv", "tag", "aad") if name in vector}
    plain = decode(vector["plain"], "plain")
    sealed, key = Sealed(**given), key_of(vector)
    assert row.cipher.decrypt(key, sealed, row.name) == plain
    if row.suits.family is Family.OCT and "GCM" not in row.name:
        assert row.cipher.encrypt(key, Plain(plain, sealed.iv), row.name) == sealed


def test_every_algorithm_has_a_published_vector() -> None:
    ciphers = {vector["alg"] for vector in VECTORS["ciphertexts"]}
    signers = {vector["alg"] for kind in ("signatures", "public", "codes") for vector in VECTORS[kind]}
    assert ciphers == set(CIPHER)
    assert signers == set(SIGNER) - {"RSNULL", "ECDSA256"}  # what there was before names for them


class Openssl:
    """The command, in a folder of its own."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def write(self, name: str, content: bytes) -> str:
        path = self._folder / name
        path.write_bytes(content)
        return str(path)

    def __call__(self, *arguments: str) -> bytes:
        done = subprocess.run(["openssl", *arguments], capture_output=True, check=True)
        return done.stdout


@pytest.fixture
def openssl(tmp_path: Path) -> Openssl:
    return Openssl(tmp_path)


def pem_of(key: PrivateKey) -> tuple[bytes, bytes]:
    """A key's private and public PEM."""
    assert isinstance(key, rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey)
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    return private, key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


def key_for(row: SignerRow | CipherRow) -> PrivateKey:
    if row.suits.family is Family.OCT:
        return oct_material(row.suits.bits or 256).open()
    return (rsa_material() if row.suits.family is Family.RSA else ec_material(row.suits.curve or "")).open()


def options_of(alg: str) -> list[str]:
    """What `openssl pkeyutl` is told of an algorithm."""
    if alg == "RSNULL":
        return []
    options = ["-pkeyopt", f"digest:{hash_of(alg) if alg != 'ECDSA256' else 'sha256'}"]
    if alg.startswith("PS"):
        options += ["-pkeyopt", "rsa_padding_mode:pss", "-pkeyopt", "rsa_pss_saltlen:digest"]
    return options


@needs_openssl
@pytest.mark.parametrize(
    "alg", [row.name for row in SIGNERS if row.suits.family is not Family.OCT and row.name != "ECDSA256"]
)
def test_openssl_takes_our_signatures_and_we_take_its(alg: str, openssl: Openssl) -> None:
    row = SIGNER[alg]
    key = key_for(row)
    private, public = (openssl.write(name, pem) for name, pem in zip(("k", "p"), pem_of(key), strict=True))
    digest = os.urandom(36) if alg == "RSNULL" else digest_of(alg, os.urandom(100))
    message = openssl.write("digest", digest)

    ours = openssl.write("ours", to_der(row, row.signer.sign(key, digest)))
    verifying = ["pkeyutl", "-verify", "-pubin", "-inkey", public, "-in", message, "-sigfile", ours]
    assert b"Verified Successfully" in openssl(*verifying, *options_of(alg))

    theirs = openssl("pkeyutl", "-sign", "-inkey", private, "-in", message, *options_of(alg))
    assert row.signer.verify(key, digest, from_der(row, theirs))


def to_der(row: SignerRow, signature: bytes) -> bytes:
    if row.suits.family is not Family.EC:
        return signature
    half = len(signature) // 2
    r, s = (int.from_bytes(part, "big") for part in (signature[:half], signature[half:]))
    return utils.encode_dss_signature(r, s)


def from_der(row: SignerRow, signature: bytes) -> bytes:
    if row.suits.family is not Family.EC:
        return signature
    size = {"P-256": 32, "P-256K": 32, "P-384": 48, "P-521": 66}[row.suits.curve or ""]
    return b"".join(number.to_bytes(size, "big") for number in utils.decode_dss_signature(signature))


@needs_openssl
@pytest.mark.parametrize("alg", ["HS256", "HS384", "HS512"])
def test_openssl_computes_our_authentication_codes(alg: str, openssl: Openssl) -> None:
    key = oct_material().private
    digest = digest_of(alg, os.urandom(100))
    theirs = openssl(
        *("mac", "-digest", hash_of(alg), "-macopt", f"hexkey:{key.hex()}", "-binary"),
        *("-in", openssl.write("digest", digest), "HMAC"),
    )
    assert SIGNER[alg].signer.sign(key, digest) == theirs


PADDINGS = {
    "RSA1_5": ["rsa_padding_mode:pkcs1"],
    "RSA-OAEP": ["rsa_padding_mode:oaep", "rsa_oaep_md:sha1", "rsa_mgf1_md:sha1"],
    "RSA-OAEP-256": ["rsa_padding_mode:oaep", "rsa_oaep_md:sha256", "rsa_mgf1_md:sha256"],
}


@needs_openssl
@pytest.mark.parametrize("alg", list(PADDINGS))
def test_openssl_opens_what_we_encrypt_with_rsa_and_we_what_it_does(alg: str, openssl: Openssl) -> None:
    row = CIPHER[alg]
    key = key_for(row)
    private, public = (openssl.write(name, pem) for name, pem in zip(("k", "p"), pem_of(key), strict=True))
    options = [part for option in PADDINGS[alg] for part in ("-pkeyopt", option)]
    plain = os.urandom(32)

    ours = openssl.write("ours", row.cipher.encrypt(key, Plain(plain), alg).value)
    assert openssl("pkeyutl", "-decrypt", "-inkey", private, "-in", ours, *options) == plain

    message = openssl.write("plain", plain)
    theirs = openssl("pkeyutl", "-encrypt", "-pubin", "-inkey", public, "-in", message, *options)
    assert row.cipher.decrypt(key, Sealed(theirs), alg) == plain


@needs_openssl
@pytest.mark.parametrize("alg", [row.name for row in CIPHERS if "CBC" in row.name])
def test_openssl_opens_what_we_encrypt_with_aes_cbc(alg: str, openssl: Openssl) -> None:
    row = CIPHER[alg]
    key, plain = key_for(row), os.urandom(48)
    assert isinstance(key, bytes)
    sealed = row.cipher.encrypt(key, Plain(plain), alg)
    opened = openssl(
        *("enc", "-d", f"-aes-{len(key) * 8}-cbc", "-K", key.hex(), "-iv", (sealed.iv or b"").hex()),
        *("-in", openssl.write("sealed", sealed.value)),
        *([] if alg.endswith("PAD") else ["-nopad"]),
    )
    assert opened == plain


@needs_openssl
@pytest.mark.parametrize("alg", [row.name for row in CIPHERS if "KW" in row.name or "KEY_WRAP" in row.name])
def test_openssl_wraps_as_we_do(alg: str, openssl: Openssl) -> None:
    row = CIPHER[alg]
    key, plain = key_for(row), os.urandom(32)
    assert isinstance(key, bytes)
    if alg.endswith("PAD"):
        mode, vector = "wrap-pad", "A65959A6"
    else:
        mode, vector = "wrap", "A6A6A6A6A6A6A6A6"
    theirs = openssl(
        *("enc", f"-id-aes{len(key) * 8}-{mode}", "-K", key.hex(), "-iv", vector),
        *("-in", openssl.write("plain", plain)),
    )
    assert row.cipher.encrypt(key, Plain(plain), alg).value == theirs
