"""The `api-version` values of the Key Vault data plane, and in what they differ.

One handler serves them all. The official clients ask for these: Python, JavaScript, Java, Go and .NET for the
stable ones, `az` for 7.0, 7.4 and 7.6-preview.2. What came with a version is data: operations are declared
with one of the ranges below, and `has` tells of members and parameters, which are left out before.

Source: https://github.com/Azure/azure-rest-api-specs/tree/main/specification/keyvault/data-plane
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

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

CERTIFICATE_BACKUPS = KEY_VAULT.since("7.0")
"""Backup and restore of certificates."""
KEY_ROTATION = KEY_VAULT.since("7.3")
"""Rotation and its policy, release, and random bytes."""
KEY_ATTESTATION = KEY_VAULT.since("7.6-preview.2")
"""The attestation of a key of an HSM."""

SINCE: Mapping[str, str] = {
    "issuer.cert_transparency": "7.0",
    "key_props.crv": "7.0",
    "crv.P-256K": "7.0",
    "attributes.recoverableDays": "7.1",
    "key.public_exponent": "7.2",
    "key.release_policy": "7.3",
    "attributes.exportable": "7.3",
    "attributes.hsmPlatform": "7.5",
    "attributes.attestation": "7.6-preview.2",
    "certificate.preserveCertOrder": "7.6-preview.2",
    "secret.previousVersion": "2025-07-01",
    "secret.outContentType": "2025-07-01",
    "sans.uris": "2025-07-01",
    "sans.ipAddresses": "2025-07-01",
    "attributes.key_size": "2026-04-01",
}
"""Members of requests and answers, and a query parameter, with the first version that has them."""


@lru_cache(maxsize=512)
def has(member: str, api_version: str) -> bool:
    """Whether a version has a member of `SINCE`."""
    known = KEY_VAULT.known
    return known.index(api_version) >= known.index(SINCE[member])


def has_recoverable_days(api_version: str) -> bool:
    """Whether attributes say for how many days a deleted object stays."""
    return has("attributes.recoverableDays", api_version)
