"""A password opens a server of Azure Database for MySQL."""

from __future__ import annotations

from keyless.assess.rules.credentials._stored import stored_rule

RULE = stored_rule(
    "mysql-credential",
    services=frozenset({"mysql"}),
    title="A password opens a server of Azure Database for MySQL",
    why=(
        "The server takes tokens of Entra in the password's place. A password has to be kept, rotated and "
        "handed to every copy of the application; a token lasts an hour and belongs to one identity."
    ),
    instead=(
        "Create the user of the identity with `CREATE AADUSER`, and let the driver send a token for "
        "`https://ossrdbms-aad.database.windows.net/.default` as the password, over TLS, each time it "
        "connects. Then set `aad_auth_only` to `ON`."
    ),
    sources=("https://learn.microsoft.com/azure/mysql/flexible-server/how-to-azure-ad",),
)
