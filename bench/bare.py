"""The yardsticks: bare granian applications that return bytes from `KEYLESS_BENCH_ANSWER`, or a new token."""

from __future__ import annotations

import os
from functools import lru_cache
from pathlib import Path

from bench.signing import CLAIMS, new_key
from keyless.tokens.issue import issue
from keyless.tokens.keys import SigningKey
from keyless.wire.server import Exchange

ANSWER = os.environ.get("KEYLESS_BENCH_ANSWER", "").encode()
HEADERS = [("content-type", "application/json; charset=utf-8")]

if "KEYLESS_BENCH_PID_FILE" in os.environ:  # for whoever wants to know what the answers cost
    Path(os.environ["KEYLESS_BENCH_PID_FILE"]).write_text(str(os.getpid()))


async def app(scope: object, proto: Exchange) -> None:
    """Answer."""
    proto.response_bytes(200, HEADERS, ANSWER)


async def unchanged(scope: object, proto: Exchange) -> None:
    """Say that nothing has changed."""
    proto.response_empty(304, HEADERS)


async def posted(scope: object, proto: Exchange) -> None:
    """Read what was posted, and answer."""
    await proto()
    proto.response_bytes(200, HEADERS, ANSWER)


async def signing(scope: object, proto: Exchange) -> None:
    """Read what was posted, and answer with a token that is signed now."""
    await proto()
    proto.response_bytes(200, HEADERS, issue(CLAIMS, _key()).encode())


@lru_cache(maxsize=1)
def _key() -> SigningKey:
    return new_key()
