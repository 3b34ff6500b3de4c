"""A shared access key opens an Event Hubs namespace."""

from __future__ import annotations

from keyless.assess.rules.credentials._stored import stored_rule

RULE = stored_rule(
    "event-hubs-credential",
    services=frozenset({"eventhubs"}),
    title="A shared access key opens an Event Hubs namespace",
    why=(
        "A connection string sends, listens and manages as its policy says, for whoever has it. An "
        "identity gets one hub, to send or to receive."
    ),
    instead=(
        "Give the client the namespace's host name, the hub and a managed identity's credential, and "
        "grant `Azure Event Hubs Data Sender` or `Receiver` at the hub. Kafka clients sign in with "
        "`OAUTHBEARER`. Then set `disableLocalAuth` to `true`."
    ),
    sources=("https://learn.microsoft.com/azure/event-hubs/authenticate-managed-identity",),
)
