"""How clients name certificates: `x5t` and `x5t#S256`.

Source: https://www.rfc-editor.org/rfc/rfc7515#section-4.1.7
"""

from __future__ import annotations

import base64
import hashlib


def x5t(der: bytes) -> str:
    """The SHA-1 of a certificate in base64url, which names it and protects nothing."""
    return _text(hashlib.sha1(der, usedforsecurity=False).digest())


def x5t_s256(der: bytes) -> str:
    """The SHA-256 of a certificate in base64url."""
    return _text(hashlib.sha256(der).digest())


def _text(digest: bytes) -> str:
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
