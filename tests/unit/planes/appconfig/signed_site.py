"""A configuration store behind its dispatcher, asked in requests that are signed with its access keys."""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import unquote

from msgspec import structs

from keyless.evidence.recorder import CellKey, Recorder, SignInKey, ThrottledKey, WantKey
from keyless.model.access_keys import AccessKey
from keyless.model.clock import Clock
from keyless.model.resources import STORE_TYPE, ConfigurationStore
from keyless.planes.appconfig.plane import app_configuration_plane
from keyless.store.collections import ACCESS_KEYS, CLOCK, CLOCK_KEY, STORES
from keyless.store.ports import Store
from keyless.tokens.keys import KeyRing, SigningKey
from keyless.wire.dispatch import Dispatcher
from keyless.wire.plane import Rendered
from keyless.wire.request import HeaderMap, Request
from keyless.wire.throttle import Throttle
from signed_requests_made import NOW, RFC_1123, SECRET, Sent, at

VERSION = "api-version=2026-04-01"
RESOURCE_ID = f"/subscriptions/s/resourceGroups/g/providers/{STORE_TYPE}/contoso"
READ_WRITE, READ_ONLY = "orders-key", "reading-key"


@dataclass
class Sheet:
    """A sink that keeps what is written to it."""

    counts: list[tuple[CellKey, int]] = field(default_factory=list)
    sign_ins: list[tuple[SignInKey, int]] = field(default_factory=list)
    throttled: list[tuple[ThrottledKey, int]] = field(default_factory=list)

    def write(
        self,
        second: int,
        counts: list[tuple[CellKey, int]],
        wants: list[tuple[WantKey, int]],
        sign_ins: list[tuple[SignInKey, int]],
        throttled: list[tuple[ThrottledKey, int]],
        checks: list[tuple[CellKey, int]],
    ) -> None:
        self.counts += counts
        self.sign_ins += sign_ins
        self.throttled += throttled


class Town:
    """An estate with one signing key."""

    def __init__(self, key: SigningKey) -> None:
        self._ring = KeyRing([key])

    async def tenant_id(self) -> str:
        return "11111111-2222-3333-4444-555555555555"

    async def key_ring(self) -> KeyRing:
        return self._ring


class Nobody:
    """No workload runs here, and nobody learns."""

    def by_secret(self, secret: str) -> None:
        return None

    async def by_peer(self, connection: object) -> None:
        return None

    def learns(self, principal_id: str) -> bool:
        return True  # what a key may do, no mode widens


class SignedSite:
    """One store, with a key for reading and writing and a read-only one."""

    def __init__(self, store: Store, key: SigningKey) -> None:
        self.store = store
        self.sheet = Sheet()
        self.recorder = Recorder(self.sheet)
        self.now = float(NOW)
        self.record = ConfigurationStore(RESOURCE_ID, "contoso", "westeurope")
        self._key = key
        self.serve(Throttle())

    def serve(self, throttle: Throttle) -> None:
        """Begin anew, with a throttle."""
        self.throttle = throttle
        self.dispatcher = Dispatcher(
            (app_configuration_plane(self.store),),
            store=self.store,
            world=Town(self._key),
            roles={},
            recorder=self.recorder,
            workloads=Nobody(),
            learners=Nobody(),
            throttle=throttle,
        )

    async def open(self) -> SignedSite:
        """Put the store and its keys there."""
        await self.become()
        for key_id, read_only in ((READ_WRITE, False), (READ_ONLY, True)):
            await self.give(AccessKey("contoso", key_id, SECRET, read_only=read_only))
        return self

    async def become(self, **changed: Any) -> None:
        """Change the store."""
        self.record = structs.replace(self.record, **changed)
        async with self.store.transaction() as transaction:
            await transaction.put(STORES, ("contoso",), self.record)

    async def give(self, key: AccessKey) -> None:
        """Give the store a key, in place of one with its id."""
        async with self.store.transaction() as transaction:
            await transaction.put(ACCESS_KEYS, (key.store, key.id), key)

    async def move_clock(self, ahead_s: int) -> None:
        """Let the estate's time be ahead of the machine's."""
        async with self.store.transaction() as transaction:
            await transaction.put(CLOCK, CLOCK_KEY, Clock(ahead_s))

    async def ask(
        self, method: str, path: str, body: object = None, query: str = VERSION, **headers: str
    ) -> Rendered:
        """Send a request as a client would that holds the key for reading and writing."""
        encoded = b"" if body is None else json.dumps(body).encode()
        sent = Sent(method, f"{path}?{query}", encoded, date=at(RFC_1123, self.now - NOW))
        return await self.send(sent, **headers)

    async def send(
        self,
        sent: Sent,
        authorization: str | None = None,
        all_headers: HeaderMap | None = None,
        **headers: str,
    ) -> Rendered:
        """Send a signed request; header names are written with underscores, an empty proof is none at all."""
        path, _, query = sent.target.partition("?")
        proof = sent.authorization if authorization is None else authorization
        given = {**sent.headers, **({"authorization": proof} if proof else {})}
        if sent.body:
            given["content-type"] = "application/json"
        given |= {name.replace("_", "-"): value for name, value in headers.items()}
        kept = all_headers or HeaderMap(given)
        number = self.dispatcher.next_request_id()
        request = Request(sent.method, sent.host, unquote(path), query, kept, self.now, number)

        async def read_body(limit: int) -> bytes:
            return sent.body

        return await self.dispatcher.answer(request, read_body)

    async def statuses(self, times: int, method: str = "GET", path: str = "/kv/color") -> dict[int, int]:
        """How often a request was answered with which status."""
        seen: dict[int, int] = {}
        for _ in range(times):
            status = (await self.ask(method, path, None if method == "GET" else {})).status
            seen[status] = seen.get(status, 0) + 1
        return seen


def as_reader(sent: Sent) -> Sent:
    """The request, signed with the read-only key."""
    return replace(sent, key_id=READ_ONLY)
