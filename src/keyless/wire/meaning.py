"""What a request line means: its site, operation, version and decisions, remembered by its own text.

Rules:
- what is remembered is forgotten as soon as anything that it rests on changes in the store, or a signing key
  begins or ends;
- the number of things remembered is bounded, and so is their length, because their texts come from outside
  (and from whoever reaches the plane: what a request means is asked before who asks it);
- nothing is remembered of a site that is down, so that what is up pays nothing for it;
- a method that a POST stands for (`X-HTTP-Method`, `X-HTTP-Request`) counts where the plane says so.
"""

from __future__ import annotations

import math
import re
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from keyless.catalog.directory_roles import directory_roles as known_directory_roles
from keyless.evidence.recorder import Recorder
from keyless.model.directory import DirectoryRole
from keyless.model.identities import PrincipalKind, Revocation
from keyless.model.outages import Outage
from keyless.model.roles import RoleDefinition
from keyless.store.clock import ahead_s
from keyless.store.collections import (
    ACCESS_KEYS,
    APPLICATIONS,
    CLOCK,
    COMPUTE,
    DIRECTORY_ROLE_ASSIGNMENTS,
    IDENTITIES,
    OUTAGES,
    REVOCATIONS,
    SECURITY_GROUPS,
    SIGNING_KEYS,
    STORES,
    USERS,
    VAULTS,
)
from keyless.store.ports import Store
from keyless.tokens.claims import v1_issuer
from keyless.tokens.keys import KeyRing
from keyless.wire.authenticate import BearerTokens
from keyless.wire.authorize import Authorizer, Learners, Settled
from keyless.wire.directory import current_directory
from keyless.wire.errors import (
    Bug,
    InvalidRequest,
    MethodNotAllowed,
    NoSuchOperation,
    NotAtThisVersion,
    NotFound,
    WireError,
)
from keyless.wire.operation import Operation, Requires
from keyless.wire.plane import Plane
from keyless.wire.policies import RESTS_ON, Policies
from keyless.wire.request import LONGEST_REMEMBERED, Query, Request
from keyless.wire.revocations import all_revocations
from keyless.wire.routing import Match, Router
from keyless.wire.serving import Deferred, Served
from keyless.wire.throttle import Tally, Throttle

_REMEMBERED = 8192
_LONGEST_HOST = 253  # RFC 1035, section 2.3.4, as text
_SLASHES = re.compile("/{2,}")
_RESTS_ON = (
    *RESTS_ON,
    CLOCK,
    OUTAGES,
    VAULTS,
    STORES,
    COMPUTE,
    IDENTITIES,
    APPLICATIONS,
    ACCESS_KEYS,
    SIGNING_KEYS,
    REVOCATIONS,
    USERS,
    SECURITY_GROUPS,
    DIRECTORY_ROLE_ASSIGNMENTS,
)


class World(Protocol):
    """What a dispatcher needs to know of the estate that it serves."""

    async def tenant_id(self) -> str:
        """The tenant's GUID."""
        ...

    async def key_ring(self) -> KeyRing:
        """The signing keys that are valid now."""
        ...


@dataclass(slots=True)
class Site:
    """A host name: its plane, the resource behind it, its callers' tokens, and whether it is down."""

    plane: Plane
    router: Router
    resource: object
    tokens: BearerTokens
    takes_tokens: bool
    host: str = ""
    outage: Outage | None = None


class Down(Exception):
    """What a request asks is down."""

    def __init__(self, site: Site, outage: Outage) -> None:
        super().__init__(outage.endpoint)
        self.site = site
        self.outage = outage


@dataclass(slots=True)
class Meaning:
    """What one request line means, remembered; ``problem`` is raised once the caller is authenticated.

    ``tally`` is where it is counted, none where there is no limit. ``heard`` is a digest of what each caller
    said of itself when it was last noted what it selects.
    """

    site: Site
    operation: Operation | None
    params: Mapping[str, str]
    api_version: str
    problem: WireError | None
    asks_for_token: bool
    query: Query | None = None
    tally: Tally | None = None
    settled: dict[tuple[str, str, PrincipalKind], Settled] = field(default_factory=dict)
    heard: dict[str, int] = field(default_factory=dict)


