"""An API key opens Azure OpenAI."""

from __future__ import annotations

from keyless.assess.rules.credentials._stored import stored_rule

RULE = stored_rule(
    "openai-credential",
    services=frozenset({"openai"}),
    title="An API key opens Azure OpenAI",
    why=(
        "A key calls every deployment of the account, on its bill, and says nothing of who calls. All its "
        "libraries take tokens of Entra."
    ),
    instead=(
        "Give the client a token provider of a managed identity for "
        "`https://cognitiveservices.azure.com/.default`, and grant `Cognitive Services OpenAI User` at "
        "the account, which needs a name of its own (`customSubDomainName`). Then set `disableLocalAuth` "
        "to `true`."
    ),
    sources=("https://learn.microsoft.com/azure/ai-services/openai/how-to/managed-identity",),
)
