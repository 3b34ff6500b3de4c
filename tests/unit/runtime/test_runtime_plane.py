"""A running plane's leases: what the client hears first, what it is told, and how a lease ends."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from runtime_estate import SHARED

from keyless.app import housekeeping_of
from keyless.evidence.database import EvidenceError
from keyless.evidence.quotas import Spent
from keyless.evidence.recorder import CellKey, Recorder, SelectionKey, SignInKey, ThrottledKey, WantKey
from keyless.gateway.attest.peer import Attestor
from keyless.gateway.attest.processes import Processes
from keyless.gateway.attest.sockets import socket_table
from keyless.lifecycle.clock import advance, advance_to
from keyless.lifecycle.outages import identity, take_down
from keyless.model.actions import ActionPlane
from keyless.model.estate import Estate
from keyless.model.events import EventSubscription
from keyless.model.evidence import Outcome, Run, RunRead, SignInMethod, SignInOutcome
from keyless.model.hosts import HostKind
from keyless.model.identities import ComputeResource
from keyless.model.outages import Manner
from keyless.model.resources import Vault
from keyless.model.secret_text import SecretText
from keyless.planes.entra.keys import load_or_create_ring, revoke
from keyless.planes.keyvault.secrets.service import Secrets
from keyless.runtime.discovery import Discovery
from keyless.runtime.leases import Lease, LeaseRefused, Leases
from keyless.runtime.messages import (
    PROTOCOL,
    Account,
    Bye,
    ChosenLimits,
    Hello,
    Missed,
    Mode,
    OpenShell,
    ReadInRun,
    ReadLater,
    Ready,
    Remark,
    Repeated,
    Settled,
    SignedIn,
    SlowedDown,
    ToClient,
)
from keyless.runtime.notices import Notices
from keyless.runtime.owner import Owner
from keyless.runtime.plane import Listening, RunningPlane
from keyless.runtime.project import Project
from keyless.runtime.projected_tokens import ProjectedTokens
from keyless.runtime.world import EstateWorld
from keyless.store.collections import COMPUTE, EVENT_SUBSCRIPTIONS, USERS, VAULTS
from keyless.store.ports import Store
from keyless.store.sealing import RootKey
from keyless.store.sqlite.store import SqliteStore
from keyless.wire.throttle import CountedAt, Pool, Throttle

READ = "Microsoft.KeyVault/vaults/secrets/getSecret/action"
DB = "/subscriptions/s/resourceGroups/g/providers/Microsoft.KeyVault/vaults/orders/secrets/db"


def line(principal_id: str, outcome: Outcome = Outcome.DENIED, operation: str = "GetSecret") -> CellKey:
    """A line of evidence."""
    return CellKey(principal_id, operation, ActionPlane.DATA, READ, "/vault", outcome, "")


class Port:
    """Stands for the plane's servers, which these tests do not connect to."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.ended: list[Lease] = []

    async def stop(self) -> None:
        """There is nothing to stop."""

    def end(self, lease: Lease) -> None:
        """Remember whose connections were ended."""
        self.ended.append(lease)


class Written:
    """A sink that keeps what it is given, or fails."""

    def __init__(self) -> None:
        self.lines: list[tuple[CellKey, int]] = []
        self.failure: Exception | None = None

    def write(
        self,
        second: int,
        counts: list[tuple[CellKey, int]],
        wants: list[tuple[WantKey, int]],
        sign_ins: list[tuple[SignInKey, int]],
        throttled: list[tuple[ThrottledKey, int]],
        checks: list[tuple[CellKey, int]],
    ) -> None:
        """Keep the lines."""
        if self.failure:
            raise self.failure
        self.lines.extend(counts)

    def write_selections(self, second: int, selections: list[SelectionKey]) -> None:
        """Nothing."""


class Front:
    """A dispatcher that remembers when it was to notice changes, and with which delay."""

    def __init__(self) -> None:
        self.delay_s = 0.0
        self.noticed: list[float] = []

    def forget(self) -> None:
        """There is nothing to forget."""

    def propagate(self, delay_s: float) -> None:
        """Keep the delay."""
        self.delay_s = delay_s

    async def notice(self, now: float) -> None:
        """Keep the delay that changes were noticed with."""
        self.noticed.append(self.delay_s)


