"""Callers of Microsoft Graph and of the token endpoint, through the dispatcher, over a store in a file."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from keyless.catalog.directory_roles import find_directory_role
from keyless.evidence.recorder import CellKey, Recorder, SignInKey, ThrottledKey, WantKey
from keyless.model.directory import DirectoryRoleAssignment, Group, User
from keyless.model.identities import (
    Application,
    ComputeResource,
    IdentityKind,
    ManagedIdentity,
    PrincipalKind,
)
from keyless.model.resources import Tenant
from keyless.planes.entra.plane import entra_plane
from keyless.planes.graph.plane import graph_plane
from keyless.store.collections import (
    APPLICATIONS,
    COMPUTE,
    DIRECTORY_ROLE_ASSIGNMENTS,
    IDENTITIES,
    SECURITY_GROUPS,
    USERS,
)
from keyless.store.ports import Store
from keyless.tokens.claims import ClientAuthentication, Subject, v1_claims
from keyless.tokens.issue import issue
from keyless.tokens.issuer import TokenIssuer
from keyless.tokens.keys import KeyRing
from keyless.wire.dispatch import Dispatcher
from keyless.wire.request import HeaderMap, Request

TENANT = Tenant(
    "7e4a0000-0000-4000-8000-000000000001", "contoso", "5e1f0000-0000-4000-8000-000000000001", "dev"
)
ADMIN = "ad0e0000-0000-4000-8000-000000000001"
ADA = "ada00000-0000-4000-8000-000000000001"
BOB = "b0b00000-0000-4000-8000-000000000001"
BILLING = Application(
    "billing",
    "b1110000-0000-4000-8000-00000000000c",
    "b1110000-0000-4000-8000-00000000000f",
    identifier_uris=("api://billing",),
)
SHARED = ManagedIdentity(
    IdentityKind.USER_ASSIGNED,
    "shared",
    "/subscriptions/s/resourceGroups/g/providers/Microsoft.ManagedIdentity/userAssignedIdentities/shared",
    "5a4e0000-0000-4000-8000-00000000000c",
    "5a4e0000-0000-4000-8000-00000000000f",
)
WEB = ManagedIdentity(
    IdentityKind.SYSTEM_ASSIGNED,
    "web",
    "/subscriptions/s/resourceGroups/g/providers/Microsoft.Web/sites/web",
    "eb000000-0000-4000-8000-00000000000c",
    "eb000000-0000-4000-8000-00000000000f",
)
DEVS = Group("de400000-0000-4000-8000-000000000001", "devs", members=(ADA,))
EVERYONE = Group("e4e00000-0000-4000-8000-000000000001", "everyone", members=(DEVS.principal_id,))


@dataclass
class World:
    """A tenant and its keys."""

    keys: KeyRing

    async def tenant(self) -> Tenant:
        """The tenant."""
        return TENANT

    async def tenant_id(self) -> str:
        """Its id."""
        return TENANT.tenant_id

    async def key_ring(self) -> KeyRing:
        """Its keys."""
        return self.keys


class Nobody:
    """No workload runs, nobody learns, and nothing is written down."""

    def by_secret(self, secret: str) -> None:
        """None."""

    async def by_peer(self, connection: object) -> None:
        """None."""

    def learns(self, principal_id: str) -> bool:
        """Nobody."""
        return False

    def write(
        self,
        second: int,
        counts: list[tuple[CellKey, int]],
        wants: list[tuple[WantKey, int]],
        sign_ins: list[tuple[SignInKey, int]],
        throttled: list[tuple[ThrottledKey, int]],
        checks: list[tuple[CellKey, int]],
    ) -> None:
        """Nothing."""


@dataclass(frozen=True)
class Answer:
    """A status, what the body says, and the headers."""

    status: int
    body: Any
    headers: dict[str, str]

    @property
    def value(self) -> list[dict[str, Any]]:
        """The objects of a list."""
        assert self.status == 200, self.body
        found: list[dict[str, Any]] = self.body["value"]
        return found

    @property
    def refusal(self) -> tuple[int, str]:
        """The status and the code of an error."""
        return self.status, self.body["error"]["code"]


class GraphSite:
    """The directory. Callers are named by their object ids."""

    def __init__(self, store: Store, keys: KeyRing, now: int) -> None:
        self.store, self.now = store, now
        self._keys = keys
        world, nobody = World(keys), Nobody()
        self._dispatcher = Dispatcher(
            [graph_plane(store, world), entra_plane(store, world, TokenIssuer())],
            store=store,
            world=world,
            roles={},
            recorder=Recorder(nobody),
            workloads=nobody,
            learners=nobody,
        )

    async def fill(self) -> None:
        """Put everybody in."""
        async with self.store.transaction() as made:
            for user in (User(ADMIN, "admin@contoso", "Admin"), User(ADA, "ada@contoso", "Ada Byron")):
                await made.put(USERS, (user.principal_id,), user)
            await made.put(USERS, (BOB,), User(BOB, "bob@contoso", "Bob", local=True))
            await made.put(APPLICATIONS, (BILLING.client_id,), BILLING)
            await made.put(IDENTITIES, (SHARED.resource_id.casefold(),), SHARED)
            host = ComputeResource(WEB.resource_id, "web", "westeurope", WEB)
            await made.put(COMPUTE, (WEB.resource_id.casefold(),), host)
            for group in (DEVS, EVERYONE):
                await made.put(SECURITY_GROUPS, (group.principal_id,), group)
        await self.give(ADMIN, "Global Administrator")

    async def give(self, principal_id: str, role: str) -> None:
        """Give a principal a role of the directory."""
        made = DirectoryRoleAssignment(
            f"{role} of {principal_id}", principal_id, find_directory_role(role).id
        )
        async with self.store.transaction() as transaction:
            await transaction.put(DIRECTORY_ROLE_ASSIGNMENTS, (made.id,), made)

    def token(self, principal_id: str, audience: str = "https://graph.microsoft.com/", **changed: Any) -> str:
        """A token of a principal for Graph."""
        way = ClientAuthentication.SECRET
        subject = Subject(TENANT.tenant_id, "client", principal_id, PrincipalKind.APPLICATION, way)
        return issue(v1_claims(subject, audience, self.now, "uti") | changed, self._keys.current)

    async def ask(
        self,
        method: str,
        address: str,
        body: object = None,
        *,
        who: str = ADMIN,
        token: str | None = None,
        headers: dict[str, str] | None = None,
    ) -> Answer:
        """Put one request, as the Azure CLI writes it: path and encoded query together."""
        path, _, query = address.removeprefix("https://graph.microsoft.com").partition("?")
        sent = {"authorization": f"Bearer {token or self.token(who)}"} | (headers or {})
        raw = b"" if body is None else json.dumps(body).encode()
        return await self._put(method, "graph.microsoft.com", path, query, sent, raw)

    async def sign_in(self, client_id: str, secret: str) -> Answer:
        """Ask for a token with a client secret."""
        form = {
            "grant_type": "client_credentials",
            "client_id": client_id,
            "client_secret": secret,
            "scope": "https://graph.microsoft.com/.default",
        }
        headers = {"content-type": "application/x-www-form-urlencoded"}
        path = f"/{TENANT.tenant_id}/oauth2/v2.0/token"
        body = urlencode(form).encode()
        return await self._put("POST", "login.microsoftonline.com", path, "", headers, body)

    async def _put(
        self, method: str, host: str, path: str, query: str, headers: dict[str, str], raw: bytes
    ) -> Answer:
        request = Request(
            method, host, path, query, HeaderMap(headers), self.now, self._dispatcher.next_request_id()
        )

        async def read_body(limit: int) -> bytes:
            return raw

        answer = await self._dispatcher.answer(request, read_body)
        body = json.loads(answer.body) if answer.body else None
        return Answer(answer.status, body, dict(answer.headers))
