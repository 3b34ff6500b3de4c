"""The way off a stored credential: it works, is recorded, and the plan names what replaces it."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

from sdk_estates import (
    APPLICATION,
    APPLICATION_SECRET,
    ON_VAULT,
    PLACES,
    SECRETS_USER,
    TENANT_ID,
    VAULT_ID,
    many_hosts,
)
from sdk_site import Site

BY_SECRET = PLACES | {
    "AZURE_TENANT_ID": TENANT_ID,
    "AZURE_CLIENT_ID": APPLICATION.client_id,
    "AZURE_CLIENT_SECRET": APPLICATION_SECRET,
}


def plan(site: Site) -> dict[str, Any]:
    """The plan for what was recorded."""
    command = [sys.executable, "-m", "keyless.cli.main", "plan", "--format", "json", "--project"]
    done = subprocess.run([*command, str(site.root)], capture_output=True, text=True, check=True, timeout=120)
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def test_an_app_moves_off_its_client_secret_and_the_plan_shows_both(site: Site) -> None:
    roles = [(who, SECRETS_USER, ON_VAULT) for who in ("orders-legacy", "orders-web")]
    site.declare(many_hosts(*roles))
    before = site.python(
        "environment_credential.py", options=("--as", "orders-web", "--keep-credentials"), env=BY_SECRET
    )
    assert before.seen == {"by": "EnvironmentCredential", "value": "hello"}
    assert "signed in with a client secret as `orders-legacy`: `keyless plan` names" in before.stderr
    (stored,) = plan(site)["storedCredentials"]
    assert (stored["principal"]["principalId"], stored["method"], stored["target"]) == (
        APPLICATION.principal_id,
        "client-secret",
        "https://vault.azure.net",
    )
    assert [(role["roleName"], role["scope"]) for role in stored["roles"]] == [(SECRETS_USER, VAULT_ID)]
    assert "`orders-web`" in stored["identity"]

    after = site.python("environment_credential.py", options=("--as", "orders-web"), env=BY_SECRET)
    assert after.seen == {"by": "DefaultAzureCredential", "value": "hello"}
    assert "signed in with" not in after.stderr
    made = plan(site)
    assert [(one["count"], one["lastSeen"]) for one in made["storedCredentials"]] == [
        (stored["count"], stored["lastSeen"])
    ]
    assert "orders-web" in [one["principal"]["name"] for one in made["credentialFree"]]
