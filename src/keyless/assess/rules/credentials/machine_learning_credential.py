"""A key opens an endpoint of Machine Learning."""

from __future__ import annotations

from keyless.assess.rules.credentials._stored import stored_rule

RULE = stored_rule(
    "machine-learning-credential",
    services=frozenset({"ml"}),
    title="A key opens an endpoint of Machine Learning",
    why="The key of an online endpoint is shared by all callers. Endpoints take tokens of Entra.",
    instead=(
        "Set the endpoint's `authMode` to `AADToken`, and call it with a token of a managed identity for "
        "`https://ml.azure.com/.default` that has the role `AzureML Data Scientist`, or what is less, at "
        "the endpoint."
    ),
    sources=("https://learn.microsoft.com/azure/machine-learning/how-to-authenticate-online-endpoint",),
)
