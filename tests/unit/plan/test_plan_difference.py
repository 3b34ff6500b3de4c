from __future__ import annotations

import msgspec
from plan_worlds import (
    DELETE,
    GET,
    GROUP,
    LIST,
    READ_CONFIGURATION,
    READER,
    STORE,
    VAULT,
    WEB,
    WORKER,
    saw,
)

from keyless.model.identities import IdentityKind
from keyless.model.roles import Permission, RoleAssignment, RoleDefinition
from keyless.plan.compared import Part
from keyless.plan.difference import Kind, difference
from keyless.plan.problem import Subject, SubjectKind
from keyless.plan.reports.difference import difference_markdown, headline
from keyless.plan.result import Plan
from keyless.plan.results.custom_roles import ProposedRole
from keyless.plan.results.identities import IdentityChange, IdentityChoice, IdentityPlan
from keyless.plan.results.native import NativeGrant, NativeSystem
from keyless.plan.results.secrets import Fate, SecretDecision
from plans_made import planned, printed

READS = [saw(WEB, GET, f"{VAULT}/secrets/db")]
READING = planned([WEB, WORKER], READS)
WRITING = planned([WEB, WORKER], [*READS, saw(WEB, DELETE, VAULT)])
BOTH = planned([WEB, WORKER], [*READS, saw(WORKER, READ_CONFIGURATION, STORE)])


def said(old, new):
    return {(one.part, one.kind, one.who, one.what) for one in difference(old, new).changes}


def test_a_plan_does_not_differ_from_itself_nor_from_the_same_one_made_again():
    assert difference(READING, READING).is_empty
    assert difference(READING, planned([WEB, WORKER], list(READS))).is_empty


def test_what_is_new_one_way_is_gone_the_other_way():
    there, back = difference(READING, BOTH), difference(BOTH, READING)
    assert [(one.kind, one.who) for one in there.changes] == [(Kind.ADDED, "worker")]
    assert [(one.kind, one.who) for one in back.changes] == [(Kind.REMOVED, "worker")]
    assert [one.change for one in there.excess] == [-one.change for one in back.excess]


def test_another_role_at_the_same_scope_is_a_change():
    (change,) = difference(READING, WRITING).changes
    assert (change.part, change.kind, change.who) == (Part.ASSIGNMENTS, Kind.CHANGED, "web")
    assert (change.before, change.after) == ("Key Vault Secrets User", "Key Vault Secrets Officer")


def test_the_same_role_at_another_scope_is_a_change():
    (one,) = READING.assignments
    narrower = msgspec.structs.replace(
        READING, assignments=(msgspec.structs.replace(one, scope=f"{VAULT}/secrets/db"),)
    )
    (change,) = difference(READING, narrower).changes
    assert (change.kind, change.before, change.after) == (Kind.CHANGED, VAULT, f"{VAULT}/secrets/db")


def test_the_same_role_with_more_excess_is_a_change():
    (one,) = WRITING.assignments
    less = msgspec.structs.replace(
        WRITING, assignments=(msgspec.structs.replace(one, excess=one.excess[1:]),)
    )
    (change,) = difference(less, WRITING).changes
    assert change.kind is Kind.CHANGED
    assert change.after == f"{len(one.excess)} excess permissions"


def test_a_custom_role_from_which_nothing_is_taken_any_more_is_a_change():
    def proposing(*less):
        block = Permission(data_actions=("Contoso.Things/*",), not_data_actions=less)
        definition = RoleDefinition("cccccccc-0000-0000-0000-000000000001", "Ours", (block,), custom=True)
        return Plan(proposed_roles=(ProposedRole(definition=definition, excess_saved=0, reason=""),))

    (change,) = difference(proposing("Contoso.Things/things/delete"), proposing()).changes
    assert (change.part, change.kind) == (Part.CUSTOM_ROLES, Kind.CHANGED)
    assert (change.before, change.after) == (
        "Contoso.Things/*, without Contoso.Things/things/delete",
        "Contoso.Things/*",
    )


def test_a_removal_that_became_certain_is_a_change():
    sure = planned([WEB, WORKER], READS, [RoleAssignment("today", WEB.principal_id, READER, GROUP)])
    (one,) = sure.removals
    unsure = msgspec.structs.replace(sure, removals=(msgspec.structs.replace(one, certain=not one.certain),))
    (change,) = difference(unsure, sure).changes
    assert (change.part, {change.before, change.after}) == (Part.REMOVALS, {"certain", "once you are sure"})


