"""The claims that Entra puts into an application's or a managed identity's access token.

A user's are made from these by ``keyless.tokens.user_claims``.

Rules:
- the claims that are for Entra alone (`aio`, `rh`, `uti`) are random texts of the usual form: resources must
  not read them;
- a managed identity's ids (`xms_mirid`, `xms_az_rid`) and `idtyp` are for Azure's own services alone.

Sources: https://learn.microsoft.com/entra/identity-platform/access-token-claims-reference, and for `xms_*`
https://github.com/hashicorp/vault-plugin-auth-azure/issues/237
"""

from __future__ import annotations

import base64
import enum
import hashlib
from dataclasses import dataclass

from keyless.model.identities import PrincipalKind
from keyless.tokens.audience import V2, Audience

MANAGED_IDENTITY_LIFETIME_S = 24 * 60 * 60
LIFETIME_S = 60 * 60
BACKDATED_S = 5 * 60
"""How long before its issue a token is valid, so that a clock that is a little behind accepts it."""


class ClientAuthentication(enum.StrEnum):
    """How the client proved itself (``appidacr``): not at all, with a secret, a certificate or assertion."""

    NONE = "0"
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
    """How long a token lives: a day for a managed identity, an hour for an application or a user."""
    return MANAGED_IDENTITY_LIFETIME_S if kind is PrincipalKind.MANAGED_IDENTITY else LIFETIME_S


def claims_of(
    subject: Subject, audience: Audience, now: int, unique_id: str, client_capabilities: tuple[str, ...] = ()
) -> dict[str, object]:
    """The payload of an access token in the version that the audience takes.

    ``now`` is in epoch seconds; ``unique_id`` becomes ``uti``, and the other random texts follow from it.
    """
    own = _v2_claims(subject) if audience.version == V2 else _v1_claims(subject)
    claims: dict[str, object] = {
        "aud": audience.aud,
        "iat": now - BACKDATED_S,
        "nbf": now - BACKDATED_S,
        "exp": now + lifetime_s(subject.kind),
        "aio": opaque("aio", unique_id),
        "oid": subject.principal_id,
        "rh": f"1.{opaque('rh', unique_id)}.",
        "sub": subject.principal_id,
        "tid": subject.tenant_id,
        "uti": unique_id,
    }
    about = _about_azure(subject) if audience.of_azure else {}
    capable: dict[str, object] = {"xms_cc": list(client_capabilities)} if client_capabilities else {}
    return claims | own | about | capable


def v1_claims(
    subject: Subject, audience: str, now: int, unique_id: str, client_capabilities: tuple[str, ...] = ()
) -> dict[str, object]:
    """The payload of a version 1.0 access token for one of Azure's own services."""
    return claims_of(subject, Audience(audience), now, unique_id, client_capabilities)


def _v1_claims(subject: Subject) -> dict[str, object]:
    issuer = v1_issuer(subject.tenant_id)
    return {
        "iss": issuer,
        "idp": issuer,
        "appid": subject.client_id,
        "appidacr": subject.authentication.value,
        "ver": "1.0",
    }


def _v2_claims(subject: Subject) -> dict[str, object]:
    return {
        "iss": v2_issuer(subject.tenant_id),
        "azp": subject.client_id,
        "azpacr": subject.authentication.value,
        "ver": "2.0",
    }


def _about_azure(subject: Subject) -> dict[str, object]:
    said = {"idtyp": "app", "xms_mirid": subject.xms_mirid, "xms_az_rid": subject.xms_az_rid}
    return {name: value for name, value in said.items() if value}


def opaque(name: str, unique_id: str) -> str:
    """A text that says nothing, and is the same for the same name and id."""
    digest = hashlib.sha256(f"{name} {unique_id}".encode()).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