class Meanings:
    """Understands requests for a set of planes."""

    def __init__(
        self,
        planes: Sequence[Plane | Deferred],
        *,
        store: Store,
        world: World,
        roles: Mapping[str, RoleDefinition],
        recorder: Recorder,
        learners: Learners,
        throttle: Throttle,
        directory_roles: Mapping[str, DirectoryRole] | None = None,
    ) -> None:
        self._throttle = throttle
        self._directory_roles = known_directory_roles() if directory_roles is None else directory_roles
        self._served = Served(planes)
        self._store = store
        self._world = world
        self._policies = Policies(store, roles)
        self._decides = self._served.decide
        self._recorder = recorder
        self._learners = learners
        self._seen_version = -1
        self._seen_revisions: tuple[int, ...] = ()
        self._sites: dict[str, tuple[Site, ...]] = {}
        self._meanings: dict[tuple[str, str, str, str], Meaning] = {}
        self._authorizer: Authorizer | None = None
        self._key_ring: KeyRing | None = None
        self._changes_at = math.inf
        self._revocations: Mapping[str, Revocation] = {}
        self._outages: Mapping[str, Outage] = {}
        self.tenant_id = ""
        self.ahead_s = 0

    def propagate(self, delay_s: float) -> None:
        """Let what is noticed from now on of roles and their like take effect that many seconds later."""
        self._policies.delay_s = delay_s

    async def notice(self, now: float) -> None:
        """Notice what the store has come to; before the first request nothing needs noticing."""
        if self._authorizer is not None:
            self._store.refresh()
            await self._notice_changes(now)

    def forget(self) -> None:
        """Forget everything that is remembered (who is learning has changed)."""
        self._seen_version = -1
        self._seen_revisions = ()

    @property
    def authorizer(self) -> Authorizer:
        """What settles operations now."""
        if self._authorizer is None:
            raise Bug("no snapshot")
        return self._authorizer

    async def of(self, request: Request) -> Meaning:
        """What a request means, as the store is at this moment.

        Raises:
            NotFound: nothing is served under its host name.
            Down: what is served there is down.
        """
        if self._store.refresh() != self._seen_version or request.now >= self._changes_at:
            await self._notice_changes(request.now)
        method = request.method if request.method != "POST" else _method_as_said(request)
        key = (request.host, method, request.path, request.query_string)
        known = self._meanings.get(key)
        if known is None:
            return await self._understand(key, request)
        request.known_query = known.query
        return known

    async def _understand(self, key: tuple[str, str, str, str], request: Request) -> Meaning:
        site = await self._site(request.host, request.path)
        if site.outage is not None:
            raise Down(site, site.outage)
        method = request.method
        if site.plane.method_override and method == "POST":
            method = (_other_method(request) or method).upper()
        path = _SLASHES.sub("/", request.path) if site.plane.merges_slashes else request.path
        match = site.router.match(method, path)
        meaning = Meaning(site, None, {}, "", None, asks_for_token=site.takes_tokens)
        if match is None:
            meaning.problem = _not_routed(request, site.router.other_methods(path))
            return meaning
        match = _as_asked(match, request)
        meaning.operation = match.operation
        meaning.asks_for_token = isinstance(match.operation.access, Requires)
        meaning.params = match.params
        meaning.tally = self._tally(site, match.operation)
        try:
            meaning.params = _with_query(match.params, match.operation, request)
            meaning.api_version = _version_asked(request.query)
            meaning.problem = _version_problem(match.operation, meaning.api_version)
            meaning.query = request.query
        except InvalidRequest as problem:
            meaning.problem = problem
        if sum(map(len, key)) <= LONGEST_REMEMBERED:
            if len(self._meanings) >= _REMEMBERED:
                self._meanings.clear()
            self._meanings[key] = meaning
        return meaning

    def _tally(self, site: Site, operation: Operation) -> Tally | None:
        if operation.counts is None or site.plane.counted_at is None:
            return None
        pools = operation.counts.pools(site.resource)
        at = site.plane.counted_at(site.resource, site.host)
        return self._throttle.tally(pools, at) if pools else None

    async def _site(self, host: str, path: str) -> Site:
        """The plane at a host name; of several that share it the one whose path it is, else the first."""
        name = host.rsplit(":", 1)[0].lower().rstrip(".")
        if name not in self._sites and len(name) <= _LONGEST_HOST:
            if len(self._sites) >= _REMEMBERED:
                self._sites.clear()
            self._sites[name] = tuple([site async for site in self._located(name)])
        sites = self._sites.get(name)
        if not sites:
            raise NotFound(f"nothing is served under the host name `{name[:200]}`")
        return next((site for site in sites if site.plane.answers(path)), sites[0])

    async def _located(self, name: str) -> AsyncIterator[Site]:
        for plane, router in self._served.asked_for(name):
            resource = await plane.locate(name)
            if resource is not None:
                if self._key_ring is None:
                    raise Bug("no signing keys")
                audiences = plane.audiences(resource)
                issuer = v1_issuer(self.tenant_id)
                tokens = BearerTokens(self._key_ring, self.tenant_id, issuer, audiences, self._revocations)
                outage = self._outages.get(plane.part or name)
                yield Site(plane, router, resource, tokens, bool(audiences), name, outage)

    async def _notice_changes(self, now: float) -> None:
        version = self._store.refresh()
        revisions = tuple(self._store.revision(collection) for collection in _RESTS_ON)
        if revisions != self._seen_revisions or now >= self._changes_at:
            self.tenant_id = await self._world.tenant_id()
            self.ahead_s = await ahead_s(self._store)
            self._key_ring = await self._world.key_ring()
            self._revocations = await all_revocations(self._store)
            self._outages = {outage.endpoint: outage for _, outage in await self._store.scan(OUTAGES)}
            self._changes_at = self._key_ring.changes_at
            if self._decides:
                snapshot = await self._policies.snapshot(now)
                directory = await current_directory(self._store, self._directory_roles)
                self._authorizer = Authorizer(snapshot, directory, self._recorder, self._learners)
                self._changes_at = min(self._changes_at, self._policies.changes_at)
            self._meanings.clear()
            self._sites.clear()
            self._seen_revisions = revisions
        self._seen_version = version