def test_settings_with_different_labels_are_two():
    one = SecretDecision(container=STORE, name="color", label="prod", fate=Fate.KEPT, why="", how="")
    other = msgspec.structs.replace(one, label="test")
    changes = difference(Plan(secrets=(one, other)), Plan(secrets=(one,))).changes
    assert [(each.kind, each.who) for each in changes] == [(Kind.REMOVED, "color (test)")]


def test_case_and_a_new_name_are_no_difference():
    (one,) = READING.assignments
    renamed = msgspec.structs.replace(one.principal, name="shop", principal_id=WEB.principal_id.upper())
    same = msgspec.structs.replace(one, principal=renamed, scope=one.scope.upper())
    assert difference(READING, msgspec.structs.replace(READING, assignments=(same,))).is_empty


def test_the_excess_is_told_in_total_and_the_score_by_its_numbers():
    found = difference(READING, WRITING)
    excess = {one.name: (one.before, one.after) for one in found.excess}
    assert excess["all"] == (len(READING.assignments[0].excess), len(WRITING.assignments[0].excess))
    assert {one.name for one in found.score} >= {"excess with the plan"}


def test_removals_and_what_no_role_grants_are_compared():
    current = [RoleAssignment("99999999-0000-0000-0000-000000000000", WEB.principal_id, READER, GROUP)]
    more = planned([WEB, WORKER], [*READS, saw(WEB, "Contoso.Things/things/read", STORE)], current)
    assert said(READING, more) == {
        (Part.UNCOVERED, Kind.ADDED, "web", "Contoso.Things/things/read"),
        (Part.REMOVALS, Kind.ADDED, "web", "Reader"),
    }


def test_identities_secrets_native_grants_and_vaults_are_compared():
    choice = IdentityChoice(
        resource=WEB.resource_id,
        name="web",
        change=IdentityChange.KEEP,
        chosen=IdentityKind.SYSTEM_ASSIGNED,
        identity=WEB,
        members=(),
    )
    secret = SecretDecision(container=VAULT, name="db", fate=Fate.KEPT, why="", how="")
    grant = NativeGrant(
        principal=WEB,
        system=NativeSystem.SQL,
        scope=STORE,
        within="orders",
        role="db_datareader",
        commands=(),
        undo=(),
        reason="",
    )
    old = Plan(identities=IdentityPlan(choices=(choice,)), secrets=(secret,), native=(grant,))
    shared = msgspec.structs.replace(choice, change=IdentityChange.SHARE, identity=WORKER)
    new = Plan(
        identities=IdentityPlan(choices=(shared,)),
        secrets=(msgspec.structs.replace(secret, load_at_start_up=True),),
        vaults_to_switch=(VAULT,),
    )
    found = difference(old, new)
    assert [(one.part, one.kind) for one in found.changes] == [
        (Part.IDENTITIES, Kind.CHANGED),
        (Part.NATIVE, Kind.REMOVED),
        (Part.SECRETS, Kind.CHANGED),
        (Part.VAULTS, Kind.ADDED),
    ]
    assert found.changes[0].after == "SystemAssigned worker (share)"
    assert found.changes[2].after == "kept, to load at start-up"


def test_a_difference_is_told_as_text_and_as_markdown():
    found = difference(READING, planned([WEB, WORKER], [saw(WEB, DELETE, VAULT), saw(WEB, LIST, STORE)]))
    assert "Changes of the plan: assignments: " in headline(found)
    text = printed(found)
    assert "~ Key Vault Secrets Officer of web at vault contoso-orders" in text
    assert "all: 1 -> " in text
    markdown = difference_markdown(found)
    assert "| **changed** | `web` | `Key Vault Secrets Officer` | `vault contoso-orders` |" in markdown
    assert headline(difference(READING, READING)) == "The plans say the same."


def test_names_in_a_difference_are_no_markup():
    odd = Subject("dddddddd-0000-0000-0000-000000000001", "a|b`<img>\x1b[2J", SubjectKind.APPLICATION)
    found = difference(Plan(), planned([odd], [saw(odd, GET, VAULT)]))
    assert "\x1b" not in printed(found)
    assert "<code>a&#124;b&#96;&#60;img&#62;&#92;x1b&#91;2J</code>" in difference_markdown(found)


def test_a_proposed_identity_that_is_there_by_now_is_no_difference():
    (one,) = READING.assignments
    proposed = msgspec.structs.replace(
        one.principal, principal_id="bbbbbbbb-0000-0000-0000-000000000001", is_proposed=True
    )
    before = msgspec.structs.replace(READING, assignments=(msgspec.structs.replace(one, principal=proposed),))
    assert difference(before, READING).is_empty
