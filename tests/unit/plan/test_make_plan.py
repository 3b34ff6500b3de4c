from __future__ import annotations

import time

import pytest
from msgspec.structs import replace
from plan_worlds import (
    ADMINISTRATOR,
    DATA_READER,
    DELETE,
    GET,
    GROUP,
    LEGACY,
    LIST,
    OTHER_VAULT,
    READ_CONFIGURATION,
    READER,
    SECRETS_OFFICER,
    SECRETS_USER,
    SET,
    STORE,
    VAULT,
    WEB,
    WORKER,
    chosen,
    saw,
)

from keyless.catalog.roles import find_role
from keyless.model.actions import ActionPlane
from keyless.model.evidence import Outcome
from keyless.model.resource_id import ResourceId
from keyless.model.roles import RoleAssignment
from keyless.plan.assignments import assignment_guid
from keyless.plan.index import general_roles
from keyless.plan.problem import Subject, SubjectKind
from keyless.plan.result import GrantedAction, UsedAction
from plans_made import planned

SECRET = f"{VAULT}/secrets/db"
UNKNOWN = "Contoso.Things/things/read"
READ_GROUPS = "Microsoft.Resources/subscriptions/resourceGroups/read"


def given(subject, role_id, scope, *, name="current", condition=None):
    return RoleAssignment(name, subject.principal_id, role_id, scope, condition=condition)


def the_one(plan):
    (assignment,) = plan.assignments
    return assignment


def test_an_app_that_reads_a_secret_and_its_settings_gets_the_two_readers():
    plan = planned([WEB], [saw(WEB, GET, SECRET, count=3), saw(WEB, READ_CONFIGURATION, STORE)])
    assert chosen(plan) == {
        ("web", "App Configuration Data Reader", STORE),
        ("web", "Key Vault Secrets User", VAULT),
    }
    assert plan.uncovered == plan.removals == ()


def test_an_assignment_says_what_is_used_what_is_not_and_why():
    one = the_one(planned([WEB], [saw(WEB, GET, SECRET, count=3)]))
    assert one.principal == WEB
    assert one.used == (UsedAction(ActionPlane.DATA, GET, 3),)
    assert one.excess == (GrantedAction(ActionPlane.DATA, LIST),)
    assert one.alternatives[0].role_name == "Key Vault Certificate User"
    assert one.alternatives[0].excess == 3
    assert f"grants `{GET}` with less besides: 1 permission" in one.reason
    assert "`Key Vault Certificate User` (3 permissions besides)" in one.reason


def test_a_role_that_grants_exactly_what_is_used_is_said_to():
    one = the_one(planned([WEB], [saw(WEB, GET, VAULT), saw(WEB, LIST, VAULT)]))
    assert one.excess == ()
    assert "and nothing besides" in one.reason


def test_of_several_roles_each_says_what_it_alone_grants_and_what_would_do_instead():
    plan = planned([WORKER], [saw(WORKER, GET, VAULT), saw(WORKER, SET, VAULT)])
    user, writer = plan.assignments
    assert (user.role_name, writer.role_name.split(" (")[0]) == (
        "Key Vault Secrets User",
        "Operator Nexus Key Vault Writer Service Role",
    )
    assert f"it alone grants `{SET}`" in writer.reason
    assert writer.alternatives[0].role_name == "Key Vault Secrets Officer"
    assert "without such roles the least is `Key Vault Secrets Officer`, with 77 permissions" in writer.reason
    assert "preview" not in user.reason


def test_the_roles_to_choose_from_can_be_limited():
    observed = [saw(WORKER, GET, VAULT), saw(WORKER, SET, VAULT)]
    plan = planned([WORKER], observed, flags={"general_only": True})
    assert chosen(plan) == {("worker", "Key Vault Secrets Officer", VAULT)}


def test_a_choice_among_fewer_roles_says_so_and_claims_no_more():
    observed = [saw(WORKER, GET, VAULT), saw(WORKER, SET, VAULT), saw(WORKER, UNKNOWN, VAULT)]
    plan = planned([WORKER], observed, flags={"general_only": True})
    assert f"chosen among {len(general_roles())} roles, not among all that are built in" in plan.notes
    reason = the_one(plan).reason
    assert reason.startswith("None of the roles to choose from, and no set of them, grants")
    assert plan.uncovered[0].advice.startswith("none of the roles to choose from grants this")


