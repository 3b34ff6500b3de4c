"""`keyless store` as a person gives it, on a project's store."""

from __future__ import annotations

import asyncio
import json
import stat
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from keyless.cli.failure import Failure
from keyless.cli.store import command
from keyless.cli.store_words import WHY_REFUSED
from keyless.planes.appconfig.key_values.arrivals import Outcome
from keyless.runtime.project import ESTATE_FILE, STATE_DIRECTORY, Project

ESTATE = """
version: 1
resourceGroups:
  orders-rg:
    vaults: {contoso-orders: }
    configurationStores: {contoso-settings: {settings: {declared: "as text"}}}
"""
SETTINGS = {
    "Orders": {"Title": "Orders", "Size": 25, "Api": {"Key": "PLANTED1"}},
    "FeatureManagement": {"Beta": True},
}
HOLDS_ALL = "`--format kvset` holds everything"
REFERENCE = '{"uri":"https://contoso-orders.vault.azure.net/secrets/Orders--Api--Key"}'


@pytest.fixture
def project(tmp_path: Path) -> Project:
    (tmp_path / ESTATE_FILE).write_text(ESTATE)
    return Project(tmp_path, tmp_path / STATE_DIRECTORY)


def store(project: Project, *arguments: str, said: str | None = None) -> Result:
    ran = CliRunner().invoke(command, [*arguments, "--project", str(project.root)], input=said)
    assert "PLANTED" not in ran.output + str(ran.exception)
    return ran


def brought(
    project: Project,
    document: object,
    *arguments: str,
    name: str = "appsettings.json",
    said: str | None = None,
) -> Result:
    source = project.root / name
    source.write_text(document if isinstance(document, str) else json.dumps(document))
    return store(project, "import", "Contoso-Settings", str(source), *arguments, said=said)


def failed(ran: Result) -> str:
    assert isinstance(ran.exception, Failure)
    assert ran.exception.exit_code == 2
    return str(ran.exception)


def held(project: Project) -> dict[str, str]:
    from keyless.app import contents_of, open_store

    with closing(open_store(project)) as opened:
        return {one.key: one.value for one in asyncio.run(contents_of(opened).settings())}


def shown(project: Project) -> dict[str, Any]:
    told = json.loads(store(project, "show", "contoso-settings", "--json").stdout)
    return {one["key"]: one for one in told}


def secrets(project: Project) -> dict[str, str]:
    from keyless.app import contents_of, open_store

    with closing(open_store(project)) as opened:
        return {one.name: one.value.reveal() for one in asyncio.run(contents_of(opened).secrets())}


def test_settings_come_in_and_what_looks_like_a_secret_is_held_back(project: Project) -> None:
    ran = brought(project, SETTINGS)
    assert (ran.exit_code, ran.stdout.splitlines()) == (
        3,
        [
            "new        .appconfig.featureflag/Beta",
            "new        Orders:Title",
            "new        Orders:Size",
            "held back  Orders:Api:Key: its name says that it is a secret",
        ],
    )
    assert "`--secrets-to VAULT` puts it into a vault" in ran.stderr
    assert held(project)["Orders:Size"] == "25"
    assert "Orders:Api:Key" not in held(project)
    again = brought(project, SETTINGS)
    assert "0 key-values written into store `contoso-settings`, 3 unchanged" in again.stderr


def test_secrets_go_to_a_vault_and_a_reference_comes_in_their_place(project: Project) -> None:
    ran = brought(project, SETTINGS, "--secrets-to", "Contoso-Orders")
    assert ran.exit_code == 0
    assert "new        Orders:Api:Key  as secret Orders--Api--Key of vault contoso-orders" in ran.stdout
    assert held(project)["Orders:Api:Key"] == REFERENCE
    assert secrets(project) == {"Orders--Api--Key": "PLANTED1"}
    again = brought(project, SETTINGS, "--secrets-to", "contoso-orders")
    assert "and 0 secrets into its vault, 4 unchanged" in again.stderr


