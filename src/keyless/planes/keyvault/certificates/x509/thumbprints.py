"""How clients name certificates: `x5t`.

Source: https://www.rfc-editor.org/rfc/rfc7515#section-4.1.7
"""

from __future__ import annotations

import base64
import hashlib


def x5t(der: bytes) -> str:
    """The SHA-1 of a certificate in base64url, which names it and protects nothing."""
    digest = hashlib.sha1(der, usedforsecurity=False).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
