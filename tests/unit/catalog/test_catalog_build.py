"""The script that writes the catalog, on a small set of facts."""

from __future__ import annotations

import importlib.util
import json
from pathlib import Path

import pytest

SCRIPT = Path(__file__).resolve().parents[3] / "scripts" / "build_catalog.py"
SOURCE = [
    {"repo": "a/b (fork of c/d)", "path": "x.json (excerpt)", "commit": "1", "date": "2026-01-02 (later)"},
    {"repo": "none", "path": "-"},
]
FACTS = {
    "builtin_roles.json": {
        "source": SOURCE,
        "roles": [
            {
                "id": "B",
                "name": "b",
                "actions": ["P.Q/*", "Z.Z/*"],
                "dataActions": ["P.Q/x/*"],
                "notDataActions": ["p.q/x/READ"],
                "condition": "c",
                "previousNames": ["o"],
            },
            {
                "id": "A",
                "name": "A",
                "actions": ["p.q/new"],
                "dataActions": ["P.Q/x/read"],
                "blocks": [{"actions": ["p.q/new"]}, {"dataActions": ["P.Q/x/read"], "condition": "d"}],
            },
        ],
        "notInDefaultList": [],
        "removed": [{"id": "R", "name": "r", "lastSeen": "2025-01-01", "why": "-"}],
    },
    "provider_operations.json": {
        "source": SOURCE,
        "complete": False,
        "providers": {
            "p.q": [
                {"action": "P.Q/x/read", "isDataAction": True},
                {"action": "P.Q/b", "isDataAction": False},
            ],
            "P.Q": [{"action": "p.q/A", "isDataAction": False}],
        },
    },
    "services.json": {
        "source": SOURCE,
        "services": [
            {
                "key": "appconfig",
                "name": "S",
                "host": {"types": {"T.U/v": {"apiVersion": "1"}}},
                "target": {
                    "armType": "T.U/v",
                    "scope": "https://s/.default",
                    "otherAudiences": ["https://t/.default (seen)", "https://{name}/.default"],
                },
            },
        ],
        "identityCapableTypes": {"T.U/v": "SU"},
    },
}


@pytest.fixture
def build(tmp_path, monkeypatch):
    spec = importlib.util.spec_from_file_location("build_catalog", SCRIPT)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    monkeypatch.setattr(module, "DATA_DIR", tmp_path / "data")
    return module


def test_what_is_written_is_what_the_facts_say_one_entry_a_line(build):
    roles = build.roles_text(FACTS["builtin_roles.json"])
    written = json.loads(roles)
    assert [role["name"] for role in written["builtIn"]] == ["A", "b"]
    assert written["builtIn"][0]["permissions"] == [
        {"actions": ["p.q/new"]},
        {"dataActions": ["P.Q/x/read"], "condition": "d"},
    ]
    assert written["builtIn"][1] == {
        "id": "b",
        "name": "b",
        "permissions": [
            {
                "actions": ["P.Q/*", "Z.Z/*"],
                "dataActions": ["P.Q/x/*"],
                "notDataActions": ["p.q/x/READ"],
                "condition": "c",
            }
        ],
        "previousNames": ["o"],
    }
    assert written["removed"] == [{"id": "R", "name": "r", "lastSeen": "2025-01-01"}]
    assert written["source"] == [{"repo": "a/b", "path": "x.json", "commit": "1", "date": "2026-01-02"}]
    assert sum(line.startswith('{"id"') for line in roles.splitlines()) == 3


def test_actions_are_grouped_under_their_provider_and_what_is_unnamed_is_kept(build):
    roles = FACTS["builtin_roles.json"]["roles"]
    written = json.loads(build.operations_text(FACTS["provider_operations.json"], roles))
    assert written["providers"] == {"P.Q": {"control": ["A", "b"], "data": ["x/read"]}}
    assert written["unnamed"] == {"control": ["p.q/new", "Z.Z/*"], "data": ["P.Q/x/*"]}


def test_services_keep_audiences_without_templates(build):
    written = json.loads(build.services_text(FACTS["services.json"]))
    assert written["services"][0]["audiences"] == ["https://s", "https://t"]
    assert written["services"][0]["endpointIsAudience"] is True
    assert written["apiVersions"] == {"T.U/v": "1"}


def test_sources_that_are_no_repository_are_left_out(build):
    assert len(build.sources({"source": SOURCE})) == 1
