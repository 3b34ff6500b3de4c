"""An access key opens a SignalR service."""

from __future__ import annotations

from keyless.assess.rules.credentials._stored import stored_rule

RULE = stored_rule(
    "signalr-credential",
    services=frozenset({"signalr"}),
    title="An access key opens a SignalR service",
    why=(
        "With the access key one can speak to every client of every hub. Server and service take tokens "
        "of Entra."
    ),
    instead=(
        "Name the endpoint without a key, as "
        "`Endpoint=https://<name>.service.signalr.net;AuthType=azure.msi` or with a credential in code, "
        "and grant `SignalR App Server` at the service. Then set `disableLocalAuth` to `true`."
    ),
    sources=("https://learn.microsoft.com/azure/azure-signalr/signalr-howto-authorize-managed-identity",),
)
