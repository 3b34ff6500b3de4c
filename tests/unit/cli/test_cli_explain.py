"""Explanations, verdicts and evidence in words; what is typed, understood."""

from __future__ import annotations

import time

import msgspec
import pytest
from msgspec import structs

from keyless.cli.asked import known_action, known_scope
from keyless.cli.evidence import as_line
from keyless.cli.failure import Failure
from keyless.cli.plan_files import print_as
from keyless.cli.run import Finished
from keyless.cli.verdict import holds, in_words, report, seen_since, strangers
from keyless.gateway.child import ChildStatus
from keyless.model.actions import ActionPlane
from keyless.model.evidence import Observation, Outcome
from keyless.model.resource_id import group_scope, resource_scope
from keyless.model.resources import STORE_TYPE, VAULT_TYPE, ConfigurationStore, Vault, secret_scope
from keyless.plan.problem import Subject, SubjectKind
from keyless.plan.result import PlannedAssignment
from keyless.plan.unused import unused
from keyless.runtime.directory import Directory, Entry
from keyless.runtime.messages import Summary
from keyless.runtime.plan_given import subjects_of
from keyless.store.collections import STORES, VAULTS
from keyless.store.ports import Store
from plans_made import planned

GROUP = group_scope("s", "g")
VAULT = resource_scope(GROUP, VAULT_TYPE, "contoso")
OTHER = resource_scope(GROUP, VAULT_TYPE, "other")
STORE = resource_scope(GROUP, STORE_TYPE, "contoso")
DB = secret_scope(VAULT, "db")
READ = "Microsoft.KeyVault/vaults/secrets/getSecret/action"
WEB = Entry("p", "c", "web", "SystemAssigned", f"{GROUP}/providers/Microsoft.Web/sites/web")
PRINCIPALS = Directory([WEB])


@pytest.mark.parametrize(
    ("text", "plane", "action"),
    [
        (READ.upper(), ActionPlane.DATA, READ),
        ("microsoft.keyvault/vaults/read", ActionPlane.CONTROL, "Microsoft.KeyVault/vaults/read"),
    ],
)
def test_an_action_is_known_in_any_casing(text: str, plane: ActionPlane, action: str) -> None:
    assert known_action(text) == (plane, action)


def test_an_unknown_action_is_answered_with_the_nearest() -> None:
    with pytest.raises(Failure, match=rf"`{READ}s` is not a known action: the nearest are `{READ}`"):
        known_action(f"{READ}s")
    with pytest.raises(Failure, match=r"see `docs/reference/operations.md`"):
        known_action("?")


@pytest.fixture
async def estate_store(store: Store) -> Store:
    async with store.transaction() as transaction:
        await transaction.put(VAULTS, ("contoso",), Vault(VAULT.text, "contoso", "x"))
        await transaction.put(STORES, ("contoso",), ConfigurationStore(STORE.text, "contoso", "x"))
    return store


@pytest.mark.parametrize(
    ("text", "scope"),
    [
        (GROUP.text, GROUP.text),
        ("https://contoso.vault.azure.net", VAULT.text),
        ("Contoso.Vault.Azure.net/", VAULT.text),
        ("https://contoso.vault.azure.net/secrets/db", DB.text),
        ("https://contoso.vault.azure.net/secrets/db/0123456789abcdef", DB.text),
        ("https://contoso.vault.azure.net:443/keys/sign", f"{VAULT}/keys/sign"),
        ("contoso.azconfig.io", STORE.text),
        ("https://contoso.azconfig.io/kv/app:color", f"{STORE}/keyValues/app:color"),
        ("https://contoso.azconfig.io/kv/a%2Fb?label=prod&api-version=1.0", f"{STORE}/keyValues/a%2Fb$prod"),
        ("https://contoso.azconfig.io/kv/a/b?label=%00", f"{STORE}/keyValues/a%2Fb"),
    ],
)
async def test_a_scope_is_an_id_or_an_address(estate_store: Store, text: str, scope: str) -> None:
    assert (await known_scope(estate_store, text)).text == scope


@pytest.mark.parametrize(
    "text",
    [
        "contoso",
        "https://contoso.vault.azure.net/secrets",
        "https://contoso.vault.azure.net/certs/x",
        "https://contoso.azconfig.io/keys/x",
        "https://other.vault.azure.net",
        "https://other.azconfig.io/kv/x",
        "https://contoso.example",
    ],
)
async def test_what_has_no_place_in_the_estate_is_said_to(estate_store: Store, text: str) -> None:
    with pytest.raises(Failure, match="is no resource id, and nothing in this estate has that address"):
        await known_scope(estate_store, text)


async def test_an_id_that_is_none_is_said_why(estate_store: Store) -> None:
    with pytest.raises(Failure, match="it has an empty segment"):
        await known_scope(estate_store, "/subscriptions//x")


def saw(outcome: Outcome, action: str = READ, *, first_seen: int = 100, count: int = 2) -> Observation:
    return Observation(
        "p", "Get", ActionPlane.DATA, action, DB.text, outcome, "", count, first_seen, first_seen
    )


def finished(code: int | None = 0, signal: int | None = None, *, lasted: bool = True) -> Finished:
    return Finished(ChildStatus(code, signal), Summary(1, 1, 1, 0, 0) if lasted else None)


