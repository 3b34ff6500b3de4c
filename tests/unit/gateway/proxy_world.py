"""A proxy on a loop of its own, with a TLS front and a plain front that say what reached them."""

from __future__ import annotations

import asyncio
import base64
import datetime as dt
import json
import socket
import ssl
import struct
import threading
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass, field
from typing import Any, TypeVar

from keyless.gateway.authority import Authority
from keyless.gateway.environment import proxy_url_of
from keyless.gateway.hosts import local_names
from keyless.gateway.proxy.leases import Fronts, TimeLimits
from keyless.gateway.proxy.parents import Parents
from keyless.gateway.proxy.server import ProxyServer
from keyless.model.hosts import HostKind

T = TypeVar("T")

NOW = dt.datetime.now(dt.UTC)
SECRET = "s3cret-of_the~lease"
OFFLINE_SECRET = "offline"


@dataclass(eq=False)
class RunningLease:
    """A workload that runs, and what it reached."""

    name: str
    secret: str
    offline: bool = False
    host_kind: HostKind = HostKind.APP_SERVICE
    hosts: list[str] = field(default_factory=list)

    def reached(self, host: str) -> None:
        self.hosts.append(host)


class RunningLeases:
    """All that run."""

    def __init__(self, *leases: RunningLease) -> None:
        self.leases = list(leases)

    def by_secret(self, secret: str) -> RunningLease | None:
        return next((lease for lease in self.leases if lease.secret == secret), None)


class Loop:
    """An event loop in a thread, for clients that block."""

    def __init__(self, factory: Callable[[], asyncio.AbstractEventLoop]) -> None:
        self._loop = factory()
        self._errors: list[dict[str, Any]] = []
        self._loop.set_exception_handler(lambda _, context: self._errors.append(context))
        self._thread = threading.Thread(target=self._loop.run_forever)
        self._thread.start()

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(20)

    def close(self) -> None:
        """Stop, and see that nothing went wrong unseen and no task was left."""
        left = self.run(self._other_tasks())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()
        assert not self._errors, self._errors
        assert not left, left

    @staticmethod
    async def _other_tasks() -> list[str]:
        for _ in range(3):
            await asyncio.sleep(0)
        return [repr(task) for task in asyncio.all_tasks() if task is not asyncio.current_task()]


Handler = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


class Site:
    """A small HTTP server that answers with what it received, as JSON."""

    def __init__(
        self, name: str, context: ssl.SSLContext | None = None, handler: Handler | None = None
    ) -> None:
        self.name = name
        self.heads: list[str] = []
        self.port = 0
        self._context = context
        self._handler = handler or self._answer
        self._server: asyncio.Server | None = None
        self._tasks: set[asyncio.Task[Any]] = set()

    async def start(self) -> None:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0, ssl=self._context)
        self.port = self._server.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        assert self._server is not None
        self._server.close()
        if self._tasks:  # whoever connected has closed, or a socket was left behind
            _, pending = await asyncio.wait(self._tasks, timeout=5)
            assert not pending, self.name

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        try:
            await self._handler(reader, writer)
        except (OSError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()
            self._tasks.discard(task)

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        self.heads.append(head)
        length = _content_length(head)
        received = await reader.readexactly(length)
        if "chunked" in head.lower():
            received = await reader.readuntil(b"0\r\n\r\n")
        body = json.dumps({"site": self.name, "head": head, "body": received.decode("latin-1")}).encode()
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n")
        writer.write(f"Content-Length: {len(body)}\r\nConnection: close\r\n\r\n".encode() + body)
        await writer.drain()


def _content_length(head: str) -> int:
    lines = head.lower().split("\r\n")
    return sum(int(line.partition(":")[2]) for line in lines if line.startswith("content-length:"))


class Client:
    """A socket that says bytes and hears the rest."""

    def __init__(self, port: int) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=15)

    def say(self, text: str | bytes) -> None:
        self.socket.sendall(text if isinstance(text, bytes) else text.encode("latin-1"))

    def hear_head(self) -> str:
        heard = b""
        while not heard.endswith(b"\r\n\r\n"):
            byte = self.socket.recv(1)
            if not byte:
                break
            heard += byte
        return heard.decode("latin-1")

    def hear_all(self) -> str:
        parts = []
        while part := self.socket.recv(65536):
            parts.append(part)
        return b"".join(parts).decode("latin-1")

    def hear_end(self) -> bool:
        """Whether the connection ends, in whatever manner, with nothing more said."""
        try:
            return not self.hear_all()
        except ConnectionResetError:
            return True

    def reset(self) -> None:
        """Go without a good-bye."""
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.socket.close()


