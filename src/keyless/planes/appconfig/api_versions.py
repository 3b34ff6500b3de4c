"""The `api-version` values of the App Configuration data plane, and in what they differ.

One handler serves them all. The official clients ask for the stable ones and, while they were in preview, for
2022-11-01-preview and 2023-05-01-preview; `az` asks for 2026-05-01-preview. What came with a version is data:
operations are declared with one of the ranges below, and `has` tells of members and parameters, which are
not looked at and left out before.

Source: https://github.com/Azure/azure-rest-api-specs/tree/main/specification/appconfiguration/data-plane
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

from keyless.wire.operation import ApiVersions

APP_CONFIGURATION = ApiVersions(
    (
        "1.0",
        "2022-11-01-preview",
        "2023-05-01-preview",
        "2023-10-01",
        "2023-11-01",
        "2024-09-01",
        "2025-07-01-preview",
        "2026-04-01",
        "2026-05-01-preview",
        "2026-08-01-preview",
    )
)

SNAPSHOTS = APP_CONFIGURATION.since("2022-11-01-preview")
"""Snapshots, and what is in one."""
_WITH_FLAGS = ("2025-07-01-preview", "2026-05-01-preview")
FEATURE_FLAGS = ApiVersions(
    _WITH_FLAGS,
    others=tuple(version for version in APP_CONFIGURATION.known if version not in _WITH_FLAGS),
)
"""Feature flags with paths of their own, which are in previews alone."""
FLAG_LABELS = ApiVersions(
    _WITH_FLAGS[1:],
    others=tuple(version for version in APP_CONFIGURATION.known if version not in _WITH_FLAGS[1:]),
)
"""The labels of such flags."""

SINCE: Mapping[str, str] = {
    "key_values.etag": "2023-05-01-preview",
    "key_values?tags": "2023-11-01",
    "revisions?tags": "2023-11-01",
    "snapshot_filter.tags": "2023-11-01",
    "key_value?tags": "2024-09-01",
    "key_value.description": "2025-07-01-preview",
    "snapshot.description": "2025-07-01-preview",
}
"""Members of requests and answers, and after a `?` parameters, with the first version that has them."""


@lru_cache(maxsize=512)
def has(member: str, api_version: str) -> bool:
    """Whether a version has a member or parameter of `SINCE`."""
    known = APP_CONFIGURATION.known
    return known.index(api_version) >= known.index(SINCE[member])
