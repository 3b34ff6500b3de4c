"""A shared access key opens a Relay namespace."""

from __future__ import annotations

from keyless.assess.rules.credentials._stored import stored_rule

RULE = stored_rule(
    "relay-credential",
    services=frozenset({"relay"}),
    title="A shared access key opens a Relay namespace",
    why="A connection string listens, sends and manages as its policy says. Relay takes tokens of Entra.",
    instead=(
        "Use the token provider of a managed identity, and grant `Azure Relay Listener` or `Sender` at "
        "the entity."
    ),
    sources=("https://learn.microsoft.com/azure/azure-relay/authenticate-managed-identity",),
)
