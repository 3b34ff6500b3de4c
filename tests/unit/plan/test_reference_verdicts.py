"""How references stand, one by one: what is there, what is in its time, what follows the secret."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from plan_worlds import DAY, STORE, VAULT

from keyless.model.resource_id import ResourceId
from keyless.model.resources import Vault
from keyless.model.vault_references import read_target
from keyless.plan.references.facts import (
    HeldSecret,
    HeldVault,
    ReferenceFacts,
    SecretState,
    StoredReference,
)
from keyless.plan.references.verdict import FINE, Verdict, verdict_of
from keyless.plan.results.references import ReferenceState, Severity

NOW = 1_800_000_000
OLD, NEW, OTHERS, NOBODYS = "a" * 32, "b" * 32, "c" * 32, "d" * 32
ADDRESS = "https://contoso-orders.vault.azure.net/secrets/db"


def secret(*versions: SecretState, managed: bool = False, purge_at: int | None = None) -> HeldSecret:
    """A secret whose last version is the newest."""
    return HeldSecret(
        name="db", current=versions[-1].id, versions=versions, managed=managed, purge_at=purge_at
    )


def reference(uri: str = ADDRESS, key: str = "Orders:Db") -> StoredReference:
    return StoredReference(
        store=ResourceId.parse(STORE), key=key, points_to=read_target(json.dumps({"uri": uri}))
    )


def judged(held: HeldSecret | None, uri: str = ADDRESS, *others: str) -> Verdict:
    vault = HeldVault(
        vault=Vault(VAULT, "contoso-orders", "westeurope"),
        secrets={"db": held} if held else {},
        versions_elsewhere={OTHERS: "api"},
        names=["db", "api-key"],
    )
    mine = reference(uri)
    facts = ReferenceFacts(
        references=(mine, *map(reference, others)),
        vaults={"contoso-orders": vault},
        deleted_vaults=frozenset({"gone-vault"}),
        now=NOW,
    )
    verdict = verdict_of(mine, facts)
    assert bool(verdict.why) is bool(verdict.how) is (verdict != FINE)
    return verdict


def at(
    version: str, enabled: bool = True, *, not_before: int | None = None, expires: int | None = None
) -> SecretState:
    return SecretState(id=version, enabled=enabled, not_before=not_before, expires=expires)


PLAIN = SecretState(id=NEW)
LIVE = secret(PLAIN)
ELSE = "https://NAME.vault.azure.net/secrets"


@pytest.mark.parametrize(
    ("held", "uri", "state", "severity", "said"),
    [
        (LIVE, ADDRESS, "fine", "none", ""),
        (LIVE, ADDRESS.replace("/db", "/DB"), "fine", "none", ""),
        (LIVE, f"{ADDRESS}/{NEW}", "fine", "none", ""),
        (LIVE, ADDRESS.replace("/secrets/", "/keys/"), "not-a-secret", "error", "keys"),
        (LIVE, f"{ELSE}/db".replace("NAME", "gone-vault"), "vault-deleted", "error", "az keyvault recover"),
        (LIVE, f"{ELSE}/db".replace("NAME", "anothers"), "elsewhere", "notice", "declare it"),
        (LIVE, "https://abc.vault.azure.cn/secrets/db", "elsewhere", "notice", "vault.azure.cn"),
        (None, ADDRESS, "no-secret", "error", "keyless secret set contoso-orders db"),
        (None, ADDRESS.replace("/db", "/api-ky"), "no-secret", "error", "did you mean `api-key`?"),
        (secret(PLAIN, purge_at=NOW + DAY), ADDRESS, "deleted", "error", "secret recover --vault-name"),
        (LIVE, f"{ADDRESS}/{OTHERS}", "other-secret", "error", "`api`"),
        (LIVE, f"{ADDRESS}/{NOBODYS}", "no-version", "error", "leave the version out"),
        (secret(at("")), f"{ADDRESS}/{NOBODYS}", "no-version", "error", "leave the version out"),
        (secret(at(NEW, False)), ADDRESS, "disabled", "error", "--enabled true"),
        (secret(at(NEW, False)), f"{ADDRESS}/{NEW}", "disabled", "error", f"--version {NEW}"),
        (secret(at(OLD, False), PLAIN), f"{ADDRESS}/{OLD}", "disabled", "error", "leave the version out"),
        (secret(at(OLD, False), PLAIN), ADDRESS, "fine", "none", ""),
        (secret(at(NEW, not_before=NOW + 1)), ADDRESS, "not-yet-valid", "warning", "not valid before"),
        (secret(at(NEW, not_before=NOW)), ADDRESS, "fine", "none", ""),
        (secret(at(NEW, expires=NOW)), ADDRESS, "expired", "warning", "keyless secret set"),
        (secret(at(NEW, expires=NOW + 30 * DAY)), ADDRESS, "expiring", "notice", "expires on"),
        (secret(at(NEW, expires=NOW + 30 * DAY + 1)), ADDRESS, "fine", "none", ""),
        (secret(at(NEW, expires=NOW + DAY)), f"{ADDRESS}/{NEW}", "expiring", "warning", "not follow"),
        (secret(at(OLD), PLAIN), f"{ADDRESS}/{OLD}", "pinned", "warning", "no reference follows"),
        (secret(PLAIN, managed=True), f"{ADDRESS}/{NEW}", "pinned", "warning", "renewal"),
        (secret(PLAIN, managed=True), ADDRESS, "fine", "none", ""),
    ],
)
def test_a_reference_stands(held: HeldSecret | None, uri: str, state: str, severity: str, said: str) -> None:
    verdict = judged(held, uri)
    assert (verdict.state.value, verdict.severity.value) == (state, severity)
    assert said in f"{verdict.why}; {verdict.how}"


def test_an_old_version_is_only_told_of_while_another_reference_follows_the_secret() -> None:
    held = secret(SecretState(id=OLD), PLAIN)
    pinned = f"{ADDRESS}/{OLD}"
    assert judged(held, pinned, ADDRESS.replace("/db", "/DB")).severity is Severity.NOTICE
    assert judged(held, pinned, f"{ADDRESS}/{NEW}").severity is Severity.WARNING
    assert judged(held, pinned, ADDRESS.replace("/db", "/other")).severity is Severity.WARNING


def test_only_what_is_here_and_no_error_can_be_followed() -> None:
    assert judged(secret(PLAIN)).can_be_followed
    assert judged(secret(SecretState(id=NEW, expires=1))).can_be_followed
    assert not judged(None).can_be_followed
    assert not judged(None, "https://anothers.vault.azure.net/secrets/db").can_be_followed


def test_what_is_no_reference_s_value_is_told_by_its_fault() -> None:
    one = replace(reference(), points_to=read_target("PLANTED"))
    verdict = verdict_of(one, ReferenceFacts(references=(one,)))
    assert verdict.state is ReferenceState.NOT_JSON
    assert "PLANTED" not in f"{verdict}"
