"""Carrying bytes between two sockets, in both directions, as fast as the slower one takes them.

Rules:
- what one socket receives is written to the other at once; when that one's buffer is full, reading stops
  until it has drained (so the memory that a connection uses is bounded);
- the end of one direction is passed on, and the other direction goes on; when both have ended, or one socket
  fails, both are closed;
- of a plain HTTP request only the body that was announced is passed on; the response ends the exchange.
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable

from keyless.gateway.proxy.answers import Refusal
from keyless.gateway.proxy.bodies import Body

BUFFER_BYTES = 256 * 1024
_QUICK_ACK = getattr(socket, "TCP_QUICKACK", None)  # Linux has it


class Half(asyncio.Protocol):
    """One socket of a pair. ``other`` is set by ``join`` before any byte is carried."""

    def __init__(self, transport: asyncio.Transport, gone: Callable[[], None]) -> None:
        self.transport = transport
        self.other: Half = self
        self.ended = False
        self.lost = False
        self.full = False
        self._gone = gone

    def data_received(self, data: bytes) -> None:
        """Pass bytes on."""
        sink = self.other.transport
        if not sink.is_closing():
            sink.write(data)

    def eof_received(self) -> bool:
        """Pass the end on; the other direction stays open."""
        self.ended = True
        if self.other.ended:
            self._close_both()
        else:
            self._end_other()
        return self.transport.can_write_eof()  # TLS knows no half-closed connection

    def _end_other(self) -> None:
        sink = self.other.transport
        if sink.can_write_eof() and not sink.is_closing():
            sink.write_eof()

    def _close_both(self) -> None:
        self.transport.close()
        self.other.transport.close()

    def abort_both(self) -> None:
        """End both at once: something is wrong with one of them."""
        self.transport.abort()
        self.other.transport.abort()

    def pause_writing(self) -> None:
        """This socket's buffer is full: stop reading from the other."""
        self.full = True
        if not self.other.transport.is_closing():
            self.other.transport.pause_reading()

    def resume_writing(self) -> None:
        """This socket's buffer has drained: read from the other again."""
        self.full = False
        if not self.other.transport.is_closing():
            self.other.transport.resume_reading()

    def connection_lost(self, exc: Exception | None) -> None:
        """The socket is closed: so is the other, in the same manner."""
        self.lost = True
        if exc is None:
            self._close_other()
        else:
            self.other.transport.abort()
        self.other.other_lost()
        if self.other.lost:
            self._gone()

    def _close_other(self) -> None:
        self.other.transport.close()

    def other_lost(self) -> None:
        """The other socket is closed."""


class TunnelHalf(Half):
    """The client's socket of a tunnel.

    What arrives is acknowledged at once. urllib3, and with it the Azure SDK for Python, leaves Nagle's
    algorithm on towards a proxy, and so holds a request's body back until its head is acknowledged, which the
    system would put off for 40 ms. The option wears off, so it is set each time.
    """

    def __init__(self, transport: asyncio.Transport, gone: Callable[[], None]) -> None:
        super().__init__(transport, gone)
        self._socket: socket.socket | None = transport.get_extra_info("socket")

    def data_received(self, data: bytes) -> None:
        """Pass bytes on, and say that they are here."""
        super().data_received(data)
        if _QUICK_ACK is not None and self._socket is not None and not self.transport.is_closing():
            self._socket.setsockopt(socket.IPPROTO_TCP, _QUICK_ACK, 1)


class RequestHalf(Half):
    """The client's socket in a plain HTTP exchange: passes on one request's body and nothing after it."""

    def __init__(self, transport: asyncio.Transport, gone: Callable[[], None], body: Body) -> None:
        super().__init__(transport, gone)
        self._body = body

    def data_received(self, data: bytes) -> None:
        """Pass on what belongs to the body."""
        try:
            taken = self._body.take(data)
        except Refusal:  # too late to answer: part of the request is with the next server already
            self.abort_both()
            return
        if taken:
            super().data_received(data if taken == len(data) else data[:taken])

    def eof_received(self) -> bool:
        """The client has said all: its request's own framing tells the next server so."""
        self.ended = True
        if self.other.ended or not self._body.complete:
            self._close_both()
        return True


class ResponseHalf(Half):
    """The server's socket in a plain HTTP exchange: its end is the response's end.

    The client then has ``linger_s`` to close, so that what it is still sending does not destroy the response
    on its way (RFC 9112, section 9.6).
    """

    def __init__(self, transport: asyncio.Transport, gone: Callable[[], None], linger_s: float) -> None:
        super().__init__(transport, gone)
        self._linger_s = linger_s
        self._timer: asyncio.TimerHandle | None = None

    def eof_received(self) -> bool:
        """End the response, and close."""
        super().eof_received()
        self._timer = asyncio.get_running_loop().call_later(self._linger_s, self.other.transport.close)
        self.transport.close()
        return True

    def _close_other(self) -> None:
        if not self.ended:
            super()._close_other()

    def other_lost(self) -> None:
        """The client has closed: there is nothing to wait for."""
        if self._timer is not None:
            self._timer.cancel()


def join(client: Half, upstream: Half, *, to_client: bytes, to_upstream: bytes) -> None:
    """Carry bytes between the two from now on, beginning with those that have been read already.

    The client's socket is not being read when this is called; the other one is.
    """
    client.other, upstream.other = upstream, client
    for half in (client, upstream):
        half.transport.set_write_buffer_limits(high=BUFFER_BYTES)
        half.transport.set_protocol(half)
    if to_client:
        upstream.data_received(to_client)
    if to_upstream:
        client.data_received(to_upstream)
    if not upstream.full and not client.transport.is_closing():
        client.transport.resume_reading()
