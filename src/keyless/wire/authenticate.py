"""Who calls: a bearer token verified once and remembered, a workload by its secret or by its process.

A verified token is remembered by the very text that was verified, per resource, until it expires, the signing
keys change, or anybody is revoked; the text itself is the only thing that finds it again.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from keyless.model.identities import Principal, Revocation
from keyless.tokens.keys import KeyRing
from keyless.tokens.verify import NOBODY, Rejection, TokenRejected, Verified, verify
from keyless.wire.call import Workload
from keyless.wire.errors import Unauthenticated
from keyless.wire.request import Connection, Request

_REMEMBERED = 4096
NO_WORKLOAD = "the request does not carry the secret of a running workload of this kind of host"


class Workloads(Protocol):
    """The workloads that run now."""

    def by_secret(self, secret: str) -> Workload | None:
        """The workload that holds this secret, compared in constant time."""
        ...

    async def by_peer(self, connection: Connection) -> Workload | None:
        """The workload whose process is at the far end of a connection, as the kernel tells."""
        ...


class BearerTokens:
    """Verifies bearer tokens for one resource."""

    def __init__(
        self,
        keys: KeyRing,
        tenant_id: str,
        issuer: str,
        audiences: frozenset[str],
        revocations: Mapping[str, Revocation] = NOBODY,
    ) -> None:
        self._keys = keys
        self._revocations = revocations
        self._tenant_id = tenant_id
        self._issuer = issuer
        self._audiences = audiences
        self._remembered: dict[str, Verified] = {}

    def principal(self, authorization: str | None, now: float) -> Principal:
        """The caller that an `Authorization` header speaks for.

        Raises:
            Unauthenticated: there is none, it is no bearer token, or the token does not hold.
        """
        if authorization is None:
            raise Unauthenticated("the request has no `Authorization` header")
        known = self._remembered.get(authorization)
        if known is not None and known.expires_at > now:
            return known.principal
        verified = self._verify(authorization, now)
        if len(self._remembered) >= _REMEMBERED:
            self._remembered.clear()
        self._remembered[authorization] = verified
        return verified.principal

    def _verify(self, authorization: str, now: float) -> Verified:
        scheme, _, token = authorization.partition(" ")
        if scheme.lower() != "bearer":
            raise Unauthenticated("the request has no bearer token", found=scheme[:20])
        try:
            return verify(
                token.strip(),
                keys=self._keys,
                tenant_id=self._tenant_id,
                audiences=self._audiences,
                now=now,
                revocations=self._revocations,
            )
        except TokenRejected as rejected:
            expected = (
                self._issuer if rejected.why is Rejection.ISSUER else " or ".join(sorted(self._audiences))
            )
            raise Unauthenticated(
                f"the token was refused: {rejected.why.value}",
                rejection=rejected.why,
                found=rejected.found[:200],
                expected=expected,
                revoked_at=rejected.revoked_at,
            ) from rejected


def workload_of(secret: str | None, workloads: Workloads) -> Workload:
    """The workload that holds the secret.

    Raises:
        Unauthenticated: there is no secret, or no workload holds it.
    """
    workload = workloads.by_secret(secret) if secret else None
    if workload is None:
        raise Unauthenticated(NO_WORKLOAD)
    return workload


async def workload_at_peer(request: Request, workloads: Workloads) -> Workload:
    """The workload whose process sent a request.

    Raises:
        Unauthenticated: the kernel names nobody who runs as a workload.
    """
    found = await workloads.by_peer(request.connection) if request.connection is not None else None
    if found is None:
        raise Unauthenticated(
            "the request does not come from a process of a running workload: start the program with "
            "`keyless run`"
        )
    return found
