"""How objects of each kind are made, and how a version is seen to be whole: its value, or what its key does.

A name is that of a collection and an object in it, such as `secrets/amber`.
"""

from __future__ import annotations

import base64
import datetime as dt
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, NamedTuple

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.keywrap import aes_key_wrap
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)
from cryptography.x509.oid import NameOID

from bench.kills.vault import Answer, OpenVault

_LONGEST = 24_000
_WRAPPED = bytes(16)
_KEY_BYTES = 32

Asked = tuple[str, str, object]
"""A method, a path and a body."""


class Kind(NamedTuple):
    """A kind: the member that links to an object, how a version is made, whether one is whole."""

    link: str
    make: Callable[[str, str, int], Asked]
    is_whole: Callable[[OpenVault, str, Answer, str, int], Awaitable[bool]]


def of(name: str) -> Kind:
    """The kind of an object, by its name."""
    return KINDS[name.partition("/")[0]]


def link_of(kind: Kind, item: Any) -> str:
    """The path that an item of a list links to."""
    path: str = item[kind.link].partition(".net/")[2]
    return path


def tags(made: int, changed: int) -> dict[str, str]:
    """What a version's tags say of it."""
    return {"made": str(made), "changed": str(changed)}


def value(marker: str, number: int) -> str:
    """The value of the version that an operation makes: every other is long, and of many pages."""
    text = f"{marker}{number}."
    return text if number % 2 else text * (number * 7919 % (_LONGEST // len(text)) + 1)


def key_bytes(marker: str, number: int) -> bytes:
    """The bytes of the symmetric key that an operation brings in."""
    return marker.encode() + str(number).zfill(_KEY_BYTES - len(marker)).encode()


def _set_secret(path: str, marker: str, number: int) -> Asked:
    return "PUT", path, {"value": value(marker, number), "tags": tags(number, 0)}


def _set_key(path: str, marker: str, number: int) -> Asked:
    """Every other key is made by the vault, and the others are brought in."""
    if number % 2:
        return "POST", f"{path}/create", {"kty": "EC", "tags": tags(number, 0)}
    k = base64.urlsafe_b64encode(key_bytes(marker, number)).decode().rstrip("=")
    key = {"kty": "oct", "k": k, "key_ops": ["wrapKey", "unwrapKey"]}
    return "PUT", path, {"key": key, "tags": tags(number, 0)}


async def _secret_is_whole(vault: OpenVault, path: str, found: Answer, marker: str, made: int) -> bool:
    return bool(found.body["value"] == value(marker, made))


async def _key_is_whole(vault: OpenVault, path: str, found: Answer, marker: str, made: int) -> bool:
    """A key that the vault made signs what it then verifies; one brought in wraps as its bytes do."""
    if made % 2:
        digest = "A" * 43
        signed = await vault.ask("POST", f"{path}/sign", {"alg": "ES256", "value": digest})
        asked = {"alg": "ES256", "digest": digest, "value": signed.body["value"]}
        return bool((await vault.ask("POST", f"{path}/verify", asked)).body["value"])
    plain = base64.urlsafe_b64encode(_WRAPPED).decode().rstrip("=")
    wrapped = await vault.ask("POST", f"{path}/wrapkey", {"alg": "A256KW", "value": plain})
    expected = base64.urlsafe_b64encode(aes_key_wrap(key_bytes(marker, made), _WRAPPED)).decode()
    return bool(wrapped.body["value"] == expected.rstrip("="))


def private_key(marker: str, number: int) -> ec.EllipticCurvePrivateKey:
    """The private key of the certificate that an operation brings in: its number is the planted bytes."""
    return ec.derive_private_key(int.from_bytes(key_bytes(marker, number)), ec.SECP256R1())


def _set_certificate(path: str, marker: str, number: int) -> Asked:
    key = private_key(marker, number)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, str(number))])
    begins = dt.datetime.now(dt.UTC)
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), number)
        .not_valid_before(begins)
        .not_valid_after(begins + dt.timedelta(days=90))
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    pem = (private + certificate.public_bytes(Encoding.PEM)).decode()
    policy = {"secret_props": {"contentType": "application/x-pem-file"}}
    return "POST", f"{path}/import", {"value": pem, "policy": policy, "tags": tags(number, 0)}


async def _certificate_is_whole(vault: OpenVault, path: str, found: Answer, marker: str, made: int) -> bool:
    """A certificate has its key and its secret behind it, each with the version that the certificate has."""
    version = found.body["id"].partition("/certificates/")[2]
    key = private_key(marker, made)
    certificate = x509.load_der_x509_certificate(base64.b64decode(found.body["cer"]))
    secret = await vault.ask("GET", f"/secrets/{version}")
    behind = await vault.ask("GET", f"/keys/{version}")
    if (secret.status, behind.status) != (200, 200):
        return False
    kept = load_pem_private_key(secret.body["value"].encode(), None)
    told = int.from_bytes(base64.urlsafe_b64decode(behind.body["key"]["x"] + "=="))
    is_behind = _same_key(kept, key) and told == key.public_key().public_numbers().x
    return is_behind and certificate.public_key() == key.public_key()


def _same_key(kept: object, key: ec.EllipticCurvePrivateKey) -> bool:
    return isinstance(kept, ec.EllipticCurvePrivateKey) and kept.private_numbers() == key.private_numbers()


KINDS: Mapping[str, Kind] = {
    "secrets": Kind("id", _set_secret, _secret_is_whole),
    "keys": Kind("kid", _set_key, _key_is_whole),
    "certificates": Kind("id", _set_certificate, _certificate_is_whole),
}
