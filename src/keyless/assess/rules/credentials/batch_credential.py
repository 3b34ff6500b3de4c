"""An account key opens a Batch account."""

from __future__ import annotations

from keyless.assess.rules.credentials._stored import stored_rule

RULE = stored_rule(
    "batch-credential",
    services=frozenset({"batch"}),
    title="An account key opens a Batch account",
    why="The key runs any code on the account's nodes. The service takes tokens of Entra.",
    instead=(
        "Sign in with a managed identity's credential for `https://batch.core.windows.net/.default`, and "
        "grant `Azure Batch Data Contributor` or `Job Submitter` at the account. Then leave `SharedKey` "
        "out of `allowedAuthenticationModes`."
    ),
    sources=("https://learn.microsoft.com/azure/batch/batch-aad-auth",),
)
