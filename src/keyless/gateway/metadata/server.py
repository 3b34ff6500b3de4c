"""The metadata endpoint's listening socket: on loopback, or on the metadata address itself."""

from __future__ import annotations

import asyncio
import errno

from keyless.gateway.attest.peer import Attestor
from keyless.gateway.hosts import METADATA_HOST, ip_address
from keyless.gateway.metadata.caller import Attestation, Caller
from keyless.gateway.metadata.way import Doorkeeper, MetadataWay
from keyless.gateway.proxy.connection import ClientConnection
from keyless.gateway.proxy.leases import Fronts, Lease, TimeLimits
from keyless.gateway.proxy.outside import Outside
from keyless.gateway.proxy.parents import Parents

ADD_ADDRESS = f"ip address add {METADATA_HOST}/32 dev lo"
_BACKLOG = 256
_MOST_CONNECTIONS = 1024


class CannotServeMetadata(Exception):
    """The address or port cannot be had; the message says what to do."""


class MetadataServer:
    """Listens for processes of this machine."""

    def __init__(
        self,
        attestor: Attestor,
        doorkeeper: Doorkeeper,
        fronts: Fronts,
        address: str,
        limits: TimeLimits | None = None,
    ) -> None:
        self._attestation = Attestation(attestor)
        self._doorkeeper = doorkeeper
        self._fronts = fronts
        self.address = address
        self._limits = limits or TimeLimits()
        self._outside = Outside(Parents(), lambda: (), self._limits.connect_s)
        self._server: asyncio.Server | None = None
        self._connections: set[ClientConnection[Lease]] = set()
        self._empty = asyncio.Event()
        self.port = 0

    async def start(self, port: int) -> None:
        """Begin to listen, on any free port for 0.

        Raises:
            CannotServeMetadata: the address is not one that may be used, or the port cannot be had.
        """
        self.address = _usable(self.address)
        loop = asyncio.get_running_loop()
        try:
            self._server = await loop.create_server(self._accept, self.address, port, backlog=_BACKLOG)
        except OSError as error:
            raise CannotServeMetadata(_why_not(self.address, port, error)) from error
        self.port = self._server.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        """Stop listening, and end every connection."""
        if self._server is not None:
            self._server.close()
        for connection in set(self._connections):
            connection.abort()
        while self._connections:
            self._empty.clear()
            await self._empty.wait()
        await self._attestation.settle()

    def __len__(self) -> int:
        """How many connections are open."""
        return len(self._connections)

    def _accept(self) -> ClientConnection[Lease]:
        caller = Caller(self._attestation)
        way = MetadataWay(
            caller, self._doorkeeper, self._fronts, self._outside, self.address, lambda: self.port
        )

        def made(connection: ClientConnection[Lease]) -> None:
            self._connections.add(connection)
            if len(self._connections) > _MOST_CONNECTIONS:
                connection.abort()
            else:
                caller.begin(connection.transport)

        def gone(connection: ClientConnection[Lease]) -> None:
            caller.end()
            self._connections.discard(connection)
            if not self._connections:
                self._empty.set()

        return ClientConnection(way, self._limits, made, gone)


def _usable(address: str) -> str:
    """An address in its usual spelling; raises CannotServeMetadata for one that others could connect to."""
    found = ip_address(address)
    if found is None or not (found.is_loopback or str(found) == METADATA_HOST):
        raise CannotServeMetadata(
            f"`{address}` is not an address of this machine alone: use one of loopback, or {METADATA_HOST}; "
            "a caller from another machine could not be known"
        )
    return str(found)


def _why_not(address: str, port: int, error: OSError) -> str:
    if error.errno == errno.EADDRNOTAVAIL:
        return (
            f"this machine does not have the address {address}: add it with `{ADD_ADDRESS}` as root, or let "
            "`--add-address` do so"
            if address == METADATA_HOST
            else f"this machine does not have the address {address}"
        )
    if error.errno in {errno.EACCES, errno.EPERM}:
        return f"port {port} is for root alone: run this as root, or choose one above 1023 with `--port`"
    if error.errno == errno.EADDRINUSE:
        return f"port {port} of {address} is in use: stop what uses it, or choose another with `--port`"
    return f"cannot listen on {address} port {port}: {(error.strerror or str(error)).lower()}"
