"""`az appconfig` on what is in a store: flags with filters, files of every format, references, the past."""

from __future__ import annotations

import json
import time
from pathlib import Path

import pytest
from azure_cli import Session

STORE = ("--name", "ac-contents")
IN_GROUP = ("--resource-group", "orders-rg", "--location", "westeurope", "--sku", "Standard")
ONLY_VALUES = ("--query", "[].[key, label, value]")


@pytest.fixture
def store(owner: Session) -> Session:
    """The owner, once there is a store for these tests."""
    if "ac-contents" not in owner("appconfig", "list", "--query", "[].name"):
        owner("appconfig", "create", *STORE, *IN_GROUP)
    return owner


def test_a_flag_is_given_filters_that_are_changed_listed_and_taken_away(store: Session) -> None:
    flag = (*STORE, "--feature", "beta")
    store("appconfig", "feature", "set", *flag, "--description", "to some", "--yes")
    targeting = ("--filter-name", "Microsoft.Targeting", "--filter-parameters", 'Audience={"Users":["ann"]}')
    store("appconfig", "feature", "filter", "add", *flag, *targeting, "--yes")
    store("appconfig", "feature", "filter", "add", *flag, "--filter-name", "Custom", "--yes")
    at_first = ("--filter-name", "Custom", "--index", "1")
    store(
        "appconfig", "feature", "filter", "update", *flag, *at_first,
        "--filter-parameters", "share=5", "--yes",
    )  # fmt: skip
    listed = store("appconfig", "feature", "filter", "list", *flag)
    assert {one["name"]: one["parameters"] for one in listed} == {
        "Microsoft.Targeting": {"Audience": {"Users": ["ann"]}},
        "Custom": {"share": 5},
    }
    store("appconfig", "feature", "filter", "delete", *flag, "--all", "--yes")
    shown = store("appconfig", "feature", "show", *flag)
    assert (shown["description"], shown["conditions"]["client_filters"]) == ("to some", [])


def test_a_locked_flag_is_not_changed(store: Session) -> None:
    flag = (*STORE, "--feature", "settled")
    store("appconfig", "feature", "set", *flag, "--yes")
    assert store("appconfig", "feature", "lock", *flag, "--yes")["locked"] is True
    store.refused("appconfig", "feature", "enable", *flag, "--yes")
    assert store("appconfig", "feature", "unlock", *flag, "--yes")["locked"] is False
    store("appconfig", "feature", "delete", *flag, "--yes")


@pytest.mark.parametrize("form", ["json", "yaml", "properties"])
def test_a_file_of_any_format_comes_back_as_it_went_out(store: Session, tmp_path: Path, form: str) -> None:
    file = tmp_path / f"settings.{form}"
    prefix = f"{form}:"
    for key, value in ("page:size", "20"), ("page:title", "orders — all"):
        of = ("--key", prefix + key, "--label", "out", "--value", value)
        store("appconfig", "kv", "set", *STORE, *of, "--yes")
    nested = () if form == "properties" else ("--separator", ":")
    words = ("--path", str(file), "--format", form, *nested, "--yes")
    out = ("--destination", "file", "--key", f"{prefix}*", "--label", "out")
    store("appconfig", "kv", "export", *STORE, *out, *words)
    store("appconfig", "kv", "import", *STORE, "--source", "file", "--label", "back", *words)
    listed = store("appconfig", "kv", "list", *STORE, "--key", f"{prefix}*", "--label", "back", *ONLY_VALUES)
    assert listed == [[f"{prefix}page:size", "back", "20"], [f"{prefix}page:title", "back", "orders — all"]]


def test_a_set_of_key_values_keeps_labels_tags_and_content_types(store: Session, tmp_path: Path) -> None:
    file = tmp_path / "kvset.json"
    of = (
        "--key",
        "set:limits",
        "--label",
        "prod",
        "--value",
        '{"max": 5}',
        "--content-type",
        "application/json",
    )
    store("appconfig", "kv", "set", *STORE, *of, "--tags", "team=blue", "--yes")
    words = ("--path", str(file), "--format", "json", "--profile", "appconfig/kvset", "--yes")
    out = ("--destination", "file", "--key", "set:*", "--label", "prod")
    store("appconfig", "kv", "export", *STORE, *out, *words)
    [item] = json.loads(file.read_text())["items"]
    assert item == {
        "key": "set:limits",
        "label": "prod",
        "value": '{"max": 5}',
        "content_type": "application/json",
        "tags": {"team": "blue"},
    }
    store("appconfig", "kv", "delete", *STORE, "--key", "set:*", "--label", "*", "--yes")
    store("appconfig", "kv", "import", *STORE, "--source", "file", *words)
    [back] = store("appconfig", "kv", "list", *STORE, "--key", "set:*", "--label", "*", "--tags", "team=blue")
    assert {name: back[snake] for name, snake in _SNAKE.items()} == {name: item[name] for name in _SNAKE}


_SNAKE = {"key": "key", "label": "label", "value": "value", "content_type": "contentType", "tags": "tags"}


def test_a_key_value_is_put_back_to_what_it_was_at_a_time(store: Session) -> None:
    of = (*STORE, "--key", "restored")
    made = store("appconfig", "kv", "set", *of, "--value", "before", "--yes")
    second = int(time.time())
    while int(time.time()) == second:  # times of writes are whole seconds
        time.sleep(0.02)
    store("appconfig", "kv", "set", *of, "--value", "after", "--yes")
    store("appconfig", "kv", "restore", *of, "--datetime", made["lastModified"], "--yes")
    assert store("appconfig", "kv", "show", *of)["value"] == "before"


def test_a_store_is_given_identities_and_loses_them(store: Session) -> None:
    assigned = store("appconfig", "identity", "assign", *STORE, "--identities", "[system]")
    assert assigned["principalId"]
    assert store("appconfig", "identity", "show", *STORE)["principalId"] == assigned["principalId"]
    store("appconfig", "identity", "remove", *STORE, "--identities", "[system]")
    assert not (store("appconfig", "identity", "show", *STORE) or {}).get("principalId")
