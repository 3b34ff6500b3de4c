"""azure-appconfiguration's snapshots, synchronous and asynchronous.

A program does all of it in one run, as an owner of the store's data, and the tests judge what it saw.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from sdk_estates import DATA_OWNER, ON_STORE, PLACES, one_web_app
from sdk_site import Once, Seen, Site

MANY = "\n".join(f'- {{key: "many:{number:03d}", value: "{number}"}}' for number in range(200))
BY_KEY = {
    "name": "by key",
    "status": "ready",
    "filters": [["colour", None, []], ["col*", "prod", []]],
    "composition": "key",
    "retention": 3600,
    "items": 1,
    "tags": {"of": "v1"},
    "description": "the first",
    "expires": False,
    "created": True,
}


@pytest.fixture(params=["snapshot_operations", "snapshot_operations_async"])
def seen(request: pytest.FixtureRequest, once: Once) -> Seen:
    """What the program saw."""
    program: str = request.param

    def run(directory: Path) -> Seen:
        site = Site.made(directory)
        site.declare(one_web_app((DATA_OWNER, ON_STORE), settings=MANY))
        return dict(site.python(f"{program}.py", env=PLACES).seen)

    return once(program, run)


def told(error: Seen) -> tuple[str, int]:
    """The class and status of an error."""
    return error["type"], error["status"]


def test_snapshots_are_made_without_waiting(seen: Seen) -> None:
    made = seen["made"]
    assert made["by key"] == BY_KEY
    assert made["both"] == {
        **BY_KEY,
        "name": "both",
        "filters": [["colour", "*", []]],
        "composition": "key_label",
        "retention": 30 * 24 * 3600,
        "items": 3,
        "tags": {},
        "description": None,
    }
    assert made["at once"] is True
    assert told(made["again"]) == ("ResourceExistsError", 409)
    assert told(made["too many"]) == ("HttpResponseError", 400)


def test_what_is_in_them_outlives_the_settings(seen: Seen) -> None:
    assert seen["contents"] == {
        "by key": [["prod", "green"]],
        "both": [[None, "blue"], ["dev", "red"], ["prod", "green"]],
        "many": [200, "many:000", "many:199"],
        "none": [],
    }


def test_they_are_listed_by_name_and_status(seen: Seen) -> None:
    assert seen["lists"] == {
        "all": ["both", "by key", "many"],
        "named": ["both", "by key"],
        "archived": ["both"],
        "selected": [["many", None]],
    }


def test_they_are_archived_and_recovered_on_conditions(seen: Seen) -> None:
    archived = seen["archived"]
    assert archived["archived"] == ["archived", True]
    assert told(archived["stale"]) == ("ResourceModifiedError", 412)
    assert archived["still read"] == 1
    assert archived["recovered"] == BY_KEY
    assert told(archived["missing"]) == ("ResourceNotFoundError", 404)
