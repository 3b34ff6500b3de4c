"""Connecting to the next server: a front of the plane, or the outside world, directly or through a parent.

Every failure comes back as a `Refusal` with a plain reason. A connection that turns out to end at one of the
plane's own ports (by a name that resolves to this machine, say) is closed again: those ports are reached by
the rules of `keyless.gateway.proxy.connection` alone.
"""

from __future__ import annotations

import asyncio
import os
import socket
import ssl
from collections.abc import Callable, Collection
from dataclasses import dataclass

from keyless.gateway.hosts import Service, ip_address, is_loopback, service_of
from keyless.gateway.proxy.answers import Refusal
from keyless.gateway.proxy.heads import (
    MAX_HEAD_BYTES,
    Authority,
    parse_status,
    render_head,
)
from keyless.gateway.proxy.parents import ParentProxy, Parents, UnusableProxy

_END = b"\r\n\r\n"


class Opening(asyncio.Protocol):
    """A connection that is not relayed yet: keeps what arrives, so that nothing is lost before the relay."""

    def __init__(self) -> None:
        self.received = bytearray()
        self._changed = asyncio.Event()
        self._over = False

    def data_received(self, data: bytes) -> None:
        """Keep bytes."""
        self.received += data
        self._changed.set()

    def eof_received(self) -> bool:
        """The server has ended, which the waiting handshake must know; the relay will learn it by itself."""
        self._end()
        return False

    def connection_lost(self, exc: Exception | None) -> None:
        """The server has gone."""
        self._end()

    def _end(self) -> None:
        self._over = True
        self._changed.set()

    async def head(self) -> bytes:
        """Take a response's head off what was received; raises ValueError where there will be none."""
        while (end := self.received.find(_END)) < 0:
            if self._over or len(self.received) > MAX_HEAD_BYTES:
                raise ValueError("no response")
            self._changed.clear()
            await self._changed.wait()
        head = bytes(self.received[:end])
        del self.received[: end + len(_END)]
        return head


@dataclass(frozen=True, slots=True)
class Opened:
    """A connection to the next server; ``opening`` holds what that one has said already."""

    transport: asyncio.Transport
    opening: Opening


class Outside:
    """The way out. ``own_ports`` gives the plane's own ports, which it must not lead to."""

    def __init__(self, parents: Parents, own_ports: Callable[[], Collection[int]], connect_s: float) -> None:
        self._parents = parents
        self._own_ports = own_ports
        self._connect_s = connect_s

    def parent_of(self, scheme: str, authority: Authority) -> ParentProxy | None:
        """The proxy that the user's environment has for a destination; raises Refusal for an unusable one."""
        try:
            return self._parents.towards(scheme, authority.host, authority.port)
        except UnusableProxy as error:
            raise Refusal(502, str(error)) from error

    async def tunnel(self, authority: Authority) -> Opened:
        """A connection to a destination, through the user's proxy where there is one; raises Refusal."""
        parent = self.parent_of("https", authority)
        if parent is None:
            return await self.direct(authority)
        opened = await self.to_parent(parent)
        try:
            await self._ask(opened, parent, authority)
        except BaseException:
            opened.transport.abort()
            raise
        return opened

    async def _ask(self, opened: Opened, parent: ParentProxy, authority: Authority) -> None:
        """Have the user's proxy open a tunnel."""
        headers = (("Host", str(authority)), *parent.headers)
        opened.transport.write(render_head("CONNECT", str(authority), headers))
        try:
            async with asyncio.timeout(self._connect_s):
                status, reason = parse_status(await opened.opening.head())
        except TimeoutError as error:
            raise Refusal(502, f"your proxy `{parent}` did not answer in {self._connect_s:g} s") from error
        except ValueError as error:
            raise Refusal(502, f"your proxy `{parent}` did not answer as an HTTP proxy does") from error
        if not 200 <= status < 300:
            raise Refusal(502, f"your proxy `{parent}` refused `{authority}`: {status} {reason}")

    async def to_parent(self, parent: ParentProxy) -> Opened:
        """A connection to one of the user's proxies; raises Refusal."""
        context = ssl.create_default_context() if parent.tls else None
        return await self.connect(parent.host, parent.port, f"your proxy `{parent}`", context)

    async def direct(self, authority: Authority) -> Opened:
        """A connection to a destination, which is not one of our own ports; raises Refusal."""
        host = "localhost" if _is_local_name(authority.host) else authority.host
        opened = await self.connect(host, authority.port, f"`{authority}`")
        if self._must_not_reach(opened.transport.get_extra_info("peername")):
            opened.transport.abort()
            raise Refusal(403, f"`{authority}` leads back to the local plane: ask for it by its own names")
        return opened

    def _must_not_reach(self, peer: tuple[str, int] | None) -> bool:
        """Whether a name turned out to stand for one of our ports, or for an address that we answer."""
        if peer is None:  # it has hung up already
            return False
        address, port = peer[0], peer[1]
        ours = is_loopback(address) and port in self._own_ports()
        return ours or service_of(address, port) is not Service.OUTSIDE

    async def connect(self, host: str, port: int, what: str, context: ssl.SSLContext | None = None) -> Opened:
        """Open a connection; ``what`` names it in the Refusal that is raised where that fails."""
        loop = asyncio.get_running_loop()
        try:
            async with asyncio.timeout(self._connect_s):
                transport, opening = await loop.create_connection(Opening, host, port, ssl=context)
        except TimeoutError as error:
            raise Refusal(502, f"{what} did not answer in {self._connect_s:g} s") from error
        except (OSError, UnicodeError) as error:
            raise Refusal(502, f"cannot connect to {what}: {_why(error)}") from error
        return Opened(transport, opening)


def _is_local_name(host: str) -> bool:
    return is_loopback(host) and ip_address(host) is None


def _why(error: OSError | UnicodeError) -> str:
    """An error in plain words."""
    if isinstance(error, socket.gaierror):
        return "no such host is known"
    if isinstance(error, UnicodeError):
        return "the host's name is not a valid one"
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"its certificate is not trusted ({error.verify_message})"
    if isinstance(error, ssl.SSLError):
        return "it does not speak TLS as it should"
    return os.strerror(error.errno).lower() if error.errno else str(error)