def test_a_role_that_is_not_for_everyone_is_pointed_out_with_the_way_around_it():
    observed = [saw(WORKER, GET, VAULT), saw(WORKER, SET, VAULT)]
    (note,) = (note for note in planned([WORKER], observed).notes if "--general-roles" in note)
    assert note.startswith("`Operator Nexus Key Vault Writer Service Role (Preview)`: preview, deprecated or")
    assert not any(
        "--general-roles" in note for note in planned([WORKER], observed, flags={"general_only": True}).notes
    )
    assert not any("--general-roles" in note for note in planned([WEB], [saw(WEB, GET, VAULT)]).notes)


def test_a_service_role_without_substitute_is_said_to_have_none():
    writer = find_role("Operator Nexus Key Vault Writer Service Role (Preview)")
    reason = the_one(planned([WEB], [saw(WEB, SET, VAULT)], choose_from=(writer,))).reason
    assert "without such roles part of this could not be granted" in reason
    assert "No other of the roles to choose from would do in its place" in reason


def test_two_equal_roles_are_told_apart_by_name_and_it_is_said_so():
    user = find_role("Key Vault Secrets User")
    twin = replace(user, id="99999999-0000-0000-0000-000000000000", name="A Twin")
    one = the_one(planned([WEB], [saw(WEB, GET, VAULT)], choose_from=(user, twin)))
    assert one.role_name == "A Twin"
    assert "Where the excess is equal, roles for general use go first" in one.reason


def test_an_action_that_no_role_grants_is_reported_and_the_rest_is_covered():
    plan = planned([WEB], [saw(WEB, GET, VAULT), saw(WEB, UNKNOWN, VAULT, count=2)])
    assert chosen(plan) == {("web", "Key Vault Secrets User", VAULT)}
    (gap,) = plan.uncovered
    assert (gap.principal, gap.scope, gap.count) == (WEB, VAULT, 2)
    assert (gap.plane, gap.action) == (ActionPlane.DATA, UNKNOWN)
    assert f"a custom role with exactly `{UNKNOWN}` in `DataActions`" in gap.advice


def test_a_control_action_that_no_role_grants_goes_into_actions():
    roles = (find_role("Key Vault Secrets User"),)
    plan = planned([WEB], [saw(WEB, UNKNOWN, VAULT, plane=ActionPlane.CONTROL)], choose_from=roles)
    assert plan.assignments == ()
    assert "in `Actions`" in plan.uncovered[0].advice


def test_with_object_scope_a_secret_gets_its_own_assignment():
    plan = planned([WEB], [saw(WEB, GET, SECRET)], flags={"object_scope": True})
    assert chosen(plan) == {("web", "Key Vault Secrets User", SECRET)}


def test_what_is_granted_at_the_vault_is_not_granted_again_at_the_secret():
    plan = planned(
        [WEB], [saw(WEB, GET, SECRET, count=5), saw(WEB, LIST, VAULT)], flags={"object_scope": True}
    )
    one = the_one(plan)
    assert (one.role_name, one.scope) == ("Key Vault Secrets User", VAULT)
    assert one.excess == ()
    assert one.used == (UsedAction(ActionPlane.DATA, GET, 5), UsedAction(ActionPlane.DATA, LIST, 1))
    assert f"It also gives `{GET}` at narrower scopes" in one.reason


def test_what_is_granted_to_one_identity_is_not_taken_for_granted_to_another():
    observed = [saw(WEB, LIST, VAULT), saw(WORKER, GET, SECRET)]
    plan = planned([WEB, WORKER], observed, flags={"object_scope": True})
    assert chosen(plan) == {
        ("web", "Key Vault Secrets User", VAULT),
        ("worker", "Key Vault Secrets User", SECRET),
    }


def test_a_note_says_that_settings_take_no_narrower_scope_than_the_store():
    observed = [saw(WEB, READ_CONFIGURATION, f"{STORE}/keyValues/color")]
    assert any(
        "at the store" in note for note in planned([WEB], observed, flags={"object_scope": True}).notes
    )
    assert not any("at the store" in note for note in planned([WEB], observed).notes)


def test_what_was_denied_is_planned_for_only_if_asked():
    observed = [saw(WEB, GET, VAULT, outcome=Outcome.DENIED)]
    assert planned([WEB], observed).assignments == ()
    assert chosen(planned([WEB], observed, flags={"include_denied": True})) == {
        ("web", "Key Vault Secrets User", VAULT)
    }


