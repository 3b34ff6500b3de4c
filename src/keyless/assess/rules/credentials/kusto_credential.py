"""An application secret or password opens a Data Explorer cluster."""

from __future__ import annotations

from keyless.assess.rules.credentials._stored import stored_rule

RULE = stored_rule(
    "kusto-credential",
    services=frozenset({"kusto"}),
    title="An application secret or password opens a Data Explorer cluster",
    why=(
        "The cluster takes managed identities, so that no application with a secret is needed between it "
        "and the code."
    ),
    instead=(
        "Build the connection with a managed identity's credential, and add the identity to the database "
        "as `viewer` or `ingestor`."
    ),
    sources=("https://learn.microsoft.com/azure/data-explorer/kusto/management/security-roles",),
)
