"""Logs in every shape that Azure hands them out in say the same.

The samples in `tests/logs` are written field by field after the published schemas:
https://learn.microsoft.com/azure/azure-monitor/platform/activity-log-schema (REST, storage account),
https://learn.microsoft.com/azure/key-vault/general/logging (storage account),
https://learn.microsoft.com/azure/azure-monitor/reference/tables/azureactivity, .../azkvauditlogs and
.../azurediagnostics (workspace), https://learn.microsoft.com/azure/azure-monitor/logs/api/response-format
(query API), https://learn.microsoft.com/graph/api/resources/signin (sign-ins).
"""

from __future__ import annotations

from pathlib import Path

import pytest
from logs_made import GROUP, NOW, SAMPLES, VAULT, WEB, WORKER, Came, came

from keyless.model.evidence import SignInMethod, SignInOutcome

GET = "Microsoft.KeyVault/vaults/secrets/getSecret/action"
RESTART = "Microsoft.Web/sites/restart/action"


@pytest.fixture(scope="module")
def imported(tmp_path_factory: pytest.TempPathFactory) -> Came:
    """All samples at once, but for those of other tests."""
    paths = ("az", "event-hub-sign-ins.json", "storage-account", "workspace-*")
    return came(tmp_path_factory.mktemp("samples"), *(str(SAMPLES / path) for path in paths))


def test_every_sample_is_read_whole(imported: Came) -> None:
    assert imported.report.is_whole
    assert (imported.report.files, imported.report.read.events) == (7, 21)


def test_a_secret_read_in_three_shapes_is_one_line(imported: Came) -> None:
    assert (WEB, GET, "secrets/db-password", "allowed", 3) in imported.lines
    scopes = {one.scope for one in imported.observations if one.action == GET}
    assert scopes == {f"{VAULT}/secrets/db-password", f"{VAULT}/secrets/missing"}


def test_what_was_not_found_was_allowed_and_what_was_forbidden_was_denied(imported: Came) -> None:
    assert (WEB, GET, "secrets/missing", "allowed", 1) in imported.lines
    denied = {
        (one.action.split("/")[-2], one.principal_id)
        for one in imported.observations
        if one.outcome == "denied"
    }
    assert denied == {("setSecret", WEB), ("sites", WORKER)}


def test_a_list_and_a_key_are_at_the_vault_and_at_the_key(imported: Came) -> None:
    assert (
        WEB,
        "Microsoft.KeyVault/vaults/secrets/readMetadata/action",
        "vaults/contoso-orders",
        "allowed",
        1,
    ) in (imported.lines)
    assert (
        WORKER,
        "Microsoft.KeyVault/vaults/keys/sign/action",
        "keys/signing",
        "allowed",
        2,
    ) in imported.lines


def test_a_call_with_its_steps_counts_once_and_a_creation_at_its_group(imported: Came) -> None:
    assert (WORKER, RESTART, "sites/orders", "allowed", 2) in imported.lines
    made = next(one for one in imported.observations if one.action.endswith("storageAccounts/write"))
    assert made.scope == GROUP
    assert imported.of("ActivityLog").steps == 2


def test_people_are_counted_and_left_out(imported: Came) -> None:
    assert imported.of("ActivityLog").people == 1
    assert not any("sites/write" in one.action for one in imported.observations)


def test_what_is_not_mapped_is_listed_with_the_reason(imported: Came) -> None:
    assert imported.unmapped["Policy"] == "what Azure Policy did, not an access"
    assert imported.unmapped["SecretGet"] == "no caller: the request came without a token"
    assert imported.unmapped[""] == "the log does not say what it signed in with"


def test_every_event_ends_in_one_place(imported: Came) -> None:
    for one in imported.report.imports:
        listed = sum(x.count for x in imported.report.unmapped if x.category == one.category)
        assert one.events == one.mapped + one.people + one.out_of_time + one.malformed + listed
        assert one.imported_at == NOW


def test_sign_ins_say_what_was_signed_in_with(imported: Came) -> None:
    told = {(one.principal_id, one.method, one.target, one.outcome, one.error) for one in imported.sign_ins}
    vault = "https://vault.azure.net"
    assert told == {
        (WEB, SignInMethod.MANAGED_IDENTITY, vault, SignInOutcome.SUCCEEDED, ""),
        (WORKER, SignInMethod.CLIENT_SECRET, vault, SignInOutcome.SUCCEEDED, ""),
        (WORKER, SignInMethod.CLIENT_SECRET, "", SignInOutcome.FAILED, "7000222"),
    }


def test_days_and_times_are_kept(imported: Came) -> None:
    seen = next(
        one for one in imported.observations if one.scope.endswith("/db-password") and one.action == GET
    )
    assert (seen.days, seen.counts) == ((20777, 20778), (2, 1))
    assert seen.operation == "Log.AuditEvent.SecretGet"
    assert seen.assignment_id == ""


def test_a_file_that_was_imported_is_left_out_the_next_time(tmp_path: Path) -> None:
    first = came(tmp_path, SAMPLES / "az")
    again = came(tmp_path, SAMPLES / "az")
    assert len(again.report.known) == 2
    assert (again.lines, again.report.imports) == (first.lines, [])