def test_what_was_done_in_the_directory_needs_no_role_of_azures():
    read = "microsoft.directory/users/standard/read"
    of_users = saw(WEB, read, "/users/ada", count=3, plane=ActionPlane.DIRECTORY)
    made = planned([WEB], [of_users, saw(WEB, GET, VAULT)], flags={"include_denied": True})
    assert chosen(made) == {("web", "Key Vault Secrets User", VAULT)}
    assert "3 accesses to the directory left out: a plan gives no roles of Entra" in made.notes


def test_denials_that_are_left_out_are_counted_by_what_was_asked_not_by_how_often():
    denied = [saw(WEB, GET, scope, outcome=Outcome.DENIED, count=7) for scope in (VAULT, VAULT, OTHER_VAULT)]
    note = "2 denied accesses left out; `--include-denied` plans for what was denied too"
    assert note in planned([WEB], denied).notes
    assert any(text.startswith("1 denied access left out;") for text in planned([WEB], denied[:1]).notes)
    assert not any(
        "left out" in text for text in planned([WEB], denied, flags={"include_denied": True}).notes
    )
    let_pass = [saw(WEB, GET, scope) for scope in (VAULT, OTHER_VAULT)]
    assert not any("left out" in text for text in planned([WEB], denied + let_pass).notes)


def test_without_observations_the_plan_is_empty_and_says_what_to_do():
    plan = planned([WEB], [])
    assert plan.assignments == ()
    assert any("keyless run --learn" in note for note in plan.notes)


def test_a_principal_that_nobody_declared_is_planned_for_under_its_id():
    stranger = Subject("cccccccc-0000-0000-0000-000000000001", "-", SubjectKind.APPLICATION)
    plan = planned([WEB], [saw(stranger, GET, VAULT)])
    assert the_one(plan).principal.name == stranger.principal_id
    assert any(stranger.principal_id in note for note in plan.notes)


def test_the_same_arguments_in_another_order_give_the_same_plan():
    observed = [saw(WEB, GET, SECRET), saw(WEB, READ_CONFIGURATION, STORE), saw(WORKER, SET, OTHER_VAULT)]
    current = [given(WEB, READER, GROUP, name="one"), given(WEB, ADMINISTRATOR, VAULT, name="two")]
    assert planned([WORKER, WEB], observed[::-1], current[::-1]) == planned([WEB, WORKER], observed, current)


def test_ids_are_derived_and_an_assignment_that_exists_keeps_its_own():
    new = the_one(planned([WEB], [saw(WEB, GET, VAULT)]))
    assert new.id == assignment_guid(WEB.principal_id, SECRETS_USER, ResourceId.parse(VAULT))
    assert not new.exists
    present = given(WEB, SECRETS_USER, VAULT.replace("orders", "ORDERS"))
    kept = planned([WEB], [saw(WEB, GET, VAULT)], [present])
    assert the_one(kept).id == "current"
    assert the_one(kept).exists
    assert kept.removals == ()
    assert not any("minutes" in note for note in kept.notes)


def test_the_plan_knows_its_assignments_as_the_estate_does():
    plan = planned([WEB], [saw(WEB, GET, VAULT)])
    one = the_one(plan)
    assert plan.role_assignments() == (RoleAssignment(one.id, WEB.principal_id, SECRETS_USER, VAULT),)


@pytest.mark.parametrize(
    ("role_id", "scope", "why"),
    [
        (READER, GROUP, "nothing that was observed needs it"),
        (ADMINISTRATOR, GROUP, "what was used of it (1 action) the plan grants by `Key Vault Secrets User`"),
        (SECRETS_USER, GROUP, "`Key Vault Secrets User` at vault contoso-orders"),
        (DATA_READER, STORE, "nothing that was observed needs it"),
    ],
)
def test_an_assignment_that_the_plan_does_not_keep_is_to_be_removed(role_id, scope, why):
    plan = planned([WEB], [saw(WEB, GET, VAULT)], [given(WEB, role_id, scope)])
    (removal,) = plan.removals
    assert (removal.assignment_id, removal.role_id, removal.scope) == ("current", role_id, scope)
    assert why in removal.reason


