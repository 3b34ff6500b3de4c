"""`az appconfig` and `az appconfig kv`: stores, their keys, what is in them, and what was deleted."""

from __future__ import annotations

import json
from pathlib import Path

from azure_cli import Office, Session

IN_GROUP = ("--resource-group", "orders-rg", "--location", "westeurope", "--sku", "Standard")
DECLARED = ("--name", "contoso-orders")


def test_a_store_is_made_shown_changed_and_listed(owner: Session) -> None:
    made = owner("appconfig", "create", "--name", "ac-made", *IN_GROUP)
    assert made["endpoint"] == "https://ac-made.azconfig.io"
    changed = owner(
        "appconfig", "update", "--name", "ac-made", "--tags", "a=b", "--disable-local-auth", "true"
    )
    assert (changed["tags"], changed["disableLocalAuth"]) == ({"a": "b"}, True)
    assert {"contoso-orders", "ac-made"} <= set(owner("appconfig", "list", "--query", "[].name"))


def test_a_replica_is_made_listed_and_deleted(owner: Session) -> None:
    owner("appconfig", "create", "--name", "ac-replicated", *IN_GROUP)
    north = ("--store-name", "ac-replicated", "--name", "north")
    made = owner("appconfig", "replica", "create", *north, "--location", "northeurope")
    assert (made["endpoint"], made["provisioningState"]) == (
        "https://ac-replicated-north.azconfig.io",
        "Succeeded",
    )
    listed = owner("appconfig", "replica", "list", "--store-name", "ac-replicated")
    assert listed == [owner("appconfig", "replica", "show", *north)] == [made]
    owner("appconfig", "replica", "delete", *north, "--yes")
    assert owner("appconfig", "replica", "list", "--store-name", "ac-replicated") == []


def test_a_stores_keys_open_it_until_they_are_made_anew(owner: Session) -> None:
    owner("appconfig", "create", "--name", "ac-keys", *IN_GROUP)
    keys = owner("appconfig", "credential", "list", "--name", "ac-keys")
    assert {key["readOnly"] for key in keys} == {True, False}
    primary = next(key for key in keys if key["name"] == "Primary")
    by_string = ("--connection-string", primary["connectionString"])
    owner("appconfig", "kv", "set", *by_string, "--key", "k", "--value", "v", "--yes")
    renewed = owner("appconfig", "credential", "regenerate", "--name", "ac-keys", "--id", primary["id"])
    assert renewed["value"] != primary["value"]
    owner.refused("appconfig", "kv", "show", *by_string, "--key", "k")
    fresh = ("--connection-string", renewed["connectionString"])
    assert owner("appconfig", "kv", "show", *fresh, "--key", "k")["value"] == "v"


def test_key_values_are_set_listed_locked_and_deleted(owner: Session) -> None:
    owner("appconfig", "create", "--name", "ac-data", *IN_GROUP)
    name = ("--name", "ac-data")
    owner("appconfig", "kv", "set", *name, "--key", "app:color", "--value", "green", "--yes")
    owner("appconfig", "kv", "set", *name, "--key", "app:size", "--value", "7", "--label", "prod", "--yes")
    listed = owner("appconfig", "kv", "list", *name, "--key", "app:*", "--label", "*")
    assert {(one["key"], one["label"], one["value"]) for one in listed} == {
        ("app:color", None, "green"),
        ("app:size", "prod", "7"),
    }
    of_size = ("--key", "app:size", "--label", "prod", "--yes")
    assert owner("appconfig", "kv", "lock", *name, *of_size)["locked"] is True
    owner.refused("appconfig", "kv", "set", *name, *of_size, "--value", "8")
    owner("appconfig", "kv", "unlock", *name, *of_size)
    owner("appconfig", "kv", "delete", *name, *of_size)
    assert [one["key"] for one in owner("appconfig", "kv", "list", *name, "--label", "*")] == ["app:color"]
    assert owner("appconfig", "revision", "list", *name, "--key", "app:size", "--label", "prod")


def test_settings_go_out_into_a_file_and_come_back(owner: Session, tmp_path: Path) -> None:
    file = tmp_path / "settings.json"
    words = ("--path", str(file), "--format", "json", "--yes")
    owner("appconfig", "create", "--name", "ac-original", *IN_GROUP)
    original = ("--name", "ac-original")
    owner("appconfig", "kv", "set", *original, "--key", "app:color", "--value", "green", "--yes")
    owner("appconfig", "kv", "export", *original, "--destination", "file", *words)
    assert json.loads(file.read_text())["app:color"] == "green"
    owner("appconfig", "create", "--name", "ac-copy", *IN_GROUP)
    owner("appconfig", "kv", "import", "--name", "ac-copy", "--source", "file", *words)
    assert owner("appconfig", "kv", "show", "--name", "ac-copy", "--key", "app:color")["value"] == "green"


