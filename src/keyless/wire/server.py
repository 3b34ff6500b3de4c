"""Between granian and the dispatcher: RSGI requests in, rendered answers out.

Source: https://github.com/emmett-framework/granian/blob/master/docs/spec/RSGI.md
"""

from __future__ import annotations

import asyncio
import gc
import logging
import socket
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from functools import partial
from pathlib import Path
from typing import Any, Protocol

from granian.constants import HTTPModes, Interfaces, SSLProtocols
from granian.rsgi import Scope
from granian.server.embed import Server

from keyless.wire.cut import cut
from keyless.wire.dispatch import Dispatcher
from keyless.wire.errors import PayloadTooLarge
from keyless.wire.plane import CUT
from keyless.wire.request import Headers, Request

logging.getLogger("_granian").setLevel(logging.ERROR)

_SHUTDOWN_S = 5
_YOUNG_OBJECTS = 20_000
_SWITCH_S = 0.0001
_LET_GO_BYTES = 32 * 1024 * 1024


class Exchange(Protocol):
    """What of granian's HTTP protocol is used here."""

    def __call__(self) -> Awaitable[bytes]:
        """The whole body."""
        ...

    def __aiter__(self) -> AsyncIterator[bytes]:
        """The body in pieces."""
        ...

    def response_empty(self, status: int, headers: list[tuple[str, str]]) -> None:
        """Answer without a body."""
        ...

    def response_bytes(self, status: int, headers: list[tuple[str, str]], body: bytes) -> None:
        """Answer with one."""
        ...


class Front:
    """One listening socket's application. ``clock`` gives epoch seconds."""

    def __init__(self, dispatcher: Dispatcher, clock: Callable[[], float] = time.time) -> None:
        self._dispatcher = dispatcher
        self._clock = clock

    async def __rsgi__(self, scope: Scope, proto: Exchange) -> None:
        """Answer one request."""
        headers: Any = scope.headers  # whose stub leaves `get_all` out
        dispatcher = self._dispatcher
        request = Request(
            scope.method,
            headers.get("host") or scope.authority or "",
            scope.path,
            scope.query_string,
            headers,
            self._clock(),
            dispatcher.next_request_id(),
            connection=scope,
        )
        answer = await dispatcher.answer(request, partial(_read, proto, headers))
        response_headers = answer.headers if isinstance(answer.headers, list) else list(answer.headers)
        if answer.body:
            proto.response_bytes(answer.status, response_headers, answer.body)
        elif answer is CUT:
            cut(scope.client, scope.server)
        else:
            proto.response_empty(answer.status, response_headers)


async def _read(proto: Exchange, headers: Headers, limit: int) -> bytes:
    """The whole body, refused where it is larger than the limit (bytes).

    The rest of one that is too large is read and let go, within bounds: a client that is still sending would
    see a broken connection instead of the answer.
    """
    declared = headers.get("content-length")
    if declared is not None and declared.isdigit() and int(declared) <= limit:
        return bytes(await proto())
    chunks: list[bytes] = []
    size = 0
    async for chunk in proto:
        size += len(chunk)
        if size <= limit:
            chunks.append(chunk)
        elif size > limit + _LET_GO_BYTES:
            break
    if size > limit:
        raise PayloadTooLarge(f"the request's body is larger than {limit} bytes")
    return b"".join(chunks)


def settle_interpreter() -> None:
    """Tell the interpreter what a server is like, once it has started.

    What start-up has made (the catalog, modules) lives for good and need not be looked through again; what a
    request makes is freed by reference counts, so that collecting after every 700 allocations finds nothing.
    The thread that reads and writes sockets needs the interpreter for a moment per request: it should not
    wait 5 ms for its turn.
    """
    gc.freeze()
    gc.set_threshold(_YOUNG_OBJECTS, 10, 10)
    sys.setswitchinterval(_SWITCH_S)


def _reserve(address: str) -> socket.socket:
    """A socket bound to a port that nobody else is given for as long as it is open.

    Granian binds with `SO_REUSEPORT`, so two planes that were given the same free port would share it.
    """
    reserved = socket.socket()
    reserved.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    reserved.bind((address, 0))
    return reserved


class ListeningServer:
    """A front listening on the running event loop, with TLS where a certificate is given."""

    def __init__(
        self,
        front: Front,
        *,
        address: str = "127.0.0.1",
        certificate: Path | None = None,
        key: Path | None = None,
    ) -> None:
        self.address = address
        self._reserved = _reserve(address)
        self.port: int = self._reserved.getsockname()[1]
        self._server = Server(
            front,
            address=address,
            port=self.port,
            interface=Interfaces.RSGI,
            http=HTTPModes.auto if certificate else HTTPModes.http1,
            websockets=False,
            log_enabled=False,
            backlog=1024,
            ssl_cert=certificate,
            ssl_key=key,
            ssl_protocol_min=SSLProtocols.tls12,
        )
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Begin to listen; returns once connections are accepted."""
        self._task = asyncio.get_running_loop().create_task(self._server.serve())
        deadline = time.monotonic() + _SHUTDOWN_S
        while not await self._accepts():
            if self._task.done() or time.monotonic() > deadline:
                raise OSError(f"cannot listen on {self.address}:{self.port}")

    async def _accepts(self) -> bool:
        try:
            _, writer = await asyncio.open_connection(self.address, self.port)
        except OSError:
            await asyncio.sleep(0.002)
            return False
        writer.close()
        return True

    async def stop(self) -> None:
        """Stop listening."""
        if self._task is not None:
            self._server.stop()
            await asyncio.wait([self._task], timeout=_SHUTDOWN_S)
        self._reserved.close()
