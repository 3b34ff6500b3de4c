"""The way of every request: find the operation, authenticate, decide, count, handle, render.

Rules:
- the order is fixed: host, precheck, credential, api-version, decision, body, handler. Nothing about an
  object is told to a caller who has not passed the steps before it;
- what a request means (site, operation, version, scope, decision) is remembered by its own text, and
  forgotten as soon as anything that it rests on changes in the store;
- whatever is not a `WireError` is logged and becomes a bare 500.
"""

from __future__ import annotations

import itertools
import logging
import os
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

import msgspec

from keyless.evidence.recorder import Recorder, WantKey
from keyless.model.identities import Principal
from keyless.model.roles import RoleDefinition
from keyless.store.collections import (
    APPLICATIONS,
    ASSIGNMENTS,
    COMPUTE,
    IDENTITIES,
    SIGNING_KEYS,
    STORES,
    TENANT,
    VAULTS,
)
from keyless.store.ports import Store
from keyless.tokens.claims import v1_issuer
from keyless.tokens.keys import KeyRing
from keyless.wire import shapes
from keyless.wire.authenticate import BearerTokens, Workloads, workload_of
from keyless.wire.authorize import Authorizer, Learners, Settled, current_snapshot
from keyless.wire.call import MINT, Authorized, Reply, Workload
from keyless.wire.errors import (
    Bug,
    Forbidden,
    InvalidRequest,
    MethodNotAllowed,
    NotFound,
    WireError,
)
from keyless.wire.operation import Operation, Public, Requires, WorkloadOnly
from keyless.wire.plane import Failure, Plane, Rendered
from keyless.wire.request import Request
from keyless.wire.routing import Router

log = logging.getLogger("keyless.wire")

_REMEMBERED = 8192
_BODILESS = frozenset({"GET", "HEAD"})
_RESTS_ON = (TENANT, VAULTS, STORES, COMPUTE, IDENTITIES, APPLICATIONS, ASSIGNMENTS, SIGNING_KEYS)
_encode = msgspec.json.Encoder().encode

ReadBody = Callable[[int], Awaitable[bytes]]
"""Reads the whole body; raises PayloadTooLarge beyond the limit given (bytes)."""


class World(Protocol):
    """What the dispatcher needs to know of the estate that it serves."""

    async def tenant_id(self) -> str:
        """The tenant's GUID."""
        ...

    async def key_ring(self) -> KeyRing:
        """The signing keys that are valid now."""
        ...


@dataclass(slots=True)
class _Site:
    """A host name: its plane, the resource behind it, and its callers' tokens."""

    plane: Plane
    router: Router
    resource: object
    tokens: BearerTokens
    takes_tokens: bool


@dataclass(slots=True)
class _Meaning:
    """What one request line means, remembered; ``problem`` is raised once the caller is authenticated."""

    site: _Site
    operation: Operation | None
    params: Mapping[str, str]
    api_version: str
    problem: WireError | None
    asks_for_token: bool
    settled: dict[str, Settled] = field(default_factory=dict)


