"""Certificates that applications of Entra ID sign in with."""

from __future__ import annotations

from keyless.assess.findings.finding import Severity
from keyless.assess.rules.credentials._stored import stored_rule
from keyless.catalog.client_calls import Form

RULE = stored_rule(
    "client-certificate",
    services=frozenset({"entra"}),
    forms=frozenset({Form.CERTIFICATE}),
    title="A certificate signs an application in",
    why=(
        "A certificate is better kept than a secret, and still a credential to store, renew and lose. On "
        "a host of Azure a managed identity signs in without one."
    ),
    instead=(
        "Use the host's managed identity, or a federated credential on the application. Off Azure, keep "
        "the key in hardware or a vault, and rotate it."
    ),
    sources=(
        "https://learn.microsoft.com/entra/workload-id/workload-identity-federation-config-app-trust-managed-identity",
    ),
    severity=Severity.MEDIUM,
)