def test_another_value_in_the_vault_stops_everything_until_it_is_forced(project: Project) -> None:
    brought(project, SETTINGS, "--secrets-to", "contoso-orders")
    other = {"Orders": {"Api": {"Key": "PLANTED2"}, "New": 1}}
    said = failed(brought(project, other, "--secrets-to", "contoso-orders"))
    assert "secret `Orders--Api--Key`: the vault has another one" in said
    assert "Orders:New" not in held(project)
    assert brought(project, other, "--secrets-to", "contoso-orders", "--force").exit_code == 0
    assert secrets(project) == {"Orders--Api--Key": "PLANTED2"}
    assert held(project)["Orders:New"] == "1"


def test_a_secret_that_the_store_has_already_is_replaced_only_when_forced(project: Project) -> None:
    assert brought(project, SETTINGS, "--allow", "Orders:Api:*").exit_code == 0
    assert held(project)["Orders:Api:Key"] == "PLANTED1"
    assert "Orders:Api:Key" in failed(brought(project, SETTINGS, "--secrets-to", "contoso-orders"))
    assert secrets(project) == {}
    ran = brought(project, SETTINGS, "--secrets-to", "contoso-orders", "--force")
    assert held(project)["Orders:Api:Key"] == REFERENCE
    assert "what stood in place of 1 reference stays in the history of store" in ran.stderr
    again = brought(project, SETTINGS, "--secrets-to", "contoso-orders", "--force")
    assert "stays in the history" not in again.stderr


def test_keys_that_would_give_one_secret_are_refused_and_labels_of_one_value_are_not(
    project: Project,
) -> None:
    alike = {"a:Key": "PLANTED1", "a--Key": "x"}
    said = failed(brought(project, alike, "--secrets-to", "contoso-orders"))
    assert "`a:Key` and `a--Key` would all be secret `a--key`" in said
    kvset = [{"key": "Db:Key", "value": "PLANTED1", "label": label} for label in ("dev", "prod")]
    ran = brought(project, {"items": kvset}, "--secrets-to", "contoso-orders", name="set.json")
    assert ran.exit_code == 0
    assert secrets(project) == {"Db--Key": "PLANTED1"}
    kvset[1]["value"] = "PLANTED2"
    said = failed(brought(project, {"items": kvset}, "--secrets-to", "contoso-orders", name="set.json"))
    assert "`Db:Key, label dev` and `Db:Key, label prod` would all be secret" in said


def test_a_key_of_which_no_secret_can_be_made_stays_held_back(project: Project) -> None:
    ran = brought(project, {"Schlüssel:Key": "PLANTED1"}, "--secrets-to", "contoso-orders")
    assert ran.exit_code == 3
    assert "held back  Schlüssel:Key" in ran.stdout
    assert "left out   Schlüssel:Key: no name of a vault comes of it" in ran.stdout


def test_a_feature_flag_with_a_secret_in_it_stays_held_back(project: Project) -> None:
    told = {"name": "Told", "parameters": {"apiKey": "PLANTED1"}}
    section = {"FeatureManagement": {"Beta": {"EnabledFor": [told]}}}
    ran = brought(project, section, "--secrets-to", "contoso-orders")
    assert ran.exit_code == 3
    assert "held back  .appconfig.featureflag/Beta" in ran.stdout
    assert "left out   .appconfig.featureflag/Beta: a feature flag cannot be a Key Vault" in ran.stdout
    assert (".appconfig.featureflag/Beta" in held(project), secrets(project)) == (False, {})


def test_a_key_with_brackets_can_be_allowed_by_its_name(project: Project) -> None:
    ran = brought(project, "a[0].key=PLANTED1\n", "--allow", "a[0].key", name="x.properties")
    assert (ran.exit_code, held(project)["a[0].key"]) == (0, "PLANTED1")


def test_what_differs_or_is_locked_stops_everything(project: Project) -> None:
    locked = {"items": [{"key": "Orders:Title", "value": "Locked", "locked": True}]}
    brought(project, locked, name="set.json")
    brought(project, {"Orders": {"Size": 1}})
    said = failed(brought(project, SETTINGS)).splitlines()
    assert said == [
        "nothing was written into store `contoso-settings`",
        "key-value Orders:Title: it is locked: unlock it first",
        f"key-value Orders:Size: {WHY_REFUSED[Outcome.DIFFERS]}",
    ]
    assert "Orders:Title: it is locked" in failed(brought(project, SETTINGS, "--force"))
    assert held(project)["Orders:Size"] == "1"


