"""Client secrets of applications of Entra ID."""

from __future__ import annotations

from keyless.assess.rules.credentials._stored import stored_rule
from keyless.catalog.client_calls import Form

RULE = stored_rule(
    "client-secret",
    services=frozenset({"entra"}),
    forms=frozenset({Form.ENTRA_SECRET}),
    title="A client secret signs an application in",
    why=(
        "A secret of an application has to be kept, expires when nobody looks, and works from anywhere "
        "for whoever has it. On a host of Azure a managed identity signs in without one, and elsewhere a "
        "federated credential does."
    ),
    instead=(
        "Use the host's managed identity. Where it must be an application (another tenant, a web sign-in, "
        "on-premises), give the application a federated credential: on the managed identity, the "
        "cluster's service account, or the pipeline."
    ),
    sources=(
        "https://learn.microsoft.com/entra/workload-id/workload-identity-federation-config-app-trust-managed-identity",
        "https://learn.microsoft.com/azure/developer/intro/passwordless-overview",
    ),
)
