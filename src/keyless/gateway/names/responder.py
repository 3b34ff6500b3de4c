"""A name server on an address of loopback: it answers what is about replicas, and passes on everything else.

Rules:
- it is reached from this machine alone, and for as long as it is open;
- what is no question is answered with FORMERR, or not at all; nothing that comes in ends it;
- what is open at once is bounded; beyond that questions are let go, and clients ask again.

Each one has an address of its own, because the port cannot be chosen: files that name a server name no port.
"""

from __future__ import annotations

import asyncio
import contextlib
import errno
import logging
import random
import socket
from collections.abc import Callable, Sequence
from typing import cast

from keyless.gateway.names.forwarding import Ask, forwarded, framed, over_tcp, over_udp, read_framed
from keyless.gateway.names.questions import Endpoints, Malformed, own_answer

log = logging.getLogger("keyless.gateway.names")

PORT = 53
_MOST_QUESTIONS = 256
_MOST_CONNECTIONS = 64
_IDLE_S = 10
_TRIES = 16

Server = tuple[str, int]
Address = Callable[[], str]
"""Gives addresses of loopback, of which one may be in use."""


class CannotServeNames(Exception):
    """There is no address to be had; the message says why."""


def _some_address() -> str:
    """An address of loopback that hardly anybody has: the first block has the usual ones."""
    return f"127.{random.randint(64, 254)}.{random.randint(0, 254)}.{random.randint(1, 254)}"  # noqa: S311  # not a secret


class Responder:
    """A name server. ``servers`` are those that other questions are passed on to."""

    def __init__(self, endpoints: Endpoints, servers: Sequence[Server]) -> None:
        self._endpoints = endpoints
        self._servers = servers
        self._datagrams: asyncio.DatagramTransport | None = None
        self._connections: asyncio.Server | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self._open = 0
        self.address = ""

    async def start(self, address: Address = _some_address, port: int = PORT) -> str:
        """Begin to answer; returns the address.

        Raises:
            CannotServeNames: the port is not ours to use, or in use at every address that was tried.
        """
        for _ in range(_TRIES):
            self.address = address()
            try:
                await self._listen(self.address, port)
            except OSError as error:
                if error.errno != errno.EADDRINUSE:
                    raise CannotServeNames(_why_not(port, error)) from error
            else:
                return self.address
        raise CannotServeNames(f"another program has port {port} of every address of this machine")

    async def _listen(self, address: str, port: int) -> None:
        with contextlib.ExitStack() as bound:
            datagrams, connections = (
                bound.enter_context(_bound(kind, address, port))
                for kind in (socket.SOCK_DGRAM, socket.SOCK_STREAM)
            )
            bound.pop_all()
        loop = asyncio.get_running_loop()
        self._datagrams, _ = await loop.create_datagram_endpoint(
            lambda: _Datagrams(self._take), sock=datagrams
        )
        self._connections = await asyncio.start_server(self._converse, sock=connections)

    async def stop(self) -> None:
        """Answer no more."""
        if self._datagrams is not None:
            self._datagrams.close()
        if self._connections is not None:
            self._connections.close()
        for task in tuple(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def answer(self, wire: bytes, ask: Ask) -> bytes | None:
        """The answer to what came, none for silence; never raises."""
        try:
            own = await own_answer(wire, self._endpoints)
            return own if own is not None else await forwarded(wire, self._servers, ask)
        except Malformed as malformed:
            return malformed.answer or None
        except Exception:
            log.exception("a question could not be answered")
            return None

    def _take(self, wire: bytes, reply: Callable[[bytes], None]) -> None:
        """Answer a datagram, unless too many are waiting."""
        if len(self._tasks) < _MOST_QUESTIONS:
            task = asyncio.get_running_loop().create_task(self._reply(wire, reply))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _reply(self, wire: bytes, reply: Callable[[bytes], None]) -> None:
        answer = await self.answer(wire, over_udp)
        if answer is not None:
            reply(answer)

    async def _converse(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer one question after the other, until the client has no more."""
        task = asyncio.current_task()
        with contextlib.closing(writer):
            if self._open < _MOST_CONNECTIONS and task is not None:
                self._open += 1
                self._tasks.add(task)
                try:
                    await self._answer_all(reader, writer)
                finally:
                    self._tasks.discard(task)
                    self._open -= 1

    async def _answer_all(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError, TimeoutError, asyncio.IncompleteReadError):
            while True:
                async with asyncio.timeout(_IDLE_S):
                    wire = await read_framed(reader)
                answer = await self.answer(wire, over_tcp)
                if answer is None:
                    return
                writer.write(framed(answer))
                await writer.drain()


class _Datagrams(asyncio.DatagramProtocol):
    """Hands every datagram on, with a way to reply to it."""

    def __init__(self, take: Callable[[bytes, Callable[[bytes], None]], None]) -> None:
        self._take = take
        self._transport: asyncio.DatagramTransport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """The socket is there."""
        self._transport = cast("asyncio.DatagramTransport", transport)

    def datagram_received(self, data: bytes, addr: object) -> None:
        """A question has come."""

        def reply(answer: bytes) -> None:
            if self._transport is not None and not self._transport.is_closing():
                self._transport.sendto(answer, addr)  # type: ignore[arg-type]

        self._take(data, reply)


def _bound(kind: socket.SocketKind, address: str, port: int) -> socket.socket:
    """A socket at an address and port; raises OSError with the system's number, as not every loop does."""
    made = socket.socket(socket.AF_INET, kind)
    try:
        if kind is socket.SOCK_STREAM:
            made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        made.bind((address, port))
        made.setblocking(False)
    except OSError:
        made.close()
        raise
    return made


def _why_not(port: int, error: OSError) -> str:
    if error.errno in {errno.EACCES, errno.EPERM}:
        change = f"sysctl net.ipv4.ip_unprivileged_port_start={port}"
        return f"port {port} is for root alone here, which `{change}` changes"
    return f"port {port} cannot be had: {(error.strerror or str(error)).lower()}"