def test_a_dry_run_into_a_store_that_was_not_made_yet_goes_by_what_the_file_declares(
    project: Project,
) -> None:
    ran = brought(project, {"declared": "otherwise", "Title": "Orders"}, "--force", "--dry-run")
    assert ran.stdout.splitlines() == ["changed    declared", "new        Title"]
    assert "2 key-values would be written into store `contoso-settings`" in ran.stderr
    assert held(project) == {}
    assert list(project.state.glob("copy-*")) == []


def test_who_does_not_agree_leaves_even_what_the_file_declares_unmade(project: Project) -> None:
    ran = brought(project, {"Title": "Orders"}, "--strict", said="n\n")
    assert "to be removed: declared" in ran.stderr
    assert failed(ran) == "nothing was written"
    assert held(project) == {}


def test_a_dry_run_tells_and_writes_nothing(project: Project) -> None:
    brought(project, {"Orders": {"Title": "Orders", "Size": 1}})
    ran = brought(project, SETTINGS, "--force", "--secrets-to", "contoso-orders", "--dry-run", "--json")
    told = json.loads(ran.stdout)
    assert {one["key"]: one["outcome"] for one in told["keyValues"]} == {
        ".appconfig.featureflag/Beta": "new",
        "Orders:Title": "unchanged",
        "Orders:Size": "changed",
        "Orders:Api:Key": "new",
    }
    assert (told["vault"], told["secrets"]) == (
        "contoso-orders",
        [{"name": "Orders--Api--Key", "outcome": "new"}],
    )
    assert "3 key-values would be written" in ran.stderr
    assert (held(project)["Orders:Size"], secrets(project)) == ("1", {})


def test_what_is_declared_and_not_made_yet_is_told_so_by_what_only_looks(project: Project) -> None:
    said = "store `contoso-settings` is declared and not made yet: `keyless estate apply` makes it"
    assert failed(store(project, "show", "contoso-settings")) == said
    assert "there is no store `other`" in failed(store(project, "show", "other"))


def test_names_within_a_value_are_shown_without_control_characters(project: Project) -> None:
    brought(project, {"a": json.dumps({"\x1b[2J.key": "PLANTED1"})}, "--allow", "*", name="x.json")
    told = store(project, "show", "contoso-settings").stdout
    assert "looks like a secret: `\\x1b[2J.key` in it" in told
    assert "\x1b" not in told


def test_what_the_source_does_not_have_is_removed_by_whoever_agrees(project: Project) -> None:
    brought(project, SETTINGS, "--allow", "*")
    less = {"Orders": {"Title": "Orders", "Api": {"Key": "PLANTED1"}}}
    arguments = ("--strict", "--prefix", "")
    said = failed(brought(project, less, *arguments))
    assert "There is nobody to ask: `--yes`" in said
    assert failed(brought(project, less, *arguments, said="n\n")) == "nothing was written"
    assert "Orders:Size" in held(project)
    ran = brought(project, less, *arguments, "--except", "declared", said="y\n")
    assert (ran.exit_code, "removed    Orders:Size" in ran.stdout) == (3, True)
    assert "to be removed: Orders:Size" in ran.stderr
    assert "0 key-values written into store `contoso-settings`, 1 removed, 1 unchanged" in ran.stderr
    assert set(held(project)) == {
        "declared",
        ".appconfig.featureflag/Beta",
        "Orders:Title",
        "Orders:Api:Key",
    }
    brought(project, less | {"FeatureManagement": {}}, *arguments, "--yes")
    assert set(held(project)) == {"Orders:Title", "Orders:Api:Key"}


def test_nothing_is_removed_by_a_source_that_cannot_be_read_whole(project: Project) -> None:
    odd = {"items": [{"key": 1, "value": "x"}]}
    said = failed(brought(project, odd, "--strict", "--yes", name="set.json"))
    assert "not all of it can be read" in said


def test_labels_tags_and_prefixes_are_for_all(project: Project) -> None:
    ran = brought(
        project, "TITLE=x\n", "--label", "dev", "--prefix", "app/", "--tags", "from=env", name=".env"
    )
    assert ran.stdout == "new        app/TITLE  label dev\n"
    told = shown(project)["app/TITLE"]
    assert (told["label"], told["tags"]) == ("dev", {"from": "env"})


