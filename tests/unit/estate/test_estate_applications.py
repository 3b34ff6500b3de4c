"""What an application proves itself with, as the estate declares it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from estate_texts import estate, only
from test_estate_export import again, document, plain

from assertions_made import certificate, der, ec_key, pem, private_pem, rsa_key
from keyless.estate.problems import InvalidEstate
from keyless.estate.read import read_outline
from keyless.estate.warnings import warnings_of
from keyless.model.identities import RunsOn
from keyless.model.secret_text import SecretText
from keyless.tokens.client_certificates import certificate_in

NOW = 1_800_000_000
KEY = rsa_key("app")
CERTIFICATE = certificate(KEY, NOW)
PRIVATE = private_pem(KEY)


def application(text: str) -> str:
    return f"version: 1\napplications: {{app: {text}}}\n"


def test_a_certificate_comes_from_a_file_a_variable_or_the_estate(tmp_path: Path) -> None:
    (tmp_path / "app.pem").write_text(pem(CERTIFICATE))
    inline = pem(CERTIFICATE).replace("\n", "\\n")
    for source in ("file: app.pem", "env: APP_PEM", f'value: "{inline}"'):
        text = application(f"{{certificates: [{{{source}}}]}}")
        declared = estate(text, {"APP_PEM": pem(CERTIFICATE)}, tmp_path).applications[0]
        assert [one.der for one in declared.certificates] == [der(CERTIFICATE)]
        assert declared.client_secret is None


def test_a_private_key_beside_it_is_left_where_it_is() -> None:
    for text in (PRIVATE + pem(CERTIFICATE), pem(CERTIFICATE) + PRIVATE):
        declared = estate(application("{certificates: [{env: APP_PEM}]}"), {"APP_PEM": text})
        assert [one.der for one in declared.applications[0].certificates] == [der(CERTIFICATE)]
        assert "PRIVATE" not in str(document(declared))


def test_the_first_of_a_chain_is_the_applications_own() -> None:
    chain = pem(CERTIFICATE) + pem(certificate(rsa_key("issuer"), NOW))
    assert certificate_in(chain.encode()) == der(CERTIFICATE)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (PRIVATE, "no `-----BEGIN CERTIFICATE-----`"),
        ("hello", "no `-----BEGIN CERTIFICATE-----`"),
        ("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----", "no `-----BEGIN CERTIFICATE-----`"),
        (pem(certificate(ec_key("app"), NOW)), "not an RSA key"),
        (pem(certificate(rsa_key("small", 1024), NOW)), "1024 bits"),
    ],
)
def test_what_holds_no_certificate_is_told_without_being_shown(text: str, why: str) -> None:
    problem = only(application("{certificates: [{env: APP_PEM}]}"), {"APP_PEM": text})
    assert why in problem.message
    assert not any(line in str(problem) for line in text.splitlines() if "BEGIN" not in line)


def test_a_missing_certificate_is_told_by_its_source() -> None:
    assert "`APP_PEM` is not set" in only(application("{certificates: [{env: APP_PEM}]}")).message
    assert "`app.pem` cannot be read" in only(application("{certificates: [{file: app.pem}]}")).message


@pytest.mark.parametrize("text", ["{}", "", "{certificates: []}", "{certificates: }"])
def test_an_application_that_could_never_sign_in_is_told_so(text: str) -> None:
    assert only(application(text)).message == "this application has nothing to prove itself with"


@pytest.mark.parametrize("text", ["{certificates: 7}", "{clientSecret: {env: NOT_SET}}"])
def test_a_credential_that_was_refused_is_not_missed_besides(text: str) -> None:
    assert "nothing to prove itself with" not in only(application(text)).message


def test_an_application_may_have_a_secret_and_certificates() -> None:
    both = "{clientSecret: hunter2, certificates: [{env: A}, {env: B}]}"
    other = pem(certificate(KEY, NOW, name="other"))
    declared = estate(application(both), {"A": pem(CERTIFICATE), "B": other})
    found = declared.applications[0]
    assert (found.client_secret, len(found.certificates)) == (SecretText("hunter2"), 2)
    assert plain(again(declared)) == plain(declared)
    (warning,) = [text for text in warnings_of(declared) if text.startswith("stored credential")]
    assert "a client secret and a certificate" in warning


def test_an_outline_needs_no_certificate(tmp_path: Path) -> None:
    file = tmp_path / "keyless.yaml"
    file.write_text(application("{certificates: [{env: NOT_SET}]}"))
    assert read_outline(file).applications[0].certificates == ()
    file.write_text(application("{}"))
    with pytest.raises(InvalidEstate):
        read_outline(file)


def test_an_application_may_be_a_resource_alone() -> None:
    (found,) = estate(application("{identifierUris: [api://orders], tokenVersion: 2}")).applications
    assert (found.identifier_uris, found.token_version) == (("api://orders",), 2)
    (other,) = estate(application("{clientSecret: hunter2}")).applications
    assert (other.identifier_uris, other.token_version) == ((), 1)


@pytest.mark.parametrize(
    "uri", ["https://vault.azure.net", "HTTPS://Vault.Azure.Net", "https://a.azconfig.io"]
)
def test_no_application_may_take_a_services_audience(uri: str) -> None:
    problem = only(application(f'{{identifierUris: ["{uri}"]}}'))
    assert problem.message == f"`{uri}` is the audience of an Azure service"
    assert "`api://app`" in problem.hint


def test_no_application_may_take_the_audience_of_assertions() -> None:
    assert (
        "audience of an Azure service"
        in only(application("{identifierUris: [api://azureadtokenexchange]}")).message
    )


@pytest.mark.parametrize(
    "uri", ["orders", "api://", "api://orders/", "api://or ders", "api:", "api://o?x", ""]
)
def test_an_identifier_uri_has_its_form(uri: str) -> None:
    text = application(f'{{clientSecret: hunter2, identifierUris: ["{uri}"]}}')
    assert "identifier URI" in only(text).message


def test_two_applications_share_no_identifier_uri() -> None:
    problem = only(
        "version: 1\napplications:\n  a: {identifierUris: [api://x]}\n  b: {identifierUris: [API://X]}\n"
    )
    assert problem.message == "`API://X` is an identifier URI of `a` already (line 3)"


@pytest.mark.parametrize("version", ["0", "3", '"2"'])
def test_there_are_two_versions_of_tokens(version: str) -> None:
    assert only(application(f"{{identifierUris: [api://x], tokenVersion: {version}}}"))


TRUSTING = """\
version: 1
resourceGroups:
  rg: {{identities: {{orders: }}}}
