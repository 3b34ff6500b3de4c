"""Roles with conditions, enforced on the data planes, as the official client libraries meet them."""

from __future__ import annotations

from pathlib import Path

import pytest
from sdk_estates import DATA_OWNER, ON_STORE, ON_VAULT, PLACES, SECRETS_OFFICER, SECRETS_USER, one_web_app
from sdk_site import Once, Seen, Site

KEY = "Microsoft.AppConfiguration/configurationStores/keyValues:key"
NAME = "Microsoft.KeyVault/vaults/secrets:name"
SETTINGS = """
- {key: "web:colour", value: blue}
- {key: "web:size", value: large, label: prod}
- {key: "api:colour", value: red}
"""
SECRETS = "web-db: hello\napi-db: hidden"
OF_RESOURCES = f"@Resource[{NAME}] StringStartsWith 'web-'"
OF_REQUESTS = f"@Request[{NAME}] StringStartsWith 'web-'"


def under(scope: str, condition: str) -> str:
    """A scope with a condition behind it."""
    return f'{scope}, condition: "{condition}"'


@pytest.fixture
def seen(once: Once) -> Seen:
    """What the program saw, whose identity may read and write what begins with `web`."""
    roles = (
        (DATA_OWNER, under(ON_STORE, f"@Resource[{KEY}] StringStartsWith 'web:'")),
        (SECRETS_OFFICER, under(ON_VAULT, f"{OF_RESOURCES} OR {OF_REQUESTS}")),
    )

    def run(directory: Path) -> Seen:
        site = Site.made(directory)
        site.declare(one_web_app(*roles, secrets=SECRETS, settings=SETTINGS))
        return dict(site.python("conditional_calls.py", env=PLACES).seen)

    return once("conditional roles", run)


def test_settings_are_read_written_and_deleted_where_the_condition_holds(seen: Seen) -> None:
    settings = seen["settings"]
    assert (settings["get ours"], settings["get labelled"]) == ("blue", "large")
    assert (settings["set ours"], settings["delete ours"]) == ("new", "new")
    refused = ("get other", "get in another case", "set other", "delete other", "lock other")
    assert {settings[call] for call in refused} == {403}


def test_a_list_is_let_through_where_the_condition_holds_of_all_that_it_may_show(seen: Seen) -> None:
    settings = seen["settings"]
    assert settings["list ours"] == ["web:colour", "web:size"]
    assert (settings["list one"], settings["list narrower"]) == (["web:colour"], ["web:size"])
    assert settings["revisions of ours"] == ["web:colour"]
    refused = ("list wider", "list several", "list all", "revisions of all", "labels")
    assert {settings[call] for call in refused} == {403}


def test_no_snapshot_shows_what_a_condition_keeps_from_its_caller(seen: Seen) -> None:
    settings = seen["settings"]
    assert settings["snapshot ours"] == "provisioning"
    refused = ("other", "wider", "several", "read", "shown", "archived")
    assert {settings[f"snapshot {call}"] for call in refused} == {403}


def test_the_configuration_provider_loads_what_its_selector_and_the_condition_agree_on(seen: Seen) -> None:
    assert seen["settings"]["provider of ours"] == {"web:colour": "blue"}
    assert set(seen["settings"]["provider of all"]) == {403}


def test_secrets_are_read_and_set_where_the_condition_holds_whatever_the_case_of_the_path(seen: Seen) -> None:
    secrets = seen["secrets"]
    assert (secrets["get ours"], secrets["set ours"], secrets["versions of ours"]) == ("hello", "new", 1)
    refused = ("get other", "get other in another case", "set other", "delete other", "versions of other")
    assert {secrets[call] for call in refused} == {403}
    assert secrets["list"] == 403
    assert secrets["restore ours"] == 409  # let through: the name is taken


def test_a_role_under_another_condition_adds_to_what_may_be_done(site: Site) -> None:
    roles = (
        (SECRETS_USER, under(ON_VAULT, f"@Resource[{NAME}] StringEquals 'web-db'")),
        (
            SECRETS_USER,
            under("{vault: contoso-orders, secret: api-db}", f"@Resource[{NAME}] StringLike '*-db'"),
        ),
    )
    site.declare(one_web_app(*roles, secrets=SECRETS + "\nother: nothing"))
    ran = site.python("read_secrets.py", "web-db", "api-db", "other", env=PLACES)
    assert ran.seen == {"web-db": "hello", "api-db": "hidden", "other": 403}