def test_assignments_of_an_identity_that_did_nothing_are_to_be_removed():
    plan = planned([WEB, WORKER], [saw(WEB, GET, VAULT)], [given(WORKER, READER, GROUP)])
    (one,) = plan.removals
    assert one.reason.startswith("unseen: nothing was observed of this identity; make sure")
    assert not one.certain


def test_assignments_of_others_are_not_looked_at():
    assert planned([WEB], [saw(WEB, GET, VAULT)], [given(LEGACY, READER, GROUP)]).removals == ()


@pytest.mark.parametrize(
    ("assignment", "note"),
    [
        (given(WEB, SECRETS_USER, VAULT, condition="@Resource[x] boolequals true"), "has a condition"),
        (given(WEB, "99999999-0000-0000-0000-000000000000", VAULT), "whose definition is not known"),
    ],
)
def test_what_cannot_be_judged_is_left_alone_and_noted(assignment, note):
    plan = planned([WEB], [saw(WEB, GET, VAULT)], [assignment])
    assert plan.removals == ()
    assert any(note in text for text in plan.notes)
    assert not the_one(plan).exists


def test_a_role_that_alone_grants_something_used_is_not_removed():
    observed = [saw(WEB, GET, VAULT), saw(WEB, DELETE, VAULT)]
    only = (find_role("Key Vault Secrets User"),)
    plan = planned([WEB], observed, [given(WEB, SECRETS_OFFICER, VAULT)], choose_from=only)
    assert plan.removals == ()
    assert any("stays" in note and DELETE in note for note in plan.notes)


def test_a_role_at_the_group_covers_the_vaults_in_it():
    observed = [
        saw(WEB, READ_GROUPS, GROUP, plane=ActionPlane.CONTROL),
        saw(WEB, READ_GROUPS, VAULT, plane=ActionPlane.CONTROL),
    ]
    one = the_one(planned([WEB], observed))
    assert one.scope == GROUP
    assert one.used[0].count == 2


def test_a_plan_for_many_identities_is_made_in_a_moment():
    ids = [f"{n:08}-0000-0000-0000-000000000000" for n in range(100)]
    subjects = [Subject(one, one, SubjectKind.APPLICATION) for one in ids]
    observed = [
        saw(subject, action, f"{VAULT}{n % 7}/secrets/s{n}")
        for n, subject in enumerate(subjects)
        for action in (GET, SET, LIST)[: 1 + n % 3]
    ]
    planned(subjects[:1], observed[:1])
    started = time.perf_counter()
    assert len(planned(subjects, observed).assignments) >= 100
    assert time.perf_counter() - started < 3


def test_what_a_deleted_identity_has_is_removed_and_what_it_did_is_left_out():
    gone = replace(WEB, name="web (deleted)", is_deleted=True)
    current = [
        RoleAssignment("a", WEB.principal_id, SECRETS_USER, VAULT),
        RoleAssignment("b", WEB.principal_id.upper(), "no-such-role", VAULT, condition="@x"),
        RoleAssignment("c", WORKER.principal_id, SECRETS_USER, VAULT),
    ]
    plan = planned([gone, WORKER], [saw(gone, GET, VAULT), saw(WORKER, GET, VAULT)], current)
    assert chosen(plan) == {("worker", "Key Vault Secrets User", VAULT)}
    assert [(one.assignment_id, one.role_name, one.reason) for one in plan.removals] == [
        ("a", "Key Vault Secrets User", "its identity was deleted"),
        ("b", "no-such-role", "its identity was deleted"),
    ]
    assert not any("web" in note for note in plan.notes)


def test_what_was_asked_of_the_directory_is_no_role_of_azures_and_named_with_the_one_that_is() -> None:
    action = "microsoft.directory/servicePrincipals/standard/read"
    there = saw(WEB, action, "/", plane=ActionPlane.DIRECTORY, outcome=Outcome.LEARNED)
    given = saw(WORKER, action, "/", plane=ActionPlane.DIRECTORY, outcome=Outcome.ALLOWED)
    plan = planned([WEB, WORKER], [there, given, saw(WEB, GET, VAULT)])
    assert [one.role_name for one in plan.assignments] == ["Key Vault Secrets User"]
    assert not plan.uncovered
    (note,) = [note for note in plan.notes if "`directoryRoles`" in note]
    assert note.startswith(f"`{WEB.name}` needs 1 action of the directory")
    assert "`Application.Read.All`" in note
