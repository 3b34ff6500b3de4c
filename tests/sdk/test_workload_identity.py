"""Workload identity: under the host kind `aks`, and with tokens of other issuers, by the official clients."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sdk_estates import ON_VAULT, SECOND, SECRETS_USER, SHARED, TENANT_ID, VAULT_URL
from sdk_site import PROGRAMS, Site, SkipLoudly, neutral_environment
from sdk_wire import claims_of

from assertions_made import assertion, ec_key, public_jwk, rsa_key
from tls_pages import Pages, certified, serving

SCOPE = "https://vault.azure.net/.default"
NODE = Path(__file__).parent / "js"
AKS = ("--host-kind", "aks")
AUDIENCE = "api://AzureADTokenExchange"
ESTATE = f"""\
version: 1
tenant: {{name: contoso, id: {TENANT_ID}}}
resourceGroups:
  orders-rg:
    identities:
      orders-shared: {{clientId: {SHARED.client_id}, principalId: {SHARED.principal_id}}}
      orders-second: {{clientId: {SECOND.client_id}, principalId: {SECOND.principal_id}}}
    compute:
      web:
        type: Microsoft.App/containerApps
        serviceAccount: orders/web
        identity: {{systemAssigned: true, userAssigned: [orders-shared, orders-second]}}
    vaults:
      contoso-orders: {{secrets: {{greeting: hello}}}}
roleAssignments:
  - {{principal: orders-shared, role: {SECRETS_USER}, scope: {ON_VAULT}}}
"""
READ_SECRET = f"""
from azure.identity import DefaultAzureCredential
from azure.keyvault.secrets import SecretClient
import json
print(json.dumps(SecretClient("{VAULT_URL}", DefaultAzureCredential()).get_secret("greeting").value))
"""


@pytest.fixture
def cluster(site: Site) -> Site:
    """A project with a workload that can run in a cluster."""
    site.declare(ESTATE)
    return site


def cases(library: str, *credentials: str, by: str = "") -> list[dict[str, str]]:
    named = {"by": "client_id", "value": by} if by else {}
    return [
        {"id": f"{library} {name}", "library": library, "credential": name, **named} for name in credentials
    ]


def asked(*wanted: dict[str, Any]) -> str:
    return json.dumps({"scope": SCOPE, "cases": wanted})


def who(outcome: dict[str, str]) -> tuple[str, str]:
    """Whose token it is, and by what it was got."""
    claims = claims_of(outcome["token"])
    assert "xms_az_rid" not in claims
    return claims["oid"], claims["appidacr"]


BOTH = ("DefaultAzureCredential", "WorkloadIdentityCredential")
EVERY = [*cases("python", *BOTH), *cases("python-aio", *BOTH)]


def test_the_python_clients_find_the_token_file(cluster: Site) -> None:
    seen = cluster.python("identities.py", asked(*EVERY), options=AKS).seen
    assert len(seen) == 4
    assert {who(outcome) for outcome in seen.values()} == {(SHARED.principal_id, "2")}


def test_another_identity_is_named_in_the_environment_or_in_code(cluster: Site) -> None:
    named = {"AZURE_CLIENT_ID": SECOND.client_id}
    seen = cluster.python("identities.py", asked(*EVERY), options=AKS, env=named).seen
    assert {who(outcome) for outcome in seen.values()} == {(SECOND.principal_id, "2")}
    in_code = [*cases("python", *BOTH, by=SECOND.client_id), *cases("python-aio", *BOTH, by=SECOND.client_id)]
    seen = cluster.python("identities.py", asked(*in_code), options=AKS).seen
    assert {who(outcome) for outcome in seen.values()} == {(SECOND.principal_id, "2")}


def test_the_javascript_client_finds_the_token_file(cluster: Site, skip_loudly: SkipLoudly) -> None:
    node = shutil.which("node")
    if node is None or not (NODE / "node_modules" / "@azure" / "identity").is_dir():
        skip_loudly("the JavaScript clients: run `python scripts/node_clients.py` to install them")
    every = cases("javascript", *BOTH)
    seen = cluster.run(str(node), str(NODE / "identities.mjs"), asked(*every), options=AKS).seen
    assert {who(outcome) for outcome in seen.values()} == {(SHARED.principal_id, "2")}


def test_a_pod_reads_a_secret_under_its_role_and_leaves_nothing_behind(cluster: Site) -> None:
    ran = cluster.run(sys.executable, "-c", READ_SECRET, options=AKS)
    assert ran.seen == "hello"
    assert not (cluster.root / ".keyless" / "tokens").exists()
    denied = cluster.run(
        sys.executable, "-c", READ_SECRET, options=AKS, env={"AZURE_CLIENT_ID": SECOND.client_id}
    )
    assert denied.code == 1
    assert "ForbiddenByRbac" in denied.stderr


def test_a_projected_token_opens_no_vault(cluster: Site) -> None:
    program = f"""
