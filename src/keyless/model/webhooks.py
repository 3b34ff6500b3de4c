"""Which addresses a webhook may have: https to anywhere, http to this machine, no password or key in it."""

from __future__ import annotations

import ipaddress
from urllib.parse import SplitResult, parse_qs, urlsplit

_KEYS = {"code", "sig", "key", "token", "access_token"}
"""Query parameters by which services take a key."""


def problem_with_webhook(url: str) -> str | None:
    """Why a URL cannot be that of a webhook; none where it can."""
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError:
        return "it is no URL"
    if not url.isascii() or any(ord(one) <= 0x20 for one in url) or not parts.hostname:
        return "it is no URL"
    if parts.username is not None or parts.password is not None or parts.fragment:
        return "it has a user, a password or a fragment"
    if _KEYS & {name.lower() for name in parse_qs(parts.query, keep_blank_values=True)}:
        return "its query holds a key, and the estate file is no place for one"
    if parts.scheme == "https" or (parts.scheme == "http" and is_loopback(parts)):
        return None
    return "it must be `https`, or `http` to this machine, such as `http://localhost:7071/events`"


def is_loopback(parts: SplitResult) -> bool:
    """Whether a URL's host is this machine, by its address or as `localhost`."""
    host = parts.hostname or ""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def without_query(url: str) -> str:
    """A URL as it may be shown: nobody knows what its query holds."""
    parts = urlsplit(url)
    return parts._replace(query="…" if parts.query else "").geturl()
