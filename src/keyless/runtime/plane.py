"""A plane that runs: both HTTP fronts, the proxy and the control socket on one event loop.

Rules:
- it lives for as long as a lease does, and a moment at the start for the first to come;
- evidence is written every second, when a lease ends, and last of all when the plane does;
- what is due in vaults is done every second, and at the end of a plane;
- projected tokens are looked at every second, and those that are due replaced;
- what goes wrong in the background is logged and does not end the plane.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import msgspec

from keyless.deploy.apply import CannotApply
from keyless.evidence.database import EvidenceError
from keyless.evidence.quotas import Spent
from keyless.evidence.recorder import Recorder
from keyless.gateway.attest.peer import Attestor
from keyless.gateway.attest.processes import Process
from keyless.gateway.metadata.server import CannotServeMetadata, MetadataServer
from keyless.gateway.owner_files import UnsafeFile
from keyless.gateway.proxy.leases import Fronts
from keyless.lifecycle.outages import all_outages
from keyless.model.clock import span_in_words
from keyless.model.estate import Estate
from keyless.model.evidence import Outcome, Run, RunRead
from keyless.model.hosts import HostKind
from keyless.runtime.control import ControlServer, Tell
from keyless.runtime.directory import read_directory
from keyless.runtime.discovery import Discovery
from keyless.runtime.leases import Lease, LeaseRefused, Leases
from keyless.runtime.limits import PlaneLimits
from keyless.runtime.messages import (
    Bye,
    Greeting,
    Hello,
    OpenShell,
    Ready,
    Remark,
    ServeMetadata,
    Serving,
    Summary,
    ToClient,
    estate_digest,
)
from keyless.runtime.metadata import MetadataSession
from keyless.runtime.notices import Notices
from keyless.runtime.owner import Owner, refuse_workloads
from keyless.runtime.project import Project
from keyless.runtime.projected_tokens import ProjectedTokens
from keyless.runtime.runs import later_reads_of, run_of, shown_program, told_of
from keyless.runtime.world import EstateWorld, Pod, host_kind
from keyless.store.clock import ahead_s
from keyless.store.collections import DELETED_IDENTITIES, WORKLOAD_RULES
from keyless.store.ports import Store
from keyless.wire.dispatch import Dispatcher
from keyless.wire.server import settle_interpreter
from keyless.wire.throttle import Throttle

if TYPE_CHECKING:
    from keyless.runtime.housekeeping import Housekeeping

log = logging.getLogger("keyless.plane")

FLUSH_EVERY_S = 1.0
ROTATE_EVERY_S = 1.0
KEEP_EVERY_S = 1.0
KEEP_LAST_S = 2.0
FIRST_LEASE_S = 15.0


class Server(Protocol):
    """Something that listens on a port of loopback."""

    @property
    def port(self) -> int:
        """The port."""
        ...

    async def stop(self) -> None:
        """Stop listening."""
        ...


class Proxy(Server, Protocol):
    """The server that workloads connect through."""

    def end(self, lease: Lease) -> None:
        """End the connections of a lease that is over."""
        ...


@dataclass(frozen=True, slots=True)
class Listening:
    """The servers of a running plane; ``thumbprint`` is that of the TLS server's certificate."""

    proxy: Proxy
    tls: Server
    plain: Server
    thumbprint: str = ""


