"""The api-versions of Microsoft.KeyVault, and in what they differ.

Rules:
- from 2026-02-01 a new vault is in RBAC mode unless it says otherwise; before, it has access policies;
- what a version does not know is neither told nor taken.

Source: Azure/azure-rest-api-specs, specification/keyvault/resource-manager/Microsoft.KeyVault, and
https://learn.microsoft.com/azure/key-vault/general/access-control-default
"""

from __future__ import annotations

from keyless.wire.operation import ApiVersions

_FIRST = "2019-09-01"
_RBAC_BY_DEFAULT = "2026-02-01"
_SINCE_2021 = (
    "2021-10-01",
    "2022-07-01",
    "2023-02-01",
    "2023-07-01",
    "2024-11-01",
    "2025-05-01",
    "2026-02-01",
    "2026-05-15",
)

VAULTS = ApiVersions((_FIRST, *_SINCE_2021))
SINCE_2021 = ApiVersions(_SINCE_2021)
"""Of managed HSMs, and of listing private endpoint connections."""
SINCE_2022 = ApiVersions(_SINCE_2021[1:])
"""Of looking whether the name of a managed HSM is free."""

_BEGINS = {
    "systemData": "2021-10-01",
    "publicNetworkAccess": "2021-10-01",
    "tokenBindingParameters": "2026-05-15",
}


def has_rbac_by_default(api_version: str) -> bool:
    """Whether a vault that is made with this version is in RBAC mode unless it says otherwise."""
    return api_version >= _RBAC_BY_DEFAULT


def knows(api_version: str, name: str) -> bool:
    """Whether a version has a property of vaults."""
    return api_version >= _BEGINS.get(name, _FIRST)
