"""What an attacker sends: bytes that no client library would write, and tokens that nobody issued."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import re
import socket
import time
import uuid
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.x509 import load_pem_x509_certificate
from sdk_estates import APPLICATION, TENANT_ID

TOKEN_URL = f"https://login.microsoftonline.com/{TENANT_ID}/oauth2/v2.0/token"
_STATUS = re.compile(rb"HTTP/1\.[01] (\d{3}) ")
_LIMIT_S = 10
KEPT_OPEN_S = 0.3
"""How long to wait on a connection that the server may keep open for another request."""


def sent_raw(port: int, request: bytes, *, patience_s: float = _LIMIT_S) -> tuple[list[int], bytes]:
    """The statuses of all answers to bytes on one connection, and everything that was answered.

    Heard until the connection ends, or nothing has come for ``patience_s``.
    """
    heard = b""
    with socket.create_connection(("127.0.0.1", port), timeout=_LIMIT_S) as connection:
        try:
            connection.sendall(request)
            connection.settimeout(patience_s)
            while piece := connection.recv(65536):
                heard += piece
        except OSError:
            pass  # refused before all was read, or kept open: what was heard is the answer
    return [int(status) for status in _STATUS.findall(heard)], heard


def ports_of(environment: Mapping[str, str]) -> tuple[int, int]:
    """The proxy's port, and that of the identity endpoint, in an app's environment."""
    proxy, endpoint = urlsplit(environment["HTTPS_PROXY"]), urlsplit(environment["IDENTITY_ENDPOINT"])
    return proxy.port or 0, endpoint.port or 0


def proof_of(environment: Mapping[str, str]) -> bytes:
    """The header that proves to the proxy which workload is asking."""
    proxy = urlsplit(environment["HTTPS_PROXY"])
    text = base64.b64encode(f"{proxy.username}:{proxy.password}".encode())
    return b"Proxy-Authorization: Basic " + text + b"\r\n"


def b64(raw: bytes) -> str:
    """Base64url without padding."""
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def parts(header: Mapping[str, Any], payload: Mapping[str, Any]) -> str:
    """What is signed of a token."""
    return ".".join(b64(json.dumps(part).encode()) for part in (header, payload))


def by_rsa(key: rsa.RSAPrivateKey, header: Mapping[str, Any], payload: Mapping[str, Any]) -> str:
    """A token truly signed with RSA, under the padding that its header names."""
    text = parts(header, payload)
    pss = padding.PSS(padding.MGF1(hashes.SHA256()), padding.PSS.DIGEST_LENGTH)
    how = pss if str(header["alg"]).startswith("PS") else padding.PKCS1v15()
    return f"{text}.{b64(key.sign(text.encode(), how, hashes.SHA256()))}"


def by_mac(secret: bytes, header: Mapping[str, Any], payload: Mapping[str, Any]) -> str:
    """A token with a MAC under something that everybody knows."""
    text = parts(header, payload)
    return f"{text}.{b64(hmac.digest(secret, text.encode(), hashlib.sha256))}"


def unsigned(header: Mapping[str, Any], payload: Mapping[str, Any]) -> str:
    """A token without a signature."""
    return f"{parts(header, payload)}."


def by_curve(header: Mapping[str, Any], payload: Mapping[str, Any]) -> str:
    """A token that a new key on a curve has signed."""
    text = parts(header, payload)
    made = ec.generate_private_key(ec.SECP256R1()).sign(text.encode(), ec.ECDSA(hashes.SHA256()))
    return f"{text}.{b64(made)}"


def public_pem(jwk: Mapping[str, Any]) -> bytes:
    """A published RSA key as PEM."""
    n, e = (int.from_bytes(base64.urlsafe_b64decode(jwk[name] + "=="), "big") for name in ("n", "e"))
    return (
        rsa.RSAPublicNumbers(e, n)
        .public_key()
        .public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    )


def public_jwk(key: rsa.RSAPrivateKey) -> dict[str, str]:
    """The public half of a key as a JWK."""
    numbers = key.public_key().public_numbers()
    n = numbers.n.to_bytes((numbers.n.bit_length() + 7) // 8, "big")
    return {"kty": "RSA", "n": b64(n), "e": b64(numbers.e.to_bytes(3, "big"))}


class Application:
    """An application with a certificate, and the assertions that it could make."""

    def __init__(self, pem: bytes) -> None:
        key = serialization.load_pem_private_key(pem, None)
        assert isinstance(key, rsa.RSAPrivateKey)
        self.key = key
        self.certificate = load_pem_x509_certificate(pem[pem.index(b"-----BEGIN CERTIFICATE") :])

    @property
    def der(self) -> bytes:
        """The certificate."""
        return self.certificate.public_bytes(serialization.Encoding.DER)

    def header(self, **changed: Any) -> dict[str, Any]:
        """The header of an honest assertion, with changes."""
        return {"alg": "PS256", "typ": "JWT", "x5t#S256": b64(hashlib.sha256(self.der).digest())} | changed

    def claims(self, **changed: Any) -> dict[str, Any]:
        """The claims of an honest assertion, with changes."""
        now = int(time.time())
        client_id = APPLICATION.client_id
        who = {"iss": client_id, "sub": client_id, "aud": TOKEN_URL, "jti": str(uuid.uuid4())}
        return who | {"nbf": now, "exp": now + 600} | changed

    def assertion(self, **changed: Any) -> str:
        """An honest assertion, with claims changed."""
        return by_rsa(self.key, self.header(), self.claims(**changed))