class RunningPlane:
    """Leases workloads and keeps the evidence flowing, until nobody needs it."""

    def __init__(
        self,
        *,
        project: Project,
        store: Store,
        world: EstateWorld,
        leases: Leases,
        notices: Notices,
        recorder: Recorder,
        dispatchers: tuple[Dispatcher, ...],
        listening: Listening,
        deploy: Callable[[Estate], Awaitable[None]],
        key_directory: Callable[[], Path],
        on_end: Callable[[Lease], None],
        record: Callable[[Run, Sequence[RunRead]], None],
        tokens: ProjectedTokens,
        attestor: Attestor,
        owner: Owner,
        throttle: Throttle,
        keep_spent: Callable[[Sequence[Spent]], None],
        housekeeping: Callable[[], Housekeeping],
    ) -> None:
        self._project = project
        self._store = store
        self._world = world
        self._leases = leases
        self._notices = notices
        self._recorder = recorder
        self._dispatchers = dispatchers
        self._listening = listening
        self._deploy = deploy
        self._key_directory = key_directory
        self._on_end = on_end
        self._record = record
        self._tokens = tokens
        self._attestor = attestor
        self._owner = owner
        self._throttle = throttle
        self._limits = PlaneLimits(throttle)
        self._keep_spent = keep_spent
        self._make_housekeeping = housekeeping
        self._discovery = Discovery(store)
        self._applied: tuple[str, int] | None = None
        self._delay_s = 0.0
        self._applying = asyncio.Lock()
        self._control = ControlServer(project.control_socket, self._open, self._close, self._served)

    async def serve(self, on_ready: Callable[[], object], stop: asyncio.Event) -> None:
        """Serve until the last lease has ended, or until ``stop`` is set."""
        await self._control.start()
        flushing = asyncio.create_task(self._flush_forever())
        rotating = asyncio.create_task(self._rotate_forever())
        keeping = asyncio.create_task(self._keep_forever())
        settle_interpreter()
        try:
            on_ready()
            await self._until_unneeded(stop)
        finally:
            self._control.stop_listening()
            for task in (flushing, rotating, keeping):
                task.cancel()
                with contextlib.suppress(asyncio.CancelledError):
                    await task
            self._tokens.close()
            self._flush()
            await self._keep_last()
            for server in (self._listening.proxy, self._listening.tls, self._listening.plain):
                await server.stop()

    async def _until_unneeded(self, stop: asyncio.Event) -> None:
        """Wait for the end: the first lease gets a while to come, after that an idle moment is the end.

        Between the last look at who is connected and the end of listening nothing else can run.
        """
        stopping = asyncio.create_task(stop.wait())
        limit: float | None = FIRST_LEASE_S
        while not stop.is_set():
            idle = asyncio.create_task(self._control.idle.wait())
            await asyncio.wait({stopping, idle}, timeout=limit, return_when=asyncio.FIRST_COMPLETED)
            idle.cancel()
            limit = None
            if not self._control.connected:
                break
            self._control.idle.clear()
        stopping.cancel()

    async def _open(
        self, greeting: Greeting, tell: Tell, client: Process | None
    ) -> tuple[Lease | MetadataSession, ToClient]:
        if isinstance(greeting, ServeMetadata):
            return await self.open_metadata(greeting, tell)
        if isinstance(greeting, OpenShell):
            return await self.open_shell(greeting, tell, client)
        return await self.open_lease(greeting, tell, client)

    def _served(self, held: Lease | MetadataSession) -> None:
        """A workload has served its first request; what was counted before was read at its start."""
        if isinstance(held, Lease):
            with contextlib.suppress(EvidenceError):  # it is said when the run ends
                self._flush()
            held.reads.served(int(time.time()))

    async def _close(self, held: Lease | MetadataSession, goodbye: Bye | None) -> Summary:
        if isinstance(held, MetadataSession):
            return await self.close_metadata(held)
        return await self.close_lease(held, goodbye)

    async def open_metadata(self, asked: ServeMetadata, tell: Tell) -> tuple[MetadataSession, ToClient]:
        """Apply the client's estate, and serve the metadata endpoint at the address that it names."""
        await self._prepare(asked.estate)
        session = MetadataSession(
            self._store, self._world, self._leases, asked.mode, tell, self._start_lines_anew
        )
        fronts = Fronts(self._listening.tls.port, self._listening.plain.port)
        server = MetadataServer(self._attestor, session, fronts, asked.address)
        try:
            await server.start(asked.port)
        except CannotServeMetadata as error:
            raise LeaseRefused(str(error)) from error
        session.server = server
        notes = (*await _notes_on(self._store), *await _standing_notes(self._store))
        return session, Serving(server.address, server.port, notes)

    async def close_metadata(self, session: MetadataSession) -> Summary:
        """Stop serving the metadata endpoint, with the evidence of its workloads written."""
        if session.server is not None:
            await session.server.stop()
        session.close()
        return self._summary(session.leases, session.tell)

    async def open_lease(
        self, hello: Hello, tell: Tell, client: Process | None = None
    ) -> tuple[Lease, ToClient]:
        """Apply the client's estate and let its workload run.

        Nothing else runs between the lease's opening and the answer, so that the answer is the first that
        the client hears.
        """
        await self._prepare(hello.estate, hello.propagation_delay_s)
        limits = self._limits.choose(hello.limits)
        compute = await self._world.workload(hello.workload, hello.mode, hello.host_kind)
        principal_ids = await self._world.principal_ids(compute)
        client_id = await self._world.default_client_id(compute)
        self._notices.directory = await read_directory(self._store)  # learning may have made somebody
        kind = hello.host_kind or host_kind(compute)
        keys = self._keys_of(kind)
        lease = Lease(
            compute.name, compute.resource_id, principal_ids, hello.mode, hello.offline, tell, kind, client
        )
        lease.program, lease.started = shown_program(hello.program), int(time.time())
        name_server, undiscovered = await self._discovery.open(lease.secret)
        ready = msgspec.structs.replace(
            self._ready(lease),
            client_id=client_id,
            key_directory=keys,
            notes=(*_notes_on_identity(lease), *await _standing_notes(self._store), *limits, *undiscovered),
            name_server=name_server,
        )
        try:
            if kind is HostKind.AKS:
                ready = await self._in_cluster(ready, await self._world.pod(compute))
            self._leases.open(lease)
        except Exception:
            self._tokens.remove(lease.secret)
            await self._discovery.close(lease.secret)
            raise
        self._start_lines_anew()
        return lease, ready

    async def open_shell(
        self, asked: OpenShell, tell: Tell, client: Process | None = None
    ) -> tuple[Lease, ToClient]:
        """Apply the client's estate and let its owner work in it."""
        refuse_workloads(self._attestor.processes, client, self._leases)
        await self._prepare(asked.estate, asked.propagation_delay_s)
        limits = self._limits.choose(asked.limits)
        lease, account = await self._owner.lease(asked, tell, client)
        notes = await _standing_notes(self._store)
        self._leases.open(lease)
        self._start_lines_anew()
        ready = msgspec.structs.replace(self._ready(lease), account=account, notes=(*notes, *limits))
        return lease, ready

    async def _in_cluster(self, ready: Ready, pod: Pod) -> Ready:
        """The answer to a workload in a cluster: with the projected token that is written for it."""
        try:
            file = await self._tokens.project(ready.secret, pod.account)
        except (OSError, UnsafeFile) as error:
            raise LeaseRefused(f"the workload's token file cannot be written: {error}") from error
        return msgspec.structs.replace(
            ready,
            tenant_id=pod.tenant_id,
            client_id=pod.client_ids[0],
            client_ids=pod.client_ids,
            token_file=str(file),
        )

    def _keys_of(self, kind: HostKind) -> str:
        """Where the challenges of Azure Arc's endpoint lie, for a workload that will meet them."""
        if kind is not HostKind.ARC:
            return ""
        try:
            return str(self._key_directory())
        except (OSError, UnsafeFile) as error:
            raise LeaseRefused(f"there is no place for the keys of Azure Arc's endpoint: {error}") from error

    def _ready(self, lease: Lease) -> Ready:
        """The answer to whoever has a lease: what its environment is made from on any kind of host."""
        return Ready(
            workload=lease.name,
            resource_id=lease.resource_id,
            host_kind=lease.host_kind,
            secret=lease.secret,
            proxy_port=self._listening.proxy.port,
            identity_port=self._listening.plain.port,
            tls_port=self._listening.tls.port,
            thumbprint=self._listening.thumbprint,
        )

    async def close_lease(self, lease: Lease, goodbye: Bye | None = None) -> Summary:
        """End a workload's lease, with its evidence written, and with it that it ran.

        What was counted is told of while there is somebody to hear it.
        """
        with contextlib.suppress(EvidenceError):  # it is said below, where the rest is written
            self._flush()
        self._leases.close(lease)
        self._tokens.remove(lease.secret)
        await self._discovery.close(lease.secret)
        self._on_end(lease)
        self._listening.proxy.end(lease)
        self._start_lines_anew()
        summary = self._summary([lease], lease.tell)
        if lease.user_id:
            return summary
        lease.reads.end(int(time.time()))
        self._record_run(lease, goodbye)
        return msgspec.structs.replace(summary, read=told_of(lease.reads, self._notices.directory))

    def _record_run(self, lease: Lease, goodbye: Bye | None) -> None:
        try:
            self._record(run_of(lease, int(time.time()), goodbye), later_reads_of(lease.reads))
        except EvidenceError:
            log.exception("a run could not be recorded")

    def _summary(self, leases: Sequence[Lease], tell: Tell) -> Summary:
        """How leases went, with their evidence written."""
        try:
            self._flush()
        except EvidenceError as error:
            log.exception("evidence could not be written")
            tell(Remark(f"{error}; what this run did is not recorded"))

        def total(outcome: Outcome) -> int:
            return sum(lease.outcomes[outcome.value] for lease in leases)

        return Summary(
            connections=sum(lease.connections for lease in leases),
            tokens=sum(lease.tokens for lease in leases),
            allowed=total(Outcome.ALLOWED),
            learned=total(Outcome.LEARNED),
            denied=total(Outcome.DENIED),
            stored_credentials=tuple(sorted({one for lease in leases for one in lease.stored_credentials})),
        )

    async def _prepare(self, estate: Estate | None, delay_s: float | None = None) -> None:
        """Bring the store up to what a client's estate declares, and to who owns it.

        That takes effect at once; what others have changed waits as long as it must. ``delay_s`` is how long
        changes wait from now on, none where that stays.
        """
        async with self._applying, self._at_once():
            await self._apply(estate)
            await self._owner.user()
            self._delay_s = self._delay_s if delay_s is None else delay_s
        self._notices.directory = await read_directory(self._store)

    async def _apply(self, estate: Estate | None) -> None:
        if estate is None:
            return
        digest = estate_digest(estate)
        if (digest, self._deletions()) != self._applied:
            try:
                await self._deploy(estate)
            except CannotApply as error:
                raise LeaseRefused(str(error)) from error
            self._applied = (digest, self._deletions())

    @contextlib.asynccontextmanager
    async def _at_once(self) -> AsyncIterator[None]:
        """Let changes that are made within it take effect at once, however long others wait."""
        await self._notice_changes()
        self._propagate(0)
        try:
            yield
            await self._notice_changes()
        finally:
            self._propagate(self._delay_s)

    async def _notice_changes(self) -> None:
        for dispatcher in self._dispatchers:
            await dispatcher.notice(time.time())

    def _propagate(self, delay_s: float) -> None:
        for dispatcher in self._dispatchers:
            dispatcher.propagate(delay_s)

    def _deletions(self) -> int:
        """What changes when a declared resource is deleted, which is then to be made anew."""
        self._store.refresh()
        return self._store.revision(DELETED_IDENTITIES)

    def _start_lines_anew(self) -> None:
        """Who is learning, or listening, has changed: decide and tell everything afresh."""
        self._recorder.forget()
        for dispatcher in self._dispatchers:
            dispatcher.forget()

    def _flush(self) -> None:
        self._recorder.flush(int(time.time()))
        if spent := self._throttle.spent():
            self._keep_spent(spent)

    async def _flush_forever(self) -> None:
        while True:
            await asyncio.sleep(FLUSH_EVERY_S)
            try:
                self._flush()
            except Exception:
                log.exception("evidence could not be written; it is kept, and tried again")
            if self._delay_s:
                await self._notice_changes()

    @cached_property
    def _housekeeping(self) -> Housekeeping:
        """Made when it is first needed, which is after the start."""
        return self._make_housekeeping()

    async def keep(self) -> None:
        """Do what is due in vaults, and tell who is subscribed."""
        await self._housekeeping.tick()

    async def _keep_forever(self) -> None:
        while True:
            await asyncio.sleep(KEEP_EVERY_S)
            try:
                await self.keep()
            except Exception:
                log.exception("what is due in the vaults could not be done; it is tried again")

    async def _keep_last(self) -> None:
        """Tell what has happened since the last time; a webhook that is silent does not hold the end up."""
        try:
            await asyncio.wait_for(self.keep(), KEEP_LAST_S)
        except TimeoutError:
            log.warning("a webhook keeps silent: the next plane tells it what waits")
        except Exception:
            log.exception("what is due in the vaults could not be done; the next plane does it")

    async def rotate_tokens(self) -> None:
        """Replace the projected tokens that are due; a key that was revoked elsewhere is noticed first."""
        self._store.refresh()
        await self._tokens.rotate()

    async def _rotate_forever(self) -> None:
        while True:
            await asyncio.sleep(ROTATE_EVERY_S)
            try:
                await self.rotate_tokens()
            except Exception:
                log.exception("a workload's token could not be replaced; it is tried again")


async def _standing_notes(store: Store) -> tuple[str, ...]:
    """What to say at the start of every run, because it was left so: another time, and what is down."""
    ahead = await ahead_s(store)
    how_far = f"the estate's time is {span_in_words(ahead)} ahead of this machine's"
    moved = f"{how_far}: `keyless clock reset` ends that"
    down = [
        f"{outage.what} is {outage.manner}: `keyless outage end` brings it back"
        for outage in await all_outages(store)
    ]
    return (*((moved,) if ahead else ()), *down)


def _notes_on_identity(lease: Lease) -> tuple[str, ...]:
    """What to say to a workload that has no identity."""
    none = f"`{lease.name}` has no identity, so it gets no token: give it one in `keyless.yaml`"
    return () if lease.principal_ids else (none,)


async def _notes_on(store: Store) -> tuple[str, ...]:
    """What to say of the rules before anyone has asked."""
    if await store.scan(WORKLOAD_RULES, limit=1):
        return ()
    return ("the estate has no `workloads`, so everyone is refused: say in `keyless.yaml` who is which",)