class Dispatcher:
    """Answers requests for a set of planes. ``on_missing`` hears of things asked for and not there."""

    def __init__(
        self,
        planes: Sequence[Plane],
        *,
        store: Store,
        world: World,
        roles: Mapping[str, RoleDefinition],
        recorder: Recorder,
        workloads: Workloads,
        learners: Learners,
        on_missing: Callable[[WantKey], None] = lambda want: None,
    ) -> None:
        self._planes = [(plane, Router(plane.operations)) for plane in planes]
        self._store = store
        self._world = world
        self._roles = roles
        self._recorder = recorder
        self._workloads = workloads
        self._learners = learners
        self._on_missing = on_missing
        self._seen_version = -1
        self._seen_revisions: tuple[int, ...] = ()
        self._sites: dict[str, _Site | None] = {}
        self._meanings: dict[tuple[str, str, str, str], _Meaning] = {}
        self._authorizer: Authorizer | None = None
        self._tenant_id = ""
        self._key_ring: KeyRing | None = None
        self._numbers = itertools.count(1)
        self._number_prefix = _guid_prefix()

    def forget(self) -> None:
        """Forget every remembered meaning and decision (who is learning has changed)."""
        self._seen_version = -1
        self._seen_revisions = ()

    def next_request_id(self) -> str:
        """A fresh request id, in the form of a GUID."""
        return f"{self._number_prefix}{next(self._numbers):012x}"

    async def answer(self, request: Request, read_body: ReadBody) -> Rendered:
        """Answer one request; never raises."""
        site: _Site | None = None
        try:
            if self._store.refresh() != self._seen_version:
                await self._notice_changes()
            method = request.method if request.method != "POST" else _method_as_said(request)
            key = (request.host, method, request.path, request.query_string)
            meaning = self._meanings.get(key) or await self._understand(key, request)
            site = meaning.site
            return await self._perform(meaning, request, read_body)
        except WireError as error:
            return self._fail(error, request, site)
        except Exception:
            log.exception("request %s failed", request.request_id)
            return self._fail(Bug("an internal error occurred"), request, site)

    async def _perform(self, meaning: _Meaning, request: Request, read_body: ReadBody) -> Rendered:
        site, operation = meaning.site, meaning.operation
        plane = site.plane
        if plane.precheck is not None:
            plane.precheck(request)
        caller, workload = self._identify(meaning, request)
        if meaning.problem is not None or operation is None:
            # one that is raised again and again would hold on to the frames of every time
            raise (meaning.problem or NotFound("there is no such path")).with_traceback(None)
        if caller is not None and isinstance(operation.access, Requires):
            self._authorize(caller, operation, operation.access, meaning)
        body = None
        if request.method not in _BODILESS:
            body = await self._body(operation, plane, request, read_body)
        call = Authorized(
            MINT, request, site.resource, meaning.params, body, meaning.api_version, caller, workload
        )
        try:
            result = await operation.handler(call, plane.service)
        except NotFound as error:
            self._report_missing(error, caller)
            raise
        return _render(result, plane, request, site.resource)

    def _identify(self, meaning: _Meaning, request: Request) -> tuple[Principal | None, Workload | None]:
        """Whoever the operation's access asks for; on a plane of tokens an unknown path asks for one too."""
        site = meaning.site
        if meaning.asks_for_token:
            return site.tokens.principal(request.headers.get("authorization"), request.now), None
        access = meaning.operation.access if meaning.operation is not None else None
        if isinstance(access, WorkloadOnly):
            return None, workload_of(site.plane.workload_secret(request), self._workloads)
        if access is None or isinstance(access, Public):
            return None, None
        raise Bug(f"an operation on `{site.plane.name}` declares no access")

    def _authorize(
        self, caller: Principal, operation: Operation, access: Requires, meaning: _Meaning
    ) -> None:
        settled = meaning.settled.get(caller.principal_id)
        if settled is None:
            if self._authorizer is None:
                raise Bug("no snapshot")
            settled = self._authorizer.settle(
                caller, operation, access, meaning.site.resource, meaning.params
            )
            meaning.settled[caller.principal_id] = settled
        for cell in settled.cells:
            cell.hit()
        if settled.refused is not None:
            location = getattr(meaning.site.resource, "location", "")
            raise Forbidden(caller, settled.refused, settled.scope, location)

    async def _body(
        self, operation: Operation, plane: Plane, request: Request, read_body: ReadBody
    ) -> object:
        request.body = await read_body(plane.max_body_bytes)
        if operation.body is None:
            return None
        try:
            return msgspec.json.decode(request.body, type=operation.body)
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
            raise InvalidRequest(f"the request's body is not valid: {error}", field="body") from error

    async def _understand(self, key: tuple[str, str, str, str], request: Request) -> _Meaning:
        site = await self._site(request.host)
        method = request.method
        if site.plane.method_override and method == "POST":
            method = (request.headers.get("x-http-method") or method).upper()
        match = site.router.match(method, request.path)
        meaning = _Meaning(site, None, {}, "", None, asks_for_token=site.takes_tokens)
        if match is None:
            others = site.router.other_methods(request.path)
            meaning.problem = (
                MethodNotAllowed(f"this path takes {', '.join(sorted(others))}")
                if others
                else NotFound(f"there is no operation at `{request.path[:200]}`")
            )
            return meaning
        meaning.operation = match.operation
        meaning.asks_for_token = isinstance(match.operation.access, Requires)
        meaning.params = match.params
        try:
            meaning.params = _with_query(match.params, match.operation, request)
            meaning.api_version = request.query.get("api-version") or ""
            meaning.problem = _version_problem(match.operation, meaning.api_version)
        except InvalidRequest as problem:
            meaning.problem = problem
        if len(self._meanings) >= _REMEMBERED:
            self._meanings.clear()
        self._meanings[key] = meaning
        return meaning

    async def _site(self, host: str) -> _Site:
        name = host.rsplit(":", 1)[0].lower().rstrip(".")
        if name not in self._sites:
            if len(self._sites) >= _REMEMBERED:
                self._sites.clear()
            self._sites[name] = await self._locate(name)
        site = self._sites[name]
        if site is None:
            raise NotFound(f"nothing is served under the host name `{name[:200]}`")
        return site

    async def _locate(self, name: str) -> _Site | None:
        for plane, router in self._planes:
            resource = await plane.locate(name)
            if resource is not None:
                if self._key_ring is None:
                    raise Bug("no signing keys")
                audiences = plane.audiences(resource)
                tokens = BearerTokens(self._key_ring, self._tenant_id, v1_issuer(self._tenant_id), audiences)
                return _Site(plane, router, resource, tokens, bool(audiences))
        return None

    async def _notice_changes(self) -> None:
        version = self._store.refresh()
        revisions = tuple(self._store.revision(collection) for collection in _RESTS_ON)
        if revisions != self._seen_revisions:
            self._tenant_id = await self._world.tenant_id()
            self._key_ring = await self._world.key_ring()
            snapshot = await current_snapshot(self._store, self._roles)
            self._authorizer = Authorizer(snapshot, self._recorder, self._learners)
            self._meanings.clear()
            self._sites.clear()
            self._seen_revisions = revisions
        self._seen_version = version

    def _report_missing(self, error: NotFound, caller: Principal | None) -> None:
        if error.missing is None or caller is None:
            return
        what = error.missing
        want = WantKey(caller.principal_id, what.kind, what.container, what.name, what.label or "")
        if self._recorder.want(want):
            self._on_missing(want)

    def _fail(self, error: WireError, request: Request, site: _Site | None) -> Rendered:
        if error.detail:
            log.info("request %s: %s (%s)", request.request_id, error, error.detail)
        shape = site.plane.shape if site else shapes.resource_manager
        resource = site.resource if site else None
        rendered = shape(Failure(error, request, resource, self._tenant_id))
        extra = site.plane.headers(request, resource) if site else []
        body = b"" if request.method == "HEAD" else rendered.body
        return Rendered(rendered.status, (*rendered.headers, *extra), body)


