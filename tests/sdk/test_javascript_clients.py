"""The official JavaScript clients under Node: secrets, settings, the provider, feature flags, and denials.

They are installed by scripts/node_clients.py; where they or Node are missing, the tests are skipped loudly.
"""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from sdk_estates import (
    APPLICATION,
    APPLICATION_SECRET,
    APPLICATIONS,
    BY_ACCESS_KEY,
    DATA_OWNER,
    DATA_READER,
    ON_STORE,
    ON_VAULT,
    PLACES,
    SECRETS_OFFICER,
    SECRETS_USER,
    STORE_ID,
    TENANT_ID,
    VAULT_ADMINISTRATOR,
    VAULT_ID,
    VAULT_URL,
    WEB,
    one_web_app,
)
from sdk_site import Ran, Site, SkipLoudly

FOLDER = Path(__file__).parent / "js"
Node = Callable[..., Ran]


@pytest.fixture
def node(site: Site, skip_loudly: SkipLoudly) -> Node:
    """Runs one of the programs in `js/`."""
    found = shutil.which("node")
    if found is None:
        skip_loudly("the JavaScript clients: `node` is not on the path; install Node 20 or later")
    if not (FOLDER / "node_modules" / "@azure" / "identity").is_dir():
        skip_loudly("the JavaScript clients: run `python scripts/node_clients.py` to install them")

    def run(program: str, *arguments: str, options: tuple[str, ...] = (), **more: str) -> Ran:
        env = PLACES | more
        return site.run(str(found), str(FOLDER / program), *arguments, options=options, env=env)

    return run


@pytest.mark.parametrize("by", [{}, BY_ACCESS_KEY], ids=["by identity", "by access key"])
def test_secrets_and_settings_do_all_that_the_clients_can(site: Site, node: Node, by: dict[str, str]) -> None:
    on_store = () if by else ((DATA_OWNER, ON_STORE),)
    site.declare(one_web_app((SECRETS_OFFICER, ON_VAULT), *on_store))
    assert node("clients.mjs", **by).seen == {
        "tokenAudience": "https://vault.azure.net",
        "latest": "two",
        "older": "one",
        "disabled": {"status": 403, "code": "Forbidden"},
        "versions": 2,
        "names": ["js-secret", *sorted(f"many-{number}" for number in range(27))],
        "recoveryId": f"{VAULT_URL}/deletedsecrets/js-secret",
        "conflict": {"status": 409, "code": "Conflict"},
        "restored": "js-secret",
        "missing": {"status": 404, "code": "SecretNotFound"},
        "setting": {"value": "blue", "label": "prod", "tags": {"a": "b"}},
        "notModified": 304,
        "stale": 412,
        "locked": 409,
        "listed": 105,
        "revisions": 3,
        "deleted": 200,
    }


def test_keys_do_all_that_the_clients_can(site: Site, node: Node) -> None:
    site.declare(one_web_app((VAULT_ADMINISTRATOR, ON_VAULT)))
    assert node("keys.mjs").seen == {
        "made": ["RSA", 256, {"from": "js"}, "EC", "P-256", 2036],
        "older": True,
        "newest": True,
        "versions": 2,
        "updated": [False, {"a": "b"}],
        "disabled": {"status": 403, "code": "Forbidden"},
        "imported": True,
        "names": ["curve", "imported", "rsa"],
        "signed": [True, True],
        "signedOnCurve": True,
        "decrypted": "text",
        "unwrapped": True,
        "signedByImported": ["RSA", 256],
        "policy": ["P90D", "P30D"],
        "policyRead": "P90D",
        "rotated": [True, 256],
        "random": 16,
        "recoveryId": f"{VAULT_URL}/deletedkeys/curve",
        "conflict": {"status": 409, "code": "Conflict"},
        "deletedNames": ["curve"],
        "restored": "curve",
        "missing": {"status": 404, "code": "KeyNotFound"},
        "badName": {"status": 400, "code": "BadParameter"},
        "release": {"status": 501, "code": "NotImplemented"},
    }


