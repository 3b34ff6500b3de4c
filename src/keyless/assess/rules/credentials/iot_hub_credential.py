"""A shared access policy opens an IoT hub from a back end."""

from __future__ import annotations

from keyless.assess.rules.credentials._stored import stored_rule

RULE = stored_rule(
    "iot-hub-credential",
    services=frozenset({"iothub", "dps"}),
    title="A shared access policy opens an IoT hub from a back end",
    why=(
        "The policy `iothubowner` manages every device. A back end takes tokens of Entra; only devices "
        "themselves prove who they are with keys or certificates."
    ),
    instead=(
        "Give the service client the hub's host name and a managed identity's credential, and grant `IoT "
        "Hub Data Contributor`, or what is less, at the hub. Then set `disableLocalAuth` to `true`."
    ),
    sources=("https://learn.microsoft.com/azure/iot-hub/iot-hub-dev-guide-azure-ad-rbac",),
)