class Site:
    """A plane over a store with two workloads."""

    def __init__(self, store: Store, folder: Path) -> None:
        self.leases = Leases()
        self.notices = Notices(self.leases)
        self.sink = Written()
        self.recorder = Recorder(
            self.sink,
            self.notices.decided,
            self.notices.signed_in,
            self.notices.throttled,
            self.notices.counted,
        )
        self.proxy = Port(1)
        self.deployed: list[Estate] = []
        self.front = Front()
        self.keys: Path | None = folder / "keys"
        self.ended: list[Lease] = []
        self.runs: list[Run] = []
        self.throttle, self.spent = Throttle(), list[Spent]()
        self.run_reads: list[RunRead] = []
        self.project = project = Project(folder, folder / ".keyless")
        self.now = 1_800_000_000.0
        world = EstateWorld(store, "orders", lambda: self.now)
        self.tokens = ProjectedTokens(folder / "tokens", world, lambda: self.now)
        self.plane = RunningPlane(
            project=project,
            store=store,
            world=world,
            leases=self.leases,
            notices=self.notices,
            recorder=self.recorder,
            dispatchers=(self.front,),
            listening=Listening(self.proxy, Port(2), Port(3)),
            deploy=self.deploy,
            key_directory=self.key_directory,
            on_end=self.ended.append,
            record=self.record,
            tokens=self.tokens,
            attestor=Attestor(socket_table(), Processes()),
            owner=Owner(store, world, "ada", lambda: "the-user"),
            throttle=self.throttle,
            keep_spent=self.spent.extend,
            housekeeping=partial(housekeeping_of, project, store),
        )

    def record(self, run: Run, reads: Sequence[RunRead]) -> None:
        """Keep a run, and what it read later."""
        self.runs.append(run)
        self.run_reads.extend(reads)

    def key_directory(self) -> Path:
        """Where Azure Arc's keys would be."""
        if self.keys is None:
            raise PermissionError(13, "Permission denied")
        return self.keys

    async def deploy(self, estate: Estate) -> None:
        """Remember what was applied."""
        self.deployed.append(estate)

    async def open(
        self, name: str, tell: Any, mode: Mode = Mode.ENFORCE, kind: HostKind | None = None
    ) -> tuple[Lease, ToClient]:
        """Open a lease."""
        return await self.plane.open_lease(Hello(PROTOCOL, name, mode, False, None, kind), tell)


async def broken_off() -> None:
    """Keeping that goes wrong."""
    raise RuntimeError("no")


@pytest.fixture
def site(estate_store: Store, tmp_path: Path) -> Site:
    return Site(estate_store, tmp_path)


async def test_a_lease_says_where_everything_is(site: Site) -> None:
    lease, ready = await site.open("web", [].append)
    assert isinstance(ready, Ready)
    assert (ready.workload, ready.secret, ready.proxy_port, ready.identity_port) == (
        "web",
        lease.secret,
        1,
        3,
    )
    assert (ready.host_kind, ready.notes) == ("app-service", ())


async def test_only_a_workload_under_azure_arc_is_told_where_its_keys_lie(site: Site) -> None:
    for kind in HostKind:
        lease, ready = await site.open("web", [].append, kind=kind)
        assert isinstance(ready, Ready)
        assert ready.key_directory == (str(site.keys) if kind is HostKind.ARC else "")
        await site.plane.close_lease(lease)
        assert site.ended.pop() is lease


async def test_a_workload_in_a_cluster_has_a_token_file_for_as_long_as_it_runs(site: Site) -> None:
    lease, ready = await site.open("web", [].append, kind=HostKind.AKS)
    assert isinstance(ready, Ready)
    file = Path(ready.token_file)
    assert (ready.tenant_id, ready.client_id, ready.client_ids) == (
        "t",
        SHARED.client_id,
        (SHARED.client_id,),
    )
    assert file.read_text().count(".") == 2
    assert lease.secret not in ready.token_file
    _, other = await site.open("web", [].append)
    assert isinstance(other, Ready)
    assert (other.token_file, other.client_ids) == ("", ())
    await site.plane.close_lease(lease)
    assert not file.parent.exists()


