"""An access key opens an Event Grid topic or domain."""

from __future__ import annotations

from keyless.assess.rules.credentials._stored import stored_rule

RULE = stored_rule(
    "event-grid-credential",
    services=frozenset({"eventgrid", "eventgrid-namespace"}),
    title="An access key opens an Event Grid topic or domain",
    why=(
        "Whoever has the key can publish events that subscribers trust. Topics, domains and namespaces "
        "take tokens of Entra."
    ),
    instead=(
        "Give the client the topic's endpoint and a managed identity's credential, and grant `EventGrid "
        "Data Sender` at the topic. Then set `disableLocalAuth` to `true`."
    ),
    sources=("https://learn.microsoft.com/azure/event-grid/authenticate-with-microsoft-entra-id",),
)
