"""The `api-version` values of the Key Vault data plane, and in what they differ.

One handler serves them all. The official clients ask for these: Python, JavaScript, Java, Go and .NET for the
stable ones, `az` for 7.0, 7.4 and 7.6-preview.2. Before 7.1 the attributes had no `recoverableDays`.

Source: https://github.com/Azure/azure-rest-api-specs/tree/main/specification/keyvault/data-plane
"""

from __future__ import annotations

from keyless.wire.operation import ApiVersions

KEY_VAULT = ApiVersions(
    (
        "2016-10-01",
        "7.0",
        "7.1",
        "7.2",
        "7.3",
        "7.4",
        "7.5",
        "7.6-preview.2",
        "7.6",
        "2025-07-01",
        "2026-04-01",
    )
)

_WITHOUT_RECOVERABLE_DAYS = frozenset({"2016-10-01", "7.0"})


def has_recoverable_days(api_version: str) -> bool:
    """Whether attributes say for how many days a deleted object stays."""
    return api_version not in _WITHOUT_RECOVERABLE_DAYS
