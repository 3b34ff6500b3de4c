"""An access key opens Communication Services."""

from __future__ import annotations

from keyless.assess.rules.credentials._stored import stored_rule

RULE = stored_rule(
    "communication-credential",
    services=frozenset({"communication"}),
    title="An access key opens Communication Services",
    why="Whoever has the key sends mail and messages in your name. The service takes tokens of Entra.",
    instead=(
        "Give the client the endpoint and a managed identity's credential, and grant a role with the "
        "operations that it needs (`Communication and Email Service Owner`, or a custom one) at the "
        "resource. Then set `disableLocalAuth` to `true`."
    ),
    sources=("https://learn.microsoft.com/azure/communication-services/concepts/authentication",),
)
