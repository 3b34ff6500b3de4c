"""A plan against the evidence and against today's grants, by the decision that the server makes."""

from __future__ import annotations

import msgspec
import pytest
from plan_worlds import (
    ADMINISTRATOR,
    GET,
    GROUP,
    LEGACY,
    LIST,
    READER,
    SECRETS_USER,
    SET,
    SUBSCRIPTION,
    VAULT,
    WEB,
    WORKER,
    saw,
)

from keyless.authz.hierarchy import Hierarchy
from keyless.model.access_policies import AccessPolicy, PolicyPermissions
from keyless.model.actions import ActionPlane
from keyless.model.denies import DeniedPrincipal, DenyAssignment
from keyless.model.directory import Group
from keyless.model.identities import IdentityKind
from keyless.model.management import ManagementGroup
from keyless.model.resources import Vault
from keyless.model.roles import Permission as Block
from keyless.model.roles import RoleAssignment, RoleDefinition
from keyless.plan.containment import contained, stand_ins
from keyless.plan.given import Given, VaultPolicies
from keyless.plan.index import role_index
from keyless.plan.read import read_plan
from keyless.plan.results.actions import GrantedAction
from keyless.plan.results.identities import IdentityChange, IdentityChoice, IdentityPlan
from keyless.plan.results.proof import Permission
from keyless.plan.writers.json import write_json
from plans_made import planned

SECRET = f"{VAULT}/secrets/db"
USES = [saw(WEB, GET, SECRET), saw(WEB, LIST, VAULT), saw(WORKER, SET, SECRET)]
OWN_ACTION = "Contoso.Own/thing/do/action"
ROLES = {one.role.id: one.role for one in role_index().roles}


def has(subject, role, scope=VAULT, **given):
    who = subject if isinstance(subject, str) else subject.principal_id
    return RoleAssignment(f"{role[:8]}-{who[-4:]}", who, role, scope, **given)


def own_role(*data_actions):
    blocks = (Block(data_actions=data_actions),)
    return RoleDefinition("cccccccc-0000-0000-0000-000000000001", "Own", blocks, custom=True)


def added(plan):
    return {(one.role_name, one.count) for one in plan.containment.added}


def test_every_use_is_decided_upon_and_allowed_by_the_plan_alone():
    proof = planned([WEB, WORKER], USES).containment
    assert (proof.used, proof.by_plan, proof.by_kept, proof.missing) == (3, 3, 0, ())
    assert proof.holds


def test_the_same_permission_seen_twice_is_one():
    twice = [saw(WEB, GET, SECRET), saw(WEB, GET.upper(), SECRET.upper())]
    assert planned([WEB], twice).containment.used == 1


def test_what_a_plan_does_not_grant_is_missing():
    plan = planned([WEB, WORKER], USES)
    short = msgspec.structs.replace(plan, assignments=plan.assignments[:1])
    proof = contained(Given(subjects=[WEB, WORKER]), short, role_index(), USES, ROLES)
    assert not proof.holds
    assert proof.missing == (Permission(WORKER.principal_id, SECRET, ActionPlane.DATA, SET),)


def test_what_no_role_grants_is_stated_and_not_missing():
    proof = planned([WEB], [*USES[:2], saw(WEB, OWN_ACTION, VAULT)]).containment
    assert (proof.used, proof.by_plan, proof.uncovered, proof.missing) == (3, 2, 1, ())


def test_what_only_a_kept_assignment_allows_is_counted_apart():
    own = own_role(OWN_ACTION)
    plan = planned(
        [WEB],
        [saw(WEB, OWN_ACTION, VAULT)],
        [has(WEB, own.id)],
        custom_roles={own.id: own},
        choose_from=(ROLES[SECRETS_USER],),
    )
    assert (plan.containment.by_plan, plan.containment.by_kept, plan.removals) == (0, 1, ())


def test_a_deny_assignment_counts_against_the_plan():
    deny = DenyAssignment(
        "d", "no reading", VAULT, (Block(data_actions=(GET,)),), (DeniedPrincipal(WEB.principal_id),)
    )
    proof = planned([WEB, WORKER], USES, denies=[deny]).containment
    assert [(one.principal_id, one.action) for one in proof.missing] == [(WEB.principal_id, GET)]


def test_where_nothing_is_granted_today_all_of_the_role_is_new():
    (one,) = planned([WEB], USES[:2]).containment.added
    assert (one.role_name, one.count, one.only, one.all_but) == ("Key Vault Secrets User", 2, None, ())
    assert {use.action for use in one.used} == {GET, LIST}


def test_what_a_wider_grant_gives_already_is_not_new():
    for scope in (VAULT, GROUP, SUBSCRIPTION, "/"):
        assert planned([WEB], USES[:2], [has(WEB, ADMINISTRATOR, scope)]).containment.added == ()


def test_a_grant_at_a_narrower_scope_leaves_the_role_new_at_the_wider_one():
    plan = planned([WEB], USES[:2], [has(WEB, ADMINISTRATOR, SECRET)])
    assert added(plan) == {("Key Vault Secrets User", 2)}


def test_of_a_role_that_is_granted_in_part_the_rest_is_new():
    plan = planned([WEB], [saw(WEB, SET, SECRET)], [has(WEB, SECRETS_USER)], flags={"general_only": True})
    (one,) = plan.containment.added
    assert (one.role_name, one.only) == ("Key Vault Secrets Officer", None)
    assert {use.action for use in one.all_but} == {GET, LIST}
    assert [use.action for use in one.used] == [SET]


