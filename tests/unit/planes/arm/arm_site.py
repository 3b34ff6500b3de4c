"""The management plane behind its dispatcher, on a real store, asked by callers with one role each."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import msgspec

from keyless.evidence.recorder import CellKey, Recorder, SignInKey, ThrottledKey, WantKey
from keyless.model.identities import PrincipalKind
from keyless.model.resources import ResourceGroup, Tenant
from keyless.model.roles import Permission, RoleAssignment, RoleDefinition
from keyless.planes.appconfig.configuration import Configuration
from keyless.planes.appconfig.contents import StoreContents
from keyless.planes.arm.plane import arm_plane
from keyless.planes.keyvault.contents import VaultContents
from keyless.runtime.world import EstateWorld
from keyless.store.collections import ASSIGNMENTS, GROUPS, SIGNING_KEYS, TENANT
from keyless.store.sqlite.store import SqliteStore
from keyless.tokens.claims import ClientAuthentication, Subject, v1_claims
from keyless.tokens.issue import issue
from keyless.tokens.keys import SigningKey
from keyless.wire.dispatch import Dispatcher
from keyless.wire.request import HeaderMap, Request
from wire_schemas import check

TENANT_ID = "11111111-2222-3333-4444-555555555555"
SUBSCRIPTION_ID = "00000000-0000-0000-0000-000000000001"
SUBSCRIPTION = f"/subscriptions/{SUBSCRIPTION_ID}"
GROUP = f"{SUBSCRIPTION}/resourceGroups/Shop"
HOST = "management.azure.com"
NOW = 1_800_000_000
DAY_S = 24 * 60 * 60

ROLES = {
    role.id: role
    for role in (
        RoleDefinition("owner", "Owner", (Permission(actions=("*",)),)),
        RoleDefinition(
            "stores",
            "Stores",
            (Permission(("Microsoft.AppConfiguration/*",), ("*/purge/action",)),),
        ),
        RoleDefinition("data", "Data", (Permission(data_actions=("*",)),)),
        RoleDefinition("reader", "Reader", (Permission(actions=("*/read",)),)),
        RoleDefinition("vaults", "Vaults", (Permission(actions=("Microsoft.KeyVault/vaults/*",)),)),
        RoleDefinition(
            "policies", "Policies", (Permission(actions=("Microsoft.KeyVault/vaults/accessPolicies/write",)),)
        ),
        RoleDefinition(
            "websites", "Websites", (Permission(actions=("Microsoft.Web/*", "Microsoft.Resources/*/read")),)
        ),
    )
}


class Nothing:
    """Keeps no evidence."""

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


class Nobody:
    """No principal learns, and no workload runs."""

    def learns(self, principal_id: str) -> bool:
        return False

    def by_secret(self, secret: str) -> None:
        return None

    async def by_peer(self, connection: object) -> None:
        return None


@dataclass(frozen=True)
class Answer:
    """What came back."""

    status: int
    headers: dict[str, str]
    raw: bytes = field(repr=False)

    @property
    def body(self) -> Any:
        return json.loads(self.raw)

    @property
    def code(self) -> str:
        """The error's code."""
        return str(self.body["error"]["code"])

    @property
    def message(self) -> str:
        """The error's message."""
        return str(self.body["error"]["message"])


class ArmSite:
    """The plane. ``now`` can be moved on; ``told`` are the lines of evidence, each once."""

    def __init__(self, store: SqliteStore, key: SigningKey) -> None:
        self.store = store
        self.key = key
        self.now = NOW
        self.told: list[CellKey] = []
        world = EstateWorld(store, "shop", lambda: self.now)
        nobody = Nobody()
        self.plane = arm_plane(store, world, StoreContents(Configuration.over(store)), VaultContents())
        self._dispatcher = Dispatcher(
            (self.plane,),
            store=store,
            world=world,
            roles=ROLES,
            recorder=Recorder(Nothing(), self.told.append),
            workloads=nobody,
            learners=nobody,
        )

    async def fill(self) -> None:
        """A tenant, a group, its owner and its reader."""
        async with self.store.transaction() as transaction:
            await transaction.put(TENANT, ("tenant",), Tenant(TENANT_ID, "shop", SUBSCRIPTION_ID, "dev"))
            await transaction.put(SIGNING_KEYS, (self.key.kid,), self.key.stored())
            await transaction.put(GROUPS, (GROUP.casefold(),), ResourceGroup(GROUP, "westeurope"))
        await self.grant("owner", "owner", SUBSCRIPTION)
        await self.grant("reader", "reader", SUBSCRIPTION)

    async def add_group(self, name: str) -> None:
        """Another resource group."""
        group = f"{SUBSCRIPTION}/resourceGroups/{name}"
        async with self.store.transaction() as transaction:
            await transaction.put(GROUPS, (group.casefold(),), ResourceGroup(group, "westeurope"))

    async def grant(self, who: str, role: str, scope: str) -> None:
        """Assign a role."""
        made = RoleAssignment(f"{who}-{role}-{scope}", who, role, scope)
        async with self.store.transaction() as transaction:
            await transaction.put(ASSIGNMENTS, (made.id,), made)

    async def ask(
        self,
        method: str,
        path: str,
        body: object = None,
        *,
        who: str = "owner",
        version: str = "2021-04-01",
        query: str = "",
        headers: dict[str, str] | None = None,
    ) -> Answer:
        """Ask, at an api-version, and hold the answer to the public documents.

        ``path`` may be a whole link, which is then followed as it is.
        """
        link = urlsplit(path)
        asked = link.query or "&".join(filter(None, (f"api-version={version}" if version else "", query)))
        subject = Subject(
            TENANT_ID, f"client-{who}", who, PrincipalKind.APPLICATION, ClientAuthentication.SECRET
        )
        token = issue(v1_claims(subject, "https://management.azure.com/", self.now, "uti"), self.key)
        given = {"authorization": f"Bearer {token}", **(headers or {})}
        request = Request(
            method, HOST, link.path, asked, HeaderMap(given), self.now, self._dispatcher.next_request_id()
        )
        sent = b"" if body is None else body if isinstance(body, bytes) else msgspec.json.encode(body)

        async def read_body(limit: int) -> bytes:
            return sent

        answer = await self._dispatcher.answer(request, read_body)
        check(method, link.path, asked, answer.status, dict(answer.headers), answer.body)
        return Answer(answer.status, {name.lower(): value for name, value in answer.headers}, answer.body)
