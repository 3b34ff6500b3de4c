"""App Configuration's data plane held to its public OpenAPI documents (see `plane_schemas`).

::

    DOCUMENTS.check(method, path, query, status, body, headers)  # raises AssertionError with every problem
    AzureAppConfigurationClient(url, credential, per_retry_policies=[HeldToDocuments()])

Rules of its own:
- keys and names of snapshots may hold slashes;
- an error is a problem: with a type, a title and the status, and with a name and a detail where there are
  such; one that answers 401 has no body;
- what has no value is null, as the documents' own examples show, though their schemas do not say so;
- the client's own id of a request comes back to who asked for it, not always.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from plane_schemas import HeldTo, PlaneDocuments

Json = dict[str, Any]

_TEXT: Json = {"type": "string", "minLength": 1}
_ERROR: Json = {
    "type": "object",
    "required": ["type", "title", "status"],
    "additionalProperties": False,
    "properties": {
        "type": _TEXT,
        "title": _TEXT,
        "name": {"type": "string"},
        "policy": {"type": "string"},  # of a 429, by rest-api-throttling
        "detail": {"type": "string"},
        "status": {"type": "integer"},
    },
}
_TAGS: Json = {"type": "object", "additionalProperties": {"type": ["string", "null"]}}
_NULLABLE = {
    "KeyValue": ("label", "content_type", "value", "description"),
    "Label": ("name",),
    "Snapshot": ("expires", "description"),
    "KeyValueFilter": ("label", "tags"),
    "FeatureFlag": ("label", "description"),
    "OperationDetails": ("error",),
}

DOCUMENTS = PlaneDocuments(
    Path(__file__).with_suffix(""),
    _ERROR,
    bodiless=frozenset({401}),
    beside={"KeyValue": {"tags": _TAGS}},
    nullable=_NULLABLE,
    parameter=".+",
    optional=frozenset({"x-ms-client-request-id"}),
)


class HeldToDocuments(HeldTo):
    """A policy for the clients of configuration stores."""

    documents = DOCUMENTS
