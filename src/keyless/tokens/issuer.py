"""Access tokens for managed identities, applications and users: from who asks and for what, to a signed JWT.

Rules:
- a managed identity's token is handed out again until half of its life is over, as Azure's endpoints keep
  one per identity and resource and offer no way to force a fresh one; that is also the moment from which
  the client libraries ask anew, so nobody is ever given a token that is about to expire;
- a token that the client names as spent, by its hash, is not handed out again, nor one that was issued up to
  when its principal was revoked;
- it is kept per tenant, signing key, identity, host, audience and client capabilities, so that it never
  outlives a rotated key or a changed identity;
- an application's or a user's token is new each time, as Entra's token endpoint answers.

Whether the caller may have the token is decided before: this module signs what it is told to.

Source: https://learn.microsoft.com/entra/identity/managed-identities-azure-resources/managed-identities-faq
"""

from __future__ import annotations

import base64
import hashlib
import os
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol

from keyless.model.federated_credentials import DEFAULT_AUDIENCE
from keyless.model.identities import Application, ManagedIdentity, PrincipalKind
from keyless.model.resources import Tenant
from keyless.tokens.audience import Audience
from keyless.tokens.claims import BACKDATED_S, ClientAuthentication, Subject, claims_of, lifetime_s
from keyless.tokens.issue import issue
from keyless.tokens.keys import KeyRing, SigningKey
from keyless.tokens.site_issuer import LIFETIME_S as EXCHANGE_LIFETIME_S
from keyless.tokens.site_issuer import exchange_claims
from keyless.tokens.user_claims import SignedInUser, user_claims

TOKEN_TYPE = "Bearer"
_REMEMBERED = 4096


class TokenAuthority(Protocol):
    """On whose behalf tokens are issued: a tenant, and its signing keys."""

    async def tenant(self) -> Tenant:
        """The tenant that the tokens are of."""
        ...

    async def key_ring(self) -> KeyRing:
        """The signing keys that are valid now."""
        ...


@dataclass(frozen=True, slots=True)
class Signer:
    """A tenant (its GUID) and the key that signs for it; tokens are issued later than ``issued_after``.

    That is in epoch seconds: when the principal was revoked, whose older tokens hold no longer.
    """

    tenant_id: str
    key: SigningKey
    issued_after: int = 0


async def current_signer(authority: TokenAuthority, issued_after: int = 0) -> Signer:
    """Who signs now."""
    return Signer((await authority.tenant()).tenant_id, (await authority.key_ring()).current, issued_after)


@dataclass(frozen=True, slots=True)
class IssuedToken:
    """A signed access token. ``not_before`` and ``expires_at`` are epoch seconds, as in its claims."""

    jwt: str = field(repr=False)
    audience: str
    not_before: int
    expires_at: int

    @property
    def issued_at(self) -> int:
        """When it was issued, in epoch seconds."""
        return self.not_before + BACKDATED_S


