"""The proxy's listening socket, on the loopback address, and the connections that came through it."""

from __future__ import annotations

import asyncio
import errno
from typing import Generic

from keyless.gateway.proxy.connection import ClientConnection
from keyless.gateway.proxy.leases import Admit, Fronts, L, Leases, TimeLimits
from keyless.gateway.proxy.outside import Outside
from keyless.gateway.proxy.parents import Parents
from keyless.gateway.proxy.routes import Router
from keyless.gateway.proxy.tunnels import Tunnels

_ADDRESS = "127.0.0.1"
_BACKLOG = 1024


class CannotListen(Exception):
    """The proxy's port cannot be had; the message says what to do."""


class ProxyServer(Generic[L]):
    """A proxy for workloads. ``parents`` are the user's own proxies, for what goes out."""

    def __init__(
        self,
        leases: Leases[L],
        fronts: Fronts,
        admit: Admit[L],
        parents: Parents | None = None,
        limits: TimeLimits | None = None,
        tunnels: Tunnels[L] | None = None,
    ) -> None:
        self._tunnels: Tunnels[L] = tunnels or Tunnels()
        self._limits = limits or TimeLimits()
        self._fronts = fronts
        outside = Outside(parents or Parents(), self._own_ports, self._limits.connect_s)
        self._router = Router(leases, fronts, admit, outside, lambda: self.port)
        self._server: asyncio.Server | None = None
        self._connections: set[ClientConnection[L]] = set()
        self._stopping = False
        self._empty = asyncio.Event()
        self.port = 0

    async def start(self, port: int = 0) -> int:
        """Begin to listen, on any free port for 0; returns the port.

        Raises:
            CannotListen: the port is in use, or not ours to use.
        """
        loop = asyncio.get_running_loop()
        try:
            self._server = await loop.create_server(self._accept, _ADDRESS, port, backlog=_BACKLOG)
        except OSError as error:
            raise CannotListen(_why_not(port, error)) from error
        self.port = self._server.sockets[0].getsockname()[1]
        return self.port

    async def stop(self) -> None:
        """Stop listening, and end every connection."""
        self._stopping = True
        if self._server is not None:
            self._server.close()
        for connection in set(self._connections):
            connection.abort()
        while self._connections:
            self._empty.clear()
            await self._empty.wait()
        if self._server is not None:
            await self._server.wait_closed()

    def end(self, lease: L) -> None:
        """End the connections of a lease that is over."""
        for connection in [c for c in self._connections if c.lease is lease]:
            connection.abort()

    def __len__(self) -> int:
        """How many connections are open."""
        return len(self._connections)

    def _accept(self) -> ClientConnection[L]:
        return ClientConnection(self._router, self._limits, self._made, self._gone, self._tunnels)

    def _made(self, connection: ClientConnection[L]) -> None:
        self._connections.add(connection)
        if self._stopping:  # it was on its way in already
            connection.abort()

    def _gone(self, connection: ClientConnection[L]) -> None:
        self._connections.discard(connection)
        if not self._connections:
            self._empty.set()

    def _own_ports(self) -> tuple[int, int, int]:
        return self.port, self._fronts.tls_port, self._fronts.plain_port


def _why_not(port: int, error: OSError) -> str:
    if error.errno == errno.EADDRINUSE:
        return (
            f"port {port} is in use by another program: stop that one, or choose another port with `--port` "
            "(0 takes any that is free)"
        )
    if error.errno in {errno.EACCES, errno.EPERM}:
        return f"port {port} is not yours to listen on: choose one above 1023 with `--port`"
    return f"cannot listen on port {port}: {(error.strerror or str(error)).lower()}"
