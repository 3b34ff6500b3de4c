"""What a plan is made from, as it is read from the store and the evidence."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from keyless.evidence.database import EvidenceDatabase
from keyless.evidence.recorder import CellKey
from keyless.model.actions import ActionPlane
from keyless.model.directory import Group
from keyless.model.evidence import Outcome, Run
from keyless.runtime.plan_given import read_given
from keyless.store.collections import SECURITY_GROUPS
from keyless.store.ports import Store

TEAM = Group("the-team", "team", members=("principal-of-legacy",))


@pytest.fixture
def evidence(tmp_path: Path) -> Iterator[EvidenceDatabase]:
    with closing(EvidenceDatabase(tmp_path / "evidence.db")) as opened:
        yield opened


def line(principal_id: str) -> CellKey:
    return CellKey(principal_id, "op", ActionPlane.DATA, "a/read", "/a", Outcome.LEARNED, "")


async def test_a_time_in_the_future_is_counted_back_from_now(
    estate_store: Store, evidence: EvidenceDatabase
) -> None:
    evidence.write(500, [(line("seen"), 1)], [])
    assert (await read_given(estate_store, evidence, now=400)).made_at == 400
    assert (await read_given(estate_store, evidence, now=600)).made_at == 0
    assert (await read_given(estate_store, evidence)).made_at == 0


async def test_runs_and_groups_are_given(estate_store: Store, evidence: EvidenceDatabase) -> None:
    run = Run("web", ("p",), True, "pytest", 1, 2, 0)
    evidence.write_run(run)
    async with estate_store.transaction() as transaction:
        await transaction.put(SECURITY_GROUPS, (TEAM.principal_id,), TEAM)
    given = await read_given(estate_store, evidence)
    assert given.runs == [run]
    assert given.groups == [TEAM]
