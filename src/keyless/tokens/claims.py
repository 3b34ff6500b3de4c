"""The claims that Entra puts into an application's or a managed identity's access token (version 1.0).

Source: https://learn.microsoft.com/entra/identity-platform/access-token-claims-reference
"""

from __future__ import annotations

import enum
from dataclasses import dataclass

from keyless.model.identities import PrincipalKind

MANAGED_IDENTITY_LIFETIME_S = 24 * 60 * 60
APPLICATION_LIFETIME_S = 60 * 60
BACKDATED_S = 5 * 60
"""How long before its issue a token is valid, so that a clock that is a little behind accepts it."""


class ClientAuthentication(enum.StrEnum):
    """How the client proved itself (``appidacr``): with a secret, or with a certificate or assertion."""

    SECRET = "1"
    CERTIFICATE = "2"


@dataclass(frozen=True, slots=True)
class Subject:
    """Who a token is for. ``xms_mirid`` is a managed identity's ARM id, ``xms_az_rid`` its host's."""

    tenant_id: str
    client_id: str
    principal_id: str
    kind: PrincipalKind
    authentication: ClientAuthentication
    xms_mirid: str | None = None
    xms_az_rid: str | None = None


def v1_issuer(tenant_id: str) -> str:
    """The issuer of version 1.0 tokens, with its trailing slash."""
    return f"https://sts.windows.net/{tenant_id}/"


def v2_issuer(tenant_id: str) -> str:
    """The issuer of version 2.0 tokens."""
    return f"https://login.microsoftonline.com/{tenant_id}/v2.0"


def lifetime_s(kind: PrincipalKind) -> int:
    """How long a token lives: a day for a managed identity, an hour for an application."""
    return MANAGED_IDENTITY_LIFETIME_S if kind is PrincipalKind.MANAGED_IDENTITY else APPLICATION_LIFETIME_S


def v1_claims(
    subject: Subject, audience: str, now: int, unique_id: str, client_capabilities: tuple[str, ...] = ()
) -> dict[str, object]:
    """The payload of a version 1.0 access token.

    ``audience`` is echoed as asked for; ``now`` is in epoch seconds; ``unique_id`` becomes ``uti``.
    """
    issuer = v1_issuer(subject.tenant_id)
    claims: dict[str, object] = {
        "aud": audience,
        "iss": issuer,
        "iat": now - BACKDATED_S,
        "nbf": now - BACKDATED_S,
        "exp": now + lifetime_s(subject.kind),
        "aio": unique_id,
        "appid": subject.client_id,
        "appidacr": subject.authentication.value,
        "idp": issuer,
        "idtyp": "app",
        "oid": subject.principal_id,
        "sub": subject.principal_id,
        "tid": subject.tenant_id,
        "uti": unique_id,
        "ver": "1.0",
    }
    if subject.xms_mirid:
        claims["xms_mirid"] = subject.xms_mirid
    if subject.xms_az_rid:
        claims["xms_az_rid"] = subject.xms_az_rid
    if client_capabilities:
        claims["xms_cc"] = list(client_capabilities)
    return claims
