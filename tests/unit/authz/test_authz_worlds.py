"""Small worlds as data: `decide`, `explain` and the reference give the answers that the files state."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from authz_worlds_made import Question, compiled, read_world, request_of
from keyless.authz.decide import Allowed, Denied
from keyless.authz.explain import Explanation, explain
from keyless.authz.reference import is_allowed

WORLDS = sorted((Path(__file__).parents[2] / "worlds").glob("*.yaml"))


def _cases() -> list[Any]:
    return [
        pytest.param(question, id=f"{file.stem}-{number}")
        for file in WORLDS
        for number, question in enumerate(read_world(file))
    ]


def test_there_are_worlds_to_ask() -> None:
    assert len(WORLDS) >= 8
    assert all(read_world(file) for file in WORLDS)


def assert_settled_alike(explained: Explanation) -> None:
    """What the explanation says of each assignment adds up to the decision."""
    denying = [one.deny for one in explained.denies if one.settles]
    granting = [one.grant for one in explained.considered if one.settles]
    decision = explained.decision
    if isinstance(decision, Allowed):
        assert not denying
        assert decision.by in granting
    elif decision.by is not None:
        assert decision.by == denying[0]
    else:
        assert denying == granting == []


@pytest.mark.parametrize("question", _cases())
def test_every_engine_gives_the_answer_that_the_world_states(question: Question) -> None:
    snapshot = compiled(question.world)
    request = request_of(snapshot, question.asked)
    decision = snapshot.decide(request)
    assert (decision.by.assignment.id if isinstance(decision, Allowed) else "none") == question.by
    assert decision.conditional == question.conditional
    if isinstance(decision, Denied):
        assert (decision.by.assignment.id if decision.by else None) == question.denied_by

    explained = explain(question.asked.principal_id, request, snapshot)
    assert explained.decision == decision
    assert_settled_alike(explained)
    assert is_allowed(question.world, question.asked) == (question.by != "none")


@pytest.mark.parametrize("question", [case for case in _cases() if case.values[0].below is not None])
def test_what_is_allowed_below_is_what_the_world_states(question: Question) -> None:
    snapshot = compiled(question.world)
    decision = snapshot.decide_below(request_of(snapshot, question.asked))
    assert isinstance(decision, Allowed) == question.below
