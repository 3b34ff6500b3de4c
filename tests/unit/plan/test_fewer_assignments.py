from __future__ import annotations

from plan_worlds import (
    FAR_VAULT,
    GET,
    GROUP,
    OTHER_VAULT,
    READ_CONFIGURATION,
    SET,
    STORE,
    SUBSCRIPTION,
    VAULT,
    WEB,
    WORKER,
    chosen,
    saw,
)

from keyless.model.actions import ActionPlane
from keyless.plan.index import role_index
from keyless.plan.policy.policy import PlanPolicy
from keyless.plan.policy.risks import RiskWeights
from keyless.plan.policy.roles import CustomRoles, RoleRules
from keyless.plan.policy.scopes import ScopeLevel, ScopeRules
from keyless.plan.results.proof import Method
from keyless.plan.risk import weigher_for
from plans_made import planned

GET_AND_SET = [saw(WEB, GET, VAULT), saw(WEB, SET, VAULT)]


def sum_of_weights(assignment):
    """What the excess of an assignment weighs by default."""
    index = role_index()
    bits = 0
    for one in assignment.excess:
        bits |= index.bit((one.plane, one.action))
    return weigher_for(index.universe, RiskWeights()).cost(bits)


def at_most(number, **rules):
    return PlanPolicy(roles=RoleRules(most_assignments=number, **rules))


def test_who_has_no_more_than_the_limit_is_left_alone():
    free = planned([WEB], GET_AND_SET)
    assert planned([WEB], GET_AND_SET, policy=at_most(2)).assignments == free.assignments


def test_roles_at_one_scope_are_merged_into_the_best_single_one():
    plan = planned([WEB, WORKER], [*GET_AND_SET, saw(WORKER, GET, VAULT)], policy=at_most(1))
    assert chosen(plan) == {
        ("web", "Key Vault Secrets Officer", VAULT),
        ("worker", "Key Vault Secrets User", VAULT),
    }
    (one,) = [one for one in plan.assignments if one.principal == WEB]
    assert "The policy leaves its principal 1 assignment: with more of them, less would be" in one.reason
    assert not one.reason.startswith("No role")
    assert all(proof.optimal for proof in plan.certificates)


def test_scopes_are_widened_where_there_are_more_of_them_than_assignments():
    observed = [
        saw(WEB, GET, f"{VAULT}/secrets/a"),
        saw(WEB, GET, f"{VAULT}/secrets/b"),
        saw(WEB, GET, OTHER_VAULT),
    ]
    rules = PlanPolicy(roles=RoleRules(most_assignments=2), scopes=ScopeRules(level=ScopeLevel.OBJECT))
    plan = planned([WEB], observed, policy=rules)
    assert chosen(plan) == {
        ("web", "Key Vault Secrets User", VAULT),
        ("web", "Key Vault Secrets User", OTHER_VAULT),
    }
    (wide,) = [one for one in plan.assignments if one.scope == VAULT]
    assert "stands for roles at 2 narrower scopes, and reaches all else that lies here" in wide.reason
    assert any("roles are given at 1 wider scope" in note for note in plan.notes)
    (proof,) = [one for one in plan.certificates if one.scope == VAULT]
    assert (proof.method, proof.cost, proof.bound) == (Method.WIDENED, 2, 2)


def test_a_widened_role_counts_where_it_was_not_used():
    observed = [saw(WEB, GET, VAULT), saw(WEB, GET, OTHER_VAULT), saw(WEB, SET, OTHER_VAULT)]
    plan = planned([WEB], observed, policy=at_most(1))
    assert chosen(plan) == {("web", "Key Vault Secrets Officer", SUBSCRIPTION)}
    (proof,) = plan.certificates
    assert proof.method is Method.WIDENED
    assert proof.bound == 3 + RoleRules().odd_costs
    assert proof.cost == 2 * sum_of_weights(plan.assignments[0]) + 3
    assert not any("stopped" in note for note in plan.notes)


def test_where_the_limit_cannot_be_kept_the_smallest_number_is_said():
    observed = [saw(WEB, GET, VAULT), saw(WEB, GET, FAR_VAULT)]
    plan = planned([WEB], observed, policy=at_most(1))
    assert chosen(plan) == chosen(planned([WEB], observed))
    note = "`web` needs 2 assignments at least, and the policy allows 1"
    assert any(text.startswith(note) for text in plan.notes)


def test_where_no_role_does_for_several_services_the_number_is_that_of_the_roles():
    observed = [saw(WEB, GET, VAULT), saw(WEB, READ_CONFIGURATION, STORE)]
    plan = planned([WEB], observed, policy=at_most(1))
    assert {one.scope for one in plan.assignments} == {VAULT, STORE}
    assert any(text.startswith("`web` needs 2 assignments at least") for text in plan.notes)


def test_a_role_is_proposed_for_a_scope_that_may_have_but_one():
    plan = planned([WEB], GET_AND_SET, policy=at_most(1, custom=CustomRoles.PROPOSED))
    (role,) = plan.proposed_roles
    assert chosen(plan) == {("web", role.definition.name, VAULT)}
    assert plan.certificates[0].cost == 0


def test_a_role_is_proposed_for_a_widened_scope_too():
    observed = [saw(WEB, GET, VAULT), saw(WEB, READ_CONFIGURATION, STORE)]
    plan = planned([WEB], observed, policy=at_most(1, custom=CustomRoles.PROPOSED))
    (role,) = plan.proposed_roles
    assert chosen(plan) == {("web", role.definition.name, GROUP)}
    assert role.definition.assignable_scopes == (GROUP,)
    assert [(one.action, one.count) for one in plan.assignments[0].used] == [
        (READ_CONFIGURATION, 1),
        (GET, 1),
    ]


def test_what_no_role_grants_is_said_at_its_own_scope_still():
    unknown = "Contoso.Things/things/read"
    observed = [saw(WEB, GET, VAULT), saw(WEB, unknown, VAULT), saw(WEB, GET, OTHER_VAULT)]
    plan = planned([WEB], observed, policy=at_most(1))
    assert chosen(plan) == {("web", "Key Vault Secrets User", SUBSCRIPTION)}
    assert [(gap.action, gap.scope) for gap in plan.uncovered] == [(unknown, VAULT)]


def test_the_bound_of_a_widened_place_is_never_above_what_a_role_proposed_for_it_weighs():
    control = [
        saw(WEB, "Microsoft.KeyVault/vaults/accessPolicies/write", GROUP, plane=ActionPlane.CONTROL),
        saw(
            WEB, "Microsoft.Storage/storageAccounts/accountMigrations/read", VAULT, plane=ActionPlane.CONTROL
        ),
    ]
    plan = planned([WEB], control, policy=at_most(1, custom=CustomRoles.PROPOSED, custom_saves=500))
    (proof,) = plan.certificates
    assert proof.method is Method.WIDENED
    assert proof.bound <= proof.cost
