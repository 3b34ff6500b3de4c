"""One client of the proxy: reads the request's head, has it routed, and hands over to the relay.

States: a head is awaited (against the clock) -> it is being routed (nothing is read meanwhile) -> its bytes
are carried by `relay`, or it has been refused and the client has a moment to read why. A tunnel to a plain
service of ours goes back to the first state, once.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from typing import Generic, Protocol, cast

from keyless.gateway.proxy import heads
from keyless.gateway.proxy.answers import ESTABLISHED, Refusal
from keyless.gateway.proxy.heads import RequestHead
from keyless.gateway.proxy.leases import L, TimeLimits
from keyless.gateway.proxy.outside import Opened
from keyless.gateway.proxy.relay import Half, RequestHalf, ResponseHalf, TunnelHalf, join
from keyless.gateway.proxy.routes import Exchange, PlainTunnel, Tunnel
from keyless.gateway.proxy.tunnels import Address, Tunnels

log = logging.getLogger("keyless.gateway")

_LINGER_BYTES = 1024 * 1024

Told = Callable[["ClientConnection[L]"], None]


class Routes(Protocol[L]):
    """Who decides where requests go."""

    def lease_of(self, head: RequestHead) -> L | None:
        """The lease that a request speaks for, where it says so itself; raises Refusal."""
        ...

    async def route(self, head: RequestHead, lease: L | None) -> Tunnel | Exchange | PlainTunnel[L]:
        """Open the way for a request; raises Refusal where there is none."""
        ...

    async def route_inside(self, head: RequestHead, tunnel: PlainTunnel[L]) -> Exchange:
        """Open the way for a request inside a tunnel to a plain service; raises Refusal."""
        ...


class ClientConnection(asyncio.Protocol, Generic[L]):
    """A client's connection, up to the point where its bytes are merely carried.

    ``made`` is told when it begins, ``gone`` when it and what it was joined to are closed. ``lease`` is whom
    it speaks for, once that is known; ``tunnels`` hears whose each tunnel is.
    """

    def __init__(
        self,
        router: Routes[L],
        limits: TimeLimits,
        made: Told[L],
        gone: Told[L],
        tunnels: Tunnels[L] | None = None,
    ) -> None:
        self._router = router
        self._tunnels: Tunnels[L] = tunnels or Tunnels()
        self._limits = limits
        self._made = made
        self._gone = gone
        self._buffer = bytearray()
        self._timer: asyncio.TimerHandle | None = None
        self._task: asyncio.Task[None] | None = None
        self._tunnel: PlainTunnel[L] | None = None
        self._transport: asyncio.Transport | None = None
        self._upstream: asyncio.Transport | None = None
        self._comes_from: Address | None = None
        self._refused = False
        self._discarded_bytes = 0
        self.lease: L | None = None

    @property
    def transport(self) -> asyncio.Transport:
        """The client's socket; there is one from ``connection_made`` on."""
        if self._transport is None:
            raise RuntimeError("the connection has not been made yet")
        return self._transport

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """A client has connected: its request's head must come soon."""
        self._transport = cast("asyncio.Transport", transport)  # uvloop's own is no subclass of it
        self._await_head()
        self._made(self)

    def _await_head(self) -> None:
        self._set_timer(self._limits.head_s, self._head_is_late)

    def _head_is_late(self) -> None:
        if self._buffer:
            self._refuse(Refusal(408, f"the request did not arrive in {self._limits.head_s:g} s"))
        else:
            self.transport.close()

    def data_received(self, data: bytes) -> None:
        """Collect the head; once refused, what still comes is thrown away, within reason."""
        if self._refused:
            self._discarded_bytes += len(data)
            if self._discarded_bytes > _LINGER_BYTES:
                self.transport.abort()
            return
        self._buffer += data
        if self._task is None:
            self._read_head()

    def _read_head(self) -> None:
        try:
            found = heads.split_head(self._buffer)
            if found is None:
                return
            head = heads.parse_head(found[0])
        except Refusal as refusal:
            self._refuse(refusal)
            return
        self._buffer = bytearray(found[1])
        self._stop_timer()
        self.transport.pause_reading()
        self._task = asyncio.get_running_loop().create_task(self._serve(head))

    def eof_received(self) -> bool:
        """The client has nothing more to say, so there is nothing to answer."""
        return False

    def connection_lost(self, exc: Exception | None) -> None:
        """The client has gone before anything was joined to it."""
        self._stop_timer()
        if self._task is not None:
            self._task.cancel()
        self._gone(self)

    def abort(self) -> None:
        """End the connection now, and what it is joined to."""
        if self._task is not None:
            self._task.cancel()
        for transport in (self._transport, self._upstream):
            if transport is not None:
                transport.abort()

    def _set_timer(self, after_s: float, then: Callable[[], None]) -> None:
        self._stop_timer()
        self._timer = asyncio.get_running_loop().call_later(after_s, then)

    def _stop_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    async def _serve(self, head: RequestHead) -> None:
        try:
            await self._take(head)
        except Refusal as refusal:
            self._refuse(refusal)
        except Exception:
            log.exception("the proxy failed to serve a request")
            self._refuse(Refusal(502, "the local plane failed: its log says why"))

    async def _take(self, head: RequestHead) -> None:
        if self._tunnel is not None:
            self._join(await self._router.route_inside(head, self._tunnel))
            return
        self.lease = self._router.lease_of(head)
        way = await self._router.route(head, self.lease)
        if isinstance(way, PlainTunnel):
            self._begin_inside(way)
        else:
            self._join(way)

    def _refuse(self, refusal: Refusal) -> None:
        """Answer, and give the client time to read it before the connection goes."""
        self._refused = True
        if self.transport.is_closing():
            return
        self.transport.write(refusal.render())
        self.transport.write_eof()
        self.transport.resume_reading()
        self._set_timer(self._limits.linger_s, self.transport.close)

    def _begin_inside(self, tunnel: PlainTunnel[L]) -> None:
        """Say that the tunnel is open, and read the request inside it."""
        self._tunnel = tunnel
        self._task = None
        self.transport.write(ESTABLISHED)
        self._await_head()
        self.transport.resume_reading()
        if self._buffer:
            self._read_head()

    def _join(self, way: Tunnel | Exchange) -> None:
        """Hand over to the relay."""
        self._upstream = way.opened.transport
        if self.transport.is_closing():
            self._upstream.abort()
            return
        if isinstance(way, Tunnel):
            self._note(self._upstream)
            self.transport.write(ESTABLISHED)
            client: Half = TunnelHalf(self.transport, self._closed)
            self._carry(way.opened, client, Half(self._upstream, self._closed))
        else:
            client = RequestHalf(self.transport, self._closed, way.body)
            self._carry(way.opened, client, ResponseHalf(self._upstream, self._closed, self._limits.linger_s))

    def _carry(self, opened: Opened, client: Half, upstream: Half) -> None:
        received, self._buffer = bytes(self._buffer), bytearray()
        join(client, upstream, to_client=bytes(opened.opening.received), to_upstream=received)

    def _note(self, upstream: asyncio.Transport) -> None:
        """Note whose tunnel this is, by the address that its other end sees."""
        address = upstream.get_extra_info("sockname")
        if self.lease is not None and address:
            self._comes_from = (address[0], address[1])
            self._tunnels.opened(self._comes_from, self.lease)

    def _closed(self) -> None:
        if self._comes_from is not None and self.lease is not None:
            self._tunnels.closed(self._comes_from, self.lease)
        self._gone(self)
