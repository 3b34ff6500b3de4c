"""What each kind of host sets in the environment of its workloads, by which client libraries know it.

Rules:
- the rows of one kind are all that its workloads have: what another kind sets is taken out by the gateway's
  own table (`keyless.gateway.environment`), and then these rows are put in;
- a value is a template over what the plane says of the lease; a row whose value comes out empty is left out.

Addresses are numbers (`127.0.0.1`) wherever the endpoint is plain HTTP: what answers at the name `localhost`
may be another user's program on `[::1]`. Over TLS the certificate says who answers, and the name is right.

Pure. Sources: https://learn.microsoft.com/azure/app-service/overview-managed-identity,
https://learn.microsoft.com/azure/azure-arc/servers/managed-identity-authentication,
https://learn.microsoft.com/azure/service-fabric/how-to-managed-identity-service-fabric-app-code,
https://learn.microsoft.com/azure/machine-learning/how-to-identity-based-service-authentication,
https://learn.microsoft.com/azure/cloud-shell/msi-authorization,
https://azure.github.io/azure-workload-identity/docs/installation/mutating-admission-webhook.html
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from keyless.gateway.hosts import CLOUD_SHELL_PORT
from keyless.model.hosts import HostKind

_PLAIN = "http://127.0.0.1:{identity_port}"
_SECRET = "{identity_secret}"


@dataclass(frozen=True, slots=True)
class HostVariable:
    """One row: ``value`` is a template; ``reason`` says why it is there, for the documentation."""

    name: str
    value: str
    reason: str


HOST_VARIABLES: Mapping[HostKind, tuple[HostVariable, ...]] = {
    HostKind.APP_SERVICE: (
        HostVariable("IDENTITY_ENDPOINT", f"{_PLAIN}/msi/token", "the endpoint, from 2019-08-01 on"),
        HostVariable("IDENTITY_HEADER", _SECRET, "proves to it which workload is asking"),
        HostVariable("MSI_ENDPOINT", f"{_PLAIN}/msi/token", "the same endpoint, for clients of 2017-09-01"),
        HostVariable("MSI_SECRET", _SECRET, "the same proof, for these"),
    ),
    HostKind.VM: (),
    HostKind.ARC: (
        HostVariable(
            "IDENTITY_ENDPOINT", f"{_PLAIN}/metadata/identity/oauth2/token", "the agent's token endpoint"
        ),
        HostVariable("IMDS_ENDPOINT", _PLAIN, "the agent itself; it tells clients that the host is Arc's"),
    ),
    HostKind.SERVICE_FABRIC: (
        HostVariable(
            "IDENTITY_ENDPOINT",
            "https://localhost:{tls_port}/metadata/identity/oauth2/token",
            "the endpoint, over TLS",
        ),
        HostVariable("IDENTITY_HEADER", _SECRET, "proves to it which workload is asking"),
        HostVariable(
            "IDENTITY_SERVER_THUMBPRINT",
            "{thumbprint}",
            "the SHA-1 of its certificate, which clients may compare",
        ),
        HostVariable("IDENTITY_API_VERSION", "2019-07-01-preview", "what the endpoint speaks"),
    ),
    HostKind.AML: (
        HostVariable("MSI_ENDPOINT", f"{_PLAIN}/msi/auth", "the endpoint, of the form of 2017-09-01"),
        HostVariable("MSI_SECRET", _SECRET, "proves to it which workload is asking"),
        HostVariable(
            "DEFAULT_IDENTITY_CLIENT_ID",
            "{client_id}",
            "the identity that is meant where none is named: the system-assigned one, else the only "
            "user-assigned one; left out where there is neither",
        ),
    ),
    HostKind.CLOUD_SHELL: (
        HostVariable("MSI_ENDPOINT", f"{_PLAIN}/oauth2/token", "the endpoint; there is no secret for it"),
        HostVariable("ACC_CLOUD", "PROD", "tells the Azure CLI that it runs in Cloud Shell"),
        HostVariable(
            "AZUREPS_HOST_ENVIRONMENT",
            "cloud-shell/1.0",
            f"tells MSAL the same, which then asks `http://localhost:{CLOUD_SHELL_PORT}`, whatever "
            "`MSI_ENDPOINT` is; through the proxy that leads to the endpoint too",
        ),
    ),
    HostKind.AKS: (
        HostVariable(
            "AZURE_AUTHORITY_HOST", "https://login.microsoftonline.com/", "where tokens are exchanged"
        ),
        HostVariable("AZURE_TENANT_ID", "{tenant_id}", "the tenant of the workload's identities"),
        HostVariable(
            "AZURE_CLIENT_ID",
            "{client_id}",
            "the user-assigned identity that is meant where none is named: the first of the workload's, "
            "unless the variable named another of them before",
        ),
        HostVariable(
            "AZURE_FEDERATED_TOKEN_FILE",
            "{token_file}",
            "the file with the service account's token, which is replaced before it expires",
        ),
    ),
}


def host_environment(kind: HostKind, values: Mapping[str, str]) -> dict[str, str]:
    """The variables of a kind of host, from what the plane says of the lease."""
    rows = ((row.name, row.value.format_map(values)) for row in HOST_VARIABLES[kind])
    return {name: value for name, value in rows if value}
