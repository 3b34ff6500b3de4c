"""Workloads that ask the identity endpoints for tokens, through the dispatcher, over a store in a file."""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import urlencode

import msgspec

from keyless.evidence.recorder import CellKey, Recorder, SignInKey, ThrottledKey, WantKey
from keyless.model.hosts import HostKind
from keyless.model.identities import ComputeResource, IdentityKind, ManagedIdentity
from keyless.model.resources import Tenant
from keyless.store.collections import COMPUTE, IDENTITIES
from keyless.store.ports import Store
from keyless.tokens.keys import KeyRing
from keyless.tokens.verify import Verified, verify
from keyless.wire.dispatch import Dispatcher
from keyless.wire.plane import Plane
from keyless.wire.request import HeaderMap, Request

GROUP = "/subscriptions/5e1f0000-0000-4000-8000-000000000001/resourceGroups/orders-rg/providers"
TENANT = Tenant(
    "7e4a0000-0000-4000-8000-000000000001", "contoso", "5e1f0000-0000-4000-8000-000000000001", "dev"
)
SITE = f"{GROUP}/Microsoft.Web/sites/orders-web"
OTHER_SITE = f"{GROUP}/Microsoft.Web/sites/billing-web"
VAULT_AUDIENCE = "https://vault.azure.net"


def user_assigned(name: str) -> ManagedIdentity:
    """A user-assigned identity whose ids are made from its name."""
    return ManagedIdentity(
        kind=IdentityKind.USER_ASSIGNED,
        name=name,
        resource_id=f"{GROUP}/Microsoft.ManagedIdentity/userAssignedIdentities/{name}",
        client_id=f"{name}-client-ID",
        principal_id=f"{name}-principal-ID",
    )


SYSTEM = ManagedIdentity(
    kind=IdentityKind.SYSTEM_ASSIGNED,
    name="orders-web",
    resource_id=SITE,
    client_id="system-client-ID",
    principal_id="system-principal-ID",
)
READER = user_assigned("id-reader")
WRITER = user_assigned("id-writer")
FOREIGN = user_assigned("id-foreign")


@dataclass(frozen=True)
class RunningWorkload:
    """A workload with its secret."""

    name: str
    resource_id: str
    secret: str = field(repr=False)
    host_kind: HostKind = HostKind.VM
    user_id: str = ""
    tokens: list[str] = field(default_factory=list, repr=False, compare=False)

    def got_token(self) -> None:
        """Count a token."""
        self.tokens.append(self.name)


ORDERS = RunningWorkload("orders-web", SITE, "the-secret-of-orders")
BILLING = RunningWorkload("billing-web", OTHER_SITE, "the-secret-of-billing")


class Running:
    """The workloads that run, on one kind of host. ``at_peer`` is whose process every connection is from,
    and ``at`` what the first of them runs as, or ``user_id`` whose shell it is.
    """

    def __init__(self, host_kind: HostKind) -> None:
        self._host_kind = host_kind
        self.at_peer: RunningWorkload | None = None
        self.at = SITE
        self.user_id = ""

    def by_secret(self, secret: str) -> RunningWorkload | None:
        """The one that holds a secret."""
        for workload in (ORDERS, BILLING):
            if hmac.compare_digest(workload.secret.encode(), secret.encode()):
                resource_id = self.at if workload is ORDERS else workload.resource_id
                user_id = self.user_id if workload is ORDERS else ""
                return replace(workload, host_kind=self._host_kind, resource_id=resource_id, user_id=user_id)
        return None

    async def by_peer(self, connection: object) -> RunningWorkload | None:
        """The one whose process has connected."""
        return self.at_peer and replace(self.at_peer, host_kind=self._host_kind)

    def learns(self, principal_id: str) -> bool:
        """None of them learns."""
        return False


@dataclass
class World:
    """A tenant and its keys."""

    keys: KeyRing
    of: Tenant = TENANT

    async def tenant(self) -> Tenant:
        """The tenant."""
        return self.of

    async def tenant_id(self) -> str:
        """Its id."""
        return self.of.tenant_id

    async def key_ring(self) -> KeyRing:
        """Its keys."""
        return self.keys


