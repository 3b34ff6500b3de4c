"""An API key opens a search service."""

from __future__ import annotations

from keyless.assess.rules.credentials._stored import stored_rule

RULE = stored_rule(
    "search-credential",
    services=frozenset({"search"}),
    title="An API key opens a search service",
    why=(
        "An admin key creates and deletes indexes as well as it reads them, and a query key reads all of "
        "them. An identity gets the index and the operations that it needs."
    ),
    instead=(
        "Give the client the service's address and a managed identity's credential; turn role-based "
        "access on (`authOptions.aadOrApiKey`), and grant `Search Index Data Reader` or `Contributor`. "
        "Then set `disableLocalAuth` to `true`."
    ),
    sources=("https://learn.microsoft.com/azure/search/search-security-rbac",),
)
