"""The media types of bodies that the plane reads: JSON, by any of its names, in UTF-8.

Source: Azure/azure-rest-api-specs, specification/appconfiguration/data-plane (`consumes`)
"""

from __future__ import annotations

import re

from keyless.wire.errors import UnsupportedMediaType
from keyless.wire.request import Request

_JSON = re.compile(r"(?:application/(?:[\w!#$&^.+-]+\+)?json|text/json)\s*(?:;(.*))?", re.ASCII)
_CHARSET = re.compile(r"charset\s*=\s*\"?([^\s;\"]+)")
_CHARSETS = frozenset({"utf-8", "utf8", "us-ascii"})


def check_media_type(request: Request) -> None:
    """Refuse a body that does not say that it is JSON.

    Raises:
        UnsupportedMediaType: it says that it is something else, or nothing at all.
    """
    if request.body and not reads(request.headers.get("content-type") or ""):
        raise UnsupportedMediaType("a body is JSON in UTF-8: send it as `Content-Type: application/json`")


def reads(content_type: str) -> bool:
    """Whether a content type is JSON in UTF-8."""
    found = _JSON.fullmatch(content_type.strip().lower())
    if found is None:
        return False
    charset = _CHARSET.search(found.group(1) or "")
    return charset is None or charset.group(1) in _CHARSETS
