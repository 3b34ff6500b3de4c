"""The one place that builds adapters and wires the parts together; as a module, it is the plane process.

`keyless run` starts that as `python -P -m keyless.app ROOT STATE READY_FD PORT`. It writes `ready`, or in one
text why it cannot run, to the file descriptor given, and serves until its last lease ends.
"""

from __future__ import annotations

import asyncio
import contextlib
import datetime as dt
import logging
import os
import signal
import sys
import time
import uuid
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import asynccontextmanager, closing, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from keyless.evidence.database import EvidenceDatabase, EvidenceError
from keyless.runtime.client import PLANE_READY, take_lock
from keyless.runtime.project import Project, ProjectError
from keyless.store.ports import Store, StoreError
from keyless.store.sealing import ROOT_KEY_VARIABLE, find_root_key
from keyless.store.sqlite.store import SqliteStore

if TYPE_CHECKING:  # what only the plane process needs is imported there: most commands only open the store
    from keyless.deploy.contents import PlaneContents
    from keyless.deploy.prune import Pruned
    from keyless.evidence.recorder import Recorder
    from keyless.gateway.authority import Authority
    from keyless.gateway.key_files import KeyFiles
    from keyless.gateway.proxy.tunnels import Tunnels
    from keyless.model.estate import Estate
    from keyless.model.roles import RoleDefinition
    from keyless.planes.identity import Challenges, DocumentSigner
    from keyless.runtime.housekeeping import Housekeeping
    from keyless.runtime.leases import IdentityCallers, Lease, Leases
    from keyless.runtime.notices import Notices
    from keyless.runtime.plane import Listening, RunningPlane
    from keyless.runtime.world import EstateWorld
    from keyless.wire.dispatch import Dispatcher
    from keyless.wire.plane import Plane
    from keyless.wire.serving import Deferred
    from keyless.wire.throttle import Throttle

log = logging.getLogger("keyless.app")


def open_store(project: Project, environ: Mapping[str, str] = os.environ) -> SqliteStore:
    """The project's store, made where there is none yet.

    Raises:
        StoreError: it is damaged, of a later version, or its root key is missing or wrong.
    """
    root_key = find_root_key(
        project.root_key_file, environ.get(ROOT_KEY_VARIABLE), create=not project.store_file.exists()
    )
    return SqliteStore(project.store_file, root_key)


@contextmanager
def copy_of(project: Project, store: SqliteStore) -> Iterator[SqliteStore]:
    """A copy of a project's store, which is gone in the end."""
    import tempfile

    with tempfile.TemporaryDirectory(prefix="copy-", dir=project.state) as elsewhere:
        copy = Project(project.root, Path(elsewhere))
        store.backup_to(copy.store_file)
        with closing(open_store(copy)) as opened:
            yield opened


def open_evidence(project: Project) -> EvidenceDatabase:
    """The project's evidence, made where there is none yet; raises EvidenceError where it is damaged."""
    return EvidenceDatabase(project.evidence_file)


def contents_of(store: Store) -> PlaneContents:
    """The planes' own ways of writing secrets, settings and applications."""
    from keyless.deploy.contents import PlaneContents

    return PlaneContents(store, time.time)


async def deploy_estate(store: Store, estate: Estate) -> None:
    """Bring a store up to what an estate declares; raises CannotApply where it does not take it."""
    from keyless.deploy.apply import apply_estate

    await apply_estate(estate, store, contents_of(store))


async def prune_store(store: Store, estate: Estate) -> list[Pruned]:
    """Remove from a store what an estate does not name; what was removed, or had to stay."""
    from keyless.deploy.prune import prune

    return await prune(estate, store, contents_of(store))


