"""A subscription key opens a Maps account."""

from __future__ import annotations

from keyless.assess.rules.credentials._stored import stored_rule

RULE = stored_rule(
    "maps-credential",
    services=frozenset({"maps"}),
    title="A subscription key opens a Maps account",
    why=(
        "The key is on the bill of whoever owns the account, and in a browser everybody can read it. The "
        "service takes tokens of Entra."
    ),
    instead=(
        "Give the client the account's client id and a managed identity's credential, and grant `Azure "
        "Maps Search and Render Data Reader` at the account; hand browsers short-lived tokens. Then set "
        "`disableLocalAuth` to `true`."
    ),
    sources=("https://learn.microsoft.com/azure/azure-maps/azure-maps-authentication",),
)
