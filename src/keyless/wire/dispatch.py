"""The way of every request: find the operation, authenticate, decide, count, handle, render.

Rules:
- the order is fixed: host, precheck, credential, api-version, decision, body, handler. Nothing about an
  object is told to a caller who has not passed the steps before it;
- what a request means is looked up in `wire/meaning.py`, which remembers it;
- whatever is not a `WireError` is logged and becomes a bare 500.
"""

from __future__ import annotations

import itertools
import logging
import os
from collections.abc import Awaitable, Callable, Mapping, Sequence
from functools import partial
from typing import Any

import msgspec

from keyless.evidence.recorder import Recorder, WantKey
from keyless.model.identities import Principal
from keyless.model.roles import RoleDefinition
from keyless.store.ports import Store
from keyless.tokens.signed_request import is_signed
from keyless.wire import shapes
from keyless.wire.access_keys import AccessKeyring, signing_caller
from keyless.wire.authenticate import NO_WORKLOAD, Workloads, workload_at_peer, workload_of
from keyless.wire.authorize import Learners
from keyless.wire.call import MINT, Authorized, Reply, Workload
from keyless.wire.errors import Bug, Forbidden, InvalidRequest, NotFound, Unauthenticated, WireError
from keyless.wire.meaning import Meaning, Meanings, Site, World
from keyless.wire.operation import Operation, Public, Requires, WorkloadOnly
from keyless.wire.plane import Failure, Plane, Rendered
from keyless.wire.request import Request

log = logging.getLogger("keyless.wire")

_BODILESS = frozenset({"GET", "HEAD"})
_encode = msgspec.json.Encoder().encode

ReadBody = Callable[[int], Awaitable[bytes]]
"""Reads the whole body; raises PayloadTooLarge beyond the limit given (bytes)."""


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
        self._meanings = Meanings(
            planes, store=store, world=world, roles=roles, recorder=recorder, learners=learners
        )
        self._recorder = recorder
        self._workloads = workloads
        self._on_missing = on_missing
        self._numbers = itertools.count(1)
        self._number_prefix = _guid_prefix()

    def forget(self) -> None:
        """Forget every remembered meaning and decision (who is learning has changed)."""
        self._meanings.forget()

    def next_request_id(self) -> str:
        """A fresh request id, in the form of a GUID."""
        return f"{self._number_prefix}{next(self._numbers):012x}"

    async def answer(self, request: Request, read_body: ReadBody) -> Rendered:
        """Answer one request; never raises."""
        site: Site | None = None
        try:
            meaning = await self._meanings.of(request)
            site = meaning.site
            return await self._perform(meaning, request, read_body)
        except WireError as error:
            return self._fail(error, request, site)
        except Exception:
            log.exception("request %s failed", request.request_id)
            return self._fail(Bug("an internal error occurred"), request, site)

    async def _perform(self, meaning: Meaning, request: Request, read_body: ReadBody) -> Rendered:
        site, operation = meaning.site, meaning.operation
        plane = site.plane
        if plane.precheck is not None:
            plane.precheck(request)
        caller, workload = await self._identify(meaning, request, read_body)
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
        if isinstance(result, Reply) and result.sign_in is not None:
            self._recorder.sign_in(result.sign_in)
        return _render(result, plane, request, site.resource)

    async def _identify(
        self, meaning: Meaning, request: Request, read_body: ReadBody
    ) -> tuple[Principal | None, Workload | None]:
        """Whoever the operation's access asks for; on a plane of tokens an unknown path asks for one too."""
        site = meaning.site
        if meaning.asks_for_token:
            authorization = request.headers.get("authorization")
            if site.plane.access_keys is not None and is_signed(authorization):
                return await self._signer(site.plane.access_keys, site, request, read_body), None
            return site.tokens.principal(authorization, request.now), None
        access = meaning.operation.access if meaning.operation is not None else None
        if isinstance(access, WorkloadOnly):
            return None, await self._workload(site.plane, request)
        if access is None or isinstance(access, Public):
            return None, None
        raise Bug(f"an operation on `{site.plane.name}` declares no access")

    async def _signer(
        self, keyring: AccessKeyring[Any], site: Site, request: Request, read_body: ReadBody
    ) -> Principal:
        """Whoever has signed the request with an access key."""
        caller, sign_in = await signing_caller(
            keyring, request, site.resource, partial(_read_once, request, site.plane, read_body)
        )
        self._recorder.sign_in(sign_in)
        return caller

    async def _workload(self, plane: Plane, request: Request) -> Workload:
        """Whoever holds the secret; without one, and where the plane says so, whose process has asked.

        A workload of another kind of host is as unknown as none.
        """
        secret = plane.workload_secret(request)
        if secret is None and plane.attests_peer:
            workload = await workload_at_peer(request, self._workloads)
        else:
            workload = workload_of(secret, self._workloads)
        if plane.host_kinds and workload.host_kind not in plane.host_kinds:
            raise Unauthenticated(NO_WORKLOAD)
        if plane.proof is not None:
            plane.proof(request, workload)
        return workload

    def _authorize(self, caller: Principal, operation: Operation, access: Requires, meaning: Meaning) -> None:
        settled = meaning.settled.get(caller.principal_id)
        if settled is None:
            settled = self._meanings.authorizer.settle(
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
        await _read_once(request, plane, read_body)
        if operation.body is None:
            return None
        try:
            return msgspec.json.decode(request.body, type=operation.body)
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
            raise InvalidRequest(f"the request's body is not valid: {error}", field="body") from error

    def _report_missing(self, error: NotFound, caller: Principal | None) -> None:
        if error.missing is None or caller is None:
            return
        what = error.missing
        want = WantKey(caller.principal_id, what.kind, what.container, what.name, what.label or "")
        if self._recorder.want(want):
            self._on_missing(want)

    def _fail(self, error: WireError, request: Request, site: Site | None) -> Rendered:
        if error.sign_in is not None:
            self._recorder.sign_in(error.sign_in)
        if error.detail:
            log.info("request %s: %s (%s)", request.request_id, error, error.detail)
        shape = site.plane.shape if site else shapes.resource_manager
        resource = site.resource if site else None
        rendered = shape(Failure(error, request, resource, self._meanings.tenant_id))
        extra = site.plane.headers(request, resource) if site else []
        body = b"" if request.method == "HEAD" else rendered.body
        return Rendered(rendered.status, (*rendered.headers, *extra), body)


async def _read_once(request: Request, plane: Plane, read_body: ReadBody) -> bytes:
    """The request's body, read where it has not been yet."""
    if not request.body_is_read:
        request.body = await read_body(plane.max_body_bytes)
        request.body_is_read = True
    return request.body


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


def _guid_prefix() -> str:
    raw = os.urandom(10).hex()
    return f"{raw[:8]}-{raw[8:12]}-4{raw[13:16]}-8{raw[17:20]}-"
