"""The bridge to another cloud, without the cloud: one site publishes its keys, another trusts them.

Each has a tenant, keys and a plane of its own; all that passes between them is the published key set, what
`keyless federate` prints, and a token.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

import pytest
from sdk_estates import PLACES, SECRETS_USER
from sdk_site import Seen, Site

ISSUER = "https://id.example.org"
HERE = f"""\
version: 1
federation: {{issuer: {ISSUER}}}
resourceGroups:
  here-rg:
    compute:
      orders-web: {{type: Microsoft.Web/sites, identity: {{systemAssigned: true}}}}
    vaults: {{contoso-here: {{}}}}
"""
THERE = """\
version: 1
tenant: {{name: fabrikam, id: 7e4a0000-0000-4000-8000-000000000009}}
resourceGroups:
  there-rg:
    compute:
      runner: {{type: Microsoft.Web/sites}}
    identities:
      orders:
        clientId: {client_id}
        federatedCredentials:
          {name}: {{issuer: "{issuer}", subject: "{subject}"}}
    vaults:
      contoso-orders: {{secrets: {{greeting: hello}}}}
issuers:
  {issuer}: {{jwks: {jwks}}}
roleAssignments:
  - {{principal: orders, role: {role}, scope: {{vault: contoso-orders}}}}
"""
CLIENT_ID = "c0000000-0000-4000-8000-000000000009"
TENANT_ID = "7e4a0000-0000-4000-8000-000000000009"


class Bridge(NamedTuple):
    """Two sites, the second of which trusts the first."""

    here: Site
    there: Site

    def exchanged(self, token: str) -> Seen:
        """What somebody with a token of the first site sees at the second."""
        arguments = (TENANT_ID, CLIENT_ID, token)
        return dict(self.there.python("exchanged_token.py", *arguments, env=PLACES).seen)


def keyless(site: Site, *arguments: str) -> str:
    command = [sys.executable, "-m", "keyless.cli.main", *arguments, "--project", str(site.root)]
    return subprocess.run(command, check=True, capture_output=True, text=True, timeout=60).stdout


@pytest.fixture
def bridge(tmp_path: Path) -> Bridge:
    """The first site publishes; the second is told what the first prints."""
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    here, there = Site.made(tmp_path / "a"), Site.made(tmp_path / "b")
    here.declare(HERE)
    keyless(here, "estate", "apply")
    published = tmp_path / "published"
    keyless(here, "federate", "--publish", str(published))
    configuration = json.loads((published / ".well-known" / "openid-configuration").read_text())
    keys = published / configuration["jwks_uri"].removeprefix(f"{ISSUER}/")
    (one,) = json.loads(keyless(here, "federate", "--format", "json"))
    there.declare(
        THERE.format(
            client_id=CLIENT_ID,
            name=one["name"],
            issuer=configuration["issuer"],
            subject=one["subject"],
            jwks=keys,
            role=SECRETS_USER,
        )
    )
    return Bridge(here, there)


def test_what_a_workload_gets_from_its_endpoint_is_exchanged_for_a_token_of_the_other_site(
    bridge: Bridge,
) -> None:
    token = bridge.here.python("exchange_token.py").seen
    assert bridge.exchanged(token) == {"value": "hello"}


def test_so_is_what_the_command_line_prints_and_still_is_after_the_keys_have_rotated(bridge: Bridge) -> None:
    token = keyless(bridge.here, "federate", "token", "orders-web").strip()
    assert bridge.exchanged(token) == {"value": "hello"}
    keyless(bridge.here, "keys", "rotate", "--now")
    with_the_next_key = keyless(bridge.here, "federate", "token", "orders-web").strip()
    assert with_the_next_key.split(".")[0] != token.split(".")[0]
    assert bridge.exchanged(with_the_next_key) == {"value": "hello"}


def test_a_key_that_was_never_published_is_not_trusted(bridge: Bridge) -> None:
    for _ in range(2):
        keyless(bridge.here, "keys", "rotate", "--now")
    token = keyless(bridge.here, "federate", "token", "orders-web").strip()
    assert "AADSTS" in bridge.exchanged(token)["error"]


def test_a_recreated_identity_is_not_the_one_that_was_trusted(bridge: Bridge) -> None:
    keyless(bridge.here, "estate", "delete", "orders-web")
    keyless(bridge.here, "estate", "apply")
    token = keyless(bridge.here, "federate", "token", "orders-web").strip()
    assert "AADSTS700213" in bridge.exchanged(token)["error"]


def test_an_access_token_of_the_first_site_is_no_assertion(bridge: Bridge) -> None:
    access_token = bridge.here.run(
        sys.executable,
        "-c",
        "import json; from azure.identity import ManagedIdentityCredential as C;"
        "print(json.dumps(C().get_token('https://vault.azure.net/.default').token))",
    ).seen
    assert "AADSTS700211" in bridge.exchanged(access_token)["error"]
