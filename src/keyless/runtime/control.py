"""The plane's side of the control socket: a connection is a lease, and ends with it."""

from __future__ import annotations

import asyncio
import logging
import os
import socket
import struct
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Generic, TypeVar

import msgspec

from keyless.gateway.attest.processes import Process, Processes, Unreadable
from keyless.runtime.leases import LeaseRefused
from keyless.runtime.messages import (
    MAX_LINE_BYTES,
    PROTOCOL,
    Bye,
    Greeting,
    Refused,
    ServedFirst,
    Summary,
    ToClient,
    ToPlane,
    decode_to_plane,
    encode,
)
from keyless.runtime.socket_path import short_name
from keyless.store.ports import StoreError

log = logging.getLogger("keyless.control")

_FIRST_LINE_S = 10
_BUFFERED_BYTES = 4 * 1024 * 1024

S = TypeVar("S")
Tell = Callable[[ToClient], None]
OpenLease = Callable[[Greeting, Tell, Process | None], Awaitable[tuple[S, ToClient]]]
CloseLease = Callable[[S, Bye | None], Awaitable[Summary]]
Served = Callable[[S], None]


class ControlServer(Generic[S]):
    """Listens on the control socket. ``idle`` is set whenever the last lease has ended.

    What a connection holds is the opener's to say: a workload's lease, or whatever else ends with it.
    ``served`` is told of one that has served its first request.
    """

    def __init__(
        self, path: Path, open_lease: OpenLease[S], close_lease: CloseLease[S], served: Served[S]
    ) -> None:
        self._path = path
        self._open_lease = open_lease
        self._close_lease = close_lease
        self._served = served
        self._server: asyncio.Server | None = None
        self._connections = 0
        self._closing = False
        self.idle = asyncio.Event()

    @property
    def connected(self) -> bool:
        """Whether anyone is connected."""
        return self._connections > 0

    async def start(self) -> None:
        """Begin to listen; a socket left by a killed plane is replaced (the lock says that it is dead)."""
        self._path.unlink(missing_ok=True)
        listening = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        with short_name(self._path) as name:
            listening.bind(name)
        self._path.chmod(0o600)
        self._server = await asyncio.start_unix_server(self._serve, sock=listening, limit=MAX_LINE_BYTES)

    def stop_listening(self) -> None:
        """Take no more connections: whoever comes now starts a plane of their own."""
        self._closing = True
        self._path.unlink(missing_ok=True)
        if self._server is not None:
            self._server.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._connections += 1
        self.idle.clear()
        try:
            if not self._closing and _is_owner(writer):
                await self._converse(reader, writer)
        except (OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError) as error:
            log.info("a control connection ended: %r", error)
        finally:
            writer.close()
            self._connections -= 1
            if not self._connections:
                self.idle.set()

    async def _converse(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        def tell(message: ToClient) -> None:
            if not writer.is_closing() and writer.transport.get_write_buffer_size() < _BUFFERED_BYTES:
                writer.write(encode(message))

        line = await asyncio.wait_for(reader.readuntil(b"\n"), _FIRST_LINE_S)
        try:
            lease, ready = await self._open_lease(_read_hello(line), tell, _client_of(writer))
        except (LeaseRefused, StoreError) as refused:
            tell(Refused(str(refused)))
        except Exception as error:
            # a client that heard nothing would believe that the plane was about to end, and come again
            log.exception("a lease could not be opened")
            tell(Refused(f"the plane could not prepare the run ({type(error).__name__}): its log says why"))
        else:
            await self._hold(lease, ready, reader, tell)
        await writer.drain()

    async def _hold(self, lease: S, ready: ToClient, reader: asyncio.StreamReader, tell: Tell) -> None:
        """Keep a lease until its client says goodbye or is gone."""
        goodbye: Bye | None = None
        try:
            tell(ready)
            while isinstance(said := _understood(await reader.readuntil(b"\n")), ServedFirst):
                self._served(lease)
            goodbye = said if isinstance(said, Bye) else None
        finally:
            summary = await self._close_lease(lease, goodbye)
        if goodbye is not None:
            tell(summary)


def _read_hello(line: bytes) -> Greeting:
    try:
        message = decode_to_plane(line)
    except msgspec.MsgspecError as error:
        raise LeaseRefused(
            "the running plane did not understand: it is of another version; stop it first"
        ) from error
    if not isinstance(message, Greeting) or message.protocol != PROTOCOL:
        raise LeaseRefused("the running plane is of another version of Keyless: end what runs on it first")
    return message


def _understood(line: bytes) -> ToPlane | None:
    """What a line says; none for what is no message."""
    try:
        return decode_to_plane(line)
    except (msgspec.MsgspecError, UnicodeDecodeError):
        return None


def _is_owner(writer: asyncio.StreamWriter) -> bool:
    """Whether the connecting process belongs to us, where the system can say so."""
    if not sys.platform.startswith("linux"):
        return True
    return _credentials(writer)[1] == os.getuid()


def _client_of(writer: asyncio.StreamWriter) -> Process | None:
    """The process that connected, where the system can say so. It waits for our answer, so it is there."""
    if not sys.platform.startswith("linux"):
        return None
    try:
        return Processes().process(_credentials(writer)[0])
    except Unreadable:
        return None


def _credentials(writer: asyncio.StreamWriter) -> tuple[int, int, int]:
    """The process, user and group that connected."""
    connection = writer.get_extra_info("socket")
    packed = connection.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, struct.calcsize("3i"))
    pid, uid, gid = struct.unpack("3i", packed)
    return pid, uid, gid