def test_certificates_do_all_that_the_client_can(site: Site, node: Node) -> None:
    site.declare(one_web_app((VAULT_ADMINISTRATOR, ON_VAULT)))
    assert node("certificates.mjs").seen == {
        "made": ["orders", {"from": "js"}, "CN=orders", "DNS:orders.example", True],
        "thumbprint": True,
        "secret": ["application/x-pkcs12", True, True],
        "signed": True,
        "keyIsManaged": True,
        "versions": 2,
        "older": True,
        "updated": {"a": "b"},
        "policy": 3,
        "policyUpdated": 6,
        "imported": ["copy", True],
        "notImported": {"status": 400, "code": "BadParameter"},
        "names": ["copy", "orders"],
        "operation": ["inProgress", True],
        "cancelling": True,
        "noOperation": {"status": 404, "code": "PendingCertificateNotFound"},
        "issuer": "Test",
        "account": "another",
        "issuers": ["Test"],
        "contacts": [{"email": "a@b.example", "name": "a", "phone": "1"}],
        "recoveryId": f"{VAULT_URL}/deletedcertificates/copy",
        "deletedNames": ["copy"],
        "restored": "copy",
        "missing": {"status": 404, "code": "CertificateNotFound"},
    }


def test_a_call_that_no_role_allows_is_a_403_with_action_principal_and_scope(site: Site, node: Node) -> None:
    roles = (SECRETS_USER, ON_VAULT), (DATA_READER, ON_STORE)
    site.declare(one_web_app(*roles, secrets="greeting: hello", settings="colour: blue"))
    seen = node("denied.mjs").seen
    assert (seen["secret"], seen["setting"]) == ("hello", "blue")
    for refused, action, scope in (
        (
            seen["setSecret"],
            "Microsoft.KeyVault/vaults/secrets/setSecret/action",
            f"{VAULT_ID}/secrets/greeting",
        ),
        (
            seen["setSetting"],
            "Microsoft.AppConfiguration/configurationStores/keyValues/write",
            f"{STORE_ID}/keyValues/colour",
        ),
    ):
        assert (refused["name"], refused["status"]) == ("RestError", 403)
        for part in (f"'{action}'", f"'{scope}'", WEB.principal_id):
            assert part.lower() in refused["said"].lower()


def revoked_midway(site: Site, node: Node, who: str, *more: str, **env: str) -> tuple[str, list[str]]:
    """What a client reads before and after the one that it signs in as is revoked."""
    text = one_web_app((SECRETS_USER, ON_VAULT), secrets="greeting: hello")
    role = f"  - {{principal: orders-legacy, role: {SECRETS_USER}, scope: {ON_VAULT}}}\n"
    site.declare(f"{text}{role}{APPLICATIONS}")
    order = ["identity", "revoke", who, *more, "--project", str(site.root)]
    command = json.dumps([sys.executable, "-m", "keyless.cli.main", *order])
    seen = node("revoked.mjs", command, **env).seen
    return seen["before"], seen["after"]


@pytest.mark.parametrize(
    ("more", "after"), [((), "hello"), (("--disable",), "AADSTS7000112")], ids=["revoked", "disabled"]
)
def test_a_revoked_application_helps_itself_and_a_disabled_one_cannot(
    site: Site, node: Node, more: tuple[str, ...], after: str
) -> None:
    env = {"APP_TENANT": TENANT_ID, "APP_ID": APPLICATION.client_id, "APP_SECRET": APPLICATION_SECRET}
    before, then = revoked_midway(site, node, "orders-legacy", *more, **env)
    assert before == "hello"
    assert all(after in one for one in then), then


def test_the_managed_identity_credential_keeps_a_revoked_token_because_it_passes_no_claims_on(
    site: Site, node: Node
) -> None:
    before, then = revoked_midway(site, node, "orders-web")
    assert before == "hello"
    assert all("it was revoked" in one for one in then), then


