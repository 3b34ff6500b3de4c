"""Keys and profiles for the tests of X.509, made once: RSA keys take time."""

from __future__ import annotations

import subprocess
from functools import lru_cache

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from keyless.planes.keyvault.certificates.x509.keys import PrivateKey
from keyless.planes.keyvault.certificates.x509.making import Authority, new_authority
from keyless.planes.keyvault.certificates.x509.names import parse_name
from keyless.planes.keyvault.certificates.x509.profile import (
    CLIENT_AUTH,
    SERVER_AUTH,
    AlternativeNames,
    Profile,
)

NOW = 1_800_000_000
NAMES = AlternativeNames(
    emails=("ops@example.org",),
    dns_names=("orders.example.org", "*.orders.example.org"),
    upns=("ops@corp.example.org",),
    uris=("spiffe://example.org/orders",),
    ip_addresses=("192.0.2.7", "2001:db8::7"),
)


@lru_cache
def rsa_key() -> PrivateKey:
    """An RSA key of 2048 bits."""
    return rsa.generate_private_key(65537, 2048)


@lru_cache
def other_key() -> PrivateKey:
    """A key that has nothing to do with any other."""
    return ec.generate_private_key(ec.SECP256R1())


@lru_cache
def authority() -> Authority:
    """A local authority, made at the tests' time."""
    return new_authority("Keyless test authority", NOW)


def profile(subject: str = 'CN=orders.example.org, O="Contoso, Ltd", C=DE') -> Profile:
    """A profile with everything in it."""
    return Profile(
        parse_name(subject), NAMES, ("digitalSignature", "keyEncipherment"), (SERVER_AUTH, CLIENT_AUTH)
    )


def extension(certificate: x509.Certificate, kind: type[x509.ExtensionType]) -> x509.Extension:
    """An extension of a certificate."""
    return certificate.extensions.get_extension_for_class(kind)


def openssl(*arguments: str, content: bytes = b"") -> str:
    """What the `openssl` command says of something; its errors fail the test."""
    done = subprocess.run(["openssl", *arguments], input=content, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr.decode()
    return done.stdout.decode()
