"""The `api-version` values of the App Configuration data plane, and in what they differ.

One handler serves them all. The official clients ask for the stable ones, `az` for 2026-05-01-preview.

Source: https://github.com/Azure/azure-rest-api-specs/tree/main/specification/appconfiguration/data-plane
"""

from __future__ import annotations

from keyless.wire.operation import ApiVersions

APP_CONFIGURATION = ApiVersions(
    (
        "1.0",
        "2023-10-01",
        "2023-11-01",
        "2024-09-01",
        "2025-07-01-preview",
        "2026-04-01",
        "2026-05-01-preview",
        "2026-08-01-preview",
    )
)

_AGE = {version: age for age, version in enumerate(APP_CONFIGURATION.known)}


def lists_have_etags(api_version: str) -> bool:
    """Whether a page of key-values has an etag, and can be asked for on a condition."""
    return _since(api_version, "2023-10-01")


def lists_take_tags(api_version: str) -> bool:
    """Whether `tags` filters key-values and revisions; before that it is not looked at."""
    return _since(api_version, "2023-11-01")


def one_takes_tags(api_version: str) -> bool:
    """Whether `tags` filters a single key-value too."""
    return _since(api_version, "2024-09-01")


def has_description(api_version: str) -> bool:
    """Whether key-values have a description."""
    return _since(api_version, "2025-07-01-preview")


def _since(api_version: str, first: str) -> bool:
    return _AGE[api_version] >= _AGE[first]