def housekeeping_of(project: Project, store: Store) -> Housekeeping:
    """What does by itself what is due in the vaults of a store."""
    from keyless.model.events import Destination
    from keyless.planes.keyvault.events.deliver import Deliveries, Send
    from keyless.planes.keyvault.keeper import Keeper
    from keyless.planes.keyvault.upkeeps import upkeeps_of
    from keyless.runtime.event_file import EventFile
    from keyless.runtime.housekeeping import Housekeeping
    from keyless.runtime.webhook import Webhook

    to_file, to_webhook = EventFile(project.root), Webhook()
    senders: dict[Destination, Send] = {Destination.FILE: to_file, Destination.WEBHOOK: to_webhook}
    return Housekeeping(project, store, Keeper(store, upkeeps_of(store)), Deliveries(store, senders))


def account_name() -> str:
    """What the account that this process runs as is called at this machine."""
    import pwd

    try:
        return pwd.getpwuid(os.getuid()).pw_name
    except KeyError:  # a container's user, whom no table lists
        return f"user-{os.getuid()}"


def known_roles() -> dict[str, RoleDefinition]:
    """Every role definition by GUID."""
    from keyless.catalog.roles import built_in_roles, unlisted_roles

    return {role.id: role for role in (*built_in_roles(), *unlisted_roles())}


@dataclass(frozen=True, slots=True)
class Planes:
    """The planes by the front that serves them; of those over TLS some are made when they are asked for."""

    tls_as_asked: tuple[Plane | Deferred, ...]
    plain: tuple[Plane, ...]

    @property
    def tls(self) -> tuple[Plane, ...]:
        """Every plane over TLS, made."""
        from keyless.wire.serving import Deferred

        return tuple(one.make() if isinstance(one, Deferred) else one for one in self.tls_as_asked)


def build_planes(
    store: Store,
    world: EstateWorld,
    challenges: Challenges,
    signer: DocumentSigner,
    may_fetch: Callable[[], bool] = lambda: True,
) -> Planes:
    """Every plane over one store; ``may_fetch`` says whether the keys of other issuers may be fetched."""
    from keyless.planes import identity
    from keyless.planes.entra.issuer_key_source import FetchedKeys
    from keyless.planes.entra.plane import entra_plane
    from keyless.tokens.issuer import TokenIssuer

    issuer = TokenIssuer()
    return Planes(
        tls_as_asked=(
            _vaults(store),
            _configuration_stores(store),
            entra_plane(store, world, issuer, FetchedKeys(may_fetch=may_fetch)),
            _management(store, world),
            _directory(store, world),
            identity.service_fabric_plane(store, world, issuer),
        ),
        plain=(
            identity.imds_plane(store, world, issuer),
            identity.instance_plane(store, signer),
            identity.app_service_plane(store, world, issuer),
            identity.machine_learning_plane(store, world, issuer),
            identity.arc_plane(store, world, issuer, challenges),
            identity.cloud_shell_plane(store, world, issuer),
        ),
    )


def _vaults(store: Store) -> Deferred:
    """The plane of Key Vault, with all that makes and reads keys and certificates."""
    from keyless.planes.keyvault.vaults import vault_name
    from keyless.wire.serving import Deferred

    def make() -> Plane:
        from keyless.planes.keyvault.plane import key_vault_plane

        return key_vault_plane(store)

    return Deferred(lambda host: vault_name(host) is not None, make)


def _configuration_stores(store: Store) -> Deferred:
    """The plane of App Configuration, with its snapshots and feature flags."""
    from keyless.planes.appconfig.hosts import store_name
    from keyless.wire.serving import Deferred

    def make() -> Plane:
        from keyless.planes.appconfig.plane import app_configuration_plane

        return app_configuration_plane(store)

    return Deferred(lambda host: store_name(host) is not None, make)


def _management(store: Store, world: EstateWorld) -> Deferred:
    """The plane of Azure Resource Manager, which takes as long to load as all the others."""
    from keyless.planes.arm.hosts import HOSTS
    from keyless.wire.serving import Deferred

    def make() -> Plane:
        from keyless.planes.appconfig.configuration import Configuration
        from keyless.planes.appconfig.contents import StoreContents
        from keyless.planes.arm.plane import arm_plane
        from keyless.planes.keyvault.contents import VaultContents

        return arm_plane(store, world, StoreContents(Configuration.over(store)), VaultContents())

    return Deferred(HOSTS.__contains__, make)


