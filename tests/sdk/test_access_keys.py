"""azure-appconfiguration with a connection string: what opens a store, what does not, what is recorded."""

from __future__ import annotations

from contextlib import closing
from typing import Any

import pytest
from sdk_estates import ACCESS_KEY_ID, BY_ACCESS_KEY, BY_READING_KEY, one_web_app
from sdk_site import Site

from keyless.evidence.database import EvidenceDatabase
from keyless.model.evidence import Outcome, SignInMethod, SignInOutcome

KEY = f"access-key:contoso-orders:{ACCESS_KEY_ID}"
REFUSED = 'HMAC-SHA256 error="invalid_token" error_description="{}", Bearer'


def refused(description: str) -> dict[str, Any]:
    """The answer to a read and a write alike."""
    answer = {"status": 401, "challenge": REFUSED.format(description), "body": ""}
    return {"read": answer, "write": answer}


@pytest.mark.parametrize("learning", [(), ("--learn",)], ids=["enforcing", "learning"])
def test_a_key_opens_its_store_and_what_is_no_key_of_it_does_not(
    site: Site, learning: tuple[str, ...]
) -> None:
    site.declare(one_web_app(settings="colour: blue"))
    seen = site.python("access_keys.py", options=learning, env=BY_ACCESS_KEY).seen
    assert seen == {
        "given": {"read": {"value": "blue"}, "write": {"value": "round"}},
        "unknown": refused("Invalid Credential"),
        "wrong": refused("Invalid Signature"),
    }
    by, succeeded = SignInMethod.ACCESS_KEY, SignInOutcome.SUCCEEDED
    store = "https://contoso-orders.azconfig.io"
    with closing(EvidenceDatabase(site.root / ".keyless" / "evidence.db")) as evidence:
        sign_ins = [one for one in evidence.sign_ins() if one.principal_id == KEY]
        assert {(one.method, one.by, one.target, one.outcome, one.error, one.count) for one in sign_ins} == {
            (by, ACCESS_KEY_ID, store, succeeded, "", 2),
            (by, ACCESS_KEY_ID, "", SignInOutcome.FAILED, "Invalid Signature", 2),
        }
        assert {
            (one.principal_id, one.action.rsplit("/", 1)[1], one.outcome, one.assignment_id, one.count)
            for one in evidence.observations()
        } == {(KEY, "read", Outcome.ALLOWED, "", 1), (KEY, "write", Outcome.ALLOWED, "", 1)}


@pytest.mark.parametrize("learning", [(), ("--learn",)], ids=["enforcing", "learning"])
def test_a_read_only_key_reads_and_writes_nothing(site: Site, learning: tuple[str, ...]) -> None:
    site.declare(one_web_app(settings="colour: blue"))
    given = site.python("access_keys.py", options=learning, env=BY_READING_KEY).seen["given"]
    assert given["read"] == {"value": "blue"}
    assert given["write"]["status"] == 403
    assert "keyValues/write' needs another" in given["write"]["body"]


def test_a_store_without_local_authentication_takes_no_key(site: Site) -> None:
    closed = one_web_app(settings="colour: blue").replace(
        "        settings:", "        disableLocalAuth: true\n        settings:"
    )
    site.declare(closed)
    seen = site.python("access_keys.py", env=BY_ACCESS_KEY).seen
    assert seen == {name: refused("Authentication scheme disabled") for name in seen}
