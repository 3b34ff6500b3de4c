"""The api-versions of Microsoft.ManagedIdentity, as data.

Source: Azure/azure-rest-api-specs, specification/msi/resource-manager/Microsoft.ManagedIdentity
"""

from __future__ import annotations

from keyless.wire.operation import ApiVersions

FEDERATED = ApiVersions(
    (
        "2022-01-31-preview",
        "2023-01-31",
        "2024-11-30",
        "2025-01-31-preview",
        "2025-05-31-preview",
    )
)
"""Federated credentials."""
IDENTITIES = ApiVersions(("2018-11-30", *FEDERATED.known))
"""User-assigned identities, and the view on system-assigned ones."""
ASSOCIATED = ApiVersions(("2022-01-31-preview",))
"""The resources that have an identity: asked for in one preview, and in none since."""
