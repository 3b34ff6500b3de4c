"""A data plane behind its dispatcher, on a real store, asked in bytes by an identity that may do everything.

Every answer is held to the plane's public documents. A module for each plane says which it is
(`vault_site`, `app_configuration_site`).
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

import msgspec

from keyless.evidence.recorder import CellKey, Recorder, SelectionKey, SignInKey, ThrottledKey, WantKey
from keyless.model.identities import PrincipalKind
from keyless.model.resources import ConfigurationStore, Tenant, Vault
from keyless.model.roles import Permission, RoleAssignment, RoleDefinition
from keyless.runtime.world import EstateWorld
from keyless.store.collections import ASSIGNMENTS, SIGNING_KEYS, TENANT
from keyless.store.ports import Collection
from keyless.store.sqlite.store import SqliteStore
from keyless.tokens.claims import ClientAuthentication, Subject, v1_claims
from keyless.tokens.issue import issue
from keyless.tokens.keys import SigningKey
from keyless.wire.dispatch import Dispatcher
from keyless.wire.errors import PayloadTooLarge
from keyless.wire.plane import Plane
from keyless.wire.request import HeaderMap, Request
from keyless.wire.throttle import Throttle
from plane_schemas import PlaneDocuments

TENANT_ID = "7e4a0000-0000-4000-8000-000000000001"
SUBSCRIPTION_ID = "5e1f0000-0000-4000-8000-000000000001"
OFFICER = "officer"
Resource = Vault | ConfigurationStore


class Nothing:
    """Keeps no evidence but what is selected; nobody learns, and no workload runs."""

    def __init__(self) -> None:
        self.selections: list[SelectionKey] = []

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

    def write_selections(self, second: int, selections: list[SelectionKey]) -> None:
        """Keep them."""
        self.selections.extend(selections)

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
        """The decoded body."""
        return json.loads(self.raw)

    @property
    def code(self) -> str:
        """The error's code, of planes that give one."""
        return str(self.body["error"]["code"])

    @property
    def message(self) -> str:
        """The error's message, of planes that give a code."""
        return str(self.body["error"]["message"])


@dataclass(frozen=True, slots=True)
class SiteOf:
    """What a plane's site is about: a resource, where it is kept and reached, and what its officer may do."""

    plane: Plane
    resource: Resource
    collection: Collection[Any]
    host: str
    audience: str
    data_actions: str
    documents: PlaneDocuments
    newest: str


class PlaneSite:
    """The plane, with one resource and one officer. Every answer is held to the public documents.

    There are no limits unless a scale is given: all that is asked comes within one second here.
    """

    def __init__(
        self, store: SqliteStore, key: SigningKey, now: int, of: SiteOf, limits: float | None = None
    ) -> None:
        self.store = store
        self.now = now
        self.plane = of.plane
        self.host = of.host
        self.token = ""
        self._of = of
        self._key = key
        self._nothing = nothing = Nothing()
        self._recorder = Recorder(nothing)
        self._officer = RoleDefinition(OFFICER, "Officer", (Permission(data_actions=(of.data_actions,)),))
        self._dispatcher = Dispatcher(
            (of.plane,),
            store=store,
            world=EstateWorld(store, "shop", lambda: self.now),
            roles={OFFICER: self._officer},
            throttle=Throttle(limits),
            recorder=self._recorder,
            workloads=nothing,
            learners=nothing,
        )

    def selected(self) -> list[SelectionKey]:
        """What was selected since the site was made."""
        self._recorder.flush(self.now)
        return self._nothing.selections

    async def fill(self) -> None:
        """The tenant, the resource, and its officer."""
        resource = self._of.resource
        given = RoleAssignment(resource.name, OFFICER, self._officer.id, resource.resource_id)
        async with self.store.transaction() as transaction:
            await transaction.put(TENANT, ("tenant",), Tenant(TENANT_ID, "shop", SUBSCRIPTION_ID, "dev"))
            await transaction.put(SIGNING_KEYS, (self._key.kid,), self._key.stored())
            await transaction.put(self._of.collection, (resource.name,), resource)
            await transaction.put(ASSIGNMENTS, (given.id,), given)
        self.token = self.token_of(OFFICER)

    def token_of(self, principal_id: str, audience: str | None = None) -> str:
        """A token of an application that has signed in."""
        subject = Subject(
            TENANT_ID, "client", principal_id, PrincipalKind.APPLICATION, ClientAuthentication.SECRET
        )
        return issue(v1_claims(subject, audience or self._of.audience, self.now, "uti"), self._key)

    async def ask(
        self,
        method: str,
        path: str,
        body: object = None,
        *,
        version: str | None = None,
        query: str = "",
        headers: dict[str, str] | None = None,
    ) -> Answer:
        """Ask; ``path`` is percent-decoded, as servers hand it on, and bytes are sent as they are."""
        version = self._of.newest if version is None else version
        asked = "&".join(filter(None, (f"api-version={version}" if version else "", query)))
        sent = b"" if body is None else body if isinstance(body, bytes) else msgspec.json.encode(body)
        typed = {"content-type": "application/json"} if sent else {}
        return await self.send(method, path, asked, sent, {**typed, **(headers or {})})

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
        sent = {name.lower(): value for name, value in answer.headers}
        self._of.documents.check(self._meant(request), path, query, answer.status, answer.body, sent)
        return Answer(answer.status, sent, answer.body)

    def _meant(self, request: Request) -> str:
        """The method that a request is of: a POST may stand for another, on planes that have that."""
        named = request.headers.get("x-http-method") or request.headers.get("x-http-request")
        if not self.plane.method_override or request.method != "POST" or not named:
            return request.method
        return named.upper()
