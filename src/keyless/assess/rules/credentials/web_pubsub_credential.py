"""An access key opens a Web PubSub service."""

from __future__ import annotations

from keyless.assess.rules.credentials._stored import stored_rule

RULE = stored_rule(
    "web-pubsub-credential",
    services=frozenset({"webpubsub"}),
    title="An access key opens a Web PubSub service",
    why=(
        "With the access key one can speak to every client of every hub, and make tokens for new ones. "
        "The service takes tokens of Entra."
    ),
    instead=(
        "Give the client the endpoint, the hub and a managed identity's credential, and grant `Web PubSub "
        "Service Owner` at the service. Then set `disableLocalAuth` to `true`."
    ),
    sources=("https://learn.microsoft.com/azure/azure-web-pubsub/howto-authorize-from-managed-identity",),
)