def test_sets_of_key_values_go_from_az_to_keyless_and_back(office: Office, tmp_path: Path) -> None:
    owner, project = office.owner, office.project
    from_az, from_keyless, again = (
        str(tmp_path / name) for name in ("az.json", "keyless.json", "again.json")
    )
    as_set = ("--format", "json", "--profile", "appconfig/kvset", "--yes")
    for store in ("ac-first", "ac-second"):
        owner("appconfig", "create", "--name", store, *IN_GROUP)
    first = ("--name", "ac-first")
    words = ("--key", "app:color", "--value", "grün", "--label", "prod", "--tags", "a=b", "--yes")
    owner("appconfig", "kv", "set", *first, *words)
    owner("appconfig", "feature", "set", *first, "--feature", "beta", "--description", "New", "--yes")
    everything = ("--key", "*", "--label", "*")
    owner(
        "appconfig", "kv", "export", *first, "--destination", "file", "--path", from_az, *as_set, *everything
    )
    taken = project("store", "import", "ac-second", from_az)
    assert (taken.code, len(taken.out.splitlines())) == (0, 2), taken.err
    unchanged = project("store", "import", "ac-first", from_az, "--strict", "--yes")
    assert "0 key-values written into store `ac-first`, 2 unchanged" in unchanged.err
    assert project("store", "export", "ac-second", "--out", from_keyless).code == 0
    owner("appconfig", "kv", "delete", "--name", "ac-second", *everything, "--yes")
    source = ("--source", "file", "--path", from_keyless)
    owner("appconfig", "kv", "import", "--name", "ac-second", *source, *as_set)
    assert project("store", "export", "ac-second", "--out", again).code == 0
    assert json.loads(Path(again).read_text()) == json.loads(Path(from_keyless).read_text())


def test_flags_and_references_to_secrets_are_kept(owner: Session) -> None:
    owner("appconfig", "create", "--name", "ac-flags", *IN_GROUP)
    store = ("--name", "ac-flags")
    owner("appconfig", "feature", "set", *store, "--feature", "beta", "--yes")
    assert owner("appconfig", "feature", "enable", *store, "--feature", "beta", "--yes")["state"] == "on"
    owner("appconfig", "feature", "delete", *store, "--feature", "beta", "--yes")
    address = "https://contoso-orders.vault.azure.net/secrets/db-password"
    owner(
        "appconfig", "kv", "set-keyvault", *store, "--key", "password",
        "--secret-identifier", address, "--yes",
    )  # fmt: skip
    shown = owner("appconfig", "kv", "show", *store, "--key", "password")
    assert json.loads(shown["value"]) == {"uri": address}
    owner("appconfig", "kv", "delete", *store, "--key", "password", "--yes")


def test_a_snapshot_is_made_listed_archived_and_recovered(owner: Session) -> None:
    owner("appconfig", "create", "--name", "ac-snapshots", *IN_GROUP)
    store = ("--name", "ac-snapshots")
    owner("appconfig", "kv", "set", *store, "--key", "app:color", "--value", "green", "--yes")
    one = (*store, "--snapshot-name", "release-1")
    chosen = ("--filters", json.dumps({"key": "app:*"}), "--retention-period", "3600")
    made = owner("appconfig", "snapshot", "create", *one, *chosen)
    assert (made["status"], made["itemsCount"], made["retentionPeriod"]) == ("ready", 1, 3600)
    owner("appconfig", "kv", "set", *store, "--key", "app:color", "--value", "red", "--yes")
    (kept,) = owner("appconfig", "kv", "list", *store, "--snapshot", "release-1")
    assert kept["value"] == "green"
    assert owner("appconfig", "snapshot", "archive", *one)["status"] == "archived"
    assert owner("appconfig", "snapshot", "list", *store, "--query", "[].name") == ["release-1"]
    assert owner("appconfig", "snapshot", "recover", *one)["status"] == "ready"
    assert owner("appconfig", "snapshot", "show", *one)["compositionType"] == "key"


def test_by_sign_in_an_owner_needs_a_role_for_the_data(owner: Session) -> None:
    listing = ("appconfig", "kv", "list", *DECLARED, "--auth-mode", "login")
    owner.refused(*listing)
    me = owner("ad", "signed-in-user", "show", "--query", "id")
    store = owner("appconfig", "show", *DECLARED, "--query", "id")
    role = ("--assignee", me, "--role", "App Configuration Data Reader", "--scope", store)
    owner("role", "assignment", "create", *role)
    assert [one["key"] for one in owner(*listing)] == ["app:color"]
    owner("role", "assignment", "delete", *role)


def test_a_deleted_store_comes_back_or_goes_for_good(owner: Session) -> None:
    owner("appconfig", "create", "--name", "ac-gone", *IN_GROUP)
    owner("appconfig", "kv", "set", "--name", "ac-gone", "--key", "k", "--value", "kept", "--yes")
    owner("appconfig", "delete", "--name", "ac-gone", "--yes")
    assert "ac-gone" in owner("appconfig", "list-deleted", "--query", "[].name")
    owner("appconfig", "recover", "--name", "ac-gone", "--yes")
    assert owner("appconfig", "kv", "show", "--name", "ac-gone", "--key", "k")["value"] == "kept"
    owner("appconfig", "delete", "--name", "ac-gone", "--yes")
    owner("appconfig", "purge", "--name", "ac-gone", "--yes")
    assert owner("appconfig", "list-deleted", "--query", "[].name") == []


def test_a_contributor_manages_a_store_and_a_workload_does_not(office: Office) -> None:
    assert office.pipeline("appconfig", "show", *DECLARED)["name"] == "contoso-orders"
    office.pipeline("appconfig", "update", *DECLARED, "--tags", "by=pipeline")
    said = office.web.refused("appconfig", "kv", "list", *DECLARED)
    assert said
