from __future__ import annotations

import pytest
from plan_worlds import (
    DELETE,
    FAR_VAULT,
    GET,
    GROUP,
    LIST,
    OTHER_VAULT,
    READ_CONFIGURATION,
    SECRETS_OFFICER,
    SET,
    STORE,
    SUBSCRIPTION,
    VAULT,
    WEB,
    WORKER,
    chosen,
    saw,
)

from keyless.authz.hierarchy import Hierarchy
from keyless.catalog.limits import limits
from keyless.model.actions import ActionPlane
from keyless.model.management import ManagementGroup
from keyless.model.roles import Permission, RoleDefinition
from keyless.plan.policy.policy import PlanPolicy
from keyless.plan.policy.problems import CannotFollow
from keyless.plan.policy.roles import CustomRoles, RoleRules
from plans_made import planned

PLATFORM = "/providers/Microsoft.Management/managementGroups/platform"
UNKNOWN = "Contoso.Things/things/read"
PROPOSED = PlanPolicy(roles=RoleRules(custom=CustomRoles.PROPOSED))
OFFICER_USE = [saw(WEB, one, VAULT) for one in (GET, SET, DELETE)]
OWN = "Contoso Secret Keeper"


def keeper(*scopes, actions=(GET, SET, DELETE), condition=None):
    block = Permission(data_actions=actions, condition=condition)
    role = RoleDefinition(
        "99999999-0000-0000-0000-000000000001", OWN, (block,), custom=True, assignable_scopes=scopes
    )
    return {role.id: role}


def rules(**given):
    return PlanPolicy(roles=RoleRules(**given))


def test_a_custom_role_of_the_estate_is_chosen_where_it_may_be_assigned():
    assert chosen(planned([WEB], OFFICER_USE, custom_roles=keeper(GROUP))) == {("web", OWN, VAULT)}
    assert chosen(planned([WEB], OFFICER_USE, custom_roles=keeper(OTHER_VAULT, "not a scope"))) == {
        ("web", "Key Vault Secrets Officer", VAULT)
    }


def test_a_custom_role_of_a_management_group_counts_below_it():
    platform = Hierarchy([ManagementGroup("platform", "Platform", None, (SUBSCRIPTION.split("/")[-1],))])
    roles = keeper(PLATFORM)
    assert chosen(planned([WEB], OFFICER_USE, custom_roles=roles, hierarchy=platform)) == {
        ("web", OWN, VAULT)
    }
    assert ("web", OWN, VAULT) not in chosen(planned([WEB], OFFICER_USE, custom_roles=roles))


def test_a_custom_role_with_a_condition_counts_for_nothing():
    roles = keeper(SUBSCRIPTION, condition="@Resource[x] BoolEquals true")
    assert ("web", OWN, VAULT) not in chosen(planned([WEB], OFFICER_USE, custom_roles=roles))


def test_what_a_custom_role_grants_without_a_known_name_is_not_taken_for_nothing():
    roles = keeper(SUBSCRIPTION, actions=(GET, "Contoso.Things/*"))
    plan = planned([WEB], [saw(WEB, GET, VAULT), saw(WEB, LIST, VAULT)], custom_roles=roles)
    assert chosen(plan) == {("web", "Key Vault Secrets User", VAULT)}


def test_custom_roles_are_left_out_where_the_policy_wants_none():
    plan = planned([WEB], OFFICER_USE, policy=rules(custom=CustomRoles.NONE), custom_roles=keeper(GROUP))
    assert chosen(plan) == {("web", "Key Vault Secrets Officer", VAULT)}


@pytest.mark.parametrize("name", ["key vault  secrets user", "4633458b-17de-408a-b874-0445c86b69e6"])
def test_a_forbidden_role_is_not_given(name):
    plan = planned([WEB], [saw(WEB, GET, VAULT)], policy=rules(forbidden=(name,)))
    assert chosen(plan) == {("web", "Key Vault Certificate User", VAULT)}
    assert any("not among all that are built in" in note for note in plan.notes)


def test_a_forbidden_custom_role_is_not_given():
    plan = planned([WEB], OFFICER_USE, policy=rules(forbidden=(OWN.upper(),)), custom_roles=keeper(GROUP))
    assert chosen(plan) == {("web", "Key Vault Secrets Officer", VAULT)}


def test_a_forbidden_role_that_nobody_knows_is_an_error_with_the_nearest_names():
    with pytest.raises(CannotFollow) as caught:
        planned([WEB], OFFICER_USE, policy=rules(forbidden=("Owner", "Key Vault Secret User")))
    assert caught.value.path == "roles.forbidden[1]"
    assert "`Key Vault Secrets User`" in caught.value.hint
    with pytest.raises(CannotFollow, match="a role's name or its GUID"):
        planned([WEB], [], policy=rules(forbidden=("00000000-0000-0000-0000-000000000000",)))


