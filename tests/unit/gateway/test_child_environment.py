"""What a child finds in its environment."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urlsplit

import pytest

from keyless.gateway import environment as module
from keyless.gateway.environment import (
    VARIABLES,
    Change,
    ChildEnvironment,
    Gateway,
    child_environment,
    proxy_url_of,
)
from keyless.gateway.host_variables import HOST_VARIABLES, host_environment
from keyless.model.hosts import HostKind

SECRET = "a/b:c@d~e-f_g"
URL = proxy_url_of(4321, SECRET)
BEFORE = {"PATH": "/bin", "HOME": "/home/me", "ALL_PROXY": "socks5://x:1", "SSL_CERT_DIR": "/certs"}
HOST_VALUES = {
    "identity_port": "4322",
    "tls_port": "4323",
    "identity_secret": SECRET,
    "thumbprint": "AB" * 20,
    "tenant_id": "the-tenant",
    "token_file": "/tokens/azure-identity-token",
    "client_id": "the-only-one",
}
CREDENTIAL = {
    "AZURE_CLIENT_ID": "app",
    "AZURE_TENANT_ID": "tenant",
    "AZURE_CLIENT_SECRET": "hunter2",
}


def gateway(kind: HostKind = HostKind.APP_SERVICE, java: Path | None = None) -> Gateway:
    bundle, additions, azure_config = Path("/p/bundle.pem"), Path("/p/additions.pem"), Path("/p/azure-cli")
    return Gateway(URL, bundle, additions, java, kind, HOST_VALUES, azure_config)


def made(
    inherited: dict[str, str] | None = None,
    kind: HostKind = HostKind.APP_SERVICE,
    *,
    keep: bool = False,
    java: Path | None = None,
) -> ChildEnvironment:
    return child_environment(BEFORE | (inherited or {}), gateway(kind, java), keep_credentials=keep)


# --- the way to the gateway


@pytest.mark.parametrize("name", ["HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy"])
def test_both_cases_of_both_proxy_variables_lead_to_the_gateway(name: str) -> None:
    assert made({name: "http://corp:3128"}).variables[name] == URL


def test_the_proxy_url_carries_the_secret_so_that_a_url_parser_gives_it_back() -> None:
    from urllib.parse import unquote

    parsed = urlsplit(URL)
    assert (parsed.hostname, parsed.port, parsed.username) == ("127.0.0.1", 4321, "keyless")
    assert unquote(parsed.password or "") == SECRET


def test_trust_is_given_in_every_languages_own_variable() -> None:
    variables = made({"NODE_EXTRA_CA_CERTS": "/mine"}).variables
    for name in ("SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"):
        assert variables[name] == "/p/bundle.pem"
    for name in ("NODE_EXTRA_CA_CERTS", "DENO_CERT"):
        assert variables[name] == "/p/additions.pem"
    assert variables["NODE_USE_ENV_PROXY"] == "1"


def test_what_has_nothing_to_do_with_it_stays_as_it_was() -> None:
    variables = made().variables
    assert {name: variables[name] for name in BEFORE} == BEFORE


def test_only_variables_of_the_table_are_touched() -> None:
    changed = {name for name, value in made().variables.items() if BEFORE.get(name) != value}
    assert changed <= {row.name for row in VARIABLES}


def test_connections_within_the_machine_stay_direct_and_the_users_own_entries_too() -> None:
    found = made({"NO_PROXY": "corp.example, 10.0.0.0/8", "no_proxy": "other.example corp.example"})
    assert found.variables["NO_PROXY"] == "localhost,127.0.0.1,::1,other.example,corp.example,10.0.0.0/8"
    assert found.variables["no_proxy"] == found.variables["NO_PROXY"]
    assert found.notes == ()


def test_entries_that_would_hide_a_host_of_ours_are_taken_out_and_told() -> None:
    found = made({"NO_PROXY": "corp.example,.azure.net,169.254.169.254"})
    assert found.variables["NO_PROXY"] == "localhost,127.0.0.1,::1,corp.example"
    (note,) = found.notes
    assert note.startswith("took `.azure.net`, `169.254.169.254` out of the command's `NO_PROXY`: ")


def test_in_cloud_shell_localhost_is_asked_for_through_the_proxy() -> None:
    found = made({"NO_PROXY": "corp.example,Localhost,localhost:8080"}, HostKind.CLOUD_SHELL)
    assert found.variables["NO_PROXY"] == "127.0.0.1,::1,corp.example"
    assert found.variables["no_proxy"] == found.variables["NO_PROXY"]


# --- the Azure CLI


def test_the_azure_cli_keeps_to_a_directory_of_the_workloads_own_and_reports_nothing() -> None:
    variables = made({"AZURE_CONFIG_DIR": "/home/me/.azure"}).variables
    assert variables["AZURE_CONFIG_DIR"] == "/p/azure-cli"
    assert variables["AZURE_CORE_COLLECT_TELEMETRY"] == "no"


# --- Java


def test_java_is_given_a_trust_store_after_the_users_own_options() -> None:
    found = made({"JAVA_TOOL_OPTIONS": "-Xmx1g"}, java=Path("/p/trust.p12"))
    assert found.variables["JAVA_TOOL_OPTIONS"] == (
        "-Xmx1g -Djavax.net.ssl.trustStore=/p/trust.p12 -Djavax.net.ssl.trustStorePassword=changeit "
        "-Djavax.net.ssl.trustStoreType=PKCS12 -Djava.net.useSystemProxies=true"
    )
    assert found.notes == ()


def test_a_path_with_a_space_is_one_option() -> None:
    options = made(java=Path("/my p/t.p12")).variables["JAVA_TOOL_OPTIONS"]
    assert options.startswith('"-Djavax.net.ssl.trustStore=/my p/t.p12" ')


def test_a_trust_store_of_the_users_that_gives_way_is_told() -> None:
    found = made({"JAVA_TOOL_OPTIONS": "-Djavax.net.ssl.trustStore=/mine"}, java=Path("/t.p12"))
    assert "gives way" in found.notes[0]


def test_without_a_trust_store_java_is_left_alone() -> None:
    assert "JAVA_TOOL_OPTIONS" not in made().variables
    assert made({"JAVA_TOOL_OPTIONS": "-Xmx1g"}).variables["JAVA_TOOL_OPTIONS"] == "-Xmx1g"


def test_the_secret_is_not_in_what_the_jvm_prints() -> None:
    assert SECRET not in made(java=Path("/t.p12")).variables["JAVA_TOOL_OPTIONS"]


# --- the identity endpoint


PLAIN = "http://127.0.0.1:4322"
EXPECTED = {
    HostKind.APP_SERVICE: {
        "IDENTITY_ENDPOINT": f"{PLAIN}/msi/token",
        "IDENTITY_HEADER": SECRET,
        "MSI_ENDPOINT": f"{PLAIN}/msi/token",
        "MSI_SECRET": SECRET,
    },
    HostKind.VM: {},
    HostKind.ARC: {"IDENTITY_ENDPOINT": f"{PLAIN}/metadata/identity/oauth2/token", "IMDS_ENDPOINT": PLAIN},
    HostKind.SERVICE_FABRIC: {
        "IDENTITY_ENDPOINT": "https://localhost:4323/metadata/identity/oauth2/token",
        "IDENTITY_HEADER": SECRET,
        "IDENTITY_SERVER_THUMBPRINT": "AB" * 20,
        "IDENTITY_API_VERSION": "2019-07-01-preview",
    },
    HostKind.AML: {
        "MSI_ENDPOINT": f"{PLAIN}/msi/auth",
        "MSI_SECRET": SECRET,
        "DEFAULT_IDENTITY_CLIENT_ID": "the-only-one",
    },
    HostKind.CLOUD_SHELL: {"MSI_ENDPOINT": f"{PLAIN}/oauth2/token"},
}
ENDPOINT_NAMES = (
    "IDENTITY_ENDPOINT",
    "IDENTITY_HEADER",
    "IDENTITY_SERVER_THUMBPRINT",
    "IDENTITY_API_VERSION",
    "IMDS_ENDPOINT",
    "MSI_ENDPOINT",
    "MSI_SECRET",
    "DEFAULT_IDENTITY_CLIENT_ID",
    "AZURE_POD_IDENTITY_AUTHORITY_HOST",
)


@pytest.mark.parametrize("kind", EXPECTED)
def test_a_kind_of_host_has_its_own_endpoint_and_no_other_not_even_an_inherited_one(kind: HostKind) -> None:
    found = made(dict.fromkeys(ENDPOINT_NAMES, "inherited"), kind)
    assert {name: found.variables[name] for name in ENDPOINT_NAMES if name in found.variables} == EXPECTED[
        kind
    ]
    assert found.notes == ()


def test_a_row_without_a_value_is_left_out() -> None:
    values = HOST_VALUES | {"client_id": ""}
    assert set(host_environment(HostKind.AML, values)) == {"MSI_ENDPOINT", "MSI_SECRET"}


def test_whatever_a_kind_of_host_sets_is_taken_out_for_every_other() -> None:
    """So that no kind is forgotten in the table that takes inherited values out."""
    set_by_some = {row.name for rows in HOST_VARIABLES.values() for row in rows}
    assert set_by_some <= {row.name for row in VARIABLES if row.change not in {Change.SET, Change.EXTENDED}}
    assert set(HOST_VARIABLES) == set(HostKind)


def test_an_inherited_token_file_is_taken_out() -> None:
    assert "AZURE_FEDERATED_TOKEN_FILE" not in made({"AZURE_FEDERATED_TOKEN_FILE": "x"}).variables


@pytest.mark.parametrize(
    ("name", "gone", "stays"),
    [
        ("AZURE_AUTHORITY_HOST", "https://login.microsoftonline.us", "https://login.microsoftonline.com/"),
        ("AZURE_TOKEN_CREDENTIALS", "dev", "ManagedIdentityCredential"),
        ("AZURE_TOKEN_CREDENTIALS", "AzureCliCredential", "prod"),
    ],
)
def test_what_leads_sdks_elsewhere_is_taken_out_and_told(name: str, gone: str, stays: str) -> None:
    found = made({name: gone})
    assert name not in found.variables
    assert found.notes[0].startswith(f"took `{name}` out of the command's environment: it would ")
    kept = made({name: stays})
    assert kept.variables[name] == stays
    assert kept.notes == ()


# --- stored credentials


def test_a_stored_credential_is_taken_out_with_what_belongs_to_it_and_told() -> None:
    found = made(CREDENTIAL)
    assert not set(CREDENTIAL) & set(found.variables)
    (note,) = found.notes
    assert note.startswith("took `AZURE_CLIENT_SECRET`, `AZURE_CLIENT_ID`, `AZURE_TENANT_ID` out of ")
    assert note.endswith("(`--keep-credentials` leaves it there)")


@pytest.mark.parametrize("name", ["AZURE_CLIENT_SECRET", "AZURE_CLIENT_CERTIFICATE_PATH", "AZURE_PASSWORD"])
def test_each_kind_of_credential_counts(name: str) -> None:
    found = made({name: "x", "AZURE_USERNAME": "me", "AZURE_CLIENT_ID": "app"})
    assert not {name, "AZURE_USERNAME", "AZURE_CLIENT_ID"} & set(found.variables)


def test_a_client_id_on_its_own_names_a_user_assigned_identity_and_stays() -> None:
    alone = {"AZURE_CLIENT_ID": "identity", "AZURE_TENANT_ID": "tenant", "AZURE_CLIENT_SECRET": ""}
    found = made(alone)
    assert found.variables["AZURE_CLIENT_ID"] == "identity"
    assert found.variables["AZURE_TENANT_ID"] == "tenant"
    assert found.notes == ()


def test_credentials_can_be_kept_for_an_app_that_is_to_be_seen_using_them() -> None:
    found = made(CREDENTIAL, keep=True)
    assert {name: found.variables[name] for name in CREDENTIAL} == CREDENTIAL
    (note,) = found.notes
    assert note.startswith("`AZURE_CLIENT_SECRET` stays in the command's environment: ")


def test_no_note_and_no_repr_shows_a_value() -> None:
    found = made(CREDENTIAL | {"AZURE_TOKEN_CREDENTIALS": "hunter2"}, java=Path("/t"))
    shown = f"{found!r} {found.notes!r} {gateway()!r}"
    assert "hunter2" not in shown
    assert SECRET not in shown


# --- the table


def test_no_variable_has_two_rows_and_each_has_a_reason() -> None:
    names = [row.name for row in VARIABLES]
    assert len(names) == len(set(names))
    assert all(row.reason for row in VARIABLES)
    assert all(bool(row.value) == (row.change in {Change.SET, Change.EXTENDED}) for row in VARIABLES)


def test_every_template_names_values_that_there_are() -> None:
    values = module._values({}, gateway())
    for row in VARIABLES:
        row.value.format_map(values)
    for rows in HOST_VARIABLES.values():
        assert all(row.reason and row.value.format_map(HOST_VALUES) for row in rows)
