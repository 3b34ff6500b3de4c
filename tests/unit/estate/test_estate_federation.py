"""Federated credentials, issuers and workloads in a cluster, as the estate declares them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from estate_texts import estate, in_group, only, problems
from test_estate_export import again, document, plain
from test_estate_show import shown

from assertions_made import ec_key, public_jwk
from keyless.estate.read import read_outline
from keyless.estate.warnings import warnings_of
from keyless.model.clusters import cluster_issuer
from keyless.model.estate import Estate
from keyless.model.federated_credentials import DEFAULT_AUDIENCE, MOST
from keyless.model.identities import FederatedCredential, TrustedIssuer

GITHUB = "https://token.actions.githubusercontent.com"
BRANCH = "repo:contoso/orders:ref:refs/heads/main"
KEYS = json.dumps({"keys": [public_jwk(ec_key("issuer"), "one")]})


def identity(text: str) -> str:
    return in_group(f"identities: {{orders: {{federatedCredentials: {text}}}}}")


def credentials(declared: Estate) -> list[FederatedCredential]:
    return list(declared.federated_credentials)


def test_an_identity_trusts_tokens_of_other_issuers() -> None:
    text = f"{{github: {{issuer: '{GITHUB}', subject: '{BRANCH}'}}}}"
    declared = estate(identity(text))
    owner = declared.identities[0].resource_id
    assert credentials(declared) == [FederatedCredential(owner, "github", GITHUB, BRANCH, DEFAULT_AUDIENCE)]


def test_an_application_needs_nothing_else() -> None:
    text = """
        version: 1
        applications:
          deploy:
            federatedCredentials:
              spire: {issuer: 'https://spire.example.org', subject: 'spiffe://example.org/web', audience: sts}
    """
    declared = estate(text)
    application = declared.applications[0]
    assert (application.client_secret, application.certificates) == (None, ())
    (found,) = credentials(declared)
    assert (found.owner, found.subject) == (application.client_id, "spiffe://example.org/web")
    assert found.audience == "sts"
    assert not [text for text in warnings_of(declared) if text.startswith("stored credential")]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{a: {issuer: 'https://x', subject: y}}", "`a` cannot be a federated credential's name"),
        ("{abc: {issuer: 'http://x', subject: y}}", "`http://x` cannot be an issuer"),
        ("{abc: {issuer: 'https://x/?y', subject: y}}", "`https://x/?y` cannot be an issuer"),
        ("{abc: {issuer: 'https://x', subject: 'repo:*'}}", "`repo:*` cannot be a subject"),
        ("{abc: {issuer: 'https://x', subject: ' y'}}", "` y` cannot be a subject"),
        ("{abc: {issuer: 'https://x', subject: y, audience: ''}}", "`` cannot be an audience"),
        ("{abc: {issuer: 'https://x', subject: y, audiences: [a]}}", "`audiences` is not a key"),
        ("{abc: {issuer: 'https://x'}}", "needs `subject`"),
        ("{abc: {subject: x}}", "needs `issuer`"),
        (
            "{abc: {issuer: 'https://x', subject: y}, abd: {issuer: 'https://x', subject: y, audience: z}}",
            "`abc` has the same issuer and subject already",
        ),
    ],
)
def test_a_credential_that_azure_would_refuse_is_told_by_its_place(text: str, said: str) -> None:
    problem = only(identity(text))
    assert said in problem.message
    assert problem.line == 4


def test_an_identity_has_twenty_at_most() -> None:
    many = [f"fic-{number}: {{issuer: 'https://x', subject: '{number}'}}" for number in range(MOST + 1)]
    assert "more than 20 federated credentials" in only(identity(f"{{{', '.join(many)}}}")).message
    assert len(credentials(estate(identity(f"{{{', '.join(many[:MOST])}}}")))) == MOST


def issuer(text: str) -> str:
    return f"version: 1\nissuers: {{'{GITHUB}': {text}}}\n"


def test_an_issuers_keys_come_from_a_file_or_the_estate(tmp_path: Path) -> None:
    (tmp_path / "keys.json").write_text(KEYS)
    for text in ("{jwks: keys.json}", "{jwks: {file: keys.json}}", f"{{jwks: {{value: '{KEYS}'}}}}"):
        declared = estate(issuer(text), {}, tmp_path)
        assert declared.issuers == (TrustedIssuer(GITHUB, KEYS.encode()),)
    assert estate(issuer("{loopback: true}")).issuers == (TrustedIssuer(GITHUB, None, loopback=True),)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{}", "says nothing of the issuer"),
        ("{loopback: false}", "says nothing of the issuer"),
        ("{jwks: gone.json}", "`gone.json` cannot be read"),
        ("{jwks: {value: hello}}", "it is not a JWK set"),
        (
            '{jwks: {value: \'{"keys": [{"kty": "oct", "k": "hunter2-is-not-to-be-seen"}]}\'}}',
            "private or symm",
        ),
        ("{keys: x}", "`keys` is not a key of an issuer"),
    ],
)
def test_an_issuer_that_is_no_use_is_told(text: str, said: str) -> None:
    assert any(said in problem.message for problem in problems(issuer(text)))


def test_an_outline_needs_no_keys(tmp_path: Path) -> None:
    file = tmp_path / "keyless.yaml"
    file.write_text(issuer("{jwks: gone.json}"))
    assert read_outline(file).issuers == (TrustedIssuer(GITHUB, None),)


CLUSTER = in_group(
    """
    identities: {orders: , other: }
    compute:
      web:
        type: Microsoft.ContainerService/managedClusters
        serviceAccount: orders/web
        identity: {userAssigned: [orders, other]}
      worker: {type: Microsoft.Web/sites, hostKind: aks, identity: {userAssigned: [orders]}}
      site: {type: Microsoft.Web/sites, identity: {userAssigned: [orders]}}
    """
)


def test_the_identities_of_a_workload_in_a_cluster_trust_it() -> None:
    declared = estate(CLUSTER)
    orders, other = (one.resource_id for one in declared.identities)
    found = cluster_issuer(declared.tenant.tenant_id, "westeurope")
    assert {(one.owner, one.name, one.subject, one.issuer) for one in credentials(declared)} == {
        (orders, "aks-web", "system:serviceaccount:orders:web", found),
        (orders, "aks-worker", "system:serviceaccount:default:worker", found),
        (other, "aks-web", "system:serviceaccount:orders:web", found),
    }
    assert "federatedCredentials" not in str(document(declared))
    assert plain(again(declared)) == plain(declared)


def test_what_the_file_says_of_a_cluster_itself_stays() -> None:
    declared = estate(CLUSTER)
    issuer_of_it = cluster_issuer(declared.tenant.tenant_id, "westeurope")
    subject = "system:serviceaccount:default:worker"
    own = f"orders: {{federatedCredentials: {{mine: {{issuer: '{issuer_of_it}', subject: '{subject}'}}}}}}"
    changed = estate(CLUSTER.replace("orders: ,", f"{own},"))
    names = [one.name for one in credentials(changed) if one.subject == subject]
    assert names == ["mine"]
    assert plain(again(changed)) == plain(changed)


@pytest.mark.parametrize("account", ["orders", "Orders/web", "a/b/c", "/web", "orders/", "-a/b"])
def test_a_service_account_has_a_namespace_and_a_name(account: str) -> None:
    problem = only(CLUSTER.replace("orders/web", account))
    assert f"`{account}` cannot be a service account" in problem.message


def test_an_identity_with_a_federated_credential_is_not_idle_and_an_issuer_without_is() -> None:
    text = identity(f"{{github: {{issuer: '{GITHUB}', subject: '{BRANCH}'}}}}")
    assert not [said for said in warnings_of(estate(text)) if said.startswith("idle")]
    other = text + "\nissuers: {'https://elsewhere.example': {loopback: true}}\n"
    (idle,) = [said for said in warnings_of(estate(other)) if said.startswith("idle")]
    assert "https://elsewhere.example" in idle


def test_the_picture_shows_who_is_trusted() -> None:
    text = identity(f"{{github: {{issuer: '{GITHUB}', subject: '{BRANCH}'}}}}")
    assert f"federated credential github  {BRANCH} of {GITHUB}" in shown(estate(text))
