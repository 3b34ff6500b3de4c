"""References that are followed for sure are planned for, at their secrets; others are only told."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import pytest
from msgspec import structs
from plan_worlds import (
    DATA_READER,
    GET,
    READ_CONFIGURATION,
    SECRETS_USER,
    STORE,
    VAULT,
    WEB,
    WORKER,
    saw,
)

from keyless.model.evidence import Observation, Outcome, Run
from keyless.model.resource_id import ResourceId
from keyless.model.resources import Vault, key_value_scope
from keyless.model.roles import RoleAssignment
from keyless.model.vault_references import read_target
from keyless.plan.given import Given, VaultPolicies
from keyless.plan.identities.moves import moved
from keyless.plan.make import make_plan
from keyless.plan.policy.policy import DEFAULT_POLICY, PlanPolicy
from keyless.plan.policy.scopes import ScopeLevel, ScopeRules
from keyless.plan.problem import Subject
from keyless.plan.references.facts import (
    HeldSecret,
    HeldVault,
    ReferenceFacts,
    SecretState,
    SelectedReference,
    StoredReference,
)
from keyless.plan.reports.html.page import html_text
from keyless.plan.reports.markdown import markdown_text
from keyless.plan.reports.terminal import report_text
from keyless.plan.result import Plan

NAMES = ("api", "db", "prod-db")
RUN = Run("web", (WEB.principal_id,), False, "app", 100, 200, 0)


def reference(secret: str, key: str = "", label: str = "") -> StoredReference:
    uri = f"https://contoso-orders.vault.azure.net/secrets/{secret}"
    return StoredReference(
        store=ResourceId.parse(STORE),
        key=key or f"Orders:{secret}",
        label=label,
        points_to=read_target(json.dumps({"uri": uri})),
    )


API, DB, PROD = reference("api"), reference("db"), reference("prod-db", "Orders:db", "prod")


def held(name: str) -> HeldSecret:
    return HeldSecret(name=name, current="a" * 32, versions=(SecretState(id="a" * 32),))


def at(moment: int, seen: Observation) -> Observation:
    return structs.replace(seen, first_seen=moment, last_seen=moment)


LISTED = at(110, saw(WEB, READ_CONFIGURATION, STORE))


def plan(
    *observations: Observation,
    selected: Sequence[SelectedReference] = (),
    filtered: Sequence[tuple[str, ResourceId]] = (),
    references: Sequence[StoredReference] = (API, DB, PROD),
    runs: Sequence[Run] = (RUN,),
    policy: PlanPolicy = DEFAULT_POLICY,
    vault: Vault | None = None,
    **given: Any,
) -> Plan:
    own = vault or Vault(VAULT, "contoso-orders", "westeurope")
    facts = ReferenceFacts(
        references=references,
        vaults={"contoso-orders": HeldVault(vault=own, secrets={one: held(one) for one in NAMES})},
        selected=selected,
        filtered=filtered,
    )
    made = make_plan(
        Given(
            subjects=[WEB, WORKER],
            observations=observations,
            runs=runs,
            references=facts,
            policies=VaultPolicies(vaults=(own,), tenant_id="t"),
            **given,
        ),
        policy,
    )
    assert not made.containment.missing
    return made


def selects(*references: StoredReference, told: bool = False, who: Subject = WEB) -> list[SelectedReference]:
    return [SelectedReference(who.principal_id, one, told) for one in references]


def vault_roles(made: Plan) -> list[str]:
    return [
        one.scope.removeprefix(VAULT)
        for one in made.assignments
        if one.role_name == "Key Vault Secrets User" and one.scope.startswith(VAULT)
    ]


def test_a_client_that_says_so_follows_what_its_lists_select() -> None:
    made = plan(LISTED, selected=selects(API, DB, told=True))
    assert vault_roles(made) == ["/secrets/api", "/secrets/db"]
    assert made.containment.used == 3
    (first, *_) = (one for one in made.assignments if one.scope.endswith("/secrets/api"))
    assert [(one.action, one.count) for one in first.used] == [(GET, 0)]
    assert first.used[0].because
    assert first.reason.startswith("Nobody saw this read: `Orders:api` of store `contoso-orders` points here")
    assert "its client says" in first.reason
    readers = {one.key: one.readers for one in made.references if not one.label}
    assert {key: [one.follows for one in several] for key, several in readers.items()} == {
        "Orders:api": [True],
        "Orders:db": [True],
    }
    assert all(one.planned and not one.today for several in readers.values() for one in several)


@pytest.mark.parametrize("outcome", [Outcome.ALLOWED, Outcome.LEARNED, Outcome.DENIED])
def test_whoever_asked_for_one_after_reading_the_store_in_one_run_follows_the_others(
    outcome: Outcome,
) -> None:
    asked = at(110, saw(WEB, GET, f"{VAULT}/secrets/api", outcome=outcome))
    made = plan(
        LISTED, asked, selected=selects(API, DB), policy=replace_scopes(ScopeRules(ScopeLevel.OBJECT))
    )
    assert vault_roles(made) == ["/secrets/api", "/secrets/db"]
    assert "it was seen to ask" in made.assignments[-1].reason


def replace_scopes(scopes: ScopeRules) -> PlanPolicy:
    return structs.replace(DEFAULT_POLICY, scopes=scopes)


@pytest.mark.parametrize(
    "asked",
    [
        at(109, saw(WEB, GET, f"{VAULT}/secrets/api", outcome=Outcome.DENIED)),
        at(203, saw(WEB, GET, f"{VAULT}/secrets/api", outcome=Outcome.DENIED)),
        at(110, saw(WORKER, GET, f"{VAULT}/secrets/api", outcome=Outcome.DENIED)),
        at(110, saw(WEB, GET, f"{VAULT}/secrets/prod-db", outcome=Outcome.DENIED)),
    ],
    ids=["before it", "after the run", "by another", "not selected"],
)
def test_what_does_not_show_that_references_are_followed_gives_nothing(asked: Observation) -> None:
    assert vault_roles(plan(LISTED, asked, selected=selects(API, DB))) == []


def test_without_runs_or_a_word_of_the_client_nothing_is_sure() -> None:
    asked = at(110, saw(WEB, GET, f"{VAULT}/secrets/api", outcome=Outcome.DENIED))
    assert vault_roles(plan(LISTED, asked, selected=selects(API, DB), runs=())) == []
    made = plan(LISTED, selected=selects(API, DB))
    assert vault_roles(made) == []
    assert "if it follows references, grant it" in " ".join(report_text(made, width=900).split())


def test_what_lists_leave_out_is_not_needed_and_not_read() -> None:
    known = [(WEB.principal_id.upper(), ResourceId.parse(STORE))]
    made = plan(LISTED, selected=selects(DB, told=True), filtered=known)
    assert vault_roles(made) == ["/secrets/db"]
    assert {f"{one.key}{one.label}": len(one.readers) for one in made.references} == {
        "Orders:api": 0,
        "Orders:db": 1,
        "Orders:dbprod": 0,
    }
    unknown = plan(LISTED, selected=selects(DB, told=True))
    assert [len(one.readers) for one in unknown.references] == [1, 1, 1]


def test_a_key_value_that_is_read_by_name_is_selected() -> None:
    name = key_value_scope(ResourceId.parse(STORE), "Orders:db", "prod").text
    one = at(110, saw(WEB, READ_CONFIGURATION, name))
    asked = at(111, saw(WEB, GET, f"{VAULT}/secrets/prod-db", outcome=Outcome.DENIED))
    assert vault_roles(plan(one, asked)) == ["/secrets/prod-db"]


def test_who_does_not_read_the_store_any_more_follows_nothing() -> None:
    assert vault_roles(plan(selected=selects(API, told=True))) == []


def test_what_cannot_be_followed_needs_no_role_and_is_told() -> None:
    lost = reference("lost")
    made = plan(LISTED, references=(lost, API), selected=selects(lost, API, told=True))
    assert vault_roles(made) == ["/secrets/api"]
    assert {one.key: one.state.value for one in made.references} == {
        "Orders:api": "fine",
        "Orders:lost": "no-secret",
    }
    for told in (report_text(made), markdown_text(made), html_text(made)):
        assert "Key Vault references" in told
        assert "has no secret" in " ".join(told.split())
    assert "1 reference leads to a secret that every reader can read" in report_text(made)


def test_a_role_at_the_vault_that_evidence_asks_for_is_enough() -> None:
    other = at(110, saw(WEB, GET, f"{VAULT}/secrets/other"))
    assert vault_roles(plan(LISTED, other, selected=selects(API, DB, told=True))) == [""]


def test_a_policy_widens_to_the_vault_where_it_says_so_of_vaults() -> None:
    whole = replace_scopes(ScopeRules(services={"keyvault": ScopeLevel.CONTAINER}))
    assert vault_roles(plan(LISTED, selected=selects(API, DB, told=True), policy=whole)) == [""]


def test_a_role_that_is_there_for_a_reference_nobody_saw_read_is_kept() -> None:
    there = RoleAssignment("there", WEB.principal_id, SECRETS_USER, f"{VAULT}/secrets/db")
    reads = RoleAssignment("reads", WEB.principal_id, DATA_READER, STORE)
    made = plan(LISTED, selected=selects(DB, told=True), assignments=[there, reads])
    assert [one.exists for one in made.assignments] == [True, True]
    assert made.removals == ()


def test_where_access_policies_decide_a_followed_secret_gets_a_role_for_afterwards() -> None:
    vault = Vault(VAULT, "contoso-orders", "westeurope", enable_rbac_authorization=False)
    made = plan(LISTED, selected=selects(DB, told=True), vault=vault)
    assert vault_roles(made) == ["/secrets/db"]
    (db,) = (one for one in made.references if one.key == "Orders:db" and not one.label)
    assert [(one.today, one.planned) for one in db.readers] == [(False, True)]


def test_a_plan_without_references_says_nothing_of_them() -> None:
    made = plan(LISTED, references=())
    assert made.references == ()
    assert "Key Vault references" not in report_text(made) + markdown_text(made) + html_text(made)


def test_what_an_identity_selects_is_put_down_to_the_one_that_takes_its_place() -> None:
    facts = ReferenceFacts(
        references=(DB,),
        selected=selects(DB, told=True),
        filtered=[
            (WEB.principal_id, ResourceId.parse(STORE)),
            (WORKER.principal_id, ResourceId.parse(STORE)),
        ],
    )
    after = moved(Given(references=facts), {WEB.principal_id: (WORKER.principal_id,)}, ())
    assert after.references.selected == selects(DB, told=True, who=WORKER)
    assert {who for who, _ in after.references.filtered} == {WORKER.principal_id}
