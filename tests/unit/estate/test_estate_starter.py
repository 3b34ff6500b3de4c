"""The starter is valid as it stands, and so are the lines in it that wait to be used."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keyless.estate.read import read_text
from keyless.estate.starter import Wanted, starter_text

WANTED = Wanted(
    {"contoso-orders": ("db-password", "no"), "quiet-vault": ()},
    {"contoso-orders": (("orders:db", None), ("a\n# b", "prod"), ("20", None)), "quiet-store": ()},
)


def used(text: str) -> str:
    """The starter with every waiting line of YAML put to use."""
    return re.sub(r"^( *)# (?=( *)(-|[\w\"-]+:( |$)))", r"\1", text, flags=re.MULTILINE)


def test_a_starter_is_valid_as_it_stands() -> None:
    read = read_text(starter_text("My Orders: app!"), {})
    assert [one.name for one in read.compute] == ["my-orders-app"]
    assert read.compute[0].system_assigned is not None
    assert not read.vaults


def test_what_the_app_asked_for_is_there() -> None:
    read = read_text(starter_text("orders", WANTED), {})
    assert [vault.name for vault in read.vaults] == ["contoso-orders", "quiet-vault"]
    assert [store.name for store in read.stores] == ["contoso-orders", "quiet-store"]
    assert read.secrets == read.settings == ()


def test_its_secrets_and_keys_wait_to_be_filled_in() -> None:
    text = used(starter_text("orders", WANTED))
    read = read_text(text, {"CONTOSO_ORDERS_DB_PASSWORD": "x", "CONTOSO_ORDERS_NO": "y"})
    assert [secret.name for secret in read.secrets] == ["db-password", "no"]
    assert [(one.key, one.label) for one in read.settings] == [
        ("orders:db", None),
        ("a\n# b", "prod"),
        ("20", None),
    ]
    assert len(read.assignments) == 1


def test_a_name_that_azure_would_not_allow_is_only_mentioned() -> None:
    text = starter_text("orders", Wanted({"ab": ("x",)}, {"y: {": (("a", None),)}))
    assert "# The app asked for ab, which cannot be a vault's name" in text
    read = read_text(text, {})
    assert read.vaults == ()
    assert read.stores == ()


def test_an_editor_is_told_of_the_schema() -> None:
    text = starter_text("orders", schema=".keyless/keyless.schema.json")
    assert text.startswith("# yaml-language-server: $schema=.keyless/keyless.schema.json\n")
    assert read_text(text, {})


@pytest.mark.parametrize("name", ["no", "20", "null", "1e3", "", "!!", "été", "x" * 90, "a\nb: c"])
def test_any_project_name_will_do(name: str) -> None:
    assert read_text(starter_text(name), {}).compute


@given(
    name=st.text(),
    secrets=st.lists(st.text(min_size=1), max_size=3, unique=True),
    keys=st.lists(st.tuples(st.text(min_size=1), st.none() | st.text(min_size=1)), max_size=3, unique=True),
    vault=st.text(),
)
def test_nothing_that_an_app_asks_for_breaks_the_starter(
    name: str, secrets: list[str], keys: list[tuple[str, str | None]], vault: str
) -> None:
    wanted = Wanted({vault: tuple(secrets), "vault": tuple(secrets)}, {vault: (), "store": tuple(keys)})
    read = read_text(starter_text(name, wanted), {})
    assert "vault" in {one.name for one in read.vaults}
    assert read.secrets == read.settings == ()
