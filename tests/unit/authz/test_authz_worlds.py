"""Small worlds as data: `decide`, `explain` and the reference give the answers that the files state."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml

from keyless.authz.decide import AccessRequest, Allowed
from keyless.authz.explain import explain
from keyless.authz.reference import is_allowed
from keyless.authz.snapshot import compile_snapshot
from keyless.model.actions import ActionPlane
from keyless.model.resource_id import ResourceId
from keyless.model.roles import Permission, RoleAssignment, RoleDefinition

WORLDS = sorted((Path(__file__).parents[2] / "worlds").glob("*.yaml"))


@dataclass(frozen=True)
class Question:
    """One question of a world, with the world it is asked of; ``by`` is the deciding assignment or `none`."""

    roles: tuple[RoleDefinition, ...]
    assignments: tuple[RoleAssignment, ...]
    request: AccessRequest
    by: str


def read_world(file: Path) -> list[Question]:
    """The questions of one file."""
    said = yaml.safe_load(file.read_text())
    scopes = said["scopes"]
    roles = tuple(
        RoleDefinition(name, name, tuple(_block(block) for block in blocks))
        for name, blocks in said["roles"].items()
    )
    assignments = tuple(
        RoleAssignment(a["id"], a["principal"], a["role"], scopes[a["scope"]], condition=a.get("condition"))
        for a in said["assignments"]
    )
    return [
        Question(roles, assignments, _request(question, scopes), question["by"])
        for question in said["questions"]
    ]


def _block(said: dict[str, Any]) -> Permission:
    return Permission(**{name: v if name == "condition" else tuple(v) for name, v in said.items()})


def _request(said: dict[str, Any], scopes: dict[str, str]) -> AccessRequest:
    plane = ActionPlane.DATA if "data" in said else ActionPlane.CONTROL
    action = said[plane.value]
    return AccessRequest(frozenset({said["who"]}), plane, action, ResourceId.parse(scopes[said["at"]]))


def _cases() -> list[Any]:
    return [
        pytest.param(question, id=f"{file.stem}-{number}")
        for file in WORLDS
        for number, question in enumerate(read_world(file))
    ]


def test_there_are_worlds_to_ask() -> None:
    assert len(WORLDS) >= 4
    assert all(read_world(file) for file in WORLDS)


@pytest.mark.parametrize("question", _cases())
def test_every_engine_gives_the_answer_that_the_world_states(question: Question) -> None:
    request = question.request
    snapshot = compile_snapshot(question.assignments, {role.id: role for role in question.roles})
    decision = snapshot.decide(request)
    assert (decision.by.assignment.id if isinstance(decision, Allowed) else "none") == question.by

    explained = explain(request, snapshot)
    settling = [considered.grant.assignment.id for considered in explained.considered if considered.settles]
    assert explained.decision == decision
    assert settling[:1] == ([] if question.by == "none" else [question.by])

    (principal,) = request.principal_ids
    literal = is_allowed(
        principal, request.plane, request.action, request.scope.text, question.assignments, question.roles
    )
    assert literal == (question.by != "none")
