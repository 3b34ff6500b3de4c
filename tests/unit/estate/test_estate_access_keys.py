"""Access keys of stores, expiring client secrets, and where an application runs: read, refused, written."""

from __future__ import annotations

import base64

import pytest
from estate_texts import estate, in_group, only

from keyless.deploy.apply import access_key_record
from keyless.estate.export.document import export_text
from keyless.estate.export.variables import secret_variables
from keyless.estate.read import read_text
from keyless.estate.warnings import warnings_of
from keyless.model.access_keys import AccessKey
from keyless.model.identities import RunsOn

SECRET = bytes(range(32))
VALUE = base64.b64encode(SECRET).decode()
CONNECTION_STRING = f"Endpoint=https://orders-store.azconfig.io;Id=Kd8-l9-s0:a+b;Secret={VALUE}"


def with_key(declared: str, key_id: str = "Kd8-l9-s0:a+b", more: str = "") -> str:
    """An estate with one store, which has one access key."""
    return in_group(
        f'configurationStores: {{orders-store: {{accessKeys: {{"{key_id}": {declared}}}{more}}}}}'
    )


@pytest.mark.parametrize("value", [VALUE, f" {VALUE}\n", CONNECTION_STRING, f"{CONNECTION_STRING};"])
def test_a_key_is_its_value_or_its_whole_connection_string(value: str) -> None:
    (key,) = estate(with_key("{env: KEY, readOnly: true}"), {"KEY": value}).access_keys
    assert access_key_record(key) == AccessKey("orders-store", "Kd8-l9-s0:a+b", SECRET, read_only=True)


@pytest.mark.parametrize(
    ("value", "says"),
    [
        ("hunter2", "is not base64 of a secret"),
        (base64.b64encode(b"short").decode(), "is not base64 of a secret"),
        (CONNECTION_STRING.replace("orders-store", "other-store"), "is of another store or key"),
        (CONNECTION_STRING.replace("Kd8", "Kd9"), "is of another store or key"),
        (CONNECTION_STRING.replace(VALUE, ""), "is not base64 of a secret"),
        (f"Server=tcp:sql;Password={VALUE}", "is of another store or key"),
    ],
)
def test_what_is_no_key_of_this_store_is_refused_without_its_value(value: str, says: str) -> None:
    problem = only(with_key("{env: KEY}"), {"KEY": value})
    assert says in problem.message
    assert value not in f"{problem.message} {problem.hint}"
    assert VALUE not in f"{problem.message} {problem.hint}"


def test_an_id_that_no_header_could_carry_is_refused() -> None:
    assert "cannot be an access key's id" in only(with_key(VALUE, key_id="a&b")).message


def test_no_value_of_a_key_shows_in_a_repr() -> None:
    read = estate(with_key("{env: KEY}"), {"KEY": VALUE})
    assert VALUE not in repr(read)
    assert repr(SECRET) not in repr(access_key_record(read.access_keys[0]))


def test_keys_are_written_as_variables_and_mean_the_same_when_read_again() -> None:
    read = estate(with_key("{env: KEY, readOnly: true}", more=", disableLocalAuth: true"), {"KEY": VALUE})
    text = export_text(read)
    assert VALUE not in text
    variables = {name: value.reveal() for name, value in secret_variables(read).items()}
    again = read_text(text, variables)
    assert again.access_keys == read.access_keys
    assert again.stores == read.stores
    assert again.stores[0].disable_local_auth


def test_a_key_deserves_a_second_look_unless_the_store_takes_none() -> None:
    found = warnings_of(estate(with_key(f'"{VALUE}"')))
    assert [line for line in found if "access key Kd8-l9-s0:a+b opens store orders-store" in line]
    closed = warnings_of(estate(with_key(f'"{VALUE}"', more=", disableLocalAuth: true")))
    assert not [line for line in closed if "access key" in line]


def with_application(declared: str) -> str:
    """An estate with one application."""
    return f"version: 1\napplications: {{legacy: {{clientSecret: x, {declared}}}}}"


@pytest.mark.parametrize(
    ("written", "expires"),
    [
        ("2026-12-31", 1_798_675_200),
        ('"2026-12-31"', 1_798_675_200),
        ("2026-12-31T12:00:00Z", 1_798_718_400),
        ("2026-12-31T12:00:00+02:00", 1_798_711_200),
        ("2026-12-31 12:00:00Z", 1_798_718_400),
    ],
)
def test_a_client_secret_expires_on_a_day_or_at_a_time(written: str, expires: int) -> None:
    read = estate(with_application(f"clientSecretExpires: {written}"))
    assert read.applications[0].secret_expires_at == expires
    again = read_text(export_text(read), {"LEGACY_CLIENT_SECRET": "x"})
    assert again.applications == read.applications


@pytest.mark.parametrize(
    ("written", "says"),
    [
        ("2026-02-30", "is no day of the calendar"),
        ("2026-12-31T25:00:00Z", "is no day of the calendar"),
        ("next year", "a day is wanted here"),
        ("2026-12-31T12:00:00", "a day is wanted here"),
        ("20261231", "a day is wanted here"),
        ("[2026-12-31]", "a day is wanted here"),
    ],
)
def test_what_is_no_day_is_refused_with_an_example(written: str, says: str) -> None:
    problem = only(with_application(f"clientSecretExpires: {written}"))
    assert says in problem.message
    assert "`2027-06-30`" in problem.hint


@pytest.mark.parametrize("place", RunsOn)
def test_an_application_says_where_it_runs(place: RunsOn) -> None:
    read = estate(with_application(f"runsOn: {place.value}"))
    assert read.applications[0].runs_on is place
    assert read_text(export_text(read), {"LEGACY_CLIENT_SECRET": "x"}).applications == read.applications


def test_a_place_that_is_not_known_is_refused() -> None:
    problem = only(with_application("runsOn: on-premise"))
    assert "`on-premise` is not a place" in problem.message
    assert "`on-premises`" in problem.hint