def test_where_little_of_a_role_is_new_that_little_is_listed():
    own = own_role("Microsoft.KeyVault/vaults/secrets/*")
    today = own_role(GET, LIST, "Microsoft.KeyVault/vaults/secrets/delete")
    new = own_role(GET, LIST, "Microsoft.KeyVault/vaults/secrets/delete", SET)
    plan = planned(
        [WEB],
        [saw(WEB, SET, SECRET)],
        [has(WEB, own.id)],
        custom_roles={own.id: today},
        choose_from=(msgspec.structs.replace(new, id="cccccccc-0000-0000-0000-000000000009"),),
    )
    proof = contained(
        Given(assignments=[has(WEB, own.id)]),
        plan,
        role_index(),
        (),
        {today.id: today, plan.assignments[0].role_id: new},
    )
    (one,) = proof.added
    assert (one.count, one.only) == (1, (GrantedAction(ActionPlane.DATA, SET),))


def test_a_conditional_grant_leaves_the_role_new():
    unsure = has(WEB, ADMINISTRATOR, condition="(@Resource[a:b] StringEquals 'c')", condition_version="2.0")
    assert added(planned([WEB], USES[:2], [unsure])) == {("Key Vault Secrets User", 2)}


def test_what_a_group_grants_its_members_is_not_new():
    inner = Group("aaaaaaaa-0000-0000-0000-0000000000f1", "readers", members=(WEB.principal_id.upper(),))
    outer = Group("aaaaaaaa-0000-0000-0000-0000000000f2", "all", members=(inner.principal_id,))
    by_group = has(outer.principal_id, SECRETS_USER)
    assert planned([WEB], USES[:2], [by_group], groups=[inner, outer]).containment.added == ()
    assert added(planned([WEB], USES[:2], [by_group], groups=[inner])) == {("Key Vault Secrets User", 2)}


def test_a_management_group_covers_the_subscriptions_in_it():
    above = "/providers/Microsoft.Management/managementGroups/all"
    subscription = SUBSCRIPTION.rsplit("/", 1)[1]
    hierarchy = Hierarchy([ManagementGroup("all", "All", None, (subscription,))])
    grant = has(WEB, ADMINISTRATOR, above)
    assert planned([WEB], USES[:2], [grant], hierarchy=hierarchy).containment.added == ()
    assert planned([WEB], USES[:2], [grant]).containment.added != ()


def test_a_custom_role_of_today_counts_by_its_definition():
    own = own_role(GET)
    plan = planned(
        [WEB],
        USES[:2],
        [has(WEB, own.id)],
        custom_roles={own.id: own},
        choose_from=(ROLES[SECRETS_USER],),
    )
    (one,) = plan.containment.added
    assert (one.count, one.all_but) == (1, (GrantedAction(ActionPlane.DATA, GET),))


def test_in_a_vault_with_access_policies_those_are_what_is_granted_today():
    def proof(*permissions, role=()):
        entry = AccessPolicy("t", WEB.principal_id, PolicyPermissions(secrets=permissions))
        vault = Vault(VAULT, "v", "x", enable_rbac_authorization=False, access_policies=(entry,))
        policies = VaultPolicies(vaults=(vault,), tenant_id="t")
        return planned([WEB], USES[:2], role, policies=policies).containment

    assert proof("get", "list").added == ()
    (one,) = proof("get").added
    assert {use.action for use in one.used} == {LIST}
    (one,) = proof("list", role=[has(WEB, ADMINISTRATOR)]).added
    assert {use.action for use in one.used} == {GET}


def sharing(plan, identity):
    choice = IdentityChoice(
        resource="/r",
        name="web",
        change=IdentityChange.SHARE,
        chosen=IdentityKind.USER_ASSIGNED,
        identity=identity,
        members=(),
        replaces=(WEB,),
    )
    own = tuple(msgspec.structs.replace(one, principal=identity) for one in plan.assignments)
    return msgspec.structs.replace(plan, assignments=own, identities=IdentityPlan(choices=(choice,)))


def test_another_identity_is_asked_about_in_the_place_of_those_that_it_replaces():
    shared = sharing(planned([WORKER], [saw(WORKER, GET, SECRET)]), WORKER)
    assert stand_ins(shared) == {WEB.principal_id: (WORKER.principal_id,)}
    proof = contained(Given(), shared, role_index(), [saw(WEB, GET, SECRET)], ROLES)
    assert (proof.by_plan, proof.missing) == (1, ())
    none = contained(Given(), shared, role_index(), [saw(LEGACY, GET, SECRET)], ROLES)
    assert len(none.missing) == 1


@pytest.mark.parametrize(
    ("is_proposed", "who_has_it", "new"),
    [
        (True, (), True),
        (True, (WEB,), False),
        (False, (WEB,), True),
        (False, (WORKER,), True),
        (False, (WEB, WORKER), False),
    ],
)
def test_for_an_identity_that_takes_over_what_anybody_lacks_is_new(is_proposed, who_has_it, new):
    identity = msgspec.structs.replace(WORKER, is_proposed=is_proposed)
    shared = sharing(planned([WORKER], [saw(WORKER, GET, SECRET)]), identity)
    today = [has(one, SECRETS_USER) for one in who_has_it]
    proof = contained(Given(assignments=today), shared, role_index(), (), ROLES)
    assert [one.count for one in proof.added] == ([2] if new else [])


def test_a_proof_survives_its_json():
    plan = planned([WEB, WORKER], USES, [has(WEB, READER)])
    assert read_plan(write_json(plan)) == plan