class World:
    """The proxy, its fronts, a site outside and the leases."""

    def __init__(self, loop: Loop, authority: Authority) -> None:
        self.loop = loop
        self.authority = authority
        leaf = authority.issue_leaf(local_names(), (), NOW)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(leaf.chain, leaf.key)
        self.tls = Site("tls front", context)
        self.plain = Site("plain front")
        self.outside = Site("outside")
        self.sites = [self.tls, self.plain, self.outside]
        self.lease = RunningLease("web", SECRET)
        self.offline = RunningLease("night", OFFLINE_SECRET, offline=True)
        self.leases = RunningLeases(self.lease, self.offline)
        self.asked: list[tuple[str, str]] = []
        self.admit_with = self.admit
        self.proxy: ProxyServer[RunningLease] | None = None

    async def admit(self, host: str, lease: RunningLease) -> str | None:
        self.asked.append((host, lease.name))
        if host.startswith("broken"):
            raise LookupError("the store is not there")
        return f"the estate has no vault `{host}`" if host.startswith("absent") else None

    def start(self, environment: dict[str, str] | None = None, limits: TimeLimits | None = None) -> World:
        self.loop.run(self._start(environment or {}, limits))
        return self

    async def _start(self, environment: dict[str, str], limits: TimeLimits | None) -> None:
        for site in self.sites:
            if not site.port:
                await site.start()
        fronts = Fronts(self.tls.port, self.plain.port)
        parents = Parents.from_environment(environment)
        limits = limits or TimeLimits(head_s=10, connect_s=5, linger_s=1)
        self.proxy = ProxyServer(self.leases, fronts, self.admit_with, parents, limits)
        await self.proxy.start()

    async def stop(self) -> None:
        if self.proxy is not None:
            await self.proxy.stop()
            assert len(self.proxy) == 0
        for site in self.sites:
            if site.port:
                await site.stop()

    def add(self, site: Site) -> Site:
        """One more site, which is started at once."""
        self.sites.append(site)
        self.loop.run(site.start())
        return site

    @property
    def running(self) -> ProxyServer[RunningLease]:
        assert self.proxy is not None
        return self.proxy

    @property
    def port(self) -> int:
        return self.running.port

    @property
    def url(self) -> str:
        return proxy_url_of(self.port, SECRET)

    def client(self) -> Client:
        return Client(self.port)

    def ask(self, text: str | bytes) -> str:
        """Send a request, and read until the end."""
        client = self.client()
        client.say(text)
        answer = client.hear_all()
        client.socket.close()
        return answer

    def connect(self, target: str, secret: str = SECRET) -> tuple[Client, str]:
        """Ask for a tunnel; the client and the answer's head."""
        client = self.client()
        client.say(f"CONNECT {target} HTTP/1.1\r\nHost: {target}\r\n{credentials(secret)}\r\n")
        return client, client.hear_head()

    def ask_inside(self, client: Client, name: str) -> str:
        """Ask over TLS inside a tunnel, trusting the local authority alone, as strictly as can be."""
        context = ssl.create_default_context(cafile=str(self.authority.ca_path))
        context.verify_flags |= ssl.VERIFY_X509_STRICT
        client.socket = context.wrap_socket(client.socket, server_hostname=name)
        client.say(f"GET / HTTP/1.1\r\nHost: {name}\r\n\r\n")
        answer = client.hear_all()
        client.socket.close()
        return answer


def credentials(secret: str = SECRET) -> str:
    """The header by which a client proves its lease."""
    return f"Proxy-Authorization: Basic {base64.b64encode(f'keyless:{secret}'.encode()).decode()}\r\n"
