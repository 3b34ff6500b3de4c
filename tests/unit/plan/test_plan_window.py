"""What counts as need in time: the window, rare use, what is kept in spite of them, and what is dropped."""

from __future__ import annotations

import msgspec
import pytest
from plan_worlds import DAY, DELETE, GET, SET, VAULT, WEB, WORKER, chosen, saw

from keyless.model.actions import ActionPlane
from keyless.model.evidence import Outcome
from keyless.model.resources import Vault
from keyless.plan.given import VaultPolicies
from keyless.plan.policy.evidence import EvidenceRules, KeepRule, RareUse
from keyless.plan.policy.policy import PlanPolicy
from keyless.plan.window import date_of, last_used
from plans_made import planned

LAST = 20_000


def rules(**given) -> PlanPolicy:
    return PlanPolicy(evidence=EvidenceRules(**given))


def dropped(observations, **given):
    plan = planned([WEB, WORKER], observations, policy=rules(**given))
    return {(one.action, one.reason) for one in plan.dropped}


def test_without_a_window_nothing_is_dropped_however_old():
    assert dropped([saw(WEB, SET, VAULT, days=[1]), saw(WEB, GET, VAULT, days=[LAST])]) == set()


def test_what_was_last_used_before_the_window_is_dropped_and_says_when_that_was():
    observations = [saw(WEB, SET, VAULT, days=[LAST - 91]), saw(WEB, GET, VAULT, days=[LAST - 90, LAST])]
    plan = planned([WEB], observations, policy=rules(window_days=90))
    (one,) = plan.dropped
    assert (one.action, one.scope, one.count) == (SET, VAULT, 1)
    assert one.reason == "last used 2024-07-05, 91 days ago: the window is 90 days"
    assert chosen(plan) == {("web", "Key Vault Secrets User", VAULT)}


def test_an_action_counts_at_the_vault_if_any_object_of_it_was_touched_lately():
    old, new = (saw(WEB, GET, f"{VAULT}/secrets/{name}", days=[day]) for name, day in (("a", 1), ("b", LAST)))
    assert dropped([old, new], window_days=30) == set()


def test_where_roles_go_to_objects_each_object_has_its_own_time():
    old, new = (saw(WEB, GET, f"{VAULT}/secrets/{name}", days=[day]) for name, day in (("a", 1), ("b", LAST)))
    plan = planned(
        [WEB],
        [old, new],
        policy=msgspec.convert({"scopes": {"level": "object"}, "evidence": {"windowDays": 30}}, PlanPolicy),
    )
    assert [one.scope for one in plan.dropped] == [f"{VAULT}/secrets/a"]
    assert {one.scope for one in plan.assignments} == {f"{VAULT}/secrets/b"}


def test_the_time_counted_from_is_the_given_one():
    plan = planned([WEB], [saw(WEB, GET, VAULT, days=[10])], policy=rules(window_days=5), made_at=16 * DAY)
    assert [one.action for one in plan.dropped] == [GET]


def test_rare_use_is_kept_unless_the_policy_says_otherwise():
    observations = [saw(WEB, SET, VAULT, days=[LAST]), saw(WEB, GET, VAULT, days=[LAST - 1, LAST])]
    assert dropped(observations, rare_days=1) == set()
    assert dropped(observations, rare_days=1, rare=RareUse.DROP) == {
        (SET, "used on 1 day: the policy drops what is used on at most 1 day")
    }


def test_rare_use_can_be_told_by_the_number_of_times():
    observations = [saw(WEB, SET, VAULT, count=2, days=[LAST]), saw(WEB, GET, VAULT, count=3, days=[LAST])]
    assert dropped(observations, rare_count=2, rare=RareUse.DROP) == {
        (SET, "used 2 times: the policy drops what is used at most 2 times")
    }


def test_days_that_were_not_kept_make_no_use_rare():
    seen = msgspec.structs.replace(saw(WEB, SET, VAULT, days=[1, LAST]), days=(), counts=())
    assert dropped([seen], rare_days=5, rare=RareUse.DROP) == set()