def test_where_the_best_roles_grant_much_besides_a_role_with_exactly_what_was_used_is_proposed():
    plan = planned([WEB, WORKER], [*OFFICER_USE, saw(WORKER, GET, VAULT)], policy=PROPOSED)
    (role,) = plan.proposed_roles
    assert chosen(plan) == {
        ("web", role.definition.name, VAULT),
        ("worker", "Key Vault Secrets User", VAULT),
    }
    assert role.definition.permissions == (Permission(data_actions=(DELETE, GET, SET)),)
    assert role.definition.custom
    assert role.definition.assignable_scopes == (GROUP,)
    assert role.definition.name.startswith("Keyless KeyVault ")
    assert role.excess_saved == 76
    assert "`Key Vault Secrets Officer`" in role.reason
    (one,) = [one for one in plan.assignments if one.principal == WEB]
    assert one.excess == one.risks == ()
    assert "The plan proposes this role: it grants exactly" in one.reason
    assert one.alternatives[0].role_id == SECRETS_OFFICER
    assert any(note.startswith("a custom role is proposed") for note in plan.notes)
    assert [proof.cost for proof in plan.certificates] == [0, 1]


def test_what_no_role_grants_is_proposed_and_no_longer_uncovered():
    observed = [saw(WEB, GET, VAULT), saw(WEB, UNKNOWN, VAULT)]
    plan = planned([WEB], observed, policy=PROPOSED)
    assert plan.uncovered == ()
    (role,) = plan.proposed_roles
    assert role.definition.permissions == (Permission(data_actions=(UNKNOWN, GET)),)
    assert f"No role that may be chosen grants `{UNKNOWN}`" in role.reason
    assert f"No role that there is grants `{UNKNOWN}`" in plan.assignments[0].reason


@pytest.mark.parametrize("action", ["*", "Microsoft.KeyVault/*", "Contoso.Things/x y", "read", "a/b\n"])
def test_no_role_is_proposed_with_what_is_no_plain_action(action):
    plan = planned([WEB], [saw(WEB, action, VAULT), saw(WEB, READ_CONFIGURATION, STORE)], policy=PROPOSED)
    assert plan.proposed_roles == ()
    assert [one.action for one in plan.uncovered] == [action]


def test_the_same_set_of_actions_is_one_role_for_everybody():
    observed = [
        saw(who, one, at) for one in (SET, DELETE) for who, at in ((WEB, VAULT), (WORKER, OTHER_VAULT))
    ]
    plan = planned([WEB, WORKER], observed, policy=PROPOSED)
    (role,) = plan.proposed_roles
    assert {one.role_id for one in plan.assignments} == {role.definition.id}
    assert role.definition.assignable_scopes == (SUBSCRIPTION,)
    assert role.reason.startswith("For 2 principals at 2 scopes.")
    shouted = [saw(WORKER, one.upper(), FAR_VAULT) for one in (DELETE, SET)]
    further = planned([WORKER], [*observed[::-1], *shouted], policy=PROPOSED).proposed_roles
    assert [one.definition.id for one in further] == [role.definition.id]
    assert further[0].definition.assignable_scopes[0] == SUBSCRIPTION
    assert len(further[0].definition.assignable_scopes) == 2


def test_a_role_is_proposed_only_where_it_saves_enough():
    assert (
        planned(
            [WEB], OFFICER_USE, policy=rules(custom=CustomRoles.PROPOSED, custom_saves=10_000)
        ).proposed_roles
        == ()
    )
    small = planned([WEB], [saw(WEB, GET, VAULT)], policy=rules(custom=CustomRoles.PROPOSED, custom_saves=1))
    assert small.proposed_roles[0].excess_saved == 1
    exact = [saw(WEB, GET, VAULT), saw(WEB, LIST, VAULT)]
    assert (
        planned([WEB], exact, policy=rules(custom=CustomRoles.PROPOSED, custom_saves=0)).proposed_roles == ()
    )


def test_no_role_with_data_actions_is_proposed_for_a_management_group():
    assert (
        planned([WEB], [saw(WEB, one, PLATFORM) for one in (SET, DELETE)], policy=PROPOSED).proposed_roles
        == ()
    )
    control = [saw(WEB, "Microsoft.Contoso/things/read", PLATFORM, plane=ActionPlane.CONTROL)]
    (role,) = planned([WEB], control, policy=PROPOSED).proposed_roles
    assert role.definition.assignable_scopes == (PLATFORM,)


def test_a_proposed_role_that_was_made_is_used_from_then_on():
    made = planned([WEB], OFFICER_USE, policy=PROPOSED).proposed_roles[0].definition
    again = planned([WEB], OFFICER_USE, policy=PROPOSED, custom_roles={made.id: made})
    assert again.proposed_roles == ()
    assert chosen(again) == {("web", made.name, VAULT)}
    elsewhere = [saw(WEB, one, FAR_VAULT) for one in (GET, SET, DELETE)]
    (widened,) = planned([WEB], elsewhere, policy=PROPOSED, custom_roles={made.id: made}).proposed_roles
    assert widened.definition.id == made.id
    assert widened.definition.assignable_scopes[0] == GROUP
    assert len(widened.definition.assignable_scopes) == 2


def test_a_tenant_without_room_gets_those_that_save_most():
    most = limits().rbac.custom_roles_per_tenant
    many = {
        str(at): RoleDefinition(str(at), f"R{at}", (), custom=True, assignable_scopes=())
        for at in range(most - 1)
    }
    observed = [*OFFICER_USE, saw(WORKER, SET, VAULT), saw(WORKER, DELETE, VAULT)]
    free = planned([WEB, WORKER], observed, policy=PROPOSED)
    assert len(free.proposed_roles) == 2
    tight = planned([WEB, WORKER], observed, policy=PROPOSED, custom_roles=many)
    (kept,) = tight.proposed_roles
    assert kept.excess_saved == max(one.excess_saved for one in free.proposed_roles)
    assert len(tight.assignments) == 2