async def test_a_key_that_another_process_revokes_signs_no_token_file_any_more(
    site: Site, tmp_path: Path, root_key: RootKey
) -> None:
    lease, ready = await site.open("web", [].append, kind=HostKind.AKS)
    assert isinstance(ready, Ready)
    file, before = Path(ready.token_file), Path(ready.token_file).read_text()
    await site.plane.rotate_tokens()
    assert file.read_text() == before
    other = SqliteStore(tmp_path / "store.db", root_key)
    try:
        ring = await load_or_create_ring(other, int(site.now))
        await revoke(other, ring.current.kid, int(site.now))
    finally:
        other.close()
    await site.plane.rotate_tokens()
    assert file.read_text().split(".")[0] != before.split(".")[0]
    await site.plane.close_lease(lease)


async def test_a_workload_without_a_user_assigned_identity_does_not_run_in_a_cluster(site: Site) -> None:
    with pytest.raises(LeaseRefused, match=r"`worker` has no user-assigned identity.*userAssigned"):
        await site.open("worker", [].append, kind=HostKind.AKS)
    assert len(site.leases) == 0


async def test_a_workload_that_does_not_run_leaves_no_name_server(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: set[str] = set()

    async def open_(self: Discovery, workload: str) -> tuple[str, tuple[str, ...]]:
        opened.add(workload)
        return "127.1.2.3", ()

    async def close(self: Discovery, workload: str) -> None:
        opened.remove(workload)

    monkeypatch.setattr(Discovery, "open", open_)
    monkeypatch.setattr(Discovery, "close", close)
    with pytest.raises(LeaseRefused, match="no user-assigned identity"):
        await site.open("worker", [].append, kind=HostKind.AKS)
    assert opened == set()
    await site.open("web", [].append, kind=HostKind.AKS)
    assert len(opened) == 1


async def test_a_run_in_the_other_mode_leaves_no_token_file(site: Site, tmp_path: Path) -> None:
    await site.open("web", [].append, kind=HostKind.AKS)
    with pytest.raises(LeaseRefused, match="runs now with"):
        await site.open("web", [].append, Mode.LEARN, kind=HostKind.AKS)
    assert len(list((tmp_path / "tokens").iterdir())) == 1


async def test_where_no_token_file_can_be_written_the_workload_does_not_run(
    site: Site, tmp_path: Path
) -> None:
    (tmp_path / "tokens").write_text("a file in its place")
    with pytest.raises(LeaseRefused, match="token file cannot be written"):
        await site.open("web", [].append, kind=HostKind.AKS)


async def test_without_a_place_for_its_keys_a_workload_under_azure_arc_does_not_run(site: Site) -> None:
    site.keys = None
    with pytest.raises(LeaseRefused, match="no place for the keys"):
        await site.open("web", [].append, kind=HostKind.ARC)
    assert len(site.leases) == 0


async def test_a_workload_without_an_identity_runs_and_is_told_so(site: Site, estate_store: Store) -> None:
    bare = ComputeResource(
        "/subscriptions/s/resourceGroups/g/providers/Microsoft.Web/sites/bare", "bare", "x"
    )
    async with estate_store.transaction() as transaction:
        await transaction.put(COMPUTE, (bare.resource_id.casefold(),), bare)
    heard: list[ToClient] = []
    _, ready = await site.open("bare", heard.append)
    assert heard == []
    assert isinstance(ready, Ready)
    assert ready.notes == ("`bare` has no identity, so it gets no token: give it one in `keyless.yaml`",)


async def test_whoever_comes_is_told_that_the_estates_time_is_ahead(site: Site, estate_store: Store) -> None:
    await advance(estate_store, 30 * 86_400)
    _, ready = await site.open("web", [].append)
    assert isinstance(ready, Ready)
    (note,) = ready.notes
    assert note.startswith("the estate's time is 30 days ahead of this machine's")


async def test_whoever_comes_is_told_what_is_down(site: Site, estate_store: Store) -> None:
    await take_down(estate_store, identity(), Manner.UNREACHABLE, 0)
    _, ready = await site.open("web", [].append)
    assert isinstance(ready, Ready)
    assert ready.notes == (
        "the managed-identity endpoint is unreachable: `keyless outage end` brings it back",
    )


async def test_news_is_told_once_and_counted_once_however_often_the_lines_start_anew(site: Site) -> None:
    heard: list[ToClient] = []
    lease, _ = await site.open("web", heard.append)
    denied = Settled("web", "denied", "data", READ, "/vault")
    for operation in ("GetSecret", "GetSecretAgain"):
        site.recorder.cell(line("principal-of-web", operation=operation)).hit()
    await site.open("worker", [].append)
    site.recorder.cell(line("principal-of-web")).hit()
    want = WantKey("principal-of-web", "secret", "orders", "db", "")
    site.notices.missed(want)
    site.notices.missed(want)
    assert heard == [denied, Missed("secret", "orders", "db", "")]
    assert (await site.plane.close_lease(lease)).denied == 1
    assert sum(count for _, count in site.sink.lines) == 3


async def test_whoever_reads_a_secret_again_and_again_hears_of_it_once(site: Site) -> None:
    heard: list[ToClient] = []
    lease, _ = await site.open("web", heard.append)
    cell = site.recorder.cell(line("principal-of-web", Outcome.ALLOWED))
    other = site.recorder.cell(
        line("principal-of-web", Outcome.ALLOWED)._replace(action="a/sign", scope="/key")
    )
    for second in range(30):
        cell.hit()
        other.hit()
        site.recorder.flush(second)
    told = [one for one in heard if isinstance(one, Repeated)]
    assert told == [Repeated("web", READ, "/vault", 11)]
    ((_, tally),) = lease.reads
    assert tally.reads == 30


async def test_what_was_read_in_the_last_second_of_a_run_is_told_too(site: Site) -> None:
    heard: list[ToClient] = []
    lease, _ = await site.open("web", heard.append)
    cell = site.recorder.cell(line("principal-of-web", Outcome.ALLOWED))
    for _ in range(12):
        cell.hit()
    await site.plane.close_lease(lease)
    assert heard[-1] == Repeated("web", READ, "/vault", 12)


async def test_what_is_read_after_the_first_request_is_told_at_the_end_and_recorded(site: Site) -> None:
    heard: list[ToClient] = []
    lease, _ = await site.open("web", heard.append)
    cell = site.recorder.cell(line("principal-of-web", Outcome.ALLOWED)._replace(scope=DB))
    cell.hit()
    site.plane._served(lease)
    for _ in range(3):
        cell.hit()
    summary = await site.plane.close_lease(lease)
    again = ReadLater("web", READ, DB, 1, 3, False)
    assert summary.read == ReadInRun(((READ, 1),), 0, 0, True, (again,))
    (run,) = site.runs
    assert run.started <= run.serving_since == run.started_up <= run.ended
    assert site.run_reads == [RunRead("principal-of-web", READ, DB, 1, 3, 0, False)]


async def test_in_the_owners_shell_nobody_hears_how_often_something_is_read(site: Site) -> None:
    heard: list[ToClient] = []
    await open_shell(site, heard)
    cell = site.recorder.cell(line("the-user", Outcome.ALLOWED))
    for _ in range(12):
        cell.hit()
    site.recorder.flush(1)
    assert not any(isinstance(one, Repeated) for one in heard)


async def test_who_is_throttled_hears_of_it_once_for_each_thing(site: Site) -> None:
    heard: list[ToClient] = []
    await site.open("web", heard.append)
    for second in range(3):
        for scope in ("/a", "/b"):
            site.recorder.throttled(
                ThrottledKey("principal-of-web", "KeyVault.GetSecret", scope, "reads", 40, 10, False)
            )
        site.recorder.flush(second)
    assert heard == [SlowedDown("web", scope, "reads", 40, 10, False) for scope in ("/a", "/b")]


async def test_a_run_is_recorded_with_its_program_and_never_with_its_arguments(site: Site) -> None:
    hello = Hello(PROTOCOL, "web", Mode.LEARN, False, None, program="/usr/bin/py\x1btest")
    before = int(time.time())
    lease, _ = await site.plane.open_lease(hello, [].append)
    await site.plane.close_lease(lease, Bye(2))
    (run,) = site.runs
    assert (run.workload, run.learning, run.program, run.exit_code) == ("web", True, "pytest", 2)
    assert "principal-of-web" in run.principal_ids
    assert before <= run.started <= run.ended <= time.time()


async def test_a_run_whose_client_was_killed_is_recorded_without_an_exit_code(site: Site) -> None:
    lease, _ = await site.open("web", [].append)
    await site.plane.close_lease(lease)
    assert [(run.exit_code, run.program) for run in site.runs] == [(None, "")]


async def test_a_run_that_cannot_be_recorded_is_ended_all_the_same(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(run: Run, reads: Sequence[RunRead]) -> None:
        raise EvidenceError("the disk is full")

    monkeypatch.setattr(site.plane, "_record", refuse)
    lease, _ = await site.open("web", [].append)
    assert (await site.plane.close_lease(lease)).denied == 0


async def test_a_lease_sums_up_the_stored_credentials_that_were_signed_in_with(site: Site) -> None:
    web, _ = await site.open("web", [].append)
    own = SignInKey("principal-of-web", "c", SignInMethod.MANAGED_IDENTITY)
    secret = SignInKey("some-application", "c", SignInMethod.CLIENT_SECRET)
    wrong = SignInKey("another", "c", SignInMethod.CLIENT_SECRET, outcome=SignInOutcome.FAILED)
    federated = SignInKey("some-application", "c", SignInMethod.FEDERATED_CREDENTIAL)
    for key in (own, secret, secret, wrong, federated):
        site.recorder.sign_in(key)
    summary = await site.plane.close_lease(web)
    assert summary.stored_credentials == (SignedIn("some-application", "client-secret"),)


async def test_a_lease_hears_of_a_credential_that_an_earlier_one_used_in_the_same_second(site: Site) -> None:
    secret = SignInKey("some-application", "c", SignInMethod.CLIENT_SECRET)
    earlier, _ = await site.open("web", [].append)
    site.recorder.sign_in(secret)
    later, _ = await site.open("web", [].append)
    site.recorder.sign_in(secret)
    for lease in (earlier, later):
        assert len((await site.plane.close_lease(lease)).stored_credentials) == 1


async def test_what_ends_a_lease_ends_its_connections(site: Site) -> None:
    lease, _ = await site.open("web", [].append)
    await site.plane.close_lease(lease)
    assert site.proxy.ended == [lease]
    assert site.leases.by_secret(lease.secret) is None


async def test_evidence_that_cannot_be_written_is_told_and_does_not_hide_the_summary(site: Site) -> None:
    heard: list[ToClient] = []
    lease, _ = await site.open("web", heard.append)
    site.recorder.cell(line("principal-of-web", Outcome.ALLOWED)).hit()
    site.sink.failure = EvidenceError("the evidence cannot be used: disk full")
    summary = await site.plane.close_lease(lease)
    assert summary.allowed == 1
    assert heard[-1] == Remark("the evidence cannot be used: disk full; what this run did is not recorded")


async def test_an_estate_is_applied_when_it_has_changed(site: Site, estate: Estate) -> None:
    for _ in range(2):
        await site.plane.open_lease(Hello(PROTOCOL, "web", Mode.LEARN, False, estate), [].append)
    assert site.deployed == [estate]


# --- the owner's shell


async def open_shell(site: Site, heard: list[ToClient]) -> tuple[Lease, Ready]:
    lease, ready = await site.plane.open_shell(OpenShell(PROTOCOL, False, None), heard.append)
    assert isinstance(ready, Ready)
    return lease, ready


async def test_a_shell_is_the_owners_and_no_workloads(site: Site) -> None:
    lease, ready = await open_shell(site, [])
    assert ready.account == Account("ada@contoso.onmicrosoft.com", "t", "s", "Contoso")
    assert (ready.host_kind, ready.resource_id, ready.secret) == (HostKind.CLOUD_SHELL, "", lease.secret)
    assert (lease.user_id, lease.principal_ids) == ("the-user", frozenset(("the-user",)))
    web, _ = await site.open("web", [].append)
    assert web.user_id == ""
    assert "the-user" not in web.principal_ids


async def test_the_owner_hears_in_the_shell_what_was_denied_there_by_name(site: Site) -> None:
    heard: list[ToClient] = []
    await open_shell(site, heard)
    site.recorder.cell(line("the-user")).hit()
    assert heard == [Settled("ada@contoso.onmicrosoft.com", "denied", "data", READ, "/vault")]


async def test_whatever_opens_first_the_estate_has_its_owner(site: Site, estate_store: Store) -> None:
    await site.open("web", [].append)
    (found,) = [user for _, user in await estate_store.scan(USERS)]
    assert found.principal_id == "the-user"
    await open_shell(site, [])
    assert len(await estate_store.scan(USERS)) == 1


async def test_an_estate_takes_effect_at_once_and_later_changes_wait(site: Site, estate: Estate) -> None:
    waiting = Hello(PROTOCOL, "web", Mode.ENFORCE, False, estate, propagation_delay_s=300)
    await site.plane.open_lease(waiting, [].append)
    assert site.front.noticed == [0, 0]
    assert site.front.delay_s == 300
    await site.open("worker", [].append)  # which says nothing of it
    assert site.front.noticed == [0, 0, 300, 0]
    assert site.front.delay_s == 300


async def test_who_joins_a_plane_whose_limits_another_chose_is_told_so(site: Site) -> None:
    chosen = Hello(PROTOCOL, "web", Mode.ENFORCE, False, None, limits=ChosenLimits(None))
    _, ready = await site.plane.open_lease(chosen, [].append)
    assert ready.notes == ()
    _, ready = await site.open("worker", [].append)
    assert ready.notes[-1].startswith("the limits of vaults and stores are off, as another command chose")


async def test_in_the_owners_shell_nobody_hears_of_what_is_not_there_yet(site: Site) -> None:
    heard: list[ToClient] = []
    await open_shell(site, heard)
    site.notices.missed(WantKey("the-user", "key-value", "orders", "app:color", ""))
    assert heard == []


async def test_what_cannot_be_told_to_anybody_is_in_the_log(
    site: Site, estate_store: Store, caplog: pytest.LogCaptureFixture
) -> None:
    vault = Vault("/subscriptions/s/resourceGroups/g/providers/Microsoft.KeyVault/vaults/v", "v", "x")
    site.project.prepare()
    async with estate_store.transaction() as transaction:
        await transaction.put(VAULTS, ("v",), vault)
        await transaction.put(EVENT_SUBSCRIPTIONS, ("v",), EventSubscription("v", "events.jsonl"))
    await Secrets(estate_store).set(vault, "db", SecretText("hunter2"), now=1_800_000_000)
    async with estate_store.transaction() as transaction:
        await transaction.delete(EVENT_SUBSCRIPTIONS, ("v",))
    await advance_to(estate_store, 1_800_000_000, int(time.time()))
    await site.plane.keep()
    (record,) = caplog.records
    assert record.getMessage() == (
        "`Microsoft.KeyVault.SecretNewVersionCreated` of `db` is told nobody: nobody is subscribed any more"
    )


@pytest.mark.parametrize(
    ("keep", "says"),
    [(asyncio.Event().wait, "a webhook keeps silent"), (broken_off, "the next plane does it")],
)
async def test_the_end_of_a_plane_is_held_up_by_nothing_that_it_keeps(
    site: Site, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, keep: Any, says: str
) -> None:
    monkeypatch.setattr("keyless.runtime.plane.KEEP_LAST_S", 0.01)
    monkeypatch.setattr(site.plane, "keep", keep)
    await site.plane._keep_last()
    assert says in caplog.text


async def test_what_was_counted_of_a_day_is_kept_with_the_evidence_and_once(site: Site) -> None:
    tally = site.throttle.tally((Pool("requests", 10, 86_400, resets=True),), CountedAt("contoso"))
    tally.spend(site.now)
    lease, _ = await site.open("web", [].append)
    await site.plane.close_lease(lease)
    assert [(one.place, one.pool, one.used) for one in site.spent] == [("contoso", "requests", 1)]
