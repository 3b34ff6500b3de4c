"""A function key opens a function app."""

from __future__ import annotations

from keyless.assess.findings.finding import Severity
from keyless.assess.rules.credentials._stored import stored_rule

RULE = stored_rule(
    "functions-key",
    services=frozenset({"functions"}),
    title="A function key opens a function app",
    why=(
        "A key of a function names nobody, is sent in a header or even in the address, where logs keep "
        "it, and is shared by all callers. Function apps can take tokens of Entra through App Service "
        "authentication."
    ),
    instead=(
        "Turn App Service authentication on with an application of Entra, let the caller send a token of "
        "its managed identity for that application, and set the function's `authLevel` to `anonymous`."
    ),
    sources=("https://learn.microsoft.com/azure/app-service/overview-authentication-authorization",),
    severity=Severity.MEDIUM,
)
