"""azure-keyvault-keys' KeyClient, synchronous and asynchronous: every operation, errors, pages and versions.

A program does all of it in one run, as an officer of the vault, and the tests judge what it saw.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from azure.keyvault.keys import ApiVersion
from sdk_estates import CRYPTO_OFFICER, ON_VAULT, PLACES, VAULT_URL, one_web_app
from sdk_site import Once, Seen, Site

NOT_FOUND = ("ResourceNotFoundError", 404, "KeyNotFound", None)
BAD_REQUEST = ("HttpResponseError", 400, "BadParameter", None)
NOTIFY = ["Notify", None, "P30D"]


def error(told: Seen) -> tuple[str, int, str, str | None]:
    return told["type"], told["status"], told["code"], told["inner"]


@pytest.fixture(params=["key_management", "key_management_async"])
def seen(request: pytest.FixtureRequest, once: Once) -> Seen:
    """What the program saw."""
    program: str = request.param

    def run(directory: Path) -> Seen:
        site = Site.made(directory)
        site.declare(one_web_app((CRYPTO_OFFICER, ON_VAULT)))
        return dict(site.python(f"{program}.py", env=PLACES).seen)

    return once(program, run)


def test_a_key_has_versions_of_any_type_and_a_disabled_one_can_be_read(seen: Seen) -> None:
    assert seen["versions"] == {
        "latest": True,
        "older": "P-384",
        "changed": {"of": "sea"},
        "imported": [True, True],
        "disabled and read": [False, False],
        "listed": True,
    }


def test_a_rotation_policy_always_notifies_and_says_when_versions_end(seen: Seen) -> None:
    assert seen["rotation"] == {
        "usual": {"expires in": None, "actions": [NOTIFY]},
        "set": {"expires in": None, "actions": [["Rotate", "P2M", None], NOTIFY]},
        "read": True,
        "days": 90,
        "new": True,
    }


def test_a_deleted_key_can_come_back_until_it_is_purged_and_then_from_a_backup(seen: Seen) -> None:
    found = seen["life and death"]
    assert error(found["gone"]) == error(found["purged"]) == NOT_FOUND
    deleted = ("ResourceExistsError", 409, "Conflict", "ObjectIsDeletedButRecoverable")
    assert error(found["reused"]) == deleted
    assert error(found["over live"]) == ("ResourceExistsError", 409, "Conflict", None)
    assert found["recovery_id"] == f"{VAULT_URL}/deletedkeys/mortal"
    assert (found["listed"], found["restored"]) == (["mortal"], True)


def test_a_list_of_keys_comes_in_pages(seen: Seen) -> None:
    assert seen["pages"] == {"first": 25, "many": 26}


def test_mistakes_with_keys_get_the_errors_that_the_client_knows(seen: Seen) -> None:
    mistakes = {case: error(told) for case, told in seen["mistakes"].items()}
    assert mistakes == {
        **{case: NOT_FOUND for case in mistakes if case.startswith("missing")},
        **{case: BAD_REQUEST for case in mistakes if case.startswith("bad")},
        "hsm": ("HttpResponseError", 403, "Forbidden", None),
        "attested": ("HttpResponseError", 501, "NotImplemented", None),
    }
    assert len(mistakes) == 11


def test_keys_are_served_in_every_version_of_the_interface(seen: Seen) -> None:
    assert seen["api versions"] == {version.value: "P-256" for version in ApiVersion}


def test_every_answer_about_keys_is_what_its_document_describes(seen: Seen) -> None:
    assert seen["answers held"] > 70
