"""`.env` and JSON files as sources of secrets: what comes in under which name, and what is left out."""

from __future__ import annotations

import json

import pytest

from keyless.deploy.sources import Choice, NotASource
from keyless.deploy.vaults.found import Found, Making, name_in_vault
from keyless.deploy.vaults.read import File, read_file
from keyless.model.resources import Vault

MAKING = Making(1_800_000_000, lambda: "0" * 32)
VAULT = Vault("/subscriptions/s/resourceGroups/g/providers/Microsoft.KeyVault/vaults/v", "v", "here")
ALL = Choice()


def read(text: str, choice: Choice = ALL) -> Found:
    return read_file(File(text.encode()), VAULT, choice, MAKING)


def values(found: Found) -> dict[str, str]:
    return {one.name: one.current.value for one in found.arrivals}


def left(found: Found) -> dict[str, str]:
    return dict(found.left)


@pytest.mark.parametrize(
    ("name", "in_vault"),
    [
        ("DB_PASSWORD", "DB-PASSWORD"),
        ("Orders:Key", "Orders--Key"),
        ("Orders__Key", "Orders--Key"),
        ("spring.datasource.password", "spring-datasource-password"),
        ("fits-already-1", "fits-already-1"),
        ("a/b c", "a-b-c"),
    ],
)
def test_names_get_the_form_that_vaults_take(name: str, in_vault: str) -> None:
    assert name_in_vault(name) == in_vault


@pytest.mark.parametrize("name", ["", "über", "a" * 128, ":" * 64])
def test_of_some_names_none_comes(name: str) -> None:
    with pytest.raises(ValueError, match="1 to 127 letters, digits and hyphens"):
        name_in_vault(name)


def test_an_env_file_is_read_as_programs_read_it() -> None:
    found = read(
        '# of the database\nexport DB_PASSWORD="two\\nlines" # changed in spring\n\nPLAIN = a b #c\n'
        "LITERAL='${as it stands}'\nJSON={\"a\":1}\nESCAPED=a$b\n"
    )
    assert values(found) == {
        "DB-PASSWORD": "two\nlines",
        "PLAIN": "a b",
        "LITERAL": "${as it stands}",
        "JSON": '{"a":1}',
        "ESCAPED": "a$b",
    }
    assert next(found.called(one) for one in found.arrivals) == "DB_PASSWORD"
    assert not found.left


def test_what_an_env_file_does_not_say_is_left_out() -> None:
    found = read(f"EMPTY=\nURL=https://${{HOST}}/\nLARGE={'x' * 25_601}\nÜ=1\nFINE=1\n")
    assert values(found) == {"FINE": "1"}
    assert "no value" in left(found)["EMPTY"]
    assert "refers to another name" in left(found)["URL"]
    assert "25601 bytes" in left(found)["LARGE"]
    assert "letters, digits and hyphens" in left(found)["Ü"]


def test_patterns_choose_by_either_name() -> None:
    text = "DB_PASSWORD=1\nDB_USER=2\nAPI_KEY=3\nÜ=4\n"
    assert list(values(read(text, Choice(only=["db_*"])))) == ["DB-PASSWORD", "DB-USER"]
    assert list(values(read(text, Choice(only=["*-KEY"])))) == ["API-KEY"]
    assert list(values(read(text, Choice(["DB_*"], ["*USER"])))) == ["DB-PASSWORD"]
    assert not read(text, Choice(only=["DB_*"])).left


def test_names_that_become_the_same_are_told() -> None:
    found = read("A_B=1\nC=2\na-b=3\n")
    assert found.clashes() == ["`A_B` and `a-b` would all be secret `a-b`"]


def test_json_is_names_and_values() -> None:
    found = read(json.dumps({"Orders:Key": "v", "port": 8080, "on": True, "list": [], "none": None}))
    assert values(found) == {"Orders--Key": "v", "port": "8080", "on": "true"}
    assert set(left(found)) == {"list", "none"}


def test_json_can_say_more_of_a_secret() -> None:
    found = read(
        json.dumps(
            {
                "db": {
                    "value": "v",
                    "contentType": "text/plain",
                    "tags": {"owner": "billing"},
                    "enabled": False,
                    "nbf": 1_700_000_000,
                    "exp": "2027-01-31T12:00:00Z",
                }
            }
        )
    )
    version = found.arrivals[0].current
    assert (version.value, version.content_type, version.tags) == ("v", "text/plain", {"owner": "billing"})
    assert (version.enabled, version.not_before, version.expires) == (False, 1_700_000_000, 1_801_396_800)


@pytest.mark.parametrize(
    ("entry", "why"),
    [
        ({"value": "PLANTED", "colour": "red"}, "unknown field `colour`"),
        ({"contentType": "PLANTED"}, "missing required field `value`"),
        ({"value": ["PLANTED"]}, "expected `str`"),
        ({"value": "PLANTED", "exp": "soon"}, "seconds since 1970"),
        ({"value": "PLANTED", "exp": 10**15}, "within the years 1 to 9999"),
        ({"value": "PLANTED", "tags": {str(number): "" for number in range(16)}}, "15 tags"),
    ],
)
def test_what_is_no_secret_in_json_is_left_out_and_no_value_told(entry: object, why: str) -> None:
    found = read(json.dumps({"db": entry}))
    assert not found.arrivals
    assert why in left(found)["db"]
    assert "PLANTED" not in left(found)["db"]


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"\xff", "not UTF-8"),
        (b"[1]", "no object"),
        (b'{"PLANTED', "truncated"),
        (b'{"a": PLANTED}', "malformed"),
    ],
)
def test_what_cannot_be_read_is_refused_and_nothing_of_it_told(data: bytes, why: str) -> None:
    with pytest.raises(NotASource) as refused:
        read_file(File(data), VAULT, ALL, MAKING)
    assert why in str(refused.value)
    assert "PLANTED" not in str(refused.value)
