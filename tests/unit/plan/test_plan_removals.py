"""Which assignments go: of custom roles, with conditions, through groups, of nobody; and how sure that is."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from plan_worlds import (
    ADMINISTRATOR,
    DAY,
    GET,
    GROUP,
    LEGACY,
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
from keyless.catalog.roles import find_role
from keyless.model.actions import ActionPlane
from keyless.model.directory import Group
from keyless.model.evidence import LogImport, Run
from keyless.model.management import ManagementGroup
from keyless.model.roles import Permission, RoleAssignment, RoleDefinition
from keyless.plan.policy.evidence import EvidenceRules
from keyless.plan.policy.policy import PlanPolicy
from keyless.plan.policy.roles import RoleRules
from keyless.plan.result import Plan
from plans_made import planned

CONDITION = "@Resource[Microsoft.KeyVault/vaults/secrets:name] StringEquals 'db'"
BLOBS = find_role("Storage Blob Data Reader").id
ACCOUNT = f"{GROUP}/providers/Microsoft.Storage/storageAccounts/contoso"
USES = [saw(WEB, GET, f"{VAULT}/secrets/db", days=[100, 101])]
LOGS = LogImport("logs", "AzureActivity", 10, 10, 0, 0, 100 * DAY, 101 * DAY)


def custom(*data_actions: str, condition: str | None = None) -> RoleDefinition:
    block = Permission(data_actions=data_actions, condition=condition)
    return RoleDefinition("cccccccc-0000-0000-0000-000000000001", "Own", (block,), custom=True)


def has(who, role=READER, scope=GROUP, **given) -> RoleAssignment:
    return RoleAssignment("today", getattr(who, "principal_id", who), role, scope, **given)


@dataclass
class Judged:
    """What became of one assignment."""

    plan: Plan

    @property
    def reason(self):
        (one,) = self.plan.removals
        return one.reason

    @property
    def certain(self):
        return self.plan.removals[0].certain

    def notes(self, text):
        return [note for note in self.plan.notes if text in note]


def judged(assignment, seen=USES, *, subjects=(WEB, WORKER), **given) -> Judged:
    return Judged(planned(subjects, seen, [assignment], **given))


def test_a_custom_role_is_judged_by_its_definition():
    own = custom(SET)
    unused = judged(has(WEB, own.id, VAULT), custom_roles={own.id: own})
    assert (unused.reason, unused.certain) == ("nothing that was observed needs it, on 2 days", True)
    assert unused.plan.removals[0].role_name == "Own"


def test_a_custom_role_gives_way_to_the_roles_of_the_plan():
    own = custom(GET, SET)
    found = judged(
        has(WEB, own.id, VAULT), custom_roles={own.id: own}, choose_from=(find_role(SECRETS_USER),)
    )
    assert "the plan grants by `Key Vault Secrets User` at vault contoso-orders" in found.reason


def test_a_condition_saves_nothing_of_which_nothing_was_used():
    found = judged(has(WEB, ADMINISTRATOR, ACCOUNT, condition=CONDITION))
    assert "nothing that was observed needs it" in found.reason
    assert found.plan.removals[0].condition == CONDITION


def test_a_condition_that_could_matter_leaves_the_assignment_to_its_owner():
    found = judged(has(WEB, ADMINISTRATOR, VAULT, condition=CONDITION))
    assert found.plan.removals == ()
    assert found.notes("conditions are not evaluated here, so decide yourself")


def test_of_a_conditional_assignment_and_the_plans_own_azure_takes_only_one():
    found = judged(has(WEB, SECRETS_USER, VAULT, condition=CONDITION))
    assert found.plan.removals == ()
    assert found.notes("Azure takes only one of the two")


def test_a_block_with_a_condition_counts_as_what_it_could_grant():
    own = custom(GET, condition=CONDITION)
    found = judged(has(WEB, own.id, VAULT), custom_roles={own.id: own})
    assert "what was used of it (1 action) the plan grants by" in found.reason


def test_what_the_window_dropped_says_when_it_was_last_used():
    seen = [saw(WEB, SET, f"{VAULT}/secrets/db", days=[10]), *USES]
    policy = PlanPolicy(evidence=EvidenceRules(window_days=30))
    own = custom(SET)
    found = judged(has(WEB, own.id, VAULT), seen, policy=policy, custom_roles={own.id: own})
    assert found.reason == "nothing that is needed uses it: last used 1970-01-11, 91 days ago"


def test_of_an_identity_that_was_never_seen_nothing_is_certain():
    found = judged(has(WORKER))
    assert found.reason.startswith("unseen: nothing was observed of this identity in 2 days")
    assert not found.certain


def test_what_no_directory_has_is_removed_whatever_it_grants():
    nobody = "dddddddd-0000-0000-0000-000000000001"
    found = judged(has(nobody, "no-such-role", VAULT), not_found=frozenset({nobody.upper()}))
    assert "nobody in the directory has its identity" in found.reason
    assert found.plan.removals[0].principal.principal_id == nobody
    assert judged(has(nobody)).plan.removals == ()


@pytest.mark.parametrize(
    ("role", "scope", "unseen"),
    [(BLOBS, ACCOUNT, "the data of `Microsoft.Storage/storageAccounts`"), (READER, GROUP, "reads of the")],
)
def test_what_no_imported_log_shows_is_not_certain_to_be_unused(role, scope, unseen):
    found = judged(has(WEB, role, scope), imports=[LOGS])
    assert f"no log that was seen shows {unseen}" in found.reason
    assert not found.certain


def test_what_a_log_shows_is_certain():
    read = "Microsoft.Storage/storageAccounts/blobServices/containers/blobs/read"
    seen = [*USES, saw(WORKER, read, ACCOUNT, days=[101])]
    assert judged(has(WEB, BLOBS, ACCOUNT), seen, imports=[LOGS]).certain
    control = saw(WORKER, "Microsoft.KeyVault/vaults/read", VAULT, plane=ActionPlane.CONTROL, days=[101])
    assert judged(has(WEB), [*USES, control], imports=[LOGS]).certain


def test_the_local_plane_shows_all_that_it_serves_and_no_blobs():
    run = Run("web", (WEB.principal_id,), True, "pytest", 1, 2, 0)
    assert judged(has(WEB), imports=[LOGS], runs=[run]).certain
    assert not judged(has(WEB, BLOBS, ACCOUNT)).certain
    assert judged(has(WEB, ADMINISTRATOR, ACCOUNT)).certain


def group(*members, name="team") -> Group:
    return Group("aaaaaaaa-0000-0000-0000-0000000000f1", name, members=tuple(members))


def test_the_plan_rests_on_no_membership_and_says_what_the_group_is_then():
    team = group(WEB.principal_id)
    exact = judged(has(team, SECRETS_USER, VAULT), groups=[team])
    assert [one.principal for one in exact.plan.assignments] == [WEB]
    assert exact.notes("through the group `team`: the plan gives it the very same directly")
    wider = judged(has(team, ADMINISTRATOR), groups=[team])
    assert wider.notes("and used 1 permission of it: the plan grants that directly")
    assert (exact.plan.removals, wider.plan.removals) == ((), ())


def test_a_groups_role_that_no_member_used_goes_if_all_members_are_known():
    team = group(WEB.principal_id)
    found = judged(has(team, BLOBS, ACCOUNT), groups=[team], imports=[])
    assert found.reason.startswith("none of its members (`web`) was seen to need it; no log that was seen")
    assert found.plan.removals[0].principal.name == "team"
    assert judged(has(team, ADMINISTRATOR, ACCOUNT), groups=[team]).certain


@pytest.mark.parametrize("other", ["eeeeeeee-0000-0000-0000-000000000001", LEGACY.principal_id])
def test_a_groups_role_stays_where_others_are_in_the_group(other):
    team = group(WEB.principal_id, other)
    found = judged(has(team, ADMINISTRATOR, ACCOUNT), groups=[team])
    assert found.plan.removals == ()
    assert found.notes("nothing that is needed uses it: take it out of the group")


def test_groups_in_groups_are_followed_however_they_turn():
    inner, outer = "aaaaaaaa-0000-0000-0000-0000000000f2", "aaaaaaaa-0000-0000-0000-0000000000f1"
    groups = [group(inner), Group(inner, "inner", members=(WEB.principal_id, outer))]
    found = judged(has(outer, ADMINISTRATOR, ACCOUNT), groups=groups)
    assert found.reason == "none of its members (`web`) was seen to need it"


def test_what_a_group_of_strangers_has_is_not_looked_at():
    team = group("eeeeeeee-0000-0000-0000-000000000001")
    found = judged(has(team, ADMINISTRATOR, SUBSCRIPTION), groups=[team])
    assert (found.plan.removals, found.notes("group `team`")) == ((), [])


def test_what_is_used_at_one_place_stays_granted_there_though_a_role_of_the_plan_grants_the_same_elsewhere():
    odd = "Contoso.Things/things/read"
    block = (Permission(data_actions=(odd,)),)
    here = RoleDefinition(
        "cccccccc-0000-0000-0000-000000000002", "Here", block, True, assignable_scopes=(GROUP,)
    )
    wide = RoleDefinition(
        "cccccccc-0000-0000-0000-000000000003", "Wide", block, True, assignable_scopes=(SUBSCRIPTION,)
    )
    plan = planned(
        (WEB,),
        [saw(WEB, odd, ACCOUNT), saw(WEB, odd, ACCOUNT.replace("/orders/", "/shared/"))],
        [has(WEB, wide.id, SUBSCRIPTION)],
        policy=PlanPolicy(roles=RoleRules(forbidden=("Wide",))),
        custom_roles={one.id: one for one in (here, wide)},
    )
    assert [one.role_name for one in plan.assignments] == ["Here"]
    assert [one.action for one in plan.uncovered] == [odd]
    assert plan.removals == ()
    assert any("`Wide` of `web`" in note and "stays" in note for note in plan.notes)


MANAGED = "/providers/Microsoft.Management/managementGroups/production"


def test_a_role_at_a_management_group_is_judged_by_what_is_used_in_its_subscriptions():
    inside = Hierarchy([ManagementGroup("production", "", subscriptions=(SUBSCRIPTION.split("/")[2],))])
    found = judged(has(WEB, SECRETS_USER, MANAGED), hierarchy=inside)
    assert (found.certain, found.reason.startswith("what was used of it (1 action) the plan grants")) == (
        True,
        True,
    )
    (today,) = found.plan.today
    assert today.unused < today.granted


def test_what_lies_in_a_management_group_that_is_not_known_makes_a_removal_uncertain():
    found = judged(has(WEB, SECRETS_USER, MANAGED))
    assert not found.certain
    assert "which subscriptions lie in the management group is not known" in found.reason
