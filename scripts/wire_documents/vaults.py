"""What the public documents say of Key Vault's data plane, by api-version.

The checkout's documents end at 7.5; what came since is said in TypeSpec, whose `@added` marks name members.
The operations of those versions are carried from 7.5, and what was added is listed here.

Source: https://github.com/Azure/azure-rest-api-specs/tree/main/specification/keyvault/data-plane
(`models.tsp` and `routes.tsp` of `Secrets`, `Keys` and `Certificates`)
"""

from __future__ import annotations

import re
from typing import Any

from wire_documents.data_planes import Added, DataPlane, PlaneVersion

Json = dict[str, Any]

_FOLDER = "keyvault/data-plane/Microsoft.KeyVault/stable"
_KINDS = ("secrets", "keys", "certificates")
_LAST_DOCUMENTED = "7.5"


_TEXT: Json = {"type": "string"}
_BYTES: Json = {"type": "string", "format": "base64url"}
_TEXTS: Json = {"type": "array", "items": _TEXT}


def _operation(name: str, method: str, path: str, answer: str, body: str = "") -> Json:
    responses = {code: {"schema": {"$ref": f"#/definitions/{of}"}} for code, of in _outcomes(answer)}
    asked = {"body": {"$ref": f"#/definitions/{body}"}} if body else {}
    return {"id": name, "method": method, "path": path, **asked, "responses": responses}


def _outcomes(answer: str) -> tuple[tuple[str, str], ...]:
    return (("200", answer), ("default", "KeyVaultError"))


_ATTESTATION = Added(
    {
        "KeyAttributes": {"attestation": {"$ref": "#/definitions/KeyAttestation", "readOnly": True}},
        "CertificateBundle": {"preserveCertOrder": {"type": "boolean"}},
        "DeletedCertificateBundle": {"preserveCertOrder": {"type": "boolean"}},
        "CertificateImportParameters": {"preserveCertOrder": {"type": "boolean"}},
        "CertificateCreateParameters": {"preserveCertOrder": {"type": "boolean"}},
        "CertificateOperation": {"preserveCertOrder": {"type": "boolean"}},
    },
    {
        "KeyAttestation": {
            "type": "object",
            "properties": {
                "certificatePemFile": _BYTES,
                "privateKeyAttestation": _BYTES,
                "publicKeyAttestation": _BYTES,
                "version": _TEXT,
            },
        }
    },
    (_operation("GetKeyAttestation", "GET", "/keys/{key-name}/{key-version}/attestation", "KeyBundle"),),
)
_PREVIOUS_VERSIONS = Added(
    {
        "SecretBundle": {"previousVersion": _TEXT},
        "DeletedSecretBundle": {"previousVersion": _TEXT},
        "SubjectAlternativeNames": {"uris": _TEXTS, "ipAddresses": _TEXTS},
    }
)
_EXTERNAL_KEYS = Added(
    {
        "KeyAttributes": {
            "external_key": {"$ref": "#/definitions/ExternalKey"},
            "key_size": {"type": "integer", "format": "int32", "readOnly": True},
        }
    },
    {"ExternalKey": {"type": "object", "properties": {"id": _TEXT}, "required": ["id"]}},
)


def _versions() -> tuple[PlaneVersion, ...]:
    """Every api-version that the clients send, oldest first."""
    whole = [
        PlaneVersion(version, (f"{_FOLDER}/{version}/keyvault.json",)) for version in ("2016-10-01", "7.0")
    ]
    split = [PlaneVersion(version, _documents(version)) for version in ("7.1", "7.2", "7.3", "7.4", "7.5")]
    since: tuple[tuple[str, tuple[Added, ...]], ...] = (
        ("7.6-preview.2", (_ATTESTATION,)),
        ("7.6", (_ATTESTATION,)),
        ("2025-07-01", (_ATTESTATION, _PREVIOUS_VERSIONS)),
        ("2026-04-01", (_ATTESTATION, _PREVIOUS_VERSIONS, _EXTERNAL_KEYS)),
    )
    carried = [PlaneVersion(version, _documents(_LAST_DOCUMENTED), added) for version, added in since]
    return (*whole, *split, *carried)


def _documents(version: str) -> tuple[str, ...]:
    return tuple(f"{_FOLDER}/{version}/{kind}.json" for kind in _KINDS)


PLANE = DataPlane(
    "vault_schemas", _versions(), re.compile(r"/(deleted)?(secrets|keys|certificates)(/|$)|/rng$")
)
"""Operations on secrets, keys and certificates."""
