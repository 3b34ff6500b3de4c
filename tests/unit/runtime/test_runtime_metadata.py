"""Which workload a process is let in as: by the rules as they stand, told of once, gone with the session."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

import pytest
from runtime_estate import WEB, WORKER, Ears

from keyless.gateway.attest.matching import NotAdmitted
from keyless.model.workloads import Placement, ProcessFacts, WorkloadRule
from keyless.runtime.leases import IdentityCallers, Leases
from keyless.runtime.messages import Caller, Mode
from keyless.runtime.metadata import MetadataSession
from keyless.runtime.world import EstateWorld
from keyless.store.collections import COMPUTE, WORKLOAD_RULES
from keyless.store.ports import Store

UNIT = Placement("/system.slice/orders.service", "orders.service")
OTHER_PID = os.getpid() + 1


def process(uid: int = 4_000_000_001, pid: int = OTHER_PID, placement: Placement = UNIT) -> ProcessFacts:
    return ProcessFacts(pid, uid, frozenset({uid}), None, "/bin/orders", placement)


@pytest.fixture
def leases() -> Leases:
    return Leases()


@pytest.fixture
def ears() -> Ears:
    return Ears()


@pytest.fixture
def changes() -> list[None]:
    return []


@pytest.fixture
def session(estate_store: Store, leases: Leases, ears: Ears, changes: list[None]) -> MetadataSession:
    world = EstateWorld(estate_store, "orders", lambda: 0.0)
    return MetadataSession(estate_store, world, leases, Mode.ENFORCE, ears, lambda: changes.append(None))


Rule = Callable[..., Any]


@pytest.fixture
def rule(estate_store: Store) -> Rule:
    """How to write a rule."""

    async def write(name: str, runs_as: str = WEB.resource_id, **said: str) -> None:
        made = WorkloadRule(name, runs_as, **said)
        async with estate_store.transaction() as transaction:
            await transaction.put(WORKLOAD_RULES, (name,), made)

    return write


async def refusal(session: MetadataSession, *processes: ProcessFacts) -> str:
    with pytest.raises(NotAdmitted) as refused:
        await session.admit(processes)
    return str(refused.value)


async def test_a_process_that_a_rule_names_speaks_as_its_resource(
    session: MetadataSession, leases: Leases, ears: Ears, rule: Rule
) -> None:
    await rule("orders", systemd_unit="orders.service")
    secret = await session.admit([process()])
    lease = IdentityCallers(leases).by_secret(secret)
    assert lease is not None
    assert (lease.resource_id, lease.host_kind) == (WEB.resource_id, "vm")
    assert "principal-of-web" in lease.principal_ids
    assert ears.heard == [
        Caller(
            admitted=True,
            who=f"process {OTHER_PID} (user 4000000001, /bin/orders, orders.service)",
            workload="web",
            rule="orders",
        )
    ]
    assert secret not in repr(ears.heard)


async def test_without_a_rule_nobody_is_let_in_and_the_reason_is_told(
    session: MetadataSession, leases: Leases, ears: Ears, rule: Rule
) -> None:
    assert "no rule" in await refusal(session, process())
    await rule("orders", systemd_unit="billing.service")
    assert "no rule" in await refusal(session, process())
    (told,) = ears.heard
    assert isinstance(told, Caller)
    assert not told.admitted
    assert told.why == "no rule under `workloads` matches it"
    assert len(leases) == 0


async def test_a_rule_holds_and_ends_with_the_next_request(
    session: MetadataSession, estate_store: Store, rule: Rule
) -> None:
    await refusal(session, process())
    await rule("orders", user="4000000001")
    await session.admit([process()])
    async with estate_store.transaction() as transaction:
        await transaction.delete(WORKLOAD_RULES, ("orders",))
    await refusal(session, process())


async def test_rules_for_two_resources_let_in_neither(session: MetadataSession, rule: Rule) -> None:
    await rule("one", user="4000000001")
    await rule("two", WORKER.resource_id, systemd_unit="orders.service")
    assert "`one` and `two` both match" in await refusal(session, process())
    await session.admit([process(placement=Placement())])


async def test_every_holder_of_the_connection_must_be_of_the_workload(
    session: MetadataSession, rule: Rule
) -> None:
    await rule("orders", user="4000000001")
    await session.admit([process(), process(pid=OTHER_PID + 1)])
    await refusal(session, process(), process(uid=4_000_000_002))
    await refusal(session)


async def test_the_planes_own_process_is_let_in_as_nobody(session: MetadataSession, rule: Rule) -> None:
    await rule("orders", user="4000000001")
    assert "own proxy" in await refusal(session, process(pid=os.getpid()))
    assert "own proxy" in await refusal(session, process(), process(pid=os.getpid()))


async def test_processes_of_one_workload_share_a_lease_and_another_has_its_own(
    session: MetadataSession, leases: Leases, changes: list[None], rule: Rule
) -> None:
    await rule("web", user="4000000001")
    await rule("worker", WORKER.resource_id, user="4000000002")
    first = await session.admit([process()])
    assert await session.admit([process(pid=OTHER_PID + 7)]) == first
    assert await session.admit([process(uid=4_000_000_002)]) != first
    assert len(leases) == len(changes) == 2


async def test_a_lease_follows_the_identities_of_its_resource(
    session: MetadataSession, estate_store: Store, leases: Leases, rule: Rule
) -> None:
    await rule("web", user="4000000001")
    before = await session.admit([process()])
    bare = type(WEB)(WEB.resource_id, WEB.name, WEB.location)
    async with estate_store.transaction() as transaction:
        await transaction.put(COMPUTE, (WEB.resource_id.casefold(),), bare)
    after = await session.admit([process()])
    assert leases.by_secret(before) is None
    lease = leases.by_secret(after)
    assert lease is not None
    assert lease.principal_ids == frozenset()
    assert len(session.leases) == 2


async def test_a_resource_that_is_gone_lets_nobody_in(
    session: MetadataSession, estate_store: Store, rule: Rule
) -> None:
    await rule("web", user="4000000001")
    async with estate_store.transaction() as transaction:
        await transaction.delete(COMPUTE, (WEB.resource_id.casefold(),))
    assert "not there any more" in await refusal(session, process())


async def test_an_identity_that_runs_in_the_other_mode_is_not_let_in(
    session: MetadataSession, leases: Leases, make_lease: Any, rule: Rule
) -> None:
    await rule("web", user="4000000001")
    leases.open(make_lease("web", "principal-of-web", mode=Mode.LEARN))
    assert "runs now with `--learn`" in await refusal(session, process())


async def test_each_caller_is_told_of_once(session: MetadataSession, ears: Ears, rule: Rule) -> None:
    await refusal(session, process())
    await refusal(session, process())
    session.unattested("127.0.0.1", "why")
    session.unattested("127.0.0.1", "why")
    await rule("web", user="4000000001")
    await session.admit([process()])
    await session.admit([process()])
    assert [message.admitted for message in ears.heard if isinstance(message, Caller)] == [False, False, True]


async def test_what_is_remembered_of_callers_is_bounded(session: MetadataSession, ears: Ears) -> None:
    for number in range(1100):
        session.unattested("127.0.0.1", str(number))
    session.unattested("127.0.0.1", "0")
    assert len(ears.heard) == 1101


async def test_with_the_session_its_secrets_end(session: MetadataSession, leases: Leases, rule: Rule) -> None:
    await rule("web", user="4000000001")
    secret = await session.admit([process()])
    session.close()
    assert leases.by_secret(secret) is None
    assert len(leases) == 0
    assert [lease.name for lease in session.leases] == ["web"]
