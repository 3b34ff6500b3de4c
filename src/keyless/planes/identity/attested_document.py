"""What the metadata service attests of a machine: a few facts with a nonce, to be signed.

Rules:
- the nonce is the caller's, at most 32 letters and digits; without one it is the time;
- the document says when it was made, and is good for six hours;
- `subscriptionId` and `sku` are there from the versions on that introduced them.

Pure. Source: https://learn.microsoft.com/azure/virtual-machines/instance-metadata-service#attested-data, and
Azure/azure-rest-api-specs, specification/imds/data-plane, Attested_GetDocument
"""

from __future__ import annotations

import re
import time
from typing import Any

import msgspec

from keyless.model.identities import ComputeResource
from keyless.model.resource_id import ResourceId
from keyless.planes.identity.instance_document import no_plan, vm_id

LIFE_S = 6 * 3600
_NONCE = re.compile(r"[0-9A-Za-z]{1,32}")
_SUBSCRIPTION_SINCE, _SKU_SINCE = "2019-04-30", "2019-11-01"


def is_nonce(text: str) -> bool:
    """Whether a text may be a nonce."""
    return _NONCE.fullmatch(text) is not None


def attested_document(compute: ComputeResource, nonce: str | None, now: int, version: str) -> bytes:
    """The document, as JSON, its members in the order in which the service has them."""
    document: dict[str, Any] = {
        "nonce": nonce or time.strftime("%Y%m%d-%H%M%S", time.gmtime(now)),
        "plan": no_plan(),
        "timeStamp": {"createdOn": _moment(now), "expiresOn": _moment(now + LIFE_S)},
        "vmId": vm_id(compute),
    }
    if version >= _SUBSCRIPTION_SINCE:
        document["subscriptionId"] = ResourceId.parse(compute.resource_id).subscription_id or ""
    if version >= _SKU_SINCE:
        document["sku"] = ""
    return msgspec.json.encode(document)


def _moment(at: int) -> str:
    return time.strftime("%m/%d/%y %H:%M:%S -0000", time.gmtime(at))
