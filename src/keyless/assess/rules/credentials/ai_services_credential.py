"""An API key opens an account of AI services."""

from __future__ import annotations

from keyless.assess.rules.credentials._stored import stored_rule

RULE = stored_rule(
    "ai-services-credential",
    services=frozenset({"cognitive", "foundry"}),
    title="An API key opens an account of AI services",
    why=(
        "A key calls every operation of the account, on its bill, and says nothing of who calls. The "
        "current libraries take tokens of Entra."
    ),
    instead=(
        "Give the client the account's own address and a managed identity's credential, and grant "
        "`Cognitive Services User` at the account. Then set `disableLocalAuth` to `true`."
    ),
    sources=("https://learn.microsoft.com/azure/ai-services/authentication",),
)
