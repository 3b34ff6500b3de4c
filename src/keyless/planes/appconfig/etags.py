"""Entity tags: an opaque one for each state of a key-value, and one for a page, from the tags in it.

A page's tag rests on that page alone: a change behind it does not alter it. Bodies give tags plain, headers
in quotes.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable, Iterable

_ENTROPY_BYTES = 20


def new_etag(entropy: Callable[[int], bytes]) -> str:
    """A tag that no other state has."""
    return _text(entropy(_ENTROPY_BYTES))


def page_etag(etags: Iterable[str]) -> str:
    """The tag of a page that holds these, in this order."""
    return _text(hashlib.sha256("\n".join(etags).encode()).digest())


def quoted(etag: str) -> str:
    """The tag as headers carry it."""
    return f'"{etag}"'


def _text(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()
