"""A shared access key opens a Service Bus namespace."""

from __future__ import annotations

from keyless.assess.rules.credentials._stored import stored_rule

RULE = stored_rule(
    "service-bus-credential",
    services=frozenset({"servicebus"}),
    title="A shared access key opens a Service Bus namespace",
    why=(
        "A connection string with `RootManageSharedAccessKey` sends, listens and manages in the whole "
        "namespace. An identity gets one queue or topic, to send or to receive."
    ),
    instead=(
        "Give the client the namespace's host name and a managed identity's credential, and grant `Azure "
        "Service Bus Data Sender` or `Receiver` at the queue or topic. Then set `disableLocalAuth` to "
        "`true`."
    ),
    sources=("https://learn.microsoft.com/azure/service-bus-messaging/service-bus-managed-service-identity",),
)
