"""Passing a question on to a name server of the machine, and its answer back, both as they are.

Rules:
- each question goes out from a port of its own and under an id of its own, both random, and only that
  server's answer with that id is taken: nobody gets what another has asked;
- servers are asked one after the other, each with a time limit; where none answers there is no answer.

Source: RFC 5452 (on ids and ports), RFC 7766 (over TCP)
"""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Awaitable, Callable, Sequence

from keyless.gateway.names.questions import HEADER_BYTES

ONE_SERVER_S = 2.0
_ID_BYTES = 2

Ask = Callable[[bytes, str, int], Awaitable[bytes]]
"""Puts a question to a server, at an address and port."""


async def forwarded(wire: bytes, servers: Sequence[tuple[str, int]], ask: Ask) -> bytes | None:
    """The answer of the first server that gives one, under the question's own id; none where none does."""
    own_id = secrets.token_bytes(_ID_BYTES)
    for address, port in servers:
        try:
            async with asyncio.timeout(ONE_SERVER_S):
                answer = await ask(own_id + wire[_ID_BYTES:], address, port)
        except (OSError, TimeoutError, asyncio.IncompleteReadError):
            continue
        if answer[:_ID_BYTES] == own_id:
            return wire[:_ID_BYTES] + answer[_ID_BYTES:]
    return None


async def over_udp(wire: bytes, address: str, port: int) -> bytes:
    """Ask in a datagram; what comes with another id is not listened to."""
    loop = asyncio.get_running_loop()
    answered: asyncio.Future[bytes] = loop.create_future()
    transport, _ = await loop.create_datagram_endpoint(
        lambda: _Waiting(wire[:_ID_BYTES], answered), remote_addr=(address, port)
    )
    try:
        transport.sendto(wire)
        return await answered
    finally:
        transport.close()


async def over_tcp(wire: bytes, address: str, port: int) -> bytes:
    """Ask over a connection."""
    reader, writer = await asyncio.open_connection(address, port)
    try:
        writer.write(framed(wire))
        return await read_framed(reader)
    finally:
        writer.close()


def framed(wire: bytes) -> bytes:
    """A message as it goes over a connection: with its length in front."""
    return len(wire).to_bytes(2, "big") + wire


async def read_framed(reader: asyncio.StreamReader) -> bytes:
    """The next message of a connection; raises IncompleteReadError where there is none."""
    return await reader.readexactly(int.from_bytes(await reader.readexactly(2), "big"))


class _Waiting(asyncio.DatagramProtocol):
    """Waits for the answer with an id."""

    def __init__(self, own_id: bytes, answered: asyncio.Future[bytes]) -> None:
        self._own_id = own_id
        self._answered = answered

    def datagram_received(self, data: bytes, addr: object) -> None:
        """Take the answer that was waited for."""
        if len(data) >= HEADER_BYTES and data[:_ID_BYTES] == self._own_id and not self._answered.done():
            self._answered.set_result(data)

    def error_received(self, exc: Exception) -> None:
        """There is nobody at that port."""
        if not self._answered.done():
            self._answered.set_exception(exc)
