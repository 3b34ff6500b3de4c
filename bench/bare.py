"""The yardstick: a bare granian application that returns the bytes in `KEYLESS_BENCH_ANSWER`."""

from __future__ import annotations

import os

from keyless.wire.server import Exchange

ANSWER = os.environ.get("KEYLESS_BENCH_ANSWER", "").encode()
HEADERS = [("content-type", "application/json; charset=utf-8")]


async def app(scope: object, proto: Exchange) -> None:
    """Answer."""
    proto.response_bytes(200, HEADERS, ANSWER)