def test_a_store_is_shown_with_kinds_and_without_values(project: Project) -> None:
    items = [
        {"key": "Orders:Json", "value": "{}", "content_type": "application/json", "locked": True},
        {"key": "Orders:Title", "value": "x", "label": "dev"},
    ]
    brought(project, SETTINGS, "--secrets-to", "contoso-orders")
    brought(project, {"items": items, "Plain": 1}, "--format", "kvset", "--allow", "*")
    brought(project, {"Mail:Password": "PLANTED3"}, "--allow", "*")
    assert store(project, "show", "Contoso-Settings").stdout.splitlines() == [
        ".appconfig.featureflag/Beta  feature flag",
        "Mail:Password  looks like a secret: its name says that it is a secret",
        "Orders:Api:Key  Key Vault reference",
        "Orders:Json  application/json, locked",
        "Orders:Size",
        "Orders:Title",
        "Orders:Title  label dev",
        "declared",
    ]
    assert shown(project)["Mail:Password"]["looksLikeSecret"] == "its name says that it is a secret"
    assert shown(project)["Orders:Json"]["locked"]


@pytest.mark.parametrize(
    ("name", "arguments", "why"),
    [
        ("contoso-setting", (), "did you mean `contoso-settings`?"),
        ("contoso-settings", ("--secrets-to", "contoso-order"), "did you mean `contoso-orders`?"),
        ("contoso-settings", ("--depth", "2"), "`--depth` needs a `--separator`"),
        ("contoso-settings", ("--tags", "x"), "a tag is written `NAME=VALUE`"),
        ("contoso-settings", ("--format", "yaml"), "nothing was taken in from"),
    ],
)
def test_what_cannot_be_done_is_said(
    project: Project, name: str, arguments: tuple[str, ...], why: str
) -> None:
    brought(project, {"a": 1})
    (project.root / "source.json").write_text("{a: [")
    assert why in failed(store(project, "import", name, str(project.root / "source.json"), *arguments))


@pytest.mark.parametrize("option", [("--format", "json"), ("--separator", ":"), ("--depth", "1")])
def test_what_is_for_files_is_not_passed_over_for_a_store(project: Project, option: tuple[str, str]) -> None:
    said = failed(store(project, "import", "contoso-settings", "https://other.azconfig.io", *option))
    assert "`--format`, `--separator` and `--depth` are for a file" in said


def test_a_source_that_is_not_there_is_said(project: Project) -> None:
    assert "cannot read `absent`: no such file" in failed(
        store(project, "import", "contoso-settings", "absent")
    )


def exported(project: Project, name: str, *arguments: str) -> tuple[Result, str]:
    out = project.root / name
    ran = store(project, "export", "Contoso-Settings", "--out", str(out), *arguments)
    assert stat.S_IMODE(out.stat().st_mode) == 0o600
    return ran, out.read_text()


def filled(project: Project) -> None:
    items = [
        {"key": "Mail:Password", "value": "PLANTED5", "label": "prod"},
        {"key": "Mail:Host", "value": "m", "tags": {"a": "b"}, "locked": True},
        {"key": "Mail:None", "value": None},
    ]
    brought(project, SETTINGS, "--secrets-to", "contoso-orders")
    brought(project, {"items": items}, "--allow", "*", name="set.json")


def test_a_set_of_key_values_has_everything_and_secrets_in_it_are_told_by_name(project: Project) -> None:
    filled(project)
    ran, text = exported(project, "all.json")
    assert ran.exit_code == 0
    assert "in clear in the file, and look like secrets: Mail:Password  label prod" in ran.stderr
    assert "8 key-values of store `contoso-settings` written" in ran.stderr
    (project.root / ESTATE_FILE).write_text(ESTATE.replace("contoso-settings", "contoso-other"))
    back = store(
        project, "import", "contoso-other", str(project.root / "all.json"), "--allow", "*", "--force"
    )
    assert back.exit_code == 0
    assert "7 key-values written into store `contoso-other`, 1 unchanged" in back.stderr
    assert json.loads(text)["items"][1] == {
        "key": "Mail:Host",
        "value": "m",
        "label": None,
        "content_type": None,
        "tags": {"a": "b"},
        "locked": True,
    }


