"""Continuous access evaluation as the client libraries see it: revoked midway, they help themselves."""

from __future__ import annotations

import json
import sys

import pytest
from sdk_estates import DATA_READER, ON_STORE, ON_VAULT, PLACES, SECRETS_USER, one_web_app
from sdk_site import Seen, Site


def revoked_midway(site: Site, *order: str) -> Seen:
    roles = (SECRETS_USER, ON_VAULT), (DATA_READER, ON_STORE)
    site.declare(one_web_app(*roles, secrets="greeting: hello", settings="colour: blue"))
    keyless = [sys.executable, "-m", "keyless.cli.main", *order, "--project", str(site.root)]
    return dict(site.python("revoked_midway.py", json.dumps(keyless), env=PLACES).seen)


def test_a_revoked_client_fetches_a_new_token_by_itself_and_goes_on(site: Site) -> None:
    seen = revoked_midway(site, "identity", "revoke", "orders-web")
    assert seen["before"] == seen["after"] == seen["again"] == ["hello", "blue"]
    assert len(seen["claims"]) == 2  # once for the vault, once for the store
    for claims in seen["claims"]:
        wanted = json.loads(claims)["access_token"]["nbf"]
        assert wanted["essential"] is True
        assert wanted["value"].isdigit()
    assert seen["tokens"] == 4


def test_a_disabled_client_fails_and_says_why(site: Site) -> None:
    seen = revoked_midway(site, "identity", "revoke", "orders-web", "--disable")
    assert seen["before"] == ["hello", "blue"]
    for failure in (*seen["after"], *seen["again"]):
        assert "AADSTS7000112" in failure
    assert seen["tokens"] == 2


def test_clients_outlive_the_revocation_of_a_signing_key(site: Site) -> None:
    script = (
        "import json, subprocess, sys;"
        "run = lambda *a: subprocess.run([sys.executable, '-m', 'keyless.cli.main', 'keys', *a,"
        " '--project', sys.argv[1]], check=True, capture_output=True, text=True).stdout;"
        "run('revoke', json.loads(run('list', '--json').splitlines()[0])['kid'])"
    )
    roles = (SECRETS_USER, ON_VAULT), (DATA_READER, ON_STORE)
    site.declare(one_web_app(*roles, secrets="greeting: hello", settings="colour: blue"))
    order = json.dumps([sys.executable, "-c", script, str(site.root)])
    seen = site.python("revoked_midway.py", order, env=PLACES).seen
    assert seen["before"] == seen["after"] == seen["again"] == ["hello", "blue"]
    assert seen["tokens"] == 4


def test_a_deleted_identitys_token_is_refused_and_there_is_no_other(site: Site) -> None:
    seen = revoked_midway(site, "estate", "delete", "orders-web")
    assert seen["before"] == ["hello", "blue"]
    for failure in (*seen["after"], *seen["again"]):
        assert "No Managed Identity found" in failure
    assert seen["tokens"] == 2


@pytest.mark.parametrize(
    ("more", "after"), [((), "hello"), (("--disable",), "AADSTS7000112")], ids=["revoked", "disabled"]
)
def test_asynchronous_clients_fare_alike(site: Site, more: tuple[str, ...], after: str) -> None:
    site.declare(one_web_app((SECRETS_USER, ON_VAULT), secrets="greeting: hello"))
    order = ["identity", "revoke", "orders-web", *more, "--project", str(site.root)]
    command = json.dumps([sys.executable, "-m", "keyless.cli.main", *order])
    seen = site.python("revoked_midway_async.py", command, env=PLACES).seen
    assert seen["before"] == "hello"
    assert all(after in one for one in seen["after"]), seen
