from __future__ import annotations

from plan_worlds import GET, LIST, OTHER_VAULT, READ_CONFIGURATION, STORE, VAULT, WEB, WORKER, saw

from keyless.model.evidence import Outcome
from keyless.plan.unused import unused
from plans_made import planned

SECRET = f"{VAULT}/secrets/db"


def names(found):
    return [
        (one.assignment.role_name, [action.action for action in one.actions], one.wholly) for one in found
    ]


def test_what_a_role_grants_and_nobody_used_is_listed():
    observed = [saw(WEB, GET, SECRET)]
    assert names(unused(planned([WEB], observed), observed)) == [("Key Vault Secrets User", [LIST], False)]


def test_a_role_of_which_everything_was_used_is_left_out():
    observed = [saw(WEB, GET, SECRET), saw(WEB, LIST.upper(), VAULT)]
    assert unused(planned([WEB], observed), observed) == ()


def test_a_role_of_which_nothing_was_used_is_marked():
    plan = planned([WEB], [saw(WEB, GET, VAULT), saw(WEB, READ_CONFIGURATION, STORE)])
    found = unused(plan, [saw(WEB, READ_CONFIGURATION, STORE)])
    wholly = {one.assignment.role_name: one.wholly for one in found}
    assert wholly == {"App Configuration Data Reader": False, "Key Vault Secrets User": True}


def test_use_by_others_elsewhere_or_denied_does_not_count():
    plan = planned([WEB], [saw(WEB, GET, VAULT), saw(WEB, LIST, VAULT)])
    elsewhere = [
        saw(WORKER, GET, VAULT),
        saw(WEB, GET, OTHER_VAULT),
        saw(WEB, LIST, VAULT, outcome=Outcome.DENIED),
    ]
    assert names(unused(plan, elsewhere)) == [("Key Vault Secrets User", sorted([GET, LIST]), True)]
