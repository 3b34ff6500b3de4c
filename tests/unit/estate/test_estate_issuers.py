"""Whose tokens count, and where the issuers' keys are, as an estate declares it."""

from __future__ import annotations

import json
from pathlib import Path

from estate_texts import estate, only, problems
from test_estate_export import again

from assertions_made import public_jwk, rsa_key
from keyless.estate.read import read_outline
from keyless.model.clusters import cluster_issuer
from keyless.model.identities import TrustedIssuer

GITHUB = "https://token.actions.githubusercontent.com"
KEYS = json.dumps({"keys": [public_jwk(rsa_key("github"), "one")]})
IN_CLUSTER = """\
version: 1
resourceGroups:
  rg:
    identities: {orders: , reports: }
    compute:
      web:
        type: Microsoft.App/containerApps
        hostKind: aks
        serviceAccount: shop/web
        identity: {userAssigned: [orders, reports]}
"""


def issuers(text: str) -> str:
    return f'version: 1\nissuers: {{"{GITHUB}": {text}}}\n'


def test_a_key_set_comes_from_a_file_or_the_estate_itself(tmp_path: Path) -> None:
    (tmp_path / "github.json").write_text(KEYS)
    for text in ("{jwks: github.json}", "{jwks: {file: github.json}}", f"{{jwks: {{value: {KEYS!r}}}}}"):
        declared = estate(issuers(text), folder=tmp_path)
        assert declared.issuers == (TrustedIssuer(GITHUB, KEYS.encode()),)
        assert again(declared).issuers == declared.issuers


def test_an_issuer_on_this_machine_is_allowed_by_name() -> None:
    declared = estate('version: 1\nissuers: {"https://localhost:8443": {loopback: true}}\n')
    assert declared.issuers == (TrustedIssuer("https://localhost:8443", None, loopback=True),)
    assert again(declared).issuers == declared.issuers


def test_an_entry_that_says_nothing_is_told_so() -> None:
    problem = only(issuers("{loopback: false}"))
    assert problem.message == "this says nothing of the issuer"
    assert problem.hint == "add `jwks:`, or leave the issuer out"


def test_a_key_set_that_cannot_be_used_is_left_out_and_the_others_still_looked_at(tmp_path: Path) -> None:
    text = f'version: 1\nissuers: {{"{GITHUB}": {{jwks: a.json}}, "https://b.example": {{jwks: b.json}}}}\n'
    (tmp_path / "a.json").write_text('{"keys": []}')
    (tmp_path / "b.json").write_text("hello")
    found = problems(text, folder=tmp_path)
    assert [one.message.partition(":")[0] for one in found] == ["this key set cannot be used"] * 2
    assert {one.hint for one in found} == {"give what the issuer publishes at its `jwks_uri`"}


def test_an_outline_does_not_look_for_key_sets(tmp_path: Path) -> None:
    file = tmp_path / "keyless.yaml"
    file.write_text(issuers("{jwks: not-there.json}"))
    assert read_outline(file).issuers == (TrustedIssuer(GITHUB, None),)


def test_a_workload_in_a_cluster_is_trusted_for_each_of_its_identities_without_being_told() -> None:
    declared = estate(IN_CLUSTER)
    issuer = cluster_issuer(declared.tenant.tenant_id, "westeurope")
    found = {(one.owner, one.issuer, one.subject) for one in declared.federated_credentials}
    subject = "system:serviceaccount:shop:web"
    assert found == {(identity.resource_id, issuer, subject) for identity in declared.identities}
    assert again(declared).federated_credentials == declared.federated_credentials


def test_what_is_declared_for_a_workload_in_words_is_not_added_again() -> None:
    implied = estate(IN_CLUSTER).federated_credentials[0]
    said = f"{{issuer: '{implied.issuer}', subject: '{implied.subject}'}}"
    text = IN_CLUSTER.replace("orders: ,", f"orders: {{federatedCredentials: {{{implied.name}: {said}}}}},")
    assert len(estate(text).federated_credentials) == 2


def test_an_identity_that_another_estate_declares_has_no_credential_here() -> None:
    there = (
        "/subscriptions/s/resourceGroups/x/providers/Microsoft.ManagedIdentity/userAssignedIdentities/there"
    )
    declared = estate(IN_CLUSTER.replace("[orders, reports]", f"[orders, {there}]"))
    assert [one.owner for one in declared.federated_credentials] == [declared.identities[0].resource_id]
