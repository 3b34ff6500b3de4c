"""Key Vault's data plane held to its public OpenAPI documents (see `plane_schemas`).

::

    DOCUMENTS.check(method, path, query, status, body)          # raises AssertionError with every problem
    SecretClient(url, credential, per_retry_policies=[HeldToDocuments()])     # around an official client

Rules of its own:
- where a version may be left out of a path, the document names it all the same;
- an error has a code and a message, and may have an inner code; nothing else;
- `_BESIDE_THE_DOCUMENTS` names the members that the service has and no document.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from plane_schemas import HeldTo, PlaneDocuments

Json = dict[str, Any]
_ANY = "x"

_ERROR: Json = {
    "type": "object",
    "required": ["error"],
    "additionalProperties": False,
    "properties": {
        "error": {
            "type": "object",
            "required": ["code", "message"],
            "additionalProperties": False,
            "properties": {
                "code": {"type": "string", "minLength": 1},
                "message": {"type": "string", "minLength": 1},
                "innererror": {
                    "type": "object",
                    "required": ["code"],
                    "additionalProperties": False,
                    "properties": {"code": {"type": "string", "minLength": 1}},
                },
            },
        }
    },
}

_PENDING: Json = {"type": "object", "required": ["id"], "properties": {"id": {"type": "string"}}}
_BASIC_CONSTRAINTS: Json = {"type": "object", "properties": {"ca": {"type": "boolean"}}}
_BESIDE_THE_DOCUMENTS: Json = {
    "CertificateBundle": {"pending": _PENDING},
    "DeletedCertificateBundle": {"pending": _PENDING},
    "X509CertificateProperties": {"basic_constraints": _BASIC_CONSTRAINTS},
}
"""Members that the service answers with, as recorded tests of its clients show, and that no document has."""


def _writings(path: str) -> Iterator[str]:
    """A path, and what it is with the version that may be left out of it: at its end, or before its verb."""
    segments = [segment for segment in unquote(path).split("/") if segment]
    for written in (segments, [*segments, _ANY], [*segments[:2], _ANY, *segments[2:]]):
        yield "/" + "/".join(written)


DOCUMENTS = PlaneDocuments(
    Path(__file__).with_suffix(""), _ERROR, beside=_BESIDE_THE_DOCUMENTS, writings=_writings
)


class HeldToDocuments(HeldTo):
    """A policy for the clients of secrets, keys and certificates."""

    documents = DOCUMENTS
