"""The way of every request: find the operation, authenticate, decide, count, handle, render.

Rules:
- the order is fixed: host, precheck, credential, api-version, decision, limit, body, handler. Nothing about
  an object is told to a caller who has not passed the steps before it;
- whoever is authenticated counts towards a limit, permitted or not, and nobody else does: a stranger cannot
  use up what others may ask for. Beyond the limit neither is told what was decided, which is recorded.
  Limits are counted by the time of the plane's calls;
- what is down has no caller and no decision, and leaves no evidence: it answers 503, or not at all;
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

from keyless.evidence.recorder import Recorder, SelectionKey, SignInKey, ThrottledKey, WantKey
from keyless.model.attributes import NO_ATTRIBUTES, Attributes
from keyless.model.directory import DirectoryRole
from keyless.model.identities import Principal
from keyless.model.outages import Manner, Outage
from keyless.model.resource_id import ResourceId
from keyless.model.roles import RoleDefinition
from keyless.store.ports import Store
from keyless.tokens.signed_request import is_signed
from keyless.wire import shapes
from keyless.wire.access_keys import AccessKeyring, signing_caller
from keyless.wire.authenticate import NO_WORKLOAD, Workloads, workload_at_peer, workload_of
from keyless.wire.authorize import Learners, Settled
from keyless.wire.call import MINT, Authorized, Reply, Workload
from keyless.wire.decider import CallersDecider
from keyless.wire.errors import (
    Bug,
    Forbidden,
    InvalidBody,
    NotFound,
    StorageFull,
    Throttled,
    TransactionLimit,
    Unauthenticated,
    Unavailable,
    WireError,
)
from keyless.wire.meaning import Down, Meaning, Meanings, Site, World
from keyless.wire.operation import Asked, Operation, Public, Requires, Selects, WorkloadOnly
from keyless.wire.plane import CUT, Failure, Journal, Performed, Plane, Rendered
from keyless.wire.request import Request
from keyless.wire.serving import Deferred
from keyless.wire.throttle import Tally, Throttle

log = logging.getLogger("keyless.wire")

_BODILESS = frozenset({"GET", "HEAD"})
_NOT_MODIFIED = 304
_encode = msgspec.json.Encoder().encode

ReadBody = Callable[[int], Awaitable[bytes]]
"""Reads the whole body; raises PayloadTooLarge beyond the limit given (bytes)."""


class _Turn(msgspec.Struct, frozen=True, eq=False):
    """One request on its way: what it means, and who asks."""

    meaning: Meaning
    operation: Operation
    plane: Plane
    request: Request
    read_body: ReadBody
    caller: Principal | None
    workload: Workload | None


Origins = Callable[[str], str]
"""The ARM id of the compute resource on which a client (`address:port`) runs; empty where nobody knows."""


def _nowhere(client: str) -> str:
    return ""


class Dispatcher:
    """Answers requests for a set of planes. ``on_missing`` hears of things asked for and not there.

    ``directory_roles`` are those that there are in the directory: the catalog's unless given. ``origins``
    tells on which compute resource (by ARM id) a connection began, where that is known: noted, never trusted.
    ``throttle`` holds the limits, which are those of the catalog unless given.
    """

    def __init__(
        self,
        planes: Sequence[Plane | Deferred],
        *,
        store: Store,
        world: World,
        roles: Mapping[str, RoleDefinition],
        recorder: Recorder,
        workloads: Workloads,
        learners: Learners,
        on_missing: Callable[[WantKey], None] = lambda want: None,
        directory_roles: Mapping[str, DirectoryRole] | None = None,
        origins: Origins = _nowhere,
        throttle: Throttle | None = None,
    ) -> None:
        self._origins = origins
        self._meanings = Meanings(
            planes,
            store=store,
            world=world,
            roles=roles,
            recorder=recorder,
            learners=learners,
            throttle=throttle or Throttle(),
            directory_roles=directory_roles,
        )
        self._recorder = recorder
        self._workloads = workloads
        self._on_missing = on_missing
        self._numbers = itertools.count(1)
        self._number_prefix = _guid_prefix()

    def propagate(self, delay_s: float) -> None:
        """Let what is noticed from now on of roles and their like take effect that many seconds later."""
        self._meanings.propagate(delay_s)

    async def notice(self, now: float) -> None:
        """Notice what was committed until now (epoch seconds), as a request would."""
        await self._meanings.notice(now)

    def forget(self) -> None:
        """Forget every remembered meaning and decision (who is learning has changed)."""
        self._meanings.forget()

    def next_request_id(self) -> str:
        """A fresh request id, in the form of a GUID."""
        return f"{self._number_prefix}{next(self._numbers):012x}"

    async def answer(self, request: Request, read_body: ReadBody) -> Rendered:
        """Answer one request, or with ``CUT`` say that it gets no answer; never raises."""
        site: Site | None = None
        try:
            meaning = await self._meanings.of(request)
            site = meaning.site
            return await self._perform(meaning, request, read_body)
        except WireError as error:
            return self._fail(error, request, site)
        except Down as down:
            return self._say_down(down.site, down.outage, request)
        except Exception:
            log.exception("request %s failed", request.request_id)
            return self._fail(Bug("an internal error occurred"), request, site)

    async def _perform(self, meaning: Meaning, request: Request, read_body: ReadBody) -> Rendered:
        operation, plane = meaning.operation, meaning.site.plane
        if plane.precheck is not None:
            plane.precheck(request)
        caller, workload = await self._identify(meaning, request, read_body)
        if meaning.problem is not None or operation is None:
            # one that is raised again and again would hold on to the frames of every time
            raise (meaning.problem or NotFound("there is no such path")).with_traceback(None)
        turn = _Turn(meaning, operation, plane, request, read_body, caller, workload)
        if caller is None or not isinstance(operation.access, Requires):
            return await self._handle(turn)
        if plane.journal is None or request.method in _BODILESS:
            settled = await self._authorize(turn, caller, operation.access)
            answer = await self._handle_permitted(turn, settled)
            if not answer.body:
                settled.checked()
                if answer.status == _NOT_MODIFIED and meaning.tally is not None:
                    meaning.tally.spare(request.now + self._ahead_s(plane))
            return answer
        return await self._write(turn, caller, operation.access, plane.journal)

    async def _write(self, turn: _Turn, caller: Principal, access: Requires, journal: Journal) -> Rendered:
        """Perform a write of a plane that keeps a journal, which hears of the end of it before the caller."""
        settled: Settled | None = None
        try:
            settled = await self._authorize(turn, caller, access)
            if turn.plane.guard is not None:
                await turn.plane.guard(turn.request, turn.operation, settled.scope)
            answer = await self._handle_permitted(turn, settled)
        except WireError as error:
            await journal(_performed(turn, caller, settled, error.status, error))
            raise
        except Exception:
            await journal(_performed(turn, caller, settled, Bug.status, Bug("an internal error occurred")))
            raise
        await journal(_performed(turn, caller, settled, answer.status))
        await self.notice(turn.request.now)  # the time that a change waits begins when it is made
        return answer

    async def _handle_permitted(self, turn: _Turn, settled: Settled) -> Rendered:
        """The same as `_handle`, of what was decided; that there is no room is a limit that was reached."""
        try:
            return await self._handle(turn)
        except StorageFull as error:
            self._note_throttled(turn, settled, error.limit)
            raise

    async def _handle(self, turn: _Turn) -> Rendered:
        """Let the operation's handler answer a call that is permitted."""
        meaning, plane, request = turn.meaning, turn.plane, turn.request
        resource = meaning.site.resource
        body = None if request.method in _BODILESS else await self._body(turn)
        decider = None
        if turn.caller is not None:
            decider = CallersDecider(
                self._meanings.authorizer, turn.caller, turn.operation, resource, request.now
            )
        call = Authorized(
            MINT,
            request,
            resource,
            meaning.params,
            body,
            meaning.api_version,
            turn.caller,
            turn.workload,
            decider,
            self._ahead_s(plane),
        )
        try:
            result = await turn.operation.handler(call, plane.service)
        except NotFound as error:
            self._report_missing(error, turn.caller)
            raise
        if isinstance(result, Reply) and result.sign_in is not None:
            self._note(result.sign_in, request, turn.workload)
        return _render(result, plane, request, resource)

    def _ahead_s(self, plane: Plane) -> int:
        """How far the time of a plane's calls is ahead of the machine's."""
        return self._meanings.ahead_s if plane.keeps_estate_time else 0

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
        self._note(sign_in, request)
        return caller

    def _note(self, sign_in: SignInKey, request: Request, workload: Workload | None = None) -> None:
        """Count a sign-in, with the resource that the caller runs as."""
        host = workload.resource_id if workload is not None and not workload.user_id else ""
        if not host and request.connection is not None:
            host = self._origins(request.connection.client)
        self._recorder.sign_in(sign_in._replace(host=host) if host else sign_in)

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

    async def _authorize(self, turn: _Turn, caller: Principal, access: Requires) -> Settled:
        """Decide an operation for its caller; what no condition bears on is decided once per snapshot."""
        who = (caller.principal_id, caller.client_id, caller.kind)
        settled = known = turn.meaning.settled.get(who)
        if settled is None:
            settled = turn.meaning.settled[who] = self._settle(turn, caller, access)
        if settled.conditional:
            settled = self._settle(turn, caller, access, await self._attributes(turn, access))
        for cell in settled.cells:
            cell.hit()
        if known is None:
            settled.asked_first()
        if turn.meaning.tally is not None:
            await self._count(turn, turn.meaning.tally, settled)
        if settled.refused is not None:
            location = getattr(turn.meaning.site.resource, "location", "")
            raise Forbidden(
                caller, settled.refused, settled.scope, location, settled.permission, settled.deny
            )
        if turn.operation.selects is not None:
            self._note_selection(turn, caller, settled, turn.operation.selects)
        return settled

    async def _count(self, turn: _Turn, tally: Tally, settled: Settled) -> None:
        """Count an operation towards its limit; raises Throttled beyond it."""
        units = 1
        counts = turn.operation.counts
        if counts is not None and counts.weigh is not None and settled.refused is None:
            units = await counts.weigh(await self._asked(turn), turn.plane.service)
        try:
            tally.spend(turn.request.now + self._ahead_s(turn.plane), units)
        except Throttled as error:
            self._note_throttled(turn, settled, error.limit)
            raise

    def _note_throttled(self, turn: _Turn, settled: Settled, limit: TransactionLimit | None) -> None:
        who = turn.caller
        if limit is not None and who is not None:
            what = (turn.operation.id, settled.scope.text, limit.pool, limit.units, limit.window_s)
            self._recorder.throttled(ThrottledKey(who.principal_id, *what, limit.of_subscription))

    def _settle(
        self, turn: _Turn, caller: Principal, access: Requires, attributes: Attributes | None = None
    ) -> Settled:
        meaning = turn.meaning
        return self._meanings.authorizer.settle(
            caller,
            turn.operation,
            access,
            meaning.site.resource,
            meaning.params,
            attributes,
            turn.request.now,
        )

    def _note_selection(self, turn: _Turn, caller: Principal, settled: Settled, selects: Selects) -> None:
        """Note what a list selects, once for all that a caller says of itself in the same words."""
        said, heard = hash(turn.request.headers.get(selects.said_in)), turn.meaning.heard
        if heard.get(caller.principal_id) != said and settled.cells:
            heard[caller.principal_id] = said
            selected = selects.find(turn.request)
            self._recorder.selected(SelectionKey(caller.principal_id, settled.scope.text, *selected))

    async def _attributes(self, turn: _Turn, access: Requires) -> Attributes:
        """What the conditions of a decision look at: for that the body is read before it is made."""
        if access.attributes is None:
            return NO_ATTRIBUTES
        return await access.attributes(await self._asked(turn), turn.plane.service)

    async def _asked(self, turn: _Turn) -> Asked:
        """What is asked, body included, for what has to know it before the handler does."""
        meaning = turn.meaning
        now = turn.request.now + self._ahead_s(turn.plane)
        return Asked(meaning.site.resource, meaning.params, await self._body(turn), now)

    async def _body(self, turn: _Turn) -> object:
        request, operation = turn.request, turn.operation
        if request.method in _BODILESS:
            return None
        await _read_once(request, turn.plane, turn.read_body)
        if operation.body is None:
            return None
        if turn.plane.reads is not None:
            turn.plane.reads(request)
        try:
            return msgspec.json.decode(request.body, type=operation.body)
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
            raise InvalidBody(str(error)) from error

    def _report_missing(self, error: NotFound, caller: Principal | None) -> None:
        if error.missing is None or caller is None:
            return
        what = error.missing
        want = WantKey(caller.principal_id, what.kind, what.container, what.name, what.label or "")
        if self._recorder.want(want):
            self._on_missing(want)

    def _say_down(self, site: Site, outage: Outage, request: Request) -> Rendered:
        """What whoever asks something that is down gets to hear."""
        if outage.manner is Manner.UNREACHABLE:
            return CUT
        why = f"{outage.what} is unavailable: `keyless outage end` brings back what was taken down"
        return self._fail(Unavailable(why), request, site)

    def _fail(self, error: WireError, request: Request, site: Site | None) -> Rendered:
        if error.sign_in is not None:
            self._note(error.sign_in, request)
        if error.detail:
            log.info("request %s: %s (%s)", request.request_id, error, error.detail)
        shape = site.plane.shape if site else shapes.resource_manager
        resource = site.resource if site else None
        rendered = shape(Failure(error, request, resource, self._meanings.tenant_id))
        extra = site.plane.headers(request, resource) if site else []
        body = b"" if request.method == "HEAD" else rendered.body
        return Rendered(rendered.status, (*rendered.headers, *extra), body)


def _performed(
    turn: _Turn, caller: Principal, settled: Settled | None, status: int, error: WireError | None = None
) -> Performed:
    """What to tell the journal of a write: of one that was refused, what it was refused."""
    scope: ResourceId | None = None
    actions: tuple[str, ...] = ()
    by = ""
    if settled is not None:
        scope, actions = settled.scope, tuple(cell.key.action for cell in settled.cells)
        by = settled.cells[0].key.assignment_id if settled.cells else ""
    elif isinstance(error, Forbidden):
        scope, actions = error.scope, (error.action,)
    return Performed(turn.request, turn.operation, caller, scope, actions, by, status, error)


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
