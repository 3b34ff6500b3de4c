"""A vault's data plane behind its dispatcher, on a real store, asked in bytes by an administrator."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

import msgspec
from key_vault_caller import make_vault

from keyless.evidence.recorder import CellKey, Recorder, SignInKey, ThrottledKey, WantKey
from keyless.model.identities import PrincipalKind
from keyless.model.resources import Tenant, Vault
from keyless.model.roles import Permission, RoleAssignment, RoleDefinition
from keyless.planes.keyvault.plane import key_vault_plane
from keyless.runtime.world import EstateWorld
from keyless.store.collections import ASSIGNMENTS, SIGNING_KEYS, TENANT, VAULTS
from keyless.store.sqlite.store import SqliteStore
from keyless.tokens.claims import ClientAuthentication, Subject, v1_claims
from keyless.tokens.issue import issue
from keyless.tokens.keys import SigningKey
from keyless.wire.dispatch import Dispatcher
from keyless.wire.errors import PayloadTooLarge
from keyless.wire.request import HeaderMap, Request
from keyless.wire.throttle import Throttle
from vault_schemas import check

TENANT_ID = "7e4a0000-0000-4000-8000-000000000001"
SUBSCRIPTION_ID = "5e1f0000-0000-4000-8000-000000000001"
NEWEST = "2026-04-01"
OFFICER = RoleDefinition("officer", "Officer", (Permission(data_actions=("Microsoft.KeyVault/vaults/*",)),))


class Nothing:
    """Keeps no evidence; nobody learns, and no workload runs."""

    def write(
        self,
        second: int,
        counts: list[tuple[CellKey, int]],
        wants: list[tuple[WantKey, int]],
        sign_ins: list[tuple[SignInKey, int]],
        throttled: list[tuple[ThrottledKey, int]],
    ) -> None:
        """Nothing."""

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


class VaultSite:
    """The plane, with one vault and one officer. Every answer is held to the public documents.

    There are no limits unless a scale is given: all that is asked comes within one second here.
    """

    def __init__(
        self,
        store: SqliteStore,
        key: SigningKey,
        now: int,
        vault: Vault | None = None,
        limits: float | None = None,
    ) -> None:
        self.store = store
        self.now = now
        self.vault = vault or make_vault()
        self.host = f"{self.vault.name}.vault.azure.net"
        self._key = key
        nothing = Nothing()
        self.plane = key_vault_plane(store)
        self._dispatcher = Dispatcher(
            (self.plane,),
            store=store,
            world=EstateWorld(store, "shop", lambda: self.now),
            roles={OFFICER.id: OFFICER},
            throttle=Throttle(limits),
            recorder=Recorder(nothing),
            workloads=nothing,
            learners=nothing,
        )

    async def fill(self) -> None:
        """The tenant, the vault, and its officer."""
        given = RoleAssignment("a", "officer", OFFICER.id, self.vault.resource_id)
        async with self.store.transaction() as transaction:
            await transaction.put(TENANT, ("tenant",), Tenant(TENANT_ID, "shop", SUBSCRIPTION_ID, "dev"))
            await transaction.put(SIGNING_KEYS, (self._key.kid,), self._key.stored())
            await transaction.put(VAULTS, (self.vault.name,), self.vault)
            await transaction.put(ASSIGNMENTS, (given.id,), given)
        subject = Subject(
            TENANT_ID, "client", "officer", PrincipalKind.APPLICATION, ClientAuthentication.SECRET
        )
        self.token = issue(v1_claims(subject, "https://vault.azure.net", self.now, "uti"), self._key)

    async def ask(
        self,
        method: str,
        path: str,
        body: object = None,
        *,
        version: str = NEWEST,
        query: str = "",
        headers: dict[str, str] | None = None,
    ) -> Answer:
        """Ask; ``path`` is percent-decoded, as servers hand it on, and bytes are sent as they are."""
        asked = "&".join(filter(None, (f"api-version={version}" if version else "", query)))
        sent = b"" if body is None else body if isinstance(body, bytes) else msgspec.json.encode(body)
        return await self.send(method, path, asked, sent, headers or {})

    async def send(self, method: str, path: str, query: str, body: bytes, headers: dict[str, str]) -> Answer:
        """Send a request as it is written, with the officer's token."""
        given = {"authorization": f"Bearer {self.token}", **headers}
        number = self._dispatcher.next_request_id()
        request = Request(method, self.host, path, query, HeaderMap(given), self.now, number)

        async def read_body(limit: int) -> bytes:
            if len(body) > limit:
                raise PayloadTooLarge("the body is too large")
            return body

        answer = await self._dispatcher.answer(request, read_body)
        check(self._meant(request), path, query, answer.status, answer.body)
        return Answer(answer.status, {name.lower(): value for name, value in answer.headers}, answer.body)

    @staticmethod
    def _meant(request: Request) -> str:
        """The method that a request is of: a POST may stand for another."""
        named = request.headers.get("x-http-method") or request.headers.get("x-http-request")
        return named.upper() if request.method == "POST" and named else request.method
