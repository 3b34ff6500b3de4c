"""What a child process finds in its environment, so that an unmodified app reaches the local plane.

Each variable is a row of ``VARIABLES``, with the reason; the documentation is generated from it. Rules:
- variables that lead connections and trust to the gateway are set, whatever they were before;
- of the managed-identity endpoints only that of the host kind is there (`gateway/host_variables.py`);
  inherited ones of any kind go;
- stored credentials are taken out, because SDKs choose them before a managed identity; what only means
  something beside a credential (the client id above all, which otherwise names a user-assigned identity)
  goes with it, and stays where there was none;
- what was taken out is told, by name only.

Decided against: `ALL_PROXY` (no client needs it beside the two that are set, and clients of other protocols
would be led to a proxy that does not speak theirs; what the user had stays), and anything for git, AWS or
gRPC (they do not talk to the hosts that we answer, and the way out is unchanged for them).

Pure. Sources: the order of choice of DefaultAzureCredential,
https://learn.microsoft.com/azure/developer/python/sdk/authentication/credential-chains.
"""

from __future__ import annotations

import enum
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from keyless.gateway.host_variables import host_environment
from keyless.gateway.hosts import hides_cloud_host
from keyless.gateway.trust import JAVA_PASSWORD
from keyless.model.hosts import HostKind

LOOPBACK_NAME = "localhost"
LOOPBACK_ENTRIES = (LOOPBACK_NAME, "127.0.0.1", "::1")
_PROXY_USER = "keyless"
_TRUST_STORE_PROPERTY = "-Djavax.net.ssl.trustStore="


class Change(enum.StrEnum):
    """What happens to a variable."""

    SET = "set"
    EXTENDED = "extended"
    REMOVED = "removed"
    CREDENTIAL = "removed unless credentials are kept"
    BESIDE_CREDENTIAL = "removed together with a credential"


_WITH_CREDENTIALS = frozenset({Change.CREDENTIAL, Change.BESIDE_CREDENTIAL})


@dataclass(frozen=True, slots=True)
class Variable:
    """One row: ``value`` is a template over the gateway's values; ``reason`` says why, for the documentation.

    A removed variable stays where its value is one of ``harmless`` (compared in lower case, without a
    trailing slash); ``told`` says whether the user hears of its removal. What the host kind sets is put in
    afterwards.
    """

    name: str
    change: Change
    reason: str
    value: str = ""
    harmless: tuple[str, ...] = ()
    told: bool = False


def _proxy(name: str, reason: str) -> Variable:
    return Variable(name, Change.SET, reason, "{proxy_url}")


def _foreign_endpoint(name: str, reason: str) -> Variable:
    return Variable(name, Change.REMOVED, reason)