class Counted:
    """Keeps the sign-ins: the identity endpoints decide nothing on actions."""

    def __init__(self) -> None:
        self.sign_ins: list[tuple[SignInKey, int]] = []

    def write(
        self,
        second: int,
        counts: list[tuple[CellKey, int]],
        wants: list[tuple[WantKey, int]],
        sign_ins: list[tuple[SignInKey, int]],
        throttled: list[tuple[ThrottledKey, int]],
        checks: list[tuple[CellKey, int]],
    ) -> None:
        """Keep them."""
        self.sign_ins += sign_ins


@dataclass(frozen=True)
class Ends:
    """A connection within this machine."""

    client: str = "127.0.0.1:40000"
    server: str = "127.0.0.1:41741"


@dataclass(frozen=True)
class Answer:
    """A status and a JSON body; a text stands as `text` in one."""

    status: int
    body: Any
    headers: dict[str, str]


class Site:
    """One identity endpoint with its callers."""

    def __init__(
        self, plane: Plane, store: Store, world: World, now: int, host_kind: HostKind | None = None
    ) -> None:
        (own,) = plane.host_kinds
        self.running = running = Running(host_kind or own)
        self.store, self.world, self.now = store, world, now
        self.sheet = Counted()
        self.recorder = Recorder(self.sheet)
        self.dispatcher = Dispatcher(
            [plane],
            store=store,
            world=world,
            roles={},
            recorder=self.recorder,
            workloads=running,
            learners=running,
        )

    async def host(
        self, *, system: bool = False, given: tuple[ManagedIdentity, ...] = (), resource_id: str = SITE
    ) -> None:
        """Make the resource that the workload runs as; an identity given to it may be there or not."""
        compute = ComputeResource(
            resource_id,
            resource_id.rsplit("/", 1)[1],
            "westeurope",
            SYSTEM if system else None,
            tuple(identity.resource_id for identity in given),
        )
        async with self.store.transaction() as transaction:
            await transaction.put(COMPUTE, (resource_id.casefold(),), compute)
            for identity in (READER, WRITER, FOREIGN):
                await transaction.put(IDENTITIES, (identity.resource_id.casefold(),), identity)

    async def get(
        self, host: str, path: str, query: Mapping[str, str] | str, headers: Mapping[str, str]
    ) -> Answer:
        """Send a GET request."""
        return await self.send("GET", host, path, query, headers)

    async def send(
        self,
        method: str,
        host: str,
        path: str,
        query: Mapping[str, str] | str,
        headers: Mapping[str, str],
        body: bytes = b"",
    ) -> Answer:
        """Send a request over a connection of its own."""
        raw = query if isinstance(query, str) else urlencode(query)
        request = Request(
            method, host, path, raw, HeaderMap(headers), self.now, "the-request-id", connection=Ends()
        )

        async def read(limit: int) -> bytes:
            return body

        rendered = await self.dispatcher.answer(request, read)
        answered = dict(rendered.headers)
        text = answered["content-type"].startswith("text/")
        content = {"text": rendered.body.decode()} if text else msgspec.json.decode(rendered.body)
        return Answer(rendered.status, content, answered)

    def sign_ins(self) -> list[tuple[SignInKey, int]]:
        """What was counted so far."""
        self.recorder.flush(self.now)
        return self.sheet.sign_ins

    def verified(self, answer: Answer, audience: str = VAULT_AUDIENCE) -> Verified:
        """The token of an answer, verified as a resource would."""
        return verify(
            answer.body["access_token"],
            keys=self.world.keys,
            tenant_id=self.world.of.tenant_id,
            audiences={audience},
            now=self.now,
        )

    def whose(self, answer: Answer) -> str:
        """The principal that an answer's token speaks for."""
        assert answer.status == 200, answer
        return self.verified(answer).principal.principal_id
