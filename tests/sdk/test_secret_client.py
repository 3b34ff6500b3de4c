"""azure-keyvault-secrets, synchronous and asynchronous: every operation, its errors, pages and versions.

A program does all of it in one run, as an officer of the vault, and the tests judge what it saw.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from azure.keyvault.secrets import ApiVersion
from sdk_estates import ON_VAULT, PLACES, SECRETS_OFFICER, VAULT_URL, one_web_app
from sdk_site import Once, Seen, Site

PLAIN = {
    "vault": VAULT_URL,
    "enabled": True,
    "not_before": None,
    "expires_on": None,
    "content_type": None,
    "tags": None,
    "recovery_level": "Recoverable+Purgeable",
    "recoverable_days": 90,
}


def error(kind: str, status: int, reason: str, code: str, inner: str | None = None) -> Seen:
    """What an error looks like, apart from its message."""
    return {"type": kind, "status": status, "reason": reason, "code": code, "inner": inner}


NOT_FOUND = error("ResourceNotFoundError", 404, "Not Found", "SecretNotFound")
BAD_REQUEST = error("HttpResponseError", 400, "Bad Request", "BadParameter")


def without_message(told: Seen) -> Seen:
    return {name: value for name, value in told.items() if name != "message"}


@pytest.fixture(params=["secret_operations", "secret_operations_async"])
def seen(request: pytest.FixtureRequest, once: Once) -> Seen:
    """What the program saw."""
    program: str = request.param

    def run(directory: Path) -> Seen:
        site = Site.made(directory)
        site.declare(one_web_app((SECRETS_OFFICER, ON_VAULT)))
        return dict(site.python(f"{program}.py", env=PLACES).seen)

    return once(program, run)


def test_a_secret_has_versions_with_their_own_values_and_properties(seen: Seen) -> None:
    found = dict(seen["versions"])
    assert found.pop("latest") == {
        **PLAIN,
        "name": "colour",
        "value": "green",
        "not_before": "2026-01-01T00:00:00+00:00",
        "expires_on": "2046-01-01T00:00:00+00:00",
    }
    blue = {**PLAIN, "name": "colour", "content_type": "text/plain", "tags": {"of": "sky"}}
    assert found.pop("older") == {**blue, "value": "blue"}
    assert found.pop("changed") == {**blue, "content_type": "text/html", "tags": {"of": "sea"}}
    disabled = found.pop("disabled")
    assert without_message(disabled) == error(
        "HttpResponseError", 403, "Forbidden", "Forbidden", "SecretDisabled"
    )
    assert found == {
        "latest is second": True,
        "id": True,
        "created before updated": True,
        "listed": True,
        "enabled again": "green",
    }


def test_a_deleted_secret_can_come_back_until_it_is_purged(seen: Seen) -> None:
    found = seen["life and death"]
    assert without_message(found["gone"]) == NOT_FOUND
    assert without_message(found["purged"]) == NOT_FOUND
    assert without_message(found["reused"]) == error(
        "ResourceExistsError", 409, "Conflict", "Conflict", "ObjectIsDeletedButRecoverable"
    )
    assert found["recovery_id"] == f"{VAULT_URL}/deletedsecrets/mortal"
    assert found["purge_after_days"] == 90
    assert (found["read"], found["listed"], found["recovered"]) == ("mortal", ["mortal"], "alive")


def test_a_backup_restores_a_purged_secret_and_not_a_live_one(seen: Seen) -> None:
    found = seen["life and death"]
    assert without_message(found["over live"]) == error("ResourceExistsError", 409, "Conflict", "Conflict")
    assert found["restored"] == {**PLAIN, "name": "mortal", "value": "alive"}
    assert found["backup hides the value"]


def test_lists_come_in_pages_and_miss_and_repeat_nothing(seen: Seen) -> None:
    assert seen["pages"] == {
        "sizes": [25, 5],
        "small": [10, 10, 10],
        "many": [f"many-{number:02d}" for number in range(28)],
        "twice": 0,
    }


def test_mistakes_get_the_errors_that_the_client_knows(seen: Seen) -> None:
    mistakes = {case: without_message(told) for case, told in seen["mistakes"].items()}
    assert mistakes == {
        **{case: NOT_FOUND for case in mistakes if case.startswith("missing")},
        "bad name": BAD_REQUEST,
        "too large": BAD_REQUEST,
        "bad backup": BAD_REQUEST,
    }
    assert len(mistakes) == 10


def test_a_request_that_the_app_writes_itself_is_served_as_well(seen: Seen) -> None:
    assert seen["own request"] == {"status": 200, "value": "green"}


def test_every_version_of_the_interface_that_the_client_knows_is_served(seen: Seen) -> None:
    assert seen["api versions"] == {
        version.value: {"value": version.value, "levels": ["Recoverable+Purgeable"]} for version in ApiVersion
    }


def test_every_answer_is_what_the_document_of_its_api_version_describes(seen: Seen) -> None:
    assert seen["answers held"] > 60
