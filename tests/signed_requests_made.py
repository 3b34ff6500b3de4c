"""Requests signed with an access key of App Configuration, as a client signs and sends them."""

from __future__ import annotations

import base64
import hashlib
import hmac
from dataclasses import dataclass
from datetime import UTC, datetime

NOW = 1_800_000_000
SECRET = bytes(range(32))
RFC_1123 = "%a, %d %b %Y %H:%M:%S GMT"
DEFAULT_HEADERS = "x-ms-date;host;x-ms-content-sha256"


def at(form: str, offset_s: float = 0) -> str:
    """A time beside now, in words."""
    return datetime.fromtimestamp(NOW + offset_s, UTC).strftime(form)


def digest(body: bytes) -> str:
    """The hash of a body, as the header has it."""
    return base64.b64encode(hashlib.sha256(body).digest()).decode()


@dataclass(frozen=True)
class Sent:
    """One request."""

    method: str = "GET"
    target: str = "/kv/app%2Fcolor?api-version=2026-04-01&label=%00"
    body: bytes = b""
    host: str = "contoso.azconfig.io"
    date: str = at(RFC_1123)
    signed: str = DEFAULT_HEADERS
    date_header: str = "x-ms-date"
    key_id: str = "orders-key"
    secret: bytes = SECRET

    @property
    def headers(self) -> dict[str, str]:
        """The headers, but for the authorization."""
        return {
            self.date_header: self.date,
            "host": self.host,
            "x-ms-content-sha256": digest(self.body),
            "content-type": "text/plain",
        }

    @property
    def authorization(self) -> str:
        """The header that proves the key."""
        values = ";".join(self.headers[name.lower()] for name in self.signed.split(";"))
        text = f"{self.method}\n{self.target}\n{values}".encode()
        signature = base64.b64encode(hmac.digest(self.secret, text, "sha256")).decode()
        return f"HMAC-SHA256 Credential={self.key_id}&SignedHeaders={self.signed}&Signature={signature}"
