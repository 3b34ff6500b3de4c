"""An error of a client library, as its callers tell it apart."""

from __future__ import annotations

from typing import Any

from azure.core.exceptions import HttpResponseError


def shown_error(error: HttpResponseError) -> dict[str, Any]:
    """Its class, status and reason, and the code and inner code of the service's answer."""
    told = error.error
    inner = (told.innererror or {}) if told else {}
    return {
        "type": type(error).__name__,
        "status": error.status_code,
        "reason": error.reason,
        "code": told.code if told else None,
        "inner": inner.get("code"),
        "message": error.message,
    }