import json, os, urllib.request, urllib.error
token = open(os.environ["AZURE_FEDERATED_TOKEN_FILE"]).read()
request = urllib.request.Request("{VAULT_URL}/secrets/greeting?api-version=7.4")
request.add_header("Authorization", "Bearer " + token)
try:
    print(urllib.request.urlopen(request).status)
except urllib.error.HTTPError as error:
    print(error.code)
"""
    assert cluster.run(sys.executable, "-c", program, options=AKS).seen == 401


def test_a_workload_without_a_user_assigned_identity_is_told_what_to_do(cluster: Site) -> None:
    cluster.declare(ESTATE.replace(", userAssigned: [orders-shared, orders-second]", ""))
    ran = cluster.run("true", options=AKS)
    assert ran.code == 125
    assert "`web` has no user-assigned identity" in ran.stderr


def issued(issuer: str, subject: str, key: Any, alg: str, **more: Any) -> str:
    """A token that another issuer signs now."""
    now = int(time.time())
    claims = {"iss": issuer, "sub": subject, "aud": AUDIENCE, "iat": now, "exp": now + 600, **more}
    return assertion({"alg": alg, "kid": "one", "typ": "JWT"}, claims, key)


def trusting(name: str, issuer: str, subject: str) -> str:
    credential = f"{{{name}: {{issuer: '{issuer}', subject: '{subject}'}}}}"
    return ESTATE.replace("orders-shared: {", f"orders-shared: {{federatedCredentials: {credential}, ")


def exchanged(token: Path, library: str) -> dict[str, Any]:
    settings = {"tenant": TENANT_ID, "token_file": str(token)}
    (case,) = cases(library, "ClientAssertionCredential")
    return {**case, "value": SHARED.client_id, "settings": settings}


@pytest.mark.parametrize(
    ("issuer", "subject", "key", "alg"),
    [
        ("https://token.actions.githubusercontent.com", "repo:a/b:environment:prod", rsa_key("ci"), "RS256"),
        ("https://kubernetes.cluster.example/", "system:serviceaccount:a:b", rsa_key("k8s"), "RS256"),
        ("https://spire.example", "spiffe://orders.example/web", ec_key("spire"), "ES256"),
    ],
)
def test_each_kind_of_issuer_is_trusted_by_a_file_of_its_keys(
    site: Site, issuer: str, subject: str, key: Any, alg: str
) -> None:
    (site.root / "keys.json").write_text(json.dumps({"keys": [public_jwk(key, "one")]}))
    site.declare(trusting("other", issuer, subject) + f"issuers: {{'{issuer}': {{jwks: keys.json}}}}\n")
    token = site.root / "token.jwt"
    token.write_text(issued(issuer, subject, key, alg, aud=[AUDIENCE]))
    wanted = [exchanged(token, "python"), exchanged(token, "python-aio")]
    seen = site.python("identities.py", asked(*wanted)).seen
    assert {who(outcome) for outcome in seen.values()} == {(SHARED.principal_id, "2")}
    token.write_text(issued(issuer, subject.upper(), key, alg))
    seen = site.python("identities.py", asked(*wanted)).seen
    assert all("AADSTS7002138" in outcome["message"] for outcome in seen.values())


@pytest.fixture
def pages(tmp_path: Path) -> Iterator[Pages]:
    """An issuer on this machine, over TLS, with discovery and keys."""
    with serving(certified(tmp_path, "localhost")) as server:
        issuer = f"https://localhost:{server.server_port}"
        keys = {"keys": [public_jwk(rsa_key("served"), "one")]}
        server.publish("/.well-known/openid-configuration", {"issuer": issuer, "jwks_uri": f"{issuer}/keys"})
        server.publish("/keys", keys)
        yield server


@pytest.mark.parametrize(("offline", "outcome"), [(False, "a token"), (True, "AADSTS90061")])
def test_an_issuer_is_asked_for_its_keys_unless_all_is_to_stay_here(
    site: Site, pages: Pages, tmp_path: Path, *, offline: bool, outcome: str
) -> None:
    issuer = f"https://localhost:{pages.server_port}"
    site.declare(trusting("here", issuer, "web") + f"issuers: {{'{issuer}': {{loopback: true}}}}\n")
    token = site.root / "token.jwt"
    token.write_text(issued(issuer, "web", rsa_key("served"), "RS256"))
    run = [sys.executable, "-m", "keyless.cli.main", "run", "--project", str(site.root)]
    program = [sys.executable, str(PROGRAMS / "identities.py"), asked(exchanged(token, "python"))]
    done = subprocess.run(
        [*run, *(["--offline"] if offline else []), "--", *program],
        env={**neutral_environment(), "SSL_CERT_FILE": str(tmp_path / "localhost.pem")},
        capture_output=True,
        text=True,
        timeout=90,
        check=True,
    )
    (seen,) = json.loads(done.stdout.splitlines()[-1]).values()
    if outcome == "a token":
        assert who(seen) == (SHARED.principal_id, "2")
        assert [path for path, _ in pages.asked] == ["/.well-known/openid-configuration", "/keys"]
    else:
        assert outcome in seen["message"]
        assert "--offline" in seen["message"]
        assert pages.asked == []
