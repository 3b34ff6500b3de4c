"""Names and passwords of people that workloads sign in with."""

from __future__ import annotations

from keyless.assess.rules.credentials._stored import stored_rule
from keyless.catalog.client_calls import Form

RULE = stored_rule(
    "username-password",
    services=frozenset({"entra"}),
    forms=frozenset({Form.PASSWORD}),
    title="A user name and password sign a workload in",
    why=(
        "A person's password in a workload passes by multi-factor authentication and conditional access, "
        "and Entra ID blocks the way more and more. A workload has no need to be a person."
    ),
    instead="Use the host's managed identity, with the roles and permissions that the work takes.",
    sources=("https://learn.microsoft.com/entra/identity-platform/v2-oauth-ropc",),
)