VARIABLES: tuple[Variable, ...] = (
    _proxy("HTTPS_PROXY", "leads TLS connections to the gateway, with the workload's own secret"),
    _proxy("https_proxy", "the same, for clients that read the lower-case name"),
    _proxy("HTTP_PROXY", "leads plain HTTP there too, above all requests to the instance metadata address"),
    _proxy("http_proxy", "the same; curl reads only this one"),
    Variable(
        "NO_PROXY",
        Change.SET,
        "connections within this machine stay direct; the user's own entries stay too, save those that would "
        "hide a host that we answer. In Cloud Shell `localhost` is none of them: MSAL's way to the endpoint "
        "leads through the proxy there",
        "{no_proxy}",
    ),
    Variable("no_proxy", Change.SET, "the same, for clients that read the lower-case name", "{no_proxy}"),
    Variable(
        "NODE_USE_ENV_PROXY", Change.SET, "makes Node's own fetch and https follow the proxy variables", "1"
    ),
    Variable("SSL_CERT_FILE", Change.SET, "trust for OpenSSL, Go, Ruby, Rust, .NET and aiohttp", "{bundle}"),
    Variable(
        "REQUESTS_CA_BUNDLE", Change.SET, "trust for Python's requests, and so the Azure SDK", "{bundle}"
    ),
    Variable("CURL_CA_BUNDLE", Change.SET, "trust for curl", "{bundle}"),
    Variable(
        "NODE_EXTRA_CA_CERTS",
        Change.SET,
        "trust for Node and Bun, beside their own authorities and those that the variable named before",
        "{additions}",
    ),
    Variable("DENO_CERT", Change.SET, "trust for Deno, in the same way", "{additions}"),
    Variable(
        "JAVA_TOOL_OPTIONS",
        Change.EXTENDED,
        "trust for Java; with system proxies switched on, the Azure SDK for Java reads the proxy variables "
        "with the secret in them, which therefore stays out of this one (the JVM prints it)",
        "{java_options}",
    ),
    _foreign_endpoint("IDENTITY_ENDPOINT", "leads to an endpoint outside of this run"),
    _foreign_endpoint("IDENTITY_HEADER", "belongs to that endpoint"),
    _foreign_endpoint("IDENTITY_SERVER_THUMBPRINT", "would make SDKs take the host for Service Fabric"),
    _foreign_endpoint("IDENTITY_API_VERSION", "belongs to Service Fabric's endpoint"),
    _foreign_endpoint("IMDS_ENDPOINT", "would make SDKs take the host for an Azure Arc machine"),
    _foreign_endpoint("MSI_ENDPOINT", "would make SDKs take the host for Cloud Shell or Azure ML"),
    _foreign_endpoint("MSI_SECRET", "belongs to Azure ML's endpoint, and to App Service's older one"),
    _foreign_endpoint("DEFAULT_IDENTITY_CLIENT_ID", "belongs to Azure ML's endpoint"),
    _foreign_endpoint("ACC_CLOUD", "would make the Azure CLI take the host for Cloud Shell"),
    _foreign_endpoint("AZUREPS_HOST_ENVIRONMENT", "would make MSAL take the host for Cloud Shell"),
    _foreign_endpoint(
        "AZURE_POD_IDENTITY_AUTHORITY_HOST", "would lead metadata requests past the local endpoint"
    ),
    _foreign_endpoint("AZURE_FEDERATED_TOKEN_FILE", "would make SDKs choose workload identity federation"),
    _foreign_endpoint("KEYLESS_SHELL", "says that a shell is the owner's own, as a workload's is not"),
    Variable(
        "AZURE_CONFIG_DIR",
        Change.SET,
        "keeps who is signed in with the Azure CLI here apart from the real cloud, and from other workloads",
        "{azure_config_dir}",
    ),
    Variable(
        "AZURE_CORE_COLLECT_TELEMETRY",
        Change.SET,
        "what the Azure CLI does here concerns nobody else, and your own choice lies in a directory that it "
        "does not read here",
        "no",
    ),
    Variable(
        "KEYLESS_ROOT_KEY",
        Change.REMOVED,
        "seals the store: the plane needs it, and no workload does",
    ),
    Variable(
        "AZURE_AUTHORITY_HOST",
        Change.REMOVED,
        "would lead token requests to another cloud than the local plane stands for",
        harmless=("https://login.microsoftonline.com", "login.microsoftonline.com"),
        told=True,
    ),
    Variable(
        "AZURE_TOKEN_CREDENTIALS",
        Change.REMOVED,
        "would keep DefaultAzureCredential from trying the managed identity",
        harmless=("prod", "managedidentitycredential"),
        told=True,
    ),
    Variable("AZURE_CLIENT_SECRET", Change.CREDENTIAL, "a stored credential, chosen before the identity"),
    Variable(
        "AZURE_CLIENT_CERTIFICATE_PATH", Change.CREDENTIAL, "a stored credential, chosen before the identity"
    ),
    Variable("AZURE_PASSWORD", Change.CREDENTIAL, "a stored credential, chosen before the identity"),
    Variable("AZURE_CLIENT_CERTIFICATE_PASSWORD", Change.BESIDE_CREDENTIAL, "opens the certificate"),
    Variable("AZURE_CLIENT_SEND_CERTIFICATE_CHAIN", Change.BESIDE_CREDENTIAL, "belongs to the certificate"),
    Variable("AZURE_USERNAME", Change.BESIDE_CREDENTIAL, "belongs to the password"),
    Variable(
        "AZURE_CLIENT_ID",
        Change.BESIDE_CREDENTIAL,
        "names the credential's application; on its own it names a user-assigned identity, and stays",
    ),
    Variable("AZURE_TENANT_ID", Change.BESIDE_CREDENTIAL, "names the credential's tenant"),
)


@dataclass(frozen=True, slots=True)
class Gateway:
    """What the environment is made from.

    ``proxy_url`` carries the workload's secret (see ``proxy_url_of``); ``bundle`` is a whole trust bundle
    and ``additions`` what it adds to a runtime's own; ``java_trust_store`` is none where Java needs nothing;
    ``host_values`` are what the rows of the host kind are filled in with; ``azure_config`` is the directory
    of the Azure CLI for this workload.
    """

    proxy_url: str
    bundle: Path
    additions: Path
    java_trust_store: Path | None
    host_kind: HostKind
    host_values: Mapping[str, str]
    azure_config: Path

    def __repr__(self) -> str:
        return f"Gateway({self.host_kind})"


@dataclass(frozen=True, slots=True)
class ChildEnvironment:
    """The child's environment, and what the user should be told about it."""

    variables: dict[str, str]
    notes: tuple[str, ...]

    def __repr__(self) -> str:
        return f"ChildEnvironment({len(self.variables)} variables)"


def proxy_url_of(port: int, secret: str) -> str:
    """The URL of the gateway's proxy, with a workload's secret in it."""
    return f"http://{_PROXY_USER}:{quote(secret, safe='')}@127.0.0.1:{port}"


