"""Roles of services that Azure RBAC does not reach: Cosmos DB's, and the least of databases and clusters.

Rules:
- a definition of Cosmos DB lists data actions; there is nothing that takes any out again;
- what SDKs ask first, `readMetadata`, every role of Cosmos DB needs.

Sources: https://learn.microsoft.com/azure/cosmos-db/reference-data-plane-security,
https://learn.microsoft.com/sql/relational-databases/security/authentication-access/database-level-roles and
https://kubernetes.io/docs/reference/access-authn-authz/rbac/#user-facing-roles
"""

from __future__ import annotations

from dataclasses import dataclass

from keyless.model.actions import any_matches

COSMOS_ACCOUNT = "Microsoft.DocumentDB/databaseAccounts"
COSMOS_METADATA = f"{COSMOS_ACCOUNT}/readMetadata"
_CONTAINERS = f"{COSMOS_ACCOUNT}/sqlDatabases/containers"
COSMOS_ACTIONS: tuple[str, ...] = (
    COSMOS_METADATA,
    *(f"{_CONTAINERS}/items/{end}" for end in ("create", "read", "replace", "upsert", "delete")),
    *(
        f"{_CONTAINERS}/{end}"
        for end in ("executeQuery", "readChangeFeed", "executeStoredProcedure", "manageConflicts")
    ),
)
"""Every data action of Cosmos DB for NoSQL."""
_FOLDED = {one.casefold(): one for one in COSMOS_ACTIONS}

SQL_READER = "db_datareader"
KUBERNETES_READER = "view"
DATABASE_READER = "reader"
"""What the least role is called here for databases that have none by name: to read tables of a schema."""
DATABASE_WRITER = "writer"
"""To read and write them."""


@dataclass(frozen=True, slots=True)
class CosmosRole:
    """A definition of Cosmos DB's own; ``id`` is its GUID."""

    id: str
    name: str
    data_actions: tuple[str, ...]

    def grants(self, action: str) -> bool:
        """Whether it grants a data action."""
        return any_matches(self.data_actions, action)

    @property
    def granted(self) -> tuple[str, ...]:
        """Every known action that it grants."""
        return tuple(one for one in COSMOS_ACTIONS if self.grants(one))


COSMOS_READER = CosmosRole(
    "00000000-0000-0000-0000-000000000001",
    "Cosmos DB Built-in Data Reader",
    (
        COSMOS_METADATA,
        f"{_CONTAINERS}/items/read",
        f"{_CONTAINERS}/executeQuery",
        f"{_CONTAINERS}/readChangeFeed",
    ),
)
COSMOS_CONTRIBUTOR = CosmosRole(
    "00000000-0000-0000-0000-000000000002",
    "Cosmos DB Built-in Data Contributor",
    (COSMOS_METADATA, f"{_CONTAINERS}/*", f"{_CONTAINERS}/items/*"),
)
COSMOS_BUILT_IN = (COSMOS_READER, COSMOS_CONTRIBUTOR)
"""Both built-in definitions, the narrower one first."""


def cosmos_action(action: str) -> str | None:
    """A data action as Cosmos DB spells it; none where it is not one of its own."""
    return _FOLDED.get(action.casefold())