def _render(result: object, plane: Plane, request: Request, resource: object) -> Rendered:
    headers = plane.headers(request, resource)
    if not isinstance(result, Reply):
        headers.append(("content-type", plane.content_type))
        return Rendered(200, headers, b"" if request.method == "HEAD" else _encode(result))
    body = result.body
    headers.extend(result.headers)
    if body is None:
        return Rendered(result.status, headers, b"")
    headers.append(("content-type", result.content_type or plane.content_type))
    encoded = body if isinstance(body, bytes) else _encode(body)
    return Rendered(result.status, headers, b"" if request.method == "HEAD" else encoded)


def _method_as_said(request: Request) -> str:
    """The method together with the one that a POST says it stands for: what is remembered goes by both."""
    return f"{request.method} {request.headers.get('x-http-method') or ''}"


def _with_query(params: Mapping[str, str], operation: Operation, request: Request) -> Mapping[str, str]:
    named = {name: value for name in operation.query_params if (value := request.query.get(name)) is not None}
    return {**params, **named} if named else params


def _version_problem(operation: Operation, version: str) -> WireError | None:
    versions = operation.api_versions
    if not versions.known or version in versions:
        return None
    if not version:
        return InvalidRequest("the `api-version` query parameter is missing", field="api-version")
    return InvalidRequest(
        f"the api-version `{version[:50]}` is not supported: use one of {', '.join(versions.known)}",
        field="api-version",
    )


def _guid_prefix() -> str:
    raw = os.urandom(10).hex()
    return f"{raw[:8]}-{raw[8:12]}-4{raw[13:16]}-8{raw[17:20]}-"
