"""From a workload's token request to a token: what the endpoints of all kinds of host have in common.

Each endpoint brings its rules for choosing an identity and its words for what is wrong (`Endpoint`).
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from keyless.evidence.recorder import SignInKey
from keyless.model.evidence import SignInMethod
from keyless.model.federated_credentials import DEFAULT_AUDIENCE
from keyless.model.hosts import HostKind
from keyless.model.identities import ComputeResource, ManagedIdentity
from keyless.planes.identity.asked_resource import asked_resource, audience_for
from keyless.planes.identity.select import (
    PARAMETERS,
    RULES,
    IdKind,
    Refusal,
    SelectionRefused,
    named_identity,
    select_identity,
)
from keyless.store.collections import (
    APPLICATIONS,
    COMPUTE,
    FEDERATION,
    IDENTITIES,
    REVOCATIONS,
    SIGNING_KEYS,
    TENANT,
)
from keyless.store.ports import Store
from keyless.tokens.audience import Audience
from keyless.tokens.issuer import IssuedToken, Signer, TokenAuthority, TokenIssuer
from keyless.wire.call import Workload
from keyless.wire.errors import Bug, InvalidRequest
from keyless.wire.federation import exchange_issuer
from keyless.wire.request import Query
from keyless.wire.revocations import PrincipalDisabled, signer_for

_CAPABILITY = re.compile(r"[A-Za-z0-9_-]{1,32}")
_MAX_CAPABILITIES = 10
_REMEMBERED = 4096
_RESTS_ON = (TENANT, COMPUTE, IDENTITIES, APPLICATIONS, REVOCATIONS, SIGNING_KEYS, FEDERATION)
IDENTITY = "identity"
"""The field that is wrong where no identity is meant."""


@dataclass(frozen=True, slots=True)
class Endpoint:
    """The endpoint of one kind of host, with its messages: ``says`` for a refusal of the selection."""

    host_kind: HostKind
    says: Mapping[Refusal, str]
    missing_resource: str


@dataclass(frozen=True, slots=True)
class Given:
    """A token, the resource in the spelling that it was asked for with, and the sign-in, for evidence."""

    token: IssuedToken
    resource: str
    sign_in: SignInKey


@dataclass(frozen=True, slots=True, kw_only=True)
class Granted(Given):
    """A token of a managed identity; ``named`` is how the request named that, none where it did not."""

    identity: ManagedIdentity
    named: IdKind | None = None


@dataclass(frozen=True, slots=True)
class Asked:
    """What a request asks for, of an identity that its workload has; see ``Granted``.

    ``exchange_issuer`` is there where the token is to be exchanged elsewhere; ``spent_sha256`` is the hash of
    one that a resource would not take any more; ``signer`` signs until ``signs_until`` (epoch seconds).
    """

    resource: str
    audience: Audience
    exchange_issuer: str | None
    identity: ManagedIdentity
    named: IdKind | None
    capabilities: tuple[str, ...]
    spent_sha256: str | None
    sign_in: SignInKey
    signer: Signer
    signs_until: float


class IdentityService:
    """Issues tokens of the identities that workloads have."""

    def __init__(
        self, store: Store, authority: TokenAuthority, issuer: TokenIssuer, endpoint: Endpoint
    ) -> None:
        self._store = store
        self._authority = authority
        self._issuer = issuer
        self._endpoint = endpoint
        self._remembered: dict[tuple[str, str], Asked] = {}
        self._seen_revisions: tuple[int, ...] = ()

    async def tenant_id(self) -> str:
        """The tenant that the identities are of."""
        return (await self._authority.tenant()).tenant_id

    async def grant(self, workload: Workload | None, query: Query, now: int) -> Granted:
        """The token that a workload's request asks for: for a resource, or to be exchanged elsewhere.

        Raises:
            InvalidRequest: no resource, one that no token is issued for, or no identity is meant.
        """
        if workload is None:
            raise Bug("an identity endpoint was reached without a workload")
        asked = await self._asked(workload, query, now)
        token = self._token(asked, workload.resource_id, now)
        workload.got_token()
        return Granted(token, asked.resource, asked.sign_in, identity=asked.identity, named=asked.named)

    def _token(self, asked: Asked, host: str, now: int) -> IssuedToken:
        if asked.exchange_issuer:
            return self._issuer.exchange_token(
                asked.signer, asked.exchange_issuer, asked.identity.principal_id, now
            )
        return self._issuer.managed_identity_token(
            asked.signer,
            asked.identity,
            host,
            asked.audience,
            now,
            asked.capabilities,
            spent_sha256=asked.spent_sha256,
        )

    async def _asked(self, workload: Workload, query: Query, now: int) -> Asked:
        """What a request asks for; remembered until what it rests on changes, or another key signs."""
        revisions = tuple(self._store.revision(collection) for collection in _RESTS_ON)
        if revisions != self._seen_revisions or len(self._remembered) >= _REMEMBERED:
            self._remembered.clear()
            self._seen_revisions = revisions
        key = (workload.resource_id, query.raw)
        found = self._remembered.get(key)
        if found is None or now >= found.signs_until:
            found = self._remembered[key] = await self._understood(workload, query)
        return found

    async def _understood(self, workload: Workload, query: Query) -> Asked:
        resource = asked_resource(query, self._endpoint.missing_resource)
        issuer = await exchange_issuer(self._store, resource)
        audience = (
            Audience(DEFAULT_AUDIENCE)
            if issuer
            else await audience_for(self._store, self._authority, resource)
        )
        named = [(name, value) for name in PARAMETERS for value in query.all(name)]
        identity = await self._identity(workload, named)
        return Asked(
            resource,
            audience,
            issuer,
            identity,
            PARAMETERS[named[0][0]] if named else None,
            _capabilities(query),
            query.get("token_sha256_to_refresh"),
            self._sign_in(identity, audience.aud),
            await self._signer(identity),
            (await self._authority.key_ring()).changes_at,
        )

    async def _signer(self, identity: ManagedIdentity) -> Signer:
        try:
            return await signer_for(self._store, self._authority, identity.principal_id)
        except PrincipalDisabled:
            raise InvalidRequest(
                f"AADSTS7000112: Application '{identity.client_id}'({identity.name}) is disabled: "
                "`keyless identity restore` lifts that",
                code="unauthorized_client",
            ) from None

    def _sign_in(self, identity: ManagedIdentity, audience: str) -> SignInKey:
        return SignInKey(
            identity.principal_id,
            identity.client_id,
            SignInMethod.MANAGED_IDENTITY,
            self._endpoint.host_kind.value,
            audience.rstrip("/"),
        )

    async def _audience(self, resource: str) -> Audience:
        return await audience_for(self._store, self._authority, resource)

    async def _identity(self, workload: Workload, parameters: Sequence[tuple[str, str]]) -> ManagedIdentity:
        compute = await compute_of(self._store, workload)
        user_assigned = await self._user_assigned(compute)
        try:
            return select_identity(
                compute, user_assigned, named_identity(parameters), RULES[self._endpoint.host_kind]
            )
        except SelectionRefused as refused:
            said = self._endpoint.says[refused.why]
            raise InvalidRequest(
                f"{said}: {_possession(compute, user_assigned)}", field=IDENTITY, code="invalid_request"
            ) from refused

    async def _user_assigned(self, compute: ComputeResource) -> list[ManagedIdentity]:
        """The records of the identities given to a resource; one that was deleted since is left out."""
        found: list[ManagedIdentity] = []
        for given in compute.user_assigned:
            identity = await self._store.get(IDENTITIES, (given.casefold(),))
            if identity is not None:
                found.append(identity)
        return found


async def compute_of(store: Store, workload: Workload | None) -> ComputeResource:
    """The resource that a workload runs as; one without identities where it was deleted since."""
    if workload is None:
        raise Bug("an identity endpoint was reached without a workload")
    found = await store.get(COMPUTE, (workload.resource_id.casefold(),))
    return found or ComputeResource(workload.resource_id, workload.name, "")


def _possession(compute: ComputeResource, user_assigned: Sequence[ManagedIdentity]) -> str:
    """What the asking resource itself has, for the person who reads the message."""
    has = ["a system-assigned identity"] if compute.system_assigned else []
    has += [f"`{identity.name}` (client_id `{identity.client_id}`)" for identity in user_assigned]
    return f"`{compute.name}` has {' and '.join(has) or 'no identity'}"


def _capabilities(query: Query) -> tuple[str, ...]:
    """The client capabilities (``xms_cc``, separated by commas) that the token shall repeat."""
    asked = (query.get("xms_cc") or "").split(",")
    return tuple(one for one in asked if _CAPABILITY.fullmatch(one))[:_MAX_CAPABILITIES]
