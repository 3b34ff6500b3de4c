"""Certificates and assertions made for tests: honest ones, and every kind that must be refused."""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
import json
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.types import CertificateIssuerPrivateKeyTypes
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.x509.oid import NameOID

_HASHES: dict[str, hashes.HashAlgorithm] = {
    "256": hashes.SHA256(),
    "384": hashes.SHA384(),
    "512": hashes.SHA512(),
}


@lru_cache
def rsa_key(name: str, bits: int = 2048) -> rsa.RSAPrivateKey:
    """The RSA key of a name, made once."""
    return rsa.generate_private_key(public_exponent=65537, key_size=bits)


@lru_cache
def ec_key(name: str, curve: type[ec.EllipticCurve] = ec.SECP256R1) -> ec.EllipticCurvePrivateKey:
    """The elliptic-curve key of a name, made once."""
    return ec.generate_private_key(curve())


def certificate(
    key: CertificateIssuerPrivateKeyTypes, now: int, *, days: int = 365, begins: int = -1, name: str = "app"
) -> x509.Certificate:
    """A certificate for a key, signed by itself; it holds for some days, from some days from now on."""
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    begin = dt.datetime.fromtimestamp(now, dt.UTC) + dt.timedelta(days=begins)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(begin)
        .not_valid_after(begin + dt.timedelta(days=days))
        .sign(key, hashes.SHA256())
    )


def der(found: x509.Certificate) -> bytes:
    """A certificate's bytes."""
    return found.public_bytes(serialization.Encoding.DER)


def pem(found: x509.Certificate) -> str:
    """A certificate's text."""
    return found.public_bytes(serialization.Encoding.PEM).decode()


def private_pem(key: rsa.RSAPrivateKey) -> str:
    """A private key's text."""
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    ).decode()


def b64(raw: bytes, *, padded: bool = False) -> str:
    """Base64url."""
    text = base64.urlsafe_b64encode(raw).decode()
    return text if padded else text.rstrip("=")


def named(found: x509.Certificate, *, alg: str = "PS256", padded: bool = False) -> dict[str, Any]:
    """A header that names a certificate as the client libraries do now."""
    return {
        "alg": alg,
        "typ": "JWT",
        "x5t#S256": b64(hashlib.sha256(der(found)).digest(), padded=padded),
    }


def named_by_sha1(found: x509.Certificate, *, alg: str = "RS256") -> dict[str, Any]:
    """A header that names a certificate as they did before, with the certificate itself."""
    return {
        "alg": alg,
        "typ": "JWT",
        "x5t": b64(hashlib.sha1(der(found)).digest()),
        "x5c": [base64.b64encode(der(found)).decode()],
    }


def assertion(
    header: Mapping[str, Any], claims: Mapping[str, Any] | bytes, key: object, *, padded: bool = False
) -> str:
    """An assertion truly signed under its header's algorithm, whatever else it says."""
    payload = claims if isinstance(claims, bytes) else json.dumps(claims).encode()
    head = b64(json.dumps(header).encode(), padded=padded)
    text = f"{head}.{b64(payload, padded=padded)}"
    return f"{text}.{b64(sign(str(header.get('alg')), text.encode(), key), padded=padded)}"


def sign(alg: str, data: bytes, key: object) -> bytes:
    """A signature of data."""
    method = _HASHES.get(alg[2:], hashes.SHA256())
    if isinstance(key, ec.EllipticCurvePrivateKey):
        r, s = decode_dss_signature(key.sign(data, ec.ECDSA(method)))
        size = (key.curve.key_size + 7) // 8
        return r.to_bytes(size, "big") + s.to_bytes(size, "big")
    assert isinstance(key, rsa.RSAPrivateKey)
    if alg.startswith("PS"):
        salt = padding.PSS(padding.MGF1(method), method.digest_size)
        return key.sign(data, salt, method)
    return key.sign(data, padding.PKCS1v15(), method)


def public_jwk(key: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey, kid: str, **more: str) -> dict[str, str]:
    """The public half of a key as an issuer publishes it."""
    public = key.public_key()
    if isinstance(public, rsa.RSAPublicKey):
        numbers = public.public_numbers()
        members = {"kty": "RSA", "n": _number(numbers.n), "e": _number(numbers.e)}
    else:
        point = public.public_numbers()
        size = (public.curve.key_size + 7) // 8
        curve = {256: "P-256", 384: "P-384", 521: "P-521"}[public.curve.key_size]
        members = {"kty": "EC", "crv": curve, "x": _number(point.x, size), "y": _number(point.y, size)}
    return {**members, "kid": kid, "use": "sig", **more}


def _number(value: int, size: int | None = None) -> str:
    return b64(value.to_bytes(size or (value.bit_length() + 7) // 8, "big"))
