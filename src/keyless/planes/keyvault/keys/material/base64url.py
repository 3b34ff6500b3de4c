"""Bytes on the wire: base64url.

Padding is not written, and taken where a client has written it; the standard alphabet's `+` and `/` are not.

Source: https://www.rfc-editor.org/rfc/rfc7515#section-2
"""

from __future__ import annotations

import binascii
import re

from keyless.wire.errors import InvalidProperty

_WHY = "it must be base64url"
_TEXT = re.compile(r"[A-Za-z0-9_-]*={0,2}")
_FROM_URL = str.maketrans("-_", "+/")
_TO_URL = bytes.maketrans(b"+/", b"-_")


def encode(plain: bytes) -> str:
    """Bytes in base64url without padding."""
    return binascii.b2a_base64(plain, newline=False).rstrip(b"=").translate(_TO_URL).decode("ascii")


def encode_number(number: int, size_bytes: int | None = None) -> str:
    """A number, big-endian, in that many bytes, or in as few as hold it."""
    return encode(number.to_bytes(size_bytes or max(1, (number.bit_length() + 7) // 8), "big"))


def decode(text: str, field: str) -> bytes:
    """The bytes of a member of the request.

    Raises:
        InvalidRequest: it is not base64url; ``field`` names the member, and the text is not told.
    """
    bare = text.rstrip("=")
    if _TEXT.fullmatch(text) is None or len(bare) % 4 == 1:
        raise InvalidProperty(field, _WHY)
    try:
        return binascii.a2b_base64(bare.translate(_FROM_URL) + "=" * (-len(bare) % 4))
    except (binascii.Error, ValueError):
        raise InvalidProperty(field, _WHY) from None  # the cause holds the text
