"""azure-appconfiguration, synchronous and asynchronous: settings, conditions, locks, filters, pages, history.

A program does all of it in one run, as an owner of the store's data, and the tests judge what it saw.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from sdk_estates import BY_ACCESS_KEY, DATA_OWNER, ON_STORE, PLACES, VAULT_URL, one_web_app
from sdk_site import Once, Seen, Site

MANY = "\n".join(f'- {{key: "many:{number:03d}", value: "{number}"}}' for number in range(200))
BLUE = {
    "key": "colour",
    "label": "prod",
    "value": "blue",
    "content_type": None,
    "tags": {},
    "read_only": False,
}


def error(kind: str, status: int, reason: str) -> Seen:
    """What an error looks like. The service's problem has no code; the client tells by status alone."""
    return {
        "type": kind,
        "status": status,
        "reason": reason,
        "code": None,
        "inner": None,
        "message": f"Operation returned an invalid status '{reason}'",
    }


NOT_FOUND = error("ResourceNotFoundError", 404, "Not Found")
MODIFIED = error("ResourceModifiedError", 412, "Precondition Failed")
NOT_THERE = error("ResourceNotFoundError", 412, "Precondition Failed")
READ_ONLY = error("ResourceReadOnlyError", 409, "Conflict")


@pytest.fixture(params=["", "by access key"])
def access_key(request: pytest.FixtureRequest) -> str:
    """Whether the program signs its requests with an access key, in place of a managed identity."""
    return str(request.param)


@pytest.fixture(params=["setting_operations", "setting_operations_async"])
def seen(request: pytest.FixtureRequest, access_key: str, once: Once) -> Seen:
    """What the program saw."""
    program: str = request.param
    roles = () if access_key else ((DATA_OWNER, ON_STORE),)

    def run(directory: Path) -> Seen:
        site = Site.made(directory)
        site.declare(one_web_app(*roles, settings=MANY))
        return dict(site.python(f"{program}.py", env=PLACES | (BY_ACCESS_KEY if access_key else {})).seen)

    return once(f"{program} {access_key}".strip(), run)


def test_a_setting_is_added_changed_and_deleted(seen: Seen) -> None:
    added = {**BLUE, "content_type": "text/plain", "tags": {"of": "sky"}}
    changed = {**added, "value": "green", "tags": {"of": "sea"}}
    assert seen["round trip"] == {
        "added": added,
        "changed": changed,
        "changed etag": True,
        "modified": True,
        "added again": error("ResourceExistsError", 412, "Precondition Failed"),
        "other label": NOT_FOUND,
        "no label": NOT_FOUND,
        "strange": {**BLUE, "key": "app/ünï code?x=1&y#z:é/", "label": None, "value": "yes"},
        "without its slash": NOT_FOUND,
        "deleted": changed,
        "deleted again": None,
    }


def test_conditions_on_etags_hold_back_reads_and_writes(seen: Seen) -> None:
    assert seen["conditions"] == {
        "unchanged": None,
        "changed": "green",
        "read stale": MODIFIED,
        "set stale": MODIFIED,
        "set current": "red",
        "set missing": NOT_THERE,
        "delete stale": MODIFIED,
        "delete missing": NOT_THERE,
        "lock stale": MODIFIED,
        "left": "red",
    }


def test_a_locked_setting_is_read_only_until_it_is_unlocked(seen: Seen) -> None:
    plain = {**BLUE, "label": None}
    assert seen["read only"] == {
        "locked": {**plain, "read_only": True},
        "set": READ_ONLY,
        "delete": READ_ONLY,
        "unlocked": plain,
        "missing": NOT_FOUND,
    }


def test_filters_choose_by_key_label_and_tags(seen: Seen) -> None:
    a, a_prod, b_dev, c_prod = ["f:a", None], ["f:a", "prod"], ["f:b", "dev"], ["f:c*", "prod"]
    assert seen["filters"] == {
        "prefix": [a, a_prod, b_dev, c_prod],
        "several": [a, a_prod, b_dev],
        "escaped": [c_prod],
        "label": [a_prod, c_prod],
        "no label": [a],
        "label or none": [a, b_dev],
        "tag": [a_prod, c_prod],
        "tags": [c_prod],
        "nothing": [],
        "fields": ["f:a", "1", False, None, None],
        "bad filter": error("HttpResponseError", 400, "Bad Request"),
        "labels": [None, "dev", "prod"],
        "labels by prefix": ["prod"],
    }


def test_two_hundred_settings_are_three_pages_whose_etags_tell_which_one_changed(seen: Seen) -> None:
    assert seen["pages"] == {
        "sizes": [100, 100, 0],
        "in order": True,
        "etags": 3,
        "unchanged": [],
        "unchanged by head": 0,
        "changed": [[100, ["many:100", None], ["many:199", None]]],
        "etags by head": [True, False, True],
    }


def test_the_past_can_be_read(seen: Seen) -> None:
    assert seen["history"] == {
        "revisions": ["two", "one"],
        "tagged": ["one"],
        "then": "one",
        "listed then": ["one"],
        "revisions then": ["one"],
        "long ago": NOT_FOUND,
        "now": NOT_FOUND,
    }


def test_feature_flags_and_secret_references_keep_their_kind(seen: Seen) -> None:
    assert seen["special"] == {
        "flag": ["FeatureFlagConfigurationSetting", "beta", True, [{"name": "Half", "parameters": {}}]],
        "reference": ["SecretReferenceConfigurationSetting", f"{VAULT_URL}/secrets/p"],
    }


def test_mistakes_are_refused_and_requests_of_the_apps_own_served(seen: Seen) -> None:
    assert seen["mistakes"] == {
        "too large": error("HttpResponseError", 413, "Payload Too Large"),
        "bad key": error("HttpResponseError", 400, "Bad Request"),
        "sync token": None,
        "own request": [{"name": f"many:00{digit}"} for digit in range(10)],
        "unknown version": 400,
    }


def test_descriptions_reserved_characters_and_fields_of_every_list_work(seen: Seen) -> None:
    assert seen["besides"] == {
        "described": "what it is for",
        "tagged": [[["described", "b"]]],
        "checked": True,
        "checked long ago": 1,
        "added again": error("ResourceExistsError", 412, "Precondition Failed"),
        "lock current": True,
        "labels": ["b"],
        "labels then": ["b"],
        "labels long ago": [],
        "fields": ["described", "1", "what it is for", None],
        "head": [200, True, ""],
        "revisions again": 304,
        "text": 415,
    }


def test_every_answer_was_held_to_the_public_documents(seen: Seen) -> None:
    assert seen["answers held"] > 60