applications: {{app: {{federatedCredentials: {{web: {credential}}}}}}}
"""


def test_an_identity_in_place_of_a_secret_is_named_and_becomes_issuer_and_subject() -> None:
    declared = estate(TRUSTING.format(credential="{identity: orders}"))
    (found,) = declared.federated_credentials
    assert found.issuer == f"https://login.microsoftonline.com/{declared.tenant.tenant_id}/v2.0"
    assert found.subject == declared.identities[0].principal_id
    assert found.owner == declared.applications[0].client_id
    assert again(declared).federated_credentials == declared.federated_credentials


def test_an_identity_that_is_not_there_is_no_credential() -> None:
    problem = only(TRUSTING.format(credential="{identity: order}"))
    assert problem.message == "no user-assigned identity is called `order`"
    assert problem.hint == "write `orders`"


def test_an_identity_twice_is_told_at_its_name() -> None:
    text = TRUSTING.format(credential="{identity: orders}, again: {identity: orders}")
    assert only(text).message == "`web` has the same issuer and subject already"


ON_COMPUTE = """version: 1
resourceGroups:
  orders-rg:
    compute:
      web: {type: Microsoft.Web/sites}
      till: {type: Microsoft.HybridCompute/machines}
applications:
  app: {clientSecret: {value: x}, %s}
"""


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("compute: web", RunsOn.AZURE),
        ("compute: orders-rg/web, runsOn: azure", RunsOn.AZURE),
        ("compute: till", RunsOn.ON_PREMISES),
    ],
)
def test_an_application_says_on_which_compute_resource_its_code_runs(text: str, place: RunsOn) -> None:
    declared = estate(ON_COMPUTE % text)
    (application,) = declared.applications
    wanted = text.split(",", maxsplit=1)[0].removeprefix("compute: ").removeprefix("orders-rg/")
    assert application.compute in {one.resource_id for one in declared.compute if one.name == wanted}
    assert application.runs_on is place
    written = document(declared)["applications"]["app"]
    assert (written["runsOn"], written["compute"]) == (place.value, wanted)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("compute: wep", "no compute resource is called `wep`"),
        ("compute: web, runsOn: on-premises", "runs code `azure`, and `runsOn` says `on-premises`"),
        ("compute: till, runsOn: azure", "runs code `on-premises`, and `runsOn` says `azure`"),
    ],
)
def test_a_compute_resource_that_is_not_there_or_elsewhere_is_refused(text: str, says: str) -> None:
    assert says in only(ON_COMPUTE % text).message


def test_a_compute_resource_that_is_gone_is_left_out_of_the_file() -> None:
    declared = estate(ON_COMPUTE % "compute: web")
    written = document(replace(declared, compute=()))["applications"]["app"]
    assert "compute" not in written
    assert written["runsOn"] == "azure"
