"""A personal access token opens a Databricks workspace."""

from __future__ import annotations

from keyless.assess.rules.credentials._stored import stored_rule

RULE = stored_rule(
    "databricks-credential",
    services=frozenset({"databricks"}),
    title="A personal access token opens a Databricks workspace",
    why=(
        "The token is a person's, with all rights of that person, and lasts as long as nobody ends it. "
        "Workspaces take tokens of Entra."
    ),
    instead=(
        "Add the managed identity to the workspace as a service principal, and let the client sign in "
        "with it (`azure_use_msi`, or a token for `2ff814a6-3304-4ab8-85cb-cd0e6f879c1d/.default`)."
    ),
    sources=("https://learn.microsoft.com/azure/databricks/dev-tools/auth/azure-mi",),
)
