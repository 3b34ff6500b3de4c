"""One decision: who is named for it, and what never grants."""

from __future__ import annotations

from keyless.authz.decide import AccessRequest, Allowed, Denied, Grant, Role, decide, role_grants
from keyless.authz.reference import scope_covers, wildcard_match
from keyless.authz.snapshot import compile_snapshot
from keyless.model.actions import ActionPlane
from keyless.model.resource_id import ROOT, ResourceId
from keyless.model.roles import Permission, RoleAssignment, RoleDefinition

GROUP = ResourceId.parse("/subscriptions/s/resourceGroups/g")
READER = RoleDefinition("reader", "Reader", (Permission(actions=("*/read",)),))
ROLES = {READER.id: READER}


def assigned(
    id_: str, principal: str = "p", role: str = "reader", scope: ResourceId = GROUP
) -> RoleAssignment:
    return RoleAssignment(id_, principal, role, scope.text)


def asks(*principals: str, action: str = "a/read", scope: ResourceId = GROUP) -> AccessRequest:
    return AccessRequest(frozenset(principals), ActionPlane.CONTROL, action, scope)


def test_without_an_assignment_the_answer_is_no() -> None:
    assert decide(asks("p"), [], []) == Denied("DeniedWithNoValidRBAC")
    assert compile_snapshot([], ROLES).decide(asks("p")) == Denied()


def test_the_first_assignment_that_would_do_is_named() -> None:
    decision = compile_snapshot([assigned("b"), assigned("a"), assigned("c")], ROLES).decide(asks("p"))
    assert isinstance(decision, Allowed)
    assert decision.by.assignment.id == "a"


def test_an_assignment_counts_for_its_own_principal_alone() -> None:
    grant = Grant(assigned("a"), Role.of(READER), GROUP, "p")
    assert isinstance(decide(asks("p"), [], [grant]), Allowed)
    assert decide(asks("q"), [], [grant]) == Denied()


def test_a_group_of_the_caller_may_hold_the_assignment() -> None:
    decision = compile_snapshot([assigned("a", "group")], ROLES).decide(asks("p", "group"))
    assert isinstance(decision, Allowed)


def test_an_assignment_of_an_unknown_role_grants_nothing() -> None:
    assert compile_snapshot([assigned("a", role="gone")], ROLES).decide(asks("p")) == Denied()


def test_a_caller_with_no_principal_is_denied() -> None:
    assert compile_snapshot([assigned("a", scope=ROOT)], ROLES).decide(asks()) == Denied()


def test_a_conditional_block_grants_nothing_and_its_neighbours_do() -> None:
    role = RoleDefinition(
        "r", "R", (Permission(actions=("a/*",), condition="x"), Permission(actions=("b/read",)))
    )
    assert not role_grants(role, ActionPlane.CONTROL, "a/read")
    assert role_grants(role, ActionPlane.CONTROL, "b/read")


def test_a_snapshot_gives_a_principals_grants_in_the_order_of_their_ids() -> None:
    assignments = [assigned(id_, who) for id_, who in (("c", "p"), ("a", "q"), ("b", "p"))]
    snapshot = compile_snapshot(assignments, ROLES)
    assert [grant.assignment.id for grant in snapshot.grants_of({"q", "p", "nobody"})] == ["b", "c", "a"]


def test_the_reference_matches_wildcards_literally() -> None:
    assert wildcard_match("a*c", "abbc")
    assert wildcard_match("*", "")
    assert wildcard_match("", "")
    assert not wildcard_match("", "a")
    assert not wildcard_match("a*c", "ab")


def test_the_reference_compares_scopes_by_whole_segments() -> None:
    assert scope_covers("/", "/a/b")
    assert scope_covers("/A/b", "/a/B/c/d")
    assert not scope_covers("/a/b", "/a/bc")
