"""Which identity takes the place of a stored credential, where only the runs tell where it was used."""

from __future__ import annotations

import pytest
from identity_worlds import choice, host, plan_for, who_gets_roles
from plan_worlds import READ_CONFIGURATION, STORE, saw

from keyless.model.access_keys import AccessKey
from keyless.model.evidence import SignIn, SignInMethod, SignInOutcome
from keyless.model.identities import ComputeResource, RunsOn
from keyless.plan.problem import Subject, SubjectKind

KEY = AccessKey("contoso-orders", "orders-key", bytes(32))
HOLDER = Subject(KEY.principal_id, "", SubjectKind.ACCESS_KEY)
APPLICATION = Subject("app", "legacy", SubjectKind.APPLICATION, runs_on=RunsOn.AZURE)
SECRET = SignInMethod.CLIENT_SECRET
WORKER, WEB = host("worker"), host("web", own=False)


def signed_in(
    who: Subject,
    on: ComputeResource | None,
    method: SignInMethod = SignInMethod.ACCESS_KEY,
    outcome: SignInOutcome = SignInOutcome.SUCCEEDED,
) -> SignIn:
    place = on.resource_id if on else ""
    target = "https://contoso-orders.azconfig.io"
    return SignIn(who.principal_id, "", method, "orders-key", target, outcome, "", 1, 1, 2, place)


def plan_of(who: Subject, *sign_ins: SignIn, compute=(WORKER, WEB)):
    subjects = [who] if who.kind is SubjectKind.APPLICATION else []
    return plan_for(compute, [[saw(who, READ_CONFIGURATION, STORE)]], *subjects, sign_ins=sign_ins)


def test_what_was_done_with_an_access_key_the_identity_of_the_resource_that_used_it_is_to_do() -> None:
    plan = plan_of(HOLDER, signed_in(HOLDER, WORKER))
    assert who_gets_roles(plan) == {"worker"}
    assert [one.kind for one in choice(plan, "worker").replaces] == [SubjectKind.ACCESS_KEY]
    (stored,) = plan.stored_credentials
    assert stored.identity == "the system-assigned identity of `worker`"
    assert [role.role_name for role in stored.roles] == ["App Configuration Data Reader"]


def test_two_resources_that_used_one_key_share_the_identity_that_replaces_it() -> None:
    plan = plan_of(HOLDER, signed_in(HOLDER, WORKER), signed_in(HOLDER, WEB))
    assert len(plan.assignments) == 1
    assert choice(plan, "worker").identity == choice(plan, "web").identity


@pytest.mark.parametrize(
    "sign_ins",
    [
        [signed_in(HOLDER, WORKER), signed_in(HOLDER, None)],
        [signed_in(HOLDER, WORKER, outcome=SignInOutcome.FAILED)],
        [],
    ],
    ids=["also used elsewhere", "only refused there", "never seen"],
)
def test_a_key_that_nobody_can_be_told_by_stays_where_it_is(sign_ins: list[SignIn]) -> None:
    plan = plan_of(HOLDER, *sign_ins)
    assert plan.assignments == ()
    assert not choice(plan, "worker").replaces


def test_where_there_is_one_resource_alone_a_run_on_it_tells_nothing_of_a_key() -> None:
    plan = plan_of(HOLDER, signed_in(HOLDER, WORKER), compute=(WORKER,))
    assert plan.assignments == ()


def test_an_application_in_azure_runs_where_its_sign_ins_were_seen() -> None:
    plan = plan_of(APPLICATION, signed_in(APPLICATION, WORKER, SECRET))
    assert who_gets_roles(plan) == {"worker"}


def test_an_application_of_which_nothing_is_said_keeps_its_roles() -> None:
    somewhere = Subject("app", "legacy", SubjectKind.APPLICATION)
    plan = plan_of(somewhere, signed_in(somewhere, WORKER, SECRET))
    assert who_gets_roles(plan) == {"legacy"}
