"""Ways to make tokens that a sound verifier must refuse."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

from keyless.model.identities import PrincipalKind
from keyless.tokens.claims import ClientAuthentication, Subject, v1_claims
from keyless.tokens.keys import SigningKey

TENANT = "11111111-1111-4111-8111-111111111111"
OTHER_TENANT = "99999999-9999-4999-8999-999999999999"
VAULT_AUDIENCE = "https://vault.azure.net"
SUBJECT = Subject(
    tenant_id=TENANT,
    client_id="22222222-2222-4222-8222-222222222222",
    principal_id="33333333-3333-4333-8333-333333333333",
    kind=PrincipalKind.MANAGED_IDENTITY,
    authentication=ClientAuthentication.CERTIFICATE,
    xms_mirid="/subscriptions/s/resourcegroups/g/providers/Microsoft.Web/sites/web",
)


def claims_at(now: int) -> dict[str, object]:
    """The claims of a token that holds at that time."""
    return v1_claims(SUBJECT, VAULT_AUDIENCE, now, "unique")


def b64(raw: bytes) -> str:
    """Base64url without padding."""
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def part(value: object) -> str:
    """A token's part: bytes as they are, anything else as JSON."""
    return b64(value if isinstance(value, bytes) else json.dumps(value).encode())


def header_of(key: SigningKey) -> dict[str, object]:
    """The header of an honest token."""
    return {"typ": "JWT", "alg": "RS256", "kid": key.kid}


def signed(key: SigningKey, header: object, payload: object) -> str:
    """A token truly signed with RS256, whatever its header and payload say."""
    text = f"{part(header)}.{part(payload)}"
    return f"{text}.{b64(_private(key).sign(text.encode(), padding.PKCS1v15(), hashes.SHA256()))}"


def signed_with_public_key_as_mac(key: SigningKey, header: object, payload: object) -> str:
    """A token whose MAC is made with the text of the public key, which everybody knows."""
    pem = (
        _private(key)
        .public_key()
        .public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    )
    text = f"{part(header)}.{part(payload)}"
    return f"{text}.{b64(hmac.digest(pem, text.encode(), hashlib.sha256))}"


def _private(key: SigningKey) -> RSAPrivateKey:
    private = key.key.private_key
    assert isinstance(private, RSAPrivateKey)
    return private
