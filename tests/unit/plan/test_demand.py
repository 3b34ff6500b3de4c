from __future__ import annotations

from plan_worlds import GET, GROUP, LIST, READ_CONFIGURATION, STORE, VAULT, WEB, WORKER, saw

from keyless.model.actions import ActionPlane
from keyless.model.evidence import Outcome
from keyless.model.resource_id import ResourceId
from keyless.plan.problem import demands
from plans_made import policy_of

SECRET = f"{VAULT}/secrets/db"


def as_text(found):
    return [(d.principal_id, d.scope.text, {action: n for (_, action), n in d.counts.items()}) for d in found]


def test_what_was_done_to_secrets_is_demanded_at_the_vault_and_counted_together():
    elsewhere = f"{VAULT}/secrets/other"
    seen = [saw(WEB, GET, SECRET, count=2), saw(WEB, GET, elsewhere, count=3), saw(WEB, LIST, VAULT)]
    assert as_text(demands(seen)) == [(WEB.principal_id, VAULT, {GET: 5, LIST: 1})]


def test_with_object_scope_it_is_demanded_at_the_secret_and_listing_at_the_vault():
    seen = [saw(WEB, GET, f"{SECRET}/versions/1"), saw(WEB, LIST, VAULT), saw(WEB, LIST, SECRET)]
    assert as_text(demands(seen, policy_of(object_scope=True))) == [
        (WEB.principal_id, VAULT, {LIST: 1}),
        (WEB.principal_id, SECRET, {GET: 1, LIST: 1}),
    ]


def test_key_values_are_demanded_at_the_store_in_any_case():
    seen = [saw(WEB, READ_CONFIGURATION, f"{STORE}/keyValues/color")]
    assert as_text(demands(seen, policy_of(object_scope=True))) == [
        (WEB.principal_id, STORE, {READ_CONFIGURATION: 1})
    ]


def test_what_was_denied_is_demanded_only_if_asked_for():
    seen = [saw(WEB, GET, VAULT, outcome=Outcome.DENIED), saw(WEB, LIST, VAULT, outcome=Outcome.ALLOWED)]
    assert as_text(demands(seen)) == [(WEB.principal_id, VAULT, {LIST: 1})]
    assert as_text(demands(seen, policy_of(include_denied=True))) == [
        (WEB.principal_id, VAULT, {GET: 1, LIST: 1})
    ]


def test_case_makes_no_difference_and_the_first_spelling_is_shown():
    shouted = VAULT.upper().replace("/SUBSCRIPTIONS", "/subscriptions")
    seen = [saw(WEB, GET, VAULT), saw(WEB, GET.upper(), shouted)]
    assert as_text(demands(seen)) == [(WEB.principal_id, VAULT, {GET: 2})]


def test_the_same_action_on_the_two_planes_is_two_demands():
    seen = [saw(WEB, GET, VAULT), saw(WEB, GET, VAULT, plane=ActionPlane.CONTROL)]
    assert set(demands(seen)[0].counts) == {(ActionPlane.DATA, GET), (ActionPlane.CONTROL, GET)}


def test_principals_are_kept_apart_and_wider_scopes_come_first():
    seen = [saw(WORKER, GET, SECRET), saw(WEB, GET, SECRET), saw(WEB, LIST, GROUP), saw(WEB, LIST, VAULT)]
    found = demands(seen, policy_of(object_scope=True))
    assert [(d.principal_id, d.scope) for d in found] == [
        (WEB.principal_id, ResourceId.parse(GROUP)),
        (WEB.principal_id, ResourceId.parse(VAULT)),
        (WEB.principal_id, ResourceId.parse(SECRET)),
        (WORKER.principal_id, ResourceId.parse(SECRET)),
    ]
