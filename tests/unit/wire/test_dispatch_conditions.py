"""A decision under a condition is made for each request, and told as what it came to."""

from __future__ import annotations

from typing import Any

import pytest

from keyless.evidence.recorder import CellKey, Recorder
from keyless.model.evidence import Outcome
from keyless.model.roles import RoleAssignment
from keyless.store.collections import ASSIGNMENTS

FROM = 2_000_000_000
CONDITION = "@Environment[UtcNow] DateTimeGreaterThanEquals '2033-05-18T03:33:20Z'"
"""From that second on."""


@pytest.fixture
def told(library: Any) -> list[CellKey]:
    """What is told of decisions, line by line."""
    lines: list[CellKey] = []
    library.recorder = Recorder(library.sheet, lines.append)
    library.serve(library.plane)
    return lines


async def give(library: Any) -> None:
    made = RoleAssignment("a", "alice", "reader", library.shelf_scope, "User", CONDITION, "2.0")
    async with library.store.transaction() as transaction:
        await transaction.put(ASSIGNMENTS, ("a",), made)


async def ask(library: Any, now: int) -> int:
    library.now = now
    return (await library.ask("GET", "/books/dune", token=library.token("alice"))).status


async def test_what_a_condition_lets_pass_is_never_told_as_denied(library: Any, told: list[CellKey]) -> None:
    await give(library)
    assert await ask(library, FROM) == 200
    assert [(line.outcome, line.assignment_id) for line in told] == [(Outcome.ALLOWED, "a")]


async def test_a_condition_is_asked_again_for_each_request(library: Any, told: list[CellKey]) -> None:
    await give(library)
    answers = [await ask(library, at) for at in (FROM - 1, FROM, FROM - 1, FROM + 1)]
    assert answers == [403, 200, 403, 200]
    library.recorder.flush(1)
    assert sorted((key.outcome, count) for key, count in library.sheet.counts) == [
        (Outcome.ALLOWED, 2),
        (Outcome.DENIED, 2),
    ]