def test_snapshots_are_made_without_waiting_and_kept(site: Site, node: Node) -> None:
    site.declare(one_web_app((DATA_OWNER, ON_STORE)))
    assert node("snapshots.mjs").seen == {
        "quick": True,
        "made": {"name": "js release/1", "status": "ready", "items": 105, "tags": {"of": "js"}},
        "again": {"status": 409, "name": "RestError"},
        "listed": 105,
        "archived": "archived",
        "names": ["js release/1"],
        "expires": True,
        "recovered": "ready",
    }


BY = pytest.mark.parametrize("by", [{}, BY_ACCESS_KEY], ids=["by identity", "by access key"])


@BY
def test_settings_have_pages_etags_filters_times_and_kinds(
    site: Site, node: Node, by: dict[str, str]
) -> None:
    site.declare(one_web_app(*(() if by else ((DATA_OWNER, ON_STORE),))))
    assert node("settings.mjs", **by).seen == {
        "addedTwice": 412,
        "escaped": ["b,c*"],
        "several": ["a", "a"],
        "unlabelled": ["a"],
        "labelled": ["b,c*"],
        "tagged": ["a"],
        "fields": ["b,c*", "application/json", None],
        "labels": [None, "dev", "prod"],
        "labelsNamed": ["prod"],
        "tooLong": 400,
        "pages": [100, 20],
        "unchanged": [304, 304],
        "unchangedByHead": [304, 304],
        "byHead": [True, True],
        "changed": [304, "200"],
        "then": "newer",
        "now": "newest",
        "history": ["newest", "newer", "1"],
        "historyTagged": 1,
        "staleDelete": 412,
        "nothingDeleted": 204,
        "syncTokens": [True, True, True],
        "locked": True,
        "lockedDelete": 409,
        "unlocked": False,
        "missing": 404,
        "flag": {
            "id": "beta",
            "enabled": True,
            "conditions": {
                "clientFilters": [{"name": "Microsoft.Percentage", "parameters": {"Value": 5}}],
                "requirementType": "Any",
            },
        },
        "reference": {"secretId": f"{VAULT_URL}/secrets/db"},
    }


LOADED = {
    "loaded": {"colour": "green", "db": "horse", "size": {"width": 3}},
    "tagged": ["app:tagged"],
    "snapshot": {"colour": "blue", "db": "horse"},
    "flags": {
        "names": ["checkout", "never", "plain", "targeted"],
        "plain": True,
        "never": False,
        "ada": True,
        "bob": False,
        "variants": [["big", 30], ["big", 30], ["small", 3]],
        "overridden": False,
        "evaluated": [
            ["checkout", "big", "User"],
            ["checkout", "big", "Group"],
            ["checkout", "small", "Percentile"],
        ],
    },
    "toldOfNothing": 0,
    "withoutSentinel": {"colour": "green", "never": True, "byPages": "pink"},
    "withSentinel": "red",
}
OUTLIVED = {
    "stillKnown": "pink",
    "loadWhileDown": "The load operation failed.",
    "loadAfterwards": "pink",
}


def test_the_provider_loads_refreshes_and_outlives_an_outage(site: Site, node: Node) -> None:
    roles = (SECRETS_USER, ON_VAULT), (DATA_OWNER, ON_STORE)
    site.declare(one_web_app(*roles, secrets="db: horse"))
    outage = [sys.executable, "-m", "keyless.cli.main", "outage"]
    ran = node("provider.mjs", OUTAGE=json.dumps(outage), PROJECT=str(site.root))
    assert ran.seen == LOADED | OUTLIVED
    assert "read again and again" not in ran.stderr


def test_the_provider_loads_and_refreshes_by_access_key(site: Site, node: Node) -> None:
    site.declare(one_web_app((SECRETS_USER, ON_VAULT), secrets="db: horse"))
    assert node("provider.mjs", **BY_ACCESS_KEY).seen == LOADED