PLAN = planned([Subject("p", "web", SubjectKind.SYSTEM_ASSIGNED, WEB.resource_id)], [saw(Outcome.LEARNED)])


@pytest.mark.parametrize(
    ("run", "outcome", "held", "last"),
    [
        (
            finished(),
            Outcome.ALLOWED,
            True,
            "the proof holds: 2 calls allowed by 1 role assignment, none denied",
        ),
        (
            finished(),
            Outcome.DENIED,
            False,
            "the proof fails: 1 access denied; `keyless explain --proof` says",
        ),
        (finished(3), Outcome.ALLOWED, False, "the proof fails: the command did not succeed (exit code 3)"),
        (
            finished(None, 9),
            Outcome.ALLOWED,
            False,
            "the proof fails: the command did not succeed (signal 9)",
        ),
        (finished(lasted=False), Outcome.ALLOWED, False, "the proof fails: the plane did not last until the"),
    ],
)
def test_a_proof_holds_only_if_the_command_succeeds_and_nothing_is_denied(
    run: Finished, outcome: Outcome, held: bool, last: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert holds(run, [saw(outcome)]) is held
    report(PLAN, run, [saw(outcome)], PRINCIPALS)
    said = capsys.readouterr().err.splitlines()
    assert said[-1].startswith(f"keyless: {last}")
    assert (f"keyless: denied 2x: web `{READ}` at secret `db` of vault `contoso`" in said) is (
        outcome is Outcome.DENIED
    )


def test_what_a_role_grants_and_nobody_used_is_listed_up_to_a_limit() -> None:
    (wholly,) = unused(PLAN, [])
    assert in_words(wholly) == "`Key Vault Secrets User` of web at vault `contoso` was not used at all"
    (partly,) = unused(PLAN, [saw(Outcome.ALLOWED)])
    assert in_words(partly).endswith(" grants, unused: Microsoft.KeyVault/vaults/secrets/readMetadata/action")
    officer = planned(
        [], [saw(Outcome.LEARNED, "Microsoft.KeyVault/vaults/secrets/purge/action")], choose_from=None
    )
    (many,) = unused(officer, [saw(Outcome.ALLOWED, "Microsoft.KeyVault/vaults/secrets/purge/action")])
    assert in_words(many).endswith(f" and {len(many.actions) - 8} more")


def test_of_identities_that_took_no_part_in_a_proof_only_their_number_is_told(
    capsys: pytest.CaptureFixture[str],
) -> None:
    both = structs.replace(PLAN, assignments=(*PLAN.assignments, _of_another(PLAN.assignments[0])))
    report(both, finished(), [saw(Outcome.ALLOWED)], PRINCIPALS)
    said = capsys.readouterr().err
    assert "1 role assignment of 1 identity that took no part in this run" in said
    assert "of worker" not in said
    report(both, finished(), [], PRINCIPALS)
    assert "of worker at vault `contoso` was not used at all" in capsys.readouterr().err


def _of_another(one: PlannedAssignment) -> PlannedAssignment:
    return structs.replace(
        one, principal=structs.replace(one.principal, name="worker", principal_id="another")
    )


def test_evidence_is_newer_where_it_was_first_seen_later_and_let_pass() -> None:
    seen = [saw(Outcome.ALLOWED), saw(Outcome.LEARNED, first_seen=101), saw(Outcome.DENIED, first_seen=102)]
    assert [seen_since(moment, seen) for moment in (99, 100, 101)] == [2, 1, 0]


def test_those_whom_the_estate_does_not_know_are_named_once() -> None:
    assert strangers(PLAN, PRINCIPALS) == []
    assert strangers(PLAN, Directory([])) == ["web"]


def test_a_line_of_evidence_says_when_how_often_who_and_what() -> None:
    when = time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(100))
    assert as_line(saw(Outcome.DENIED), PRINCIPALS) == (
        f"{when}       2x  denied   web  {READ}  secret `db` of vault `contoso`"
    )


def test_the_planner_knows_the_same_principals() -> None:
    application = Entry("q", "d", "legacy", "Application", "")
    shared = Entry("r", "e", "shared", "UserAssigned", "/x")
    assert [(one.name, one.kind) for one in subjects_of(Directory([WEB, application, shared]))] == [
        ("legacy", SubjectKind.APPLICATION),
        ("shared", SubjectKind.USER_ASSIGNED),
        ("web", SubjectKind.SYSTEM_ASSIGNED),
    ]


def test_a_plan_is_printed_where_one_text_can_hold_it(capsys: pytest.CaptureFixture[str]) -> None:
    for wanted in ("json", "bicep", "terraform", "arm", "estate"):
        print_as(PLAN, wanted)
        assert capsys.readouterr().out.endswith("\n")
    elsewhere = resource_scope(group_scope("s", "h"), VAULT_TYPE, "elsewhere")
    seen = [saw(Outcome.LEARNED), msgspec.structs.replace(saw(Outcome.LEARNED), scope=elsewhere.text)]
    subject = Subject("p", "web", SubjectKind.SYSTEM_ASSIGNED, WEB.resource_id)
    with pytest.raises(
        Failure, match=r"as bicep, this plan takes several files \(`main.bicep`, .*`--out DIREC"
    ):
        print_as(planned([subject], seen), "bicep")
    print_as(planned([subject], seen), "terraform")
    assert capsys.readouterr().out.count("azurerm_role_assignment") == 2
