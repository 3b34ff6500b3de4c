"""The api-versions of configuration stores, and since which of them a property is shown.

Source: Azure/azure-rest-api-specs, specification/appconfiguration/resource-manager/Microsoft.AppConfiguration
"""

from __future__ import annotations

from keyless.wire.operation import ApiVersions

STORES = ApiVersions(
    (
        "2022-05-01",
        "2023-03-01",
        "2024-05-01",
        "2024-06-01",
        "2025-02-01-preview",
        "2025-06-01-preview",
        "2025-08-01-preview",
    )
)

REPLICAS = ApiVersions(STORES.known[1:])
SNAPSHOTS = ApiVersions(STORES.known[2:])

_SINCE = {
    "dataPlaneProxy": "2024-05-01",
    "defaultKeyValueRevisionRetentionPeriodInSeconds": "2024-06-01",
    "telemetry": "2025-02-01-preview",
    "azureFrontDoor": "2025-06-01-preview",
}


def shows(api_version: str, name: str) -> bool:
    """Whether an api-version has a store's property."""
    known = STORES.known
    return known.index(api_version) >= known.index(_SINCE.get(name, known[0]))
