"""A password opens a container registry."""

from __future__ import annotations

from keyless.assess.rules.credentials._stored import stored_rule

RULE = stored_rule(
    "container-registry-credential",
    services=frozenset({"acr"}),
    title="A password opens a container registry",
    why=(
        "The admin user pulls and pushes every image, and is one account for all. Hosts pull with their "
        "identity, and pipelines push with theirs."
    ),
    instead=(
        "Let the host pull with its managed identity (`AcrPull` at the registry), and let pipelines use "
        "`az acr login` after signing in with OIDC. Then set `adminUserEnabled` to `false`."
    ),
    sources=(
        "https://learn.microsoft.com/azure/container-registry/container-registry-authentication-managed-identity",
    ),
)
