"""A login with a password opens a database of Azure SQL."""

from __future__ import annotations

from keyless.assess.rules.credentials._stored import stored_rule

RULE = stored_rule(
    "sql-credential",
    services=frozenset({"sql", "sqlmi", "synapse"}),
    title="A login with a password opens a database of Azure SQL",
    why=(
        "A password in a connection string is shared by all who can read the setting, and outlives them. "
        "Azure SQL takes tokens of Entra from every driver, and maps the identity to a user of the "
        "database."
    ),
    instead=(
        "Name the server and `Authentication=Active Directory Managed Identity` in the connection string, "
        "without a password; create the user with `CREATE USER [name] FROM EXTERNAL PROVIDER` and give it "
        "the roles of the database that it needs. Then turn `azureADOnlyAuthentication` on."
    ),
    sources=(
        "https://learn.microsoft.com/azure/azure-sql/database/authentication-azure-ad-only-authentication",
        "https://learn.microsoft.com/sql/connect/ado-net/sql/azure-active-directory-authentication",
    ),
)
