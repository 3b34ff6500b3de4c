"""Logs of the cloud, imported into a project that has nothing else, and what a plan makes of them."""

from __future__ import annotations

import json
from pathlib import Path

from keyless_command import Project

LOGS = Path(__file__).parents[1] / "logs"
SAMPLES = [str(LOGS / one) for one in ("az", "storage-account", "event-hub-sign-ins.json", "workspace-*")]
WEB, WORKER = (f"aaaaaaaa-0000-4000-8000-00000000000{number}" for number in (1, 2))


def test_a_plan_is_made_from_imported_logs_alone(project: Project) -> None:
    done = project("evidence", "import", *SAMPLES)
    assert (done.code, "8 mapped" in done.out, "people's, left out" in done.out) == (0, True, True)
    assert "SecretGet: no caller" in done.out
    plan = json.loads(project("plan", "--format", "json").out)
    chosen = {
        (one["principal"]["principalId"], one["roleName"], one["scope"].split("/")[-1])
        for one in plan["assignments"]
    }
    assert (WEB, "Key Vault Secrets User", "contoso-orders") in chosen
    assert (WORKER, "Key Vault Crypto User", "contoso-orders") in chosen
    assert {scope for who, _, scope in chosen if who == WORKER} == {"contoso-orders", "orders", "orders-prod"}
    assert [one["method"] for one in plan["storedCredentials"]].count("client-secret") >= 1


def test_imports_are_listed_known_again_and_forgotten_alone(project: Project) -> None:
    project("evidence", "import", *SAMPLES)
    again = project("evidence", "import", str(LOGS / "az"))
    assert "was imported before: left out" in again.err
    listed = json.loads(project("evidence", "imports", "--json").out)
    assert {one["category"] for one in listed["imports"]} >= {"ActivityLog", "AuditEvent"}
    assert "what Azure Policy did, not an access" in project("evidence", "imports").out
    assert "forgot 11 lines" in project("evidence", "clear", "--imported").err
    assert "no logs were imported" in project("evidence", "imports").err


def test_what_cannot_be_read_ends_with_a_code_of_its_own(project: Project) -> None:
    whole = next(LOGS.glob("storage-account/**/PT1H.json")).read_bytes()
    (project.root / "torn.json").write_bytes(whole[:-100])
    (project.root / "notes.txt").write_bytes(b"\x1b[31mno log")
    done = project("evidence", "import", "torn.json", "notes.txt", "--json")
    assert done.code == 3
    assert "1 line was malformed" in done.err
    assert "neither JSON nor a table" in done.err
    assert "\x1b" not in done.out + done.err
    assert sum(one["mapped"] for one in json.loads(done.out)["imports"]) == 5
    assert project("evidence", "import", "missing.json").code != 0