def _directory(store: Store, world: EstateWorld) -> Deferred:
    """The plane of Microsoft Graph."""
    from keyless.planes.graph.hosts import HOSTS
    from keyless.wire.serving import Deferred

    def make() -> Plane:
        from keyless.planes.graph.plane import graph_plane

        return graph_plane(store, world)

    return Deferred(HOSTS.__contains__, make)


def metadata_signer(authority: Authority) -> DocumentSigner:
    """What signs the metadata service's documents: a leaf of the local authority."""
    from keyless.gateway.document_signer import LeafSigner
    from keyless.gateway.hosts import DOCUMENT_NAME

    return LeafSigner(authority, DOCUMENT_NAME, lambda: dt.datetime.now(dt.UTC))


@asynccontextmanager
async def running_plane(project: Project, port: int) -> AsyncIterator[RunningPlane]:
    """A plane over a project's state, listening; its lock is held by the caller."""
    from keyless.gateway.key_files import KeyFiles

    with contextlib.ExitStack() as opened:
        store = opened.enter_context(contextlib.closing(open_store(project)))
        evidence = opened.enter_context(contextlib.closing(open_evidence(project)))
        evidence.prune(int(time.time()))
        key_files = opened.enter_context(contextlib.closing(KeyFiles(project.key_directory)))
        yield await _wired(project, port, store, evidence, key_files)


async def _wired(
    project: Project, port: int, store: Store, evidence: EvidenceDatabase, key_files: KeyFiles
) -> RunningPlane:
    """Every part of a plane, tied together and listening."""
    from keyless.evidence.recorder import Recorder
    from keyless.gateway.attest.peer import Attestor
    from keyless.gateway.attest.processes import Processes
    from keyless.gateway.attest.sockets import socket_table
    from keyless.gateway.authority import Authority
    from keyless.gateway.proxy.tunnels import Tunnels
    from keyless.planes.identity import Challenges
    from keyless.runtime.leases import IdentityCallers, Leases
    from keyless.runtime.notices import Notices
    from keyless.runtime.owner import Owner
    from keyless.runtime.peers import LeasesByPeer
    from keyless.runtime.plane import RunningPlane
    from keyless.runtime.projected_tokens import ProjectedTokens
    from keyless.runtime.world import EstateWorld
    from keyless.wire.throttle import Throttle

    world = EstateWorld(store, project.root.name, time.time)
    leases = Leases()
    throttle = Throttle(earlier=evidence.spent())
    notices = Notices(leases)
    recorder = Recorder(evidence, notices.decided, notices.signed_in, notices.throttled, notices.counted)
    challenges = Challenges(key_files)
    authority = Authority.open(project.tls_directory, dt.datetime.now(dt.UTC))
    planes = build_planes(store, world, challenges, metadata_signer(authority), leases.may_leave)
    attestor = Attestor(socket_table(), Processes())
    callers = IdentityCallers(leases, LeasesByPeer(attestor))
    tunnels: Tunnels[Lease] = Tunnels()
    dispatchers = _dispatchers(planes, store, world, recorder, callers, leases, notices, tunnels, throttle)
    return RunningPlane(
        project=project,
        store=store,
        world=world,
        leases=leases,
        notices=notices,
        recorder=recorder,
        dispatchers=dispatchers,
        listening=await _listen(authority, port, dispatchers, leases, world, tunnels),
        deploy=lambda estate: deploy_estate(store, estate),
        key_directory=key_files.directory,
        on_end=challenges.forget,
        record=evidence.write_run,
        tokens=ProjectedTokens(project.token_directory, world, time.time),
        attestor=attestor,
        owner=Owner(store, world, account_name(), lambda: str(uuid.uuid4())),
        throttle=throttle,
        keep_spent=evidence.write_spent,
        housekeeping=partial(housekeeping_of, project, store),
    )