def _not_routed(request: Request, methods: Iterable[str]) -> WireError:
    """What is wrong with a request that no operation is for; its path may be known with other methods."""
    allowed = tuple(sorted(methods))
    if allowed:
        return MethodNotAllowed(f"this path takes {', '.join(allowed)}", allowed=allowed)
    return NoSuchOperation(f"there is no operation at `{request.path[:200]}`")


def _method_as_said(request: Request) -> str:
    """The method together with the one that a POST says it stands for: what is remembered goes by both."""
    return f"{request.method} {_other_method(request)}"


def _other_method(request: Request) -> str:
    """The method that a POST says it stands for; the documentation has had two names for the header."""
    return request.headers.get("x-http-method") or request.headers.get("x-http-request") or ""


def _as_asked(match: Match, request: Request) -> Match:
    """What is meant with the request's query; that one cannot be read is told to an authenticated caller."""
    if not match.instead:
        return match
    try:
        return match.asked_with(request.query)
    except InvalidRequest:
        return match


def _with_query(params: Mapping[str, str], operation: Operation, request: Request) -> Mapping[str, str]:
    named = {name: value for name in operation.query_params if (value := request.query.get(name)) is not None}
    return {**params, **named} if named else params


def _version_asked(query: Query) -> str:
    """The version that a query asks for; of several that differ what no version is called."""
    return ",".join(dict.fromkeys(query.all("api-version")))


def _version_problem(operation: Operation, version: str) -> WireError | None:
    versions = operation.api_versions
    if not versions.known or version in versions:
        return None
    if version in versions.others:
        return NotAtThisVersion(
            f"there is no such operation at api-version `{version}`: use {versions.known[0]} or a later one"
        )
    if not version:
        return InvalidRequest(
            "the `api-version` query parameter is missing", field="api-version", known=versions.known
        )
    return InvalidRequest(
        f"the api-version `{version[:50]}` is not supported: use one of {', '.join(versions.known)}",
        field="api-version",
        known=versions.known,
    )
