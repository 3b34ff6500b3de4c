"""An access key opens an App Configuration store."""

from __future__ import annotations

from keyless.assess.rules.credentials._stored import stored_rule

RULE = stored_rule(
    "app-configuration-credential",
    services=frozenset({"appconfig"}),
    title="An access key opens an App Configuration store",
    why=(
        "The connection string is often the first secret of an application, from which it reads all "
        "others. The store takes tokens of Entra, so that no secret at all is needed to begin."
    ),
    instead=(
        "Connect to the store's address with a managed identity's credential, and grant `App "
        "Configuration Data Reader` at the store. Then set `disableLocalAuth` to `true`."
    ),
    sources=(
        "https://learn.microsoft.com/azure/azure-app-configuration/howto-integrate-azure-managed-service-identity",
    ),
)