class TokenIssuer:
    """Issues access tokens; ``unique_id`` makes the values of ``uti`` (by default 128 random bits)."""

    def __init__(self, unique_id: Callable[[], str] | None = None) -> None:
        self._unique_id = unique_id or _random_id
        self._remembered: dict[object, IssuedToken] = {}

    def managed_identity_token(
        self,
        signer: Signer,
        identity: ManagedIdentity,
        host: str,
        audience: Audience,
        now: int,
        capabilities: tuple[str, ...] = (),
        spent_sha256: str | None = None,
    ) -> IssuedToken:
        """A token of a managed identity, for the resource that hosts it (``host``, an ARM id).

        ``spent_sha256`` is the hash (hexadecimal) of a token that a resource would not take any more.
        """
        ids = (identity.client_id, identity.principal_id, identity.resource_id)
        key = (signer.tenant_id, signer.key.kid, ids, host, audience, capabilities)
        known = self._remembered.get(key)
        if known is not None and _is_fit(known, signer, now) and not _is_spent(known, spent_sha256):
            return known
        subject = Subject(
            tenant_id=signer.tenant_id,
            client_id=identity.client_id,
            principal_id=identity.principal_id,
            kind=PrincipalKind.MANAGED_IDENTITY,
            authentication=ClientAuthentication.CERTIFICATE,
            xms_mirid=identity.resource_id,
            xms_az_rid=host,
        )
        if len(self._remembered) >= _REMEMBERED:
            self._remembered.clear()
        issued = self._remembered[key] = self._issue(signer, subject, audience, now, capabilities)
        return issued

    def federated_token(
        self,
        signer: Signer,
        identity: ManagedIdentity,
        audience: Audience,
        now: int,
        capabilities: tuple[str, ...] = (),
    ) -> IssuedToken:
        """A token of a user-assigned identity that another issuer's token stands for: new each time."""
        subject = Subject(
            tenant_id=signer.tenant_id,
            client_id=identity.client_id,
            principal_id=identity.principal_id,
            kind=PrincipalKind.MANAGED_IDENTITY,
            authentication=ClientAuthentication.CERTIFICATE,
            xms_mirid=identity.resource_id,
        )
        return self._issue(signer, subject, audience, now, capabilities)

    def application_token(
        self,
        signer: Signer,
        application: Application,
        audience: Audience,
        now: int,
        capabilities: tuple[str, ...] = (),
        authentication: ClientAuthentication = ClientAuthentication.SECRET,
    ) -> IssuedToken:
        """A token of an application that has proven itself in a way."""
        subject = Subject(
            tenant_id=signer.tenant_id,
            client_id=application.client_id,
            principal_id=application.principal_id,
            kind=PrincipalKind.APPLICATION,
            authentication=authentication,
        )
        return self._issue(signer, subject, audience, now, capabilities)

    def user_token(
        self,
        signer: Signer,
        signed_in: SignedInUser,
        audience: Audience,
        now: int,
        capabilities: tuple[str, ...] = (),
    ) -> IssuedToken:
        """A token of a user who has signed in."""
        now = max(now, signer.issued_after + 1)
        claims = user_claims(signed_in, audience, now, self._unique_id(), capabilities)
        return _signed(claims, signer, audience, now, PrincipalKind.USER)

    def exchange_token(self, signer: Signer, issuer: str, principal_id: str, now: int) -> IssuedToken:
        """A token of the site's own issuer, which stands for an identity where that is trusted."""
        claims = exchange_claims(issuer, principal_id, now, self._unique_id())
        return IssuedToken(
            jwt=issue(claims, signer.key),
            audience=DEFAULT_AUDIENCE,
            not_before=now - BACKDATED_S,
            expires_at=now + EXCHANGE_LIFETIME_S,
        )

    def _issue(
        self, signer: Signer, subject: Subject, audience: Audience, now: int, capabilities: tuple[str, ...]
    ) -> IssuedToken:
        now = max(now, signer.issued_after + 1)
        claims = claims_of(subject, audience, now, self._unique_id(), capabilities)
        return _signed(claims, signer, audience, now, subject.kind)


def _signed(
    claims: dict[str, object], signer: Signer, audience: Audience, now: int, kind: PrincipalKind
) -> IssuedToken:
    return IssuedToken(
        jwt=issue(claims, signer.key),
        audience=audience.aud,
        not_before=now - BACKDATED_S,
        expires_at=now + lifetime_s(kind),
    )


def _is_fit(token: IssuedToken, signer: Signer, now: int) -> bool:
    """Whether a token is young, and later than a revocation."""
    half_life_s = lifetime_s(PrincipalKind.MANAGED_IDENTITY) // 2
    is_young = token.not_before <= now < token.expires_at - half_life_s
    return is_young and token.issued_at > signer.issued_after


def _is_spent(token: IssuedToken, spent_sha256: str | None) -> bool:
    if spent_sha256 is None:
        return False
    return spent_sha256.lower() == hashlib.sha256(token.jwt.encode()).hexdigest()


def _random_id() -> str:
    return base64.urlsafe_b64encode(os.urandom(16)).rstrip(b"=").decode()
