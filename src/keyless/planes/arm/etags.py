"""ETags of resources, and the conditions on them that a write carries.

Rules:
- an ETag follows from what the resource is, so that it changes with it and with nothing else;
- `If-Match` needs the resource as it is told (or, with `*`, any); `If-None-Match` the contrary: with `*`,
  that there is none yet. A condition that does not hold is 412, and nothing is changed.

Source: https://github.com/Azure/azure-resource-manager-rpc/blob/master/v1.0/common-api-details.md#etags
"""

from __future__ import annotations

import hashlib
from typing import Any

import msgspec

from keyless.model.resource_id import ResourceId
from keyless.planes.arm.errors import NotMatching
from keyless.wire.call import Authorized


def etag_of(record: object) -> str:
    """The ETag of a record, in quotes."""
    return f'"{hashlib.sha256(msgspec.json.encode(record)).hexdigest()[:32]}"'


def check_conditions(call: Authorized[Any], resource: ResourceId, there: object | None) -> None:
    """Refuse a write whose conditions do not hold of the record that is there (none: there is none).

    Raises:
        NotMatching: one does not.
    """
    etag = None if there is None else etag_of(there)
    headers = call.request.headers
    wanted, unwanted = headers.get("if-match"), headers.get("if-none-match")
    if wanted is not None and not _names(wanted, etag):
        raise NotMatching(resource)
    if unwanted is not None and _names(unwanted, etag):
        raise NotMatching(resource)


def _names(condition: str, etag: str | None) -> bool:
    if etag is None:
        return False
    given = [one.strip().removeprefix("W/") for one in condition.split(",")]
    return "*" in given or etag in given or etag.strip('"') in given