def test_what_has_no_time_is_never_dropped():
    observations = [saw(WEB, SET, VAULT), saw(WEB, GET, VAULT, days=[LAST])]
    assert dropped(observations, window_days=1, rare_count=1, rare=RareUse.DROP) == {
        (GET, "used 1 time: the policy drops what is used at most 1 time")
    }


@pytest.mark.parametrize(
    ("rule", "kept"),
    [
        (KeepRule(action="*/setSecret/action"), True),
        (KeepRule(action="MICROSOFT.KEYVAULT/*"), True),
        (KeepRule(action="*/delete"), False),
        (KeepRule(principal="web"), True),
        (KeepRule(principal=WEB.principal_id), True),
        (KeepRule(principal="work*"), False),
        (KeepRule(scope=VAULT.upper()), True),
        (KeepRule(scope=VAULT[:-1]), False),
        (KeepRule(scope="*/vaults/contoso-*"), True),
        (KeepRule(action="*/delete", principal="web"), False),
    ],
)
def test_a_keep_rule_speaks_of_a_use_where_all_that_it_names_holds(rule, kept):
    observations = [saw(WEB, SET, VAULT, days=[1]), saw(WORKER, GET, VAULT, days=[LAST])]
    assert dropped(observations, window_days=30, keep=(rule,)) == (
        set() if kept else {(SET, f"{last_used(DAY, LAST * DAY)}: the window is 30 days")}
    )


def test_a_keep_rule_for_no_scope_at_all_is_refused():
    with pytest.raises(msgspec.ValidationError, match="is not a resource id"):
        msgspec.convert({"scope": "vaults/contoso"}, KeepRule)


def test_what_was_denied_is_judged_only_where_it_counts():
    denied = saw(WEB, DELETE, VAULT, days=[1], outcome=Outcome.DENIED)
    new = saw(WEB, GET, VAULT, days=[LAST])
    assert dropped([denied, new], window_days=30) == set()
    assert {action for action, _ in dropped([denied, new], window_days=30, include_denied=True)} == {DELETE}


def test_the_directory_is_not_judged():
    seen = saw(WEB, "microsoft.directory/groups/create", "/", plane=ActionPlane.DIRECTORY, days=[1])
    assert dropped([seen, saw(WEB, GET, VAULT, days=[LAST])], window_days=30) == set()


def test_whose_use_of_a_vault_with_policies_was_dropped_gets_no_roles_for_its_policy(policy_vault):
    observations = [saw(WEB, GET, VAULT, days=[1]), saw(WORKER, GET, VAULT, days=[LAST])]
    policies = VaultPolicies(vaults=(policy_vault,), tenant_id="t")
    plan = planned([WEB, WORKER], observations, policy=rules(window_days=30), policies=policies)
    assert chosen(plan) == {("worker", "Key Vault Secrets User", VAULT)}
    (of_web,) = [one for one in plan.migrations if one.principal == WEB]
    assert of_web.remark == "what it used here is dropped by the plan's rules, so nothing replaces its policy"


@pytest.fixture
def policy_vault():
    entry = {"tenantId": "t", "objectId": WEB.principal_id, "permissions": {"secrets": ["get", "set"]}}
    return msgspec.convert(
        {
            "name": "contoso-orders",
            "location": "westeurope",
            "resourceId": VAULT,
            "enableRbacAuthorization": False,
            "accessPolicies": [entry],
        },
        Vault,
    )


def test_a_time_beyond_all_calendars_is_still_written():
    assert date_of(10**15) == "9999-12-31"


def test_a_rule_on_what_is_kept_that_speaks_of_nothing_is_told_where_anything_was_dropped():
    observations = [saw(WEB, SET, VAULT, days=[1]), saw(WEB, GET, VAULT, days=[LAST])]
    misspelt = KeepRule(action="Microsoft.KeyVault/vaults/secret/*")
    told = "the rule that keeps `Microsoft.KeyVault/vaults/secret/*` of `*` at `*` speaks of nothing"

    def notes(**given):
        plan = planned([WEB], observations, policy=rules(**given))
        return [note for note in plan.notes if note.startswith("the rule that keeps")]

    (note,) = notes(window_days=30, keep=(misspelt, KeepRule(action=GET)))
    assert note.startswith(told)
    assert notes(keep=(misspelt,)) == []
