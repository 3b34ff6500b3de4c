"""Logs that are damaged, doubled, disordered or hostile: what can be read counts, and the rest is told."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import pytest
from logs_made import (
    GROUP,
    NOW,
    OBJECT_ID,
    PERSON,
    UPN,
    VAULT,
    WEB,
    WEB_APP,
    WORKER,
    Came,
    called,
    came,
    lines_of,
    packed,
    secret_get,
)

from keyless.evidence.database import EvidenceDatabase
from keyless.evidence.logs.files import LogError
from keyless.evidence.recorder import CellKey
from keyless.model.actions import ActionPlane
from keyless.model.evidence import Outcome

GET = "Microsoft.KeyVault/vaults/secrets/getSecret/action"
READ = (WEB, GET, "secrets/db-password", "allowed")


def counted(came_of: Came) -> int:
    """How often the secret was read."""
    return sum(one.count for one in came_of.observations if one.action == GET)


def test_malformed_lines_are_counted_and_the_others_are_read(tmp_path: Path) -> None:
    given = lines_of([secret_get(1)]) + b'{"time": \n not json\n[]\n\n' + lines_of([secret_get(2)])
    found = came(tmp_path, given)
    assert counted(found) == 2
    assert found.of("").malformed == 2
    assert not found.report.is_whole


def test_a_line_that_breaks_off_at_the_end_is_malformed(tmp_path: Path) -> None:
    found = came(tmp_path, lines_of([secret_get(1), secret_get(2)])[:-40])
    assert (counted(found), found.of("").malformed) == (1, 1)


def test_what_comes_before_the_break_of_a_gzip_file_is_read(tmp_path: Path) -> None:
    rows = [secret_get(number, name=f"s{number * 7919}") for number in range(4000)]
    whole = packed(lines_of(rows))
    found = came(tmp_path, whole[: len(whole) // 2], [secret_get(5)])
    assert 100 < counted(found) < 4000
    ((path, why),) = found.report.read.broken
    assert (path.name, "only its beginning" in why) == ("given-0.log", True)
    assert (WEB, GET, "secrets/db-password", "allowed", 1) in found.lines


def test_a_line_without_an_end_is_malformed_and_the_others_are_read(tmp_path: Path) -> None:
    endless = b'{"a":"' + b"x" * 17_000_000
    for number, given in enumerate((lines_of([secret_get(1)]), packed(lines_of([secret_get(1)])))):
        folder = tmp_path / str(number)
        folder.mkdir()
        rest = endless + b"\n" + lines_of([secret_get(2)])
        found = came(folder, given + (packed(rest) if number else rest))
        assert (counted(found), found.of("").malformed) == (2, 1)


def test_an_object_that_is_too_large_for_a_row_is_malformed(tmp_path: Path) -> None:
    large = secret_get(1) | {"more": "x" * 17_000_000}
    found = came(tmp_path, json.dumps([large, secret_get(2)]).encode())
    assert (counted(found), found.of("").malformed) == (1, 1)


def test_what_unpacks_to_more_than_any_log_does_is_not_unpacked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("keyless.evidence.logs.files._UNPACKED_BYTES", 0)
    found = came(tmp_path, packed(b"[" + b" " * 10_000_000 + b"]"), [secret_get(1)])
    ((path, why),) = found.report.read.unread
    assert (path.name, why) == ("given-0.log", "it unpacks to more than 256 times its size")
    assert counted(found) == 1


def test_an_array_that_breaks_off_is_told(tmp_path: Path) -> None:
    found = came(tmp_path, json.dumps([secret_get(1), secret_get(2)]).encode()[:-60])
    assert counted(found) == 1
    assert found.report.read.broken[0][1] == "it breaks off in the middle"


@pytest.mark.parametrize("copies", [lambda row: [row, row], lambda row: [row, dict(reversed(row.items()))]])
def test_an_event_that_is_there_twice_counts_once(tmp_path: Path, copies: object) -> None:
    assert callable(copies)
    found = came(tmp_path, copies(secret_get(1)))
    assert (counted(found), found.of("AuditEvent").duplicates) == (1, 1)


def test_an_event_in_two_files_of_different_form_counts_once(tmp_path: Path) -> None:
    found = came(tmp_path, [called(1)], json.dumps({"value": [called(1)]}, indent=1).encode())
    (line,) = found.observations
    assert (line.count, found.of("ActivityLog").duplicates) == (1, 1)


def test_order_makes_no_difference(tmp_path: Path) -> None:
    rows = [called(1, "Started"), called(1), called(2), secret_get(3), secret_get(9)]
    forwards, backwards = tmp_path / "forwards", tmp_path / "backwards"
    forwards.mkdir()
    backwards.mkdir()
    assert came(forwards, rows).observations == came(backwards, rows[::-1]).observations


def test_clocks_that_are_wrong_are_told_and_their_events_left_out(tmp_path: Path) -> None:
    times = ("2009-12-31T23:59:59Z", "2031-01-01T00:00:00Z", "9999-12-31T23:59:59.9999999Z")
    found = came(tmp_path, [secret_get(1), *(secret_get(1, time=time) for time in times)])
    assert (counted(found), found.of("AuditEvent").out_of_time) == (1, 3)


@pytest.mark.parametrize("time", ["infinity", "yesterday", "", "99999999999999999999", None, 12, {"a": 1}])
def test_a_time_that_is_none_is_listed(tmp_path: Path, time: object) -> None:
    found = came(tmp_path, [secret_get(1), secret_get(2, time=time)])
    assert (counted(found), found.unmapped["SecretGet"]) == (1, "it has no readable time")


def test_an_event_a_day_ahead_is_taken(tmp_path: Path) -> None:
    soon = datetime.fromtimestamp(NOW + 80_000, UTC).isoformat()
    assert counted(came(tmp_path, [secret_get(1, time=soon)])) == 1


def test_a_category_that_is_not_known_is_listed_by_its_name(tmp_path: Path) -> None:
    rows = [secret_get(1, category="SomethingNew"), {"category": "Evil\x1b[31m", "a": 1}, {"b": 2}]
    found = came(tmp_path, rows)
    listed = {(one.category, one.count, one.why) for one in found.report.unmapped}
    assert listed == {
        (name, 1, "this category of log is not known") for name in ("SomethingNew", "(unreadable)", "")
    }


def test_another_services_audit_event_is_not_key_vaults(tmp_path: Path) -> None:
    other = secret_get(1, resourceId=f"{GROUP}/providers/Microsoft.Other/things/one")
    assert came(tmp_path, [other]).report.unmapped[0].why == "this category of log is not known"


@pytest.mark.parametrize(
    ("status", "outcome"),
    [(200, "allowed"), (404, "allowed"), (409, "allowed"), (401, "denied"), (403, "denied")],
)
def test_the_status_says_whether_it_was_allowed(tmp_path: Path, status: int, outcome: str) -> None:
    assert [one.outcome for one in came(tmp_path, [secret_get(1, status=status)]).observations] == [outcome]


@pytest.mark.parametrize("status", [400, 429, 500, 503])
def test_a_status_that_says_nothing_is_listed(tmp_path: Path, status: int) -> None:
    found = came(tmp_path, [secret_get(1, status=status)])
    assert found.unmapped == {"SecretGet": "its result does not show whether it was allowed"}


def test_what_a_firewall_or_a_policy_refused_says_nothing_of_roles(tmp_path: Path) -> None:
    refused = secret_get(1, status=403)
    refused["properties"]["isAddressAuthorized"] = False
    message = '{"error":{"code":"RequestDisallowedByPolicy"}}'
    by_policy = called(1, "Failed", subStatus={"value": "Forbidden"}, properties={"statusMessage": message})
    found = came(tmp_path, [refused, by_policy])
    assert [(one.principal_id, one.outcome) for one in found.observations] == [(WORKER, Outcome.ALLOWED)]


def test_a_call_that_only_began_shows_nothing(tmp_path: Path) -> None:
    found = came(tmp_path, [called(1, "Started"), called(1, "Started", eventDataId="x")])
    assert (found.observations, found.of("ActivityLog").events, found.of("ActivityLog").steps) == ([], 1, 1)


@pytest.mark.parametrize(
    ("scope", "at"),
    [
        (f"{VAULT}/providers/Microsoft.Authorization/roleAssignments/x", VAULT),
        (f"{GROUP}/providers/Microsoft.Authorization/roleAssignments/x", GROUP),
        (f"{GROUP}/providers/Microsoft.Resources/deployments/x", GROUP),
        (f"{VAULT}/providers/Microsoft.Insights/diagnosticSettings/x", VAULT),
        (VAULT, VAULT),
    ],
)
def test_what_lies_upon_a_thing_is_at_the_thing(tmp_path: Path, scope: str, at: str) -> None:
    row = called(1, authorization={"action": "Microsoft.Authorization/locks/write", "scope": scope})
    assert [one.scope for one in came(tmp_path, [row]).observations] == [at]


def test_a_caller_without_object_id_is_found_by_what_the_estate_knows(tmp_path: Path) -> None:
    mirid = f"{GROUP}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/web"
    by_app = secret_get(1, identity={"claim": {"appid": WEB_APP}})
    by_resource = secret_get(2, identity={"claim": {"xms_mirid": mirid}})
    stranger = secret_get(3, identity={"claim": {"appid": WEB_APP.replace("1", "9")}})
    found = came(tmp_path, [by_app, by_resource, stranger], known={WEB_APP: WEB, mirid.lower(): WEB})
    assert found.lines == {(*READ, 2)}
    assert f"the client id `{WEB_APP.replace('1', '9')}`" in found.unmapped["SecretGet"]


@pytest.mark.parametrize(
    "claims", [{UPN: "sam@contoso.example"}, {"scp": "user_impersonation"}, {"idtyp": "user"}]
)
def test_a_persons_token_is_told_by_its_claims(tmp_path: Path, claims: dict[str, str]) -> None:
    found = came(tmp_path, [secret_get(1, identity={"claim": {OBJECT_ID: PERSON} | claims})])
    assert (found.observations, found.of("AuditEvent").people) == ([], 1)


def test_nothing_of_a_signature_comes_into_the_evidence(tmp_path: Path) -> None:
    planted = "PlantedSignature"
    row = secret_get(1)
    row["properties"]["requestUri"] += f"&sig={planted}"
    row["properties"]["id"] = None
    scoped = called(
        1, authorization={"action": "Microsoft.Web/sites/restart/action", "scope": f"{GROUP}?sig={planted}"}
    )
    odd = secret_get(2, operationName=f"SecretGet?sig={planted}", category="AuditEvent")
    named = secret_get(3, category=f"https://a/?sig={planted}")
    found = came(tmp_path, [row, scoped, odd, named])
    assert counted(found) == 1
    kept = b"".join(path.read_bytes() for path in tmp_path.glob("evidence.db*"))
    assert planted.encode() not in kept + repr(found.report.unmapped).encode()


@pytest.mark.parametrize(
    "hostile",
    [
        "'; DROP TABLE staged; --",
        "{oid}",
        "\x1b[2J",
        "x" * 5000,
        "/subscriptions/../..",
        "/subscriptions//x",
    ],
)
def test_hostile_texts_are_data(tmp_path: Path, hostile: str) -> None:
    rows = [
        secret_get(1, operationName=hostile),
        secret_get(2, resourceId=hostile),
        secret_get(3, who=hostile),
        called(4, authorization={"action": hostile, "scope": hostile}),
        secret_get(5),
    ]
    found = came(tmp_path, rows)
    assert (*READ, 1) in found.lines
    texts = [*(one.operation for one in found.report.unmapped), *(one.scope for one in found.observations)]
    assert all(text.isprintable() and len(text) < 2500 for text in texts)


def test_names_of_files_are_no_patterns_and_no_statements(tmp_path: Path) -> None:
    folder = tmp_path / "odd [a-z]'; --*"
    folder.mkdir()
    (folder / "?{x}*.json").write_bytes(lines_of([secret_get(1)]))
    assert counted(came(tmp_path, folder)) == 1


def test_what_is_no_log_is_told_and_hidden_files_are_left_alone(tmp_path: Path) -> None:
    folder = tmp_path / "mixed"
    (folder / ".git").mkdir(parents=True)
    (folder / ".git" / "config").write_bytes(b"{}")
    (folder / "notes.md").write_text("just words")
    (folder / "empty.json").write_text(" \n")
    (folder / "capture.avro").write_bytes(b"Obj\x01rest")
    (folder / "torn.parquet").write_bytes(b"PAR1 and then nothing")
    (folder / "good.json").write_bytes(lines_of([secret_get(1)]))
    found = came(tmp_path, folder)
    told = {path.name: why for path, why in found.report.read.unread}
    assert counted(found) == 1
    assert told.keys() == {"notes.md", "empty.json", "capture.avro", "torn.parquet"}
    assert "Avro" in told["capture.avro"]


def test_paths_that_mean_nothing_are_refused(tmp_path: Path) -> None:
    for path in (tmp_path / "missing", tmp_path / "*.json"):
        with pytest.raises(LogError, match=r"missing|matches"):
            came(tmp_path, path)


def test_tables_say_the_same_as_lines(tmp_path: Path) -> None:
    row = {
        "TimeGenerated": "2026-11-20T10:00:01.1234567Z",
        "OperationName": "SecretGet",
        "HttpStatusCode": "200",
        "Id": "https://contoso-orders.vault.azure.net/secrets/db-password/0123",
        "Identity": json.dumps({"claim": {OBJECT_ID: WEB}}),
        "IsRbacAuthorized": "true",
        "_ResourceId": VAULT.lower(),
    }
    names, values = ",".join(row), ",".join('"' + value.replace('"', '""') + '"' for value in row.values())
    table = f"{names}\n{values}\n".encode()
    parquet = tmp_path / "log.parquet"
    duckdb.sql(
        "SELECT TIMESTAMPTZ '2026-11-20 10:00:02Z' AS TimeGenerated, 'SecretGet' AS OperationName, 200 AS "
        "HttpStatusCode, 'https://contoso-orders.vault.azure.net/secrets/db-password/0123' AS Id, true AS "
        f"IsRbacAuthorized, {{'claim': {{'{OBJECT_ID}': '{WEB}'}}}} AS Identity, '{VAULT}' AS _ResourceId"
    ).write_parquet(str(parquet))
    zipped = packed(parquet.read_bytes())
    later = table.replace(b":01.", b":03.")
    found = came(tmp_path, table, packed(later), parquet, lines_of([row | {"Type": "AZKVAuditLogs"}]))
    assert found.lines == {(*READ, 4)}
    other = tmp_path / "other"
    other.mkdir()
    assert came(other, zipped).lines == {(*READ, 1)}


def _parquet(file: Path, second: int, more: str = "") -> Path:
    """One reading of a secret, as Log Analytics exports it."""
    duckdb.sql(
        f"SELECT TIMESTAMPTZ '2026-11-20 10:00:{second:02}Z' AS TimeGenerated, 'SecretGet' AS OperationName, "
        "200 AS HttpStatusCode, 'https://contoso-orders.vault.azure.net/secrets/db-password/0123' AS Id, "
        f"true AS IsRbacAuthorized, {{'claim': {{'oid': '{WEB}'}}}} AS Identity, '{VAULT}' AS _ResourceId"
        f"{more}"
    ).write_parquet(str(file), compression="snappy")
    return file


def test_of_parquet_files_that_are_read_together_a_damaged_one_is_named_alone(tmp_path: Path) -> None:
    same = [_parquet(tmp_path / f"{second}.parquet", second) for second in range(5)]
    others = _parquet(tmp_path / "other.parquet", 30, ", 'Success' AS ResultType")
    damaged = same[3].read_bytes()
    same[3].write_bytes(damaged[:4] + b"\xff" * 200 + damaged[204:])
    found = came(tmp_path, *same, others)
    assert [path.name for path, _ in found.report.read.unread] == ["3.parquet"]
    assert found.lines == {(*READ, 5)}


def test_a_place_that_is_empty_gives_way_to_the_next(tmp_path: Path) -> None:
    row = secret_get()
    row["properties"] = {"id": "", "requestUri": row["properties"]["id"], "httpStatusCode": "200"}
    claims = json.dumps({"claim": {OBJECT_ID: "", "oid": WEB, "upn": ""}})
    row |= {"identity": {"claim": {OBJECT_ID: ""}}, "Identity": claims}
    assert came(tmp_path, [row]).lines == {(*READ, 1)}


def test_a_line_of_a_table_that_does_not_fit_is_malformed(tmp_path: Path) -> None:
    table = b'Type,TimeGenerated,OperationName\nx,"y"z",q\nAZKVAuditLogs,2026-11-20T10:00:00Z,SecretGet\n'
    found = came(tmp_path, table)
    assert sum(one.malformed for one in found.report.imports) == 1
    assert not found.report.is_whole


def test_text_as_powershell_writes_it_is_read(tmp_path: Path) -> None:
    assert counted(came(tmp_path, json.dumps([secret_get(1)], indent=2).encode("utf-16"))) == 1


def test_imported_and_recorded_evidence_lie_side_by_side(tmp_path: Path) -> None:
    with closing(EvidenceDatabase(tmp_path / "evidence.db")) as evidence:
        key = CellKey(
            WEB, "KeyVault.GetSecret", ActionPlane.DATA, GET, f"{VAULT}/secrets/a", Outcome.ALLOWED, "r"
        )
        evidence.write(NOW, [(key, 1)], [])
    found = came(tmp_path, [secret_get(1), called(1)])
    assert {one.operation for one in found.observations} == {
        "KeyVault.GetSecret",
        "Log.AuditEvent.SecretGet",
        "Log.ActivityLog.Microsoft.Web/sites/restart/action",
    }
    with closing(EvidenceDatabase(tmp_path / "evidence.db")) as evidence:
        assert {one.category for one in evidence.imports()} == {"ActivityLog", "AuditEvent"}
        evidence.clear_imported()
        assert [one.operation for one in evidence.observations()] == ["KeyVault.GetSecret"]
        assert (evidence.imports(), evidence.unmapped(), evidence.imported_files()) == ([], [], set())


def test_what_a_killed_import_left_goes_with_the_next_and_a_running_ones_stays(tmp_path: Path) -> None:
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    left, running = (tmp_path / f"import-{pid}-abc" for pid in (ended.pid, os.getpid()))
    for folder in (left, running):
        folder.mkdir()
    came(tmp_path, [secret_get(1)])
    assert (left.exists(), running.exists()) == (False, True)


def test_nothing_is_left_of_the_work(tmp_path: Path) -> None:
    came(tmp_path, [secret_get(1)])
    assert not list(tmp_path.glob("import-*"))


def test_more_different_things_than_there_is_room_for_are_listed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("keyless.evidence.logs.meaning.MOST_SCOPES", 1)
    found = came(tmp_path, [secret_get(1), secret_get(2), secret_get(3, name="other")])
    assert found.lines == {(*READ, 2)}
    assert found.unmapped == {"SecretGet": "there are too many different ones to tell"}


def test_more_categories_than_there_is_room_for_are_counted_together(tmp_path: Path) -> None:
    found = came(tmp_path, [{"category": f"Kind{number}"} for number in range(1_002)])
    assert sum(one.count for one in found.report.unmapped) == 1_002
    assert {one.category: one.count for one in found.report.unmapped}["others"] == 2
