"""The explanation: every assignment that could matter, and what each fell short of."""

from __future__ import annotations

from keyless.authz.conditions import Outcome
from keyless.authz.decide import AccessRequest, Denied
from keyless.authz.explain import Considered, Explanation, explain, who_can
from keyless.authz.groups import Memberships
from keyless.authz.snapshot import Snapshot, compile_snapshot
from keyless.model.actions import ActionPlane
from keyless.model.attributes import Attributes, AttributeSource
from keyless.model.denies import ALL_PRINCIPALS_ID, DeniedPrincipal, DenyAssignment
from keyless.model.directory import Group
from keyless.model.resource_id import ResourceId
from keyless.model.roles import Permission, RoleAssignment, RoleDefinition

GROUP = "/subscriptions/s/resourceGroups/g"
VAULT = f"{GROUP}/providers/Microsoft.KeyVault/vaults/v"
OTHER = f"{VAULT}-prod"
GET = "Microsoft.KeyVault/vaults/secrets/getSecret/action"
NAMED = "@Resource[Microsoft.KeyVault/vaults/secrets:name]"
DB: Attributes = {AttributeSource.RESOURCE: {"Microsoft.KeyVault/vaults/secrets:name": "db"}}
ROLES = {
    "owner": RoleDefinition("owner", "Owner", (Permission(actions=("*",)),)),
    "user": RoleDefinition("user", "Secrets User", (Permission(data_actions=(GET,)),)),
    "half": RoleDefinition(
        "half", "Half", (Permission(data_actions=(GET,), condition=f"{NAMED} StringEquals 'db'"),)
    ),
}
DEVS = Memberships([Group("devs", "devs", members=("p", "leads")), Group("leads", "leads", members=("q",))])


def asks(attributes: Attributes | None = None, plane: ActionPlane = ActionPlane.DATA) -> AccessRequest:
    return AccessRequest(frozenset(), plane, GET, ResourceId.parse(VAULT), attributes or {})


def world(*assignments: RoleAssignment, denies: tuple[DenyAssignment, ...] = ()) -> Snapshot:
    return compile_snapshot(assignments, ROLES, denies, DEVS)


def explained(*assignments: RoleAssignment, attributes: Attributes | None = None) -> Explanation:
    return explain("p", asks(attributes), world(*assignments))


def only(explanation: Explanation) -> Considered:
    (considered,) = explanation.considered
    return considered


def test_an_assignment_that_settles_says_so() -> None:
    explanation = explained(RoleAssignment("a", "p", "user", VAULT))
    considered = only(explanation)
    assert considered.settles
    assert (considered.in_scope, considered.grants_action, considered.conditional) == (True, True, False)
    assert explanation.allowed


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


def test_a_control_action_is_compared_with_data_actions_too() -> None:
    snapshot = world(RoleAssignment("a", "p", "user", VAULT))
    assert only(explain("p", asks(plane=ActionPlane.CONTROL), snapshot)).other_plane


def test_a_condition_is_told_clause_by_clause() -> None:
    condition = f"{NAMED} StringEquals 'db' AND {NAMED} StringStartsWith 'd'"
    assignment = RoleAssignment("a", "p", "user", VAULT, condition=condition)
    unknown = only(explained(assignment))
    assert unknown.conditional
    (checked,) = unknown.checked
    assert checked.outcome is Outcome.UNKNOWN
    assert [clause.outcome for clause in checked.clauses] == [Outcome.UNKNOWN] * 2
    assert all(clause.reason for clause in checked.clauses)
    holding = only(explained(assignment, attributes=DB))
    assert holding.settles
    assert [clause.text for clause in holding.checked[0].clauses] == [
        f"{NAMED} StringEquals 'db'",
        f"{NAMED} StringStartsWith 'd'",
    ]


def test_a_condition_that_cannot_be_read_says_why() -> None:
    (checked,) = only(explained(RoleAssignment("a", "p", "user", VAULT, condition="x"))).checked
    assert checked.problem
    assert (checked.outcome, checked.clauses) == (Outcome.UNKNOWN, ())


def test_a_condition_of_the_role_is_told_as_such() -> None:
    (checked,) = only(explained(RoleAssignment("a", "p", "half", VAULT))).checked
    assert checked.of_role
    assert not checked.problem


def test_the_way_through_groups_is_told() -> None:
    snapshot = world(RoleAssignment("a", "devs", "user", VAULT))
    assert only(explain("q", asks(), snapshot)).through == ("leads", "devs")
    assert only(explain("p", asks(), snapshot)).through == ("devs",)


def test_the_assignments_of_others_are_not_considered() -> None:
    explanation = explained(RoleAssignment("a", "someone-else", "user", VAULT))
    assert explanation.considered == ()
    assert explanation.decision == Denied()


def deny(id_: str, *principals: str, exclude: tuple[str, ...] = (), **more: object) -> DenyAssignment:
    block = Permission(data_actions=("*",))
    named = tuple(map(DeniedPrincipal, principals))
    excluded = tuple(map(DeniedPrincipal, exclude))
    return DenyAssignment(id_, id_, str(more.pop("scope", VAULT)), (block,), named, excluded, **more)


def test_of_each_deny_it_is_told_how_it_bears() -> None:
    denies = (
        deny("all", ALL_PRINCIPALS_ID, exclude=("devs",)),
        deny("elsewhere", "p", scope=OTHER),
        deny("exact", "p", scope=GROUP, do_not_apply_to_child_scopes=True),
        deny("false", "p", condition=f"{NAMED} StringNotEquals 'db'"),
        deny("groups", "leads", "devs"),
    )
    snapshot = world(RoleAssignment("a", "p", "user", VAULT), denies=denies)
    explanation = explain("p", asks(DB), snapshot)
    by_name = {one.deny.assignment.id: one for one in explanation.denies}
    assert by_name["all"].excluded
    assert not by_name["elsewhere"].in_scope
    assert by_name["exact"].exact
    assert [clause.outcome for clause in by_name["false"].checked[0].clauses] == [Outcome.FALSE]
    assert by_name["groups"].through == ("devs",)
    assert [name for name, one in by_name.items() if one.settles] == ["groups"]
    assert isinstance(explanation.decision, Denied)
    assert explanation.decision.by == by_name["groups"].deny


def test_who_can_do_a_thing_is_told_with_what_lets_them() -> None:
    snapshot = world(
        RoleAssignment("a", "devs", "user", GROUP),
        RoleAssignment("b", "eva", "half", VAULT),
        RoleAssignment("c", "bad", "user", VAULT, condition="x"),
        RoleAssignment("d", "out", "user", OTHER),
        denies=(deny("no-p", "p"),),
    )
    able = who_can(asks(), ["p", "q", "eva", "bad", "out", "q"], snapshot)
    assert [(one.principal_id, one.grant.assignment.id, one.if_holds) for one in able] == [
        ("q", "a", False),
        ("eva", "b", True),
    ]
