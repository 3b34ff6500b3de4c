"""An account key opens a Cosmos DB account."""

from __future__ import annotations

from keyless.assess.rules.credentials._stored import stored_rule

RULE = stored_rule(
    "cosmos-credential",
    services=frozenset({"cosmos", "mongo-vcore"}),
    title="An account key opens a Cosmos DB account",
    why=(
        "The account key reads and writes every database of the account, and manages them. With a token "
        "of Entra and a role of Cosmos DB's own, an identity gets one database or container, to read or "
        "to write."
    ),
    instead=(
        "Give the client the account's address and a managed identity's credential, and assign `Cosmos DB "
        "Built-in Data Reader` or `Contributor` with `sqlRoleAssignments`. Then set `disableLocalAuth` to "
        "`true`. Accounts for MongoDB (RU) and Cassandra take keys alone: keep these in a vault, or move "
        "to a cluster that takes Entra."
    ),
    sources=("https://learn.microsoft.com/azure/cosmos-db/nosql/how-to-grant-data-plane-access",),
)