def _dispatchers(
    planes: Planes,
    store: Store,
    world: EstateWorld,
    recorder: Recorder,
    callers: IdentityCallers,
    leases: Leases,
    notices: Notices,
    tunnels: Tunnels[Lease],
    throttle: Throttle,
) -> tuple[Dispatcher, Dispatcher]:
    """One dispatcher for each front, over the same world."""
    from keyless.wire.dispatch import Dispatcher

    made = partial(
        Dispatcher,
        store=store,
        world=world,
        roles=known_roles(),
        recorder=recorder,
        workloads=callers,
        learners=leases,
        on_missing=notices.missed,
        origins=partial(_origin, tunnels),
        throttle=throttle,
    )
    return made(planes.tls_as_asked), made(planes.plain)


def _origin(tunnels: Tunnels[Lease], client: str) -> str:
    """The compute resource whose workload's tunnel this is; a person's shell runs on none."""
    lease = tunnels.lease_at(client)
    return lease.resource_id if lease is not None else ""


async def _listen(
    authority: Authority,
    port: int,
    dispatchers: tuple[Dispatcher, Dispatcher],
    leases: Leases,
    world: EstateWorld,
    tunnels: Tunnels[Lease],
) -> Listening:
    """Start both fronts and the proxy."""
    from keyless.gateway.hosts import local_names
    from keyless.gateway.proxy.leases import Fronts
    from keyless.gateway.proxy.parents import Parents
    from keyless.gateway.proxy.server import ProxyServer
    from keyless.runtime.plane import Listening
    from keyless.wire.server import Front, ListeningServer

    leaf = authority.issue_leaf(local_names(), (), dt.datetime.now(dt.UTC))
    tls = ListeningServer(Front(dispatchers[0]), certificate=leaf.chain, key=leaf.key)
    plain = ListeningServer(Front(dispatchers[1]))
    proxy: ProxyServer[Lease] = ProxyServer(
        leases,
        Fronts(tls.port, plain.port),
        world.admit,
        Parents.from_environment(os.environ),
        tunnels=tunnels,
    )
    await proxy.start(port)
    await asyncio.gather(tls.start(), plain.start())
    return Listening(proxy, tls, plain, leaf.thumbprint)


class _Starter:
    """Whoever started this process, and waits to hear once how that went."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor: int | None = descriptor

    def tell(self, text: str) -> bool:
        """Say it, and let them go; false where they have heard how it went already."""
        if self._descriptor is None:
            return False
        with contextlib.suppress(BrokenPipeError):  # who does not wait any more need not hear it
            os.write(self._descriptor, text.encode(errors="replace"))
        os.close(self._descriptor)
        self._descriptor = None
        return True


async def _serve(project: Project, port: int, starter: _Starter) -> None:
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    async with running_plane(project, port) as plane:
        await plane.serve(lambda: starter.tell(PLANE_READY), stop)


def main(arguments: list[str]) -> int:
    """Be the plane process of a project."""
    import uvloop

    from keyless.gateway.authority import AuthorityError
    from keyless.gateway.proxy.server import CannotListen

    os.umask(0o077)
    root, state, port = Path(arguments[0]), Path(arguments[1]), int(arguments[3])
    starter = _Starter(int(arguments[2]))
    logging.basicConfig(
        level=logging.WARNING, format="%(asctime)s %(name)s %(levelname)s %(message)s", stream=sys.stderr
    )
    project = Project(root, state)
    lock = take_lock(project)
    if lock is None:  # another client was quicker: the plane that it started serves this one too
        return 0
    try:
        uvloop.run(_serve(project, port, starter))
    except (StoreError, EvidenceError, ProjectError, AuthorityError, CannotListen) as error:
        if not starter.tell(str(error)):
            log.error("the plane ends: %s", error)  # noqa: TRY400  # the message says all there is to know
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