def test_other_formats_tell_what_they_do_not_hold(project: Project) -> None:
    filled(project)
    ran, text = exported(
        project, "appsettings.o.json", "--naming-convention", "pascal", "--except", "declared"
    )
    assert ran.exit_code == 3
    assert json.loads(text) == {
        "Mail": {"Host": "m"},
        "Orders": {"Size": "25", "Title": "Orders"},
        "FeatureManagement": {"Beta": True},
    }
    assert [line.removeprefix("keyless: ") for line in ran.stderr.splitlines()][:-1] == [
        f"left out: Mail:None: it has no value: {HOLDS_ALL}",
        f"left out: Orders:Api:Key: it refers to a secret, and the format cannot say so: {HOLDS_ALL}",
        "of Mail:Host the file does not have: tags, lock",
        "key-values with the labels `prod` are not in it: `--label` says which are",
    ]


def test_an_export_can_be_a_part_and_in_any_format(project: Project) -> None:
    filled(project)
    wanted = ("--prefix", "Orders:", "--skip-keyvault", "--skip-features")
    assert exported(project, "x.properties", *wanted)[1] == "Size=25\nTitle=Orders\n"
    assert exported(project, ".env", "--only", "Orders:*", "--separator", ":", "--except", "*Key")[1] == (
        "Orders__Size=25\nOrders__Title=Orders\n"
    )
    assert exported(project, "x.yaml", *wanted)[1] == "{Size: '25', Title: Orders}\n"
    ran, text = exported(project, "y.yaml", "--label", "prod", "--skip-features")
    assert (ran.exit_code, text) == (0, "{'Mail:Password': PLANTED5}\n")
    _, text = exported(project, "tagged.json", "--tags", "a=b")
    assert [one["key"] for one in json.loads(text)["items"]] == ["Mail:Host"]


def test_values_of_variables_are_written_so_that_readers_agree_or_not_at_all(project: Project) -> None:
    values = {"A": "it's", "B": "C:\\dir\\", "C": "a\\b", "D": "$HOME", "E": "it's $HOME", "F": "it's `id`"}
    brought(project, values, name="x.json")
    ran, text = exported(project, ".env", "--except", "declared")
    assert text == """A="it's"\nB="C:\\\\dir\\\\"\nC='a\\b'\nD='$HOME'\n"""
    assert [f"left out: {key}: its value would be read as another" in ran.stderr for key in "DEF"] == [
        False,
        True,
        True,
    ]


def test_a_prefix_is_taken_off_and_comes_back_in_a_set_of_key_values_too(project: Project) -> None:
    items = [
        {"key": "app/a", "value": "1", "label": "dev"},
        {"key": "app/", "value": "2"},
        {"key": "app/.appconfig.featureflag/x", "value": "3"},
        {"key": "b", "value": "4"},
    ]
    brought(project, {"items": items}, name="set.json")
    brought(project, {"FeatureManagement": {"Beta": True}})
    ran, text = exported(project, "app.json", "--prefix", "app/")
    assert [one["key"] for one in json.loads(text)["items"]] == [".appconfig.featureflag/Beta", "a"]
    assert "left out: app/: nothing is left of its key without the prefix" in ran.stderr
    assert "left out: app/.appconfig.featureflag/x: without the prefix its key is that of" in ran.stderr
    back = brought(project, text, "--prefix", "app/", name="app.json")
    assert "0 key-values written into store `contoso-settings`, 2 unchanged" in back.stderr


@pytest.mark.parametrize("value", ["NaN", '{"a":1,"a":2}', "1e999", "[" * 200 + "]" * 200])
def test_a_value_that_readers_of_json_take_for_several_stays_a_text(project: Project, value: str) -> None:
    item = {"key": "a", "value": value, "content_type": "application/json"}
    brought(project, {"items": [item]}, "--allow", "*", name="set.json")
    _, text = exported(project, "x.json", "--format", "json")
    assert json.loads(text)["a"] == value


def test_keys_that_cannot_stand_beside_each_other_are_not_written(project: Project) -> None:
    brought(project, {"a": 1, "a:b": 2}, "--format", "json")
    out = str(project.root / "out.json")
    said = failed(
        store(project, "export", "contoso-settings", "--out", out, "--format", "json", "--separator", ":")
    )
    assert "`a:b` cannot stand beside a key that is its beginning" in said
    assert "say `--format`" in failed(store(project, "export", "contoso-settings", "--out", "out.txt"))