def child_environment(
    inherited: Mapping[str, str], gateway: Gateway, *, keep_credentials: bool = False
) -> ChildEnvironment:
    """The environment of a workload that would have had ``inherited``.

    ``keep_credentials`` leaves stored credentials in, for an app that is to be seen using them.
    """
    values = _values(inherited, gateway)
    gone = [row.name for row in VARIABLES if _goes(row, inherited, keep_credentials=keep_credentials)]
    variables = {name: value for name, value in inherited.items() if name not in gone}
    for row in VARIABLES:
        if row.change in {Change.SET, Change.EXTENDED}:
            _put(variables, row, row.value.format_map(values))
    variables.update(host_environment(gateway.host_kind, gateway.host_values))
    notes = (*_credential_notes(inherited, gone), *_other_notes(gone), *_proxy_notes(inherited))
    return ChildEnvironment(variables, (*notes, *_java_notes(inherited, gateway)))


def _values(inherited: Mapping[str, str], gateway: Gateway) -> dict[str, str]:
    return {
        "proxy_url": gateway.proxy_url,
        "no_proxy": ",".join(_direct(inherited, gateway.host_kind)),
        "bundle": str(gateway.bundle),
        "additions": str(gateway.additions),
        "java_options": _java_options(gateway.java_trust_store),
        "azure_config_dir": str(gateway.azure_config),
    }


def _put(variables: dict[str, str], row: Variable, value: str) -> None:
    if row.change is Change.SET:
        variables[row.name] = value
    elif value:
        variables[row.name] = f"{variables.get(row.name, '')} {value}".strip()


def _goes(row: Variable, inherited: Mapping[str, str], *, keep_credentials: bool) -> bool:
    """Whether a variable that was there is taken out."""
    if row.name not in inherited:
        return False
    if row.change is Change.REMOVED:
        return inherited[row.name].lower().rstrip("/") not in row.harmless
    if row.change in _WITH_CREDENTIALS:
        return not keep_credentials and bool(_credentials_in(inherited))
    return False


def _credentials_in(inherited: Mapping[str, str]) -> list[str]:
    """The stored credentials that are set; an empty one is none, as the SDKs see it."""
    return [row.name for row in VARIABLES if row.change is Change.CREDENTIAL and inherited.get(row.name)]


def _direct(inherited: Mapping[str, str], kind: HostKind) -> list[str]:
    """What is reached without the proxy: this machine, and what the user has so too."""
    entries = dict.fromkeys((*LOOPBACK_ENTRIES, *_entries(inherited, hiding=False)))
    if kind is not HostKind.CLOUD_SHELL:
        return list(entries)
    return [entry for entry in entries if entry.lower().partition(":")[0] != LOOPBACK_NAME]


def _entries(inherited: Mapping[str, str], *, hiding: bool) -> list[str]:
    """The entries of `NO_PROXY` that hide a host of ours, or those that do not; clients split at either."""
    text = ",".join(inherited.get(name, "") for name in ("no_proxy", "NO_PROXY"))
    entries = dict.fromkeys(entry for entry in text.replace(",", " ").split() if entry)
    return [entry for entry in entries if hides_cloud_host(entry) is hiding]


def _java_options(trust_store: Path | None) -> str:
    if trust_store is None:
        return ""
    path = f"{_TRUST_STORE_PROPERTY}{trust_store}"
    quoted = f'"{path}"' if any(character.isspace() for character in path) else path
    return (
        f"{quoted} -Djavax.net.ssl.trustStorePassword={JAVA_PASSWORD} "
        "-Djavax.net.ssl.trustStoreType=PKCS12 -Djava.net.useSystemProxies=true"
    )


def _listed(names: Iterable[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)


def _credential_notes(inherited: Mapping[str, str], gone: list[str]) -> list[str]:
    found = _credentials_in(inherited)
    if not found:
        return []
    taken = [row.name for row in VARIABLES if row.change in _WITH_CREDENTIALS and row.name in gone]
    if not taken:
        note = "stays in the command's environment: an SDK will choose it before the managed identity"
        return [f"{_listed(found)} {note}"]
    note = "out of the command's environment: an SDK would choose it before the managed identity"
    return [f"took {_listed(taken)} {note} (`--keep-credentials` leaves it there)"]


def _other_notes(gone: list[str]) -> list[str]:
    rows = [row for row in VARIABLES if row.told and row.name in gone]
    return [f"took `{row.name}` out of the command's environment: it {row.reason}" for row in rows]


def _proxy_notes(inherited: Mapping[str, str]) -> list[str]:
    hiding = _entries(inherited, hiding=True)
    if not hiding:
        return []
    why = "it would lead past the local plane to the real cloud"
    return [f"took {_listed(hiding)} out of the command's `NO_PROXY`: {why}"]


def _java_notes(inherited: Mapping[str, str], gateway: Gateway) -> list[str]:
    if gateway.java_trust_store is None or _TRUST_STORE_PROPERTY not in inherited.get(
        "JAVA_TOOL_OPTIONS", ""
    ):
        return []
    return ["the trust store in `JAVA_TOOL_OPTIONS` gives way to one that holds the local authority"]
