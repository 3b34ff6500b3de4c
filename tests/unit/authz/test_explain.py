"""The explanation: every assignment of the caller's, and what each fell short of."""

from __future__ import annotations

from keyless.authz.decide import AccessRequest, Allowed, Denied
from keyless.authz.explain import Considered, Explanation, explain
from keyless.authz.snapshot import compile_snapshot
from keyless.model.actions import ActionPlane
from keyless.model.resource_id import ResourceId
from keyless.model.roles import Permission, RoleAssignment, RoleDefinition

VAULT = "/subscriptions/s/resourceGroups/g/providers/Microsoft.KeyVault/vaults/v"
OTHER = f"{VAULT}-prod"
GET = "Microsoft.KeyVault/vaults/secrets/getSecret/action"
ROLES = {
    "owner": RoleDefinition("owner", "Owner", (Permission(actions=("*",)),)),
    "user": RoleDefinition("user", "Secrets User", (Permission(data_actions=(GET,)),)),
}


def explained(*assignments: RoleAssignment) -> Explanation:
    request = AccessRequest(frozenset({"p"}), ActionPlane.DATA, GET, ResourceId.parse(VAULT))
    return explain(request, compile_snapshot(assignments, ROLES))


def only(explanation: Explanation) -> Considered:
    (considered,) = explanation.considered
    return considered


def test_an_assignment_that_settles_says_so() -> None:
    explanation = explained(RoleAssignment("a", "p", "user", VAULT))
    considered = only(explanation)
    assert considered.settles
    assert (considered.in_scope, considered.grants_action, considered.conditional) == (True, True, False)
    assert isinstance(explanation.decision, Allowed)


def test_an_assignment_elsewhere_is_out_of_scope() -> None:
    considered = only(explained(RoleAssignment("a", "p", "user", OTHER)))
    assert not considered.in_scope
    assert considered.grants_action
    assert not considered.settles


def test_a_role_that_grants_the_action_on_the_other_plane_is_marked() -> None:
    explanation = explained(RoleAssignment("a", "p", "owner", VAULT))
    considered = only(explanation)
    assert considered.other_plane
    assert not considered.grants_action
    assert explanation.decision == Denied()


def test_an_assignment_with_a_condition_is_marked_and_settles_nothing() -> None:
    considered = only(explained(RoleAssignment("a", "p", "user", VAULT, condition="x")))
    assert considered.conditional
    assert not considered.settles


def test_a_control_action_is_compared_with_data_actions_too() -> None:
    request = AccessRequest(frozenset({"p"}), ActionPlane.CONTROL, GET, ResourceId.parse(VAULT))
    snapshot = compile_snapshot([RoleAssignment("a", "p", "user", VAULT)], ROLES)
    assert only(explain(request, snapshot)).other_plane


def test_the_assignments_of_others_are_not_considered() -> None:
    explanation = explained(RoleAssignment("a", "someone-else", "user", VAULT))
    assert explanation.considered == ()
    assert explanation.decision == Denied()
