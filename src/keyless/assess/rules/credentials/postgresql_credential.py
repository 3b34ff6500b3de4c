"""A password opens a server of Azure Database for PostgreSQL."""

from __future__ import annotations

from keyless.assess.rules.credentials._stored import stored_rule

RULE = stored_rule(
    "postgresql-credential",
    services=frozenset({"postgres"}),
    title="A password opens a server of Azure Database for PostgreSQL",
    why=(
        "The server takes tokens of Entra in the password's place. A password has to be kept, rotated and "
        "handed to every copy of the application; a token lasts an hour and belongs to one identity."
    ),
    instead=(
        "Add the identity to the server as a principal, and let the driver fetch a token for "
        "`https://ossrdbms-aad.database.windows.net/.default` each time it connects. Then set "
        "`authConfig.passwordAuth` to `Disabled`."
    ),
    sources=(
        "https://learn.microsoft.com/azure/postgresql/flexible-server/how-to-configure-sign-in-azure-ad-authentication",
    ),
)
