"""Clients that talk to the login hosts, through the dispatcher, over a store in a file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

import msgspec

from keyless.evidence.recorder import CellKey, Recorder, SignInKey, ThrottledKey, WantKey
from keyless.model.estate import DeclaredApplication
from keyless.model.resources import Tenant
from keyless.model.secret_text import SecretText
from keyless.planes.entra import entra_plane
from keyless.planes.entra.issuer_key_source import FetchedKeys
from keyless.store.ports import Store
from keyless.tokens.issuer import TokenIssuer
from keyless.tokens.keys import KeyRing
from keyless.tokens.verify import Verified, verify
from keyless.wire.dispatch import Dispatcher
from keyless.wire.errors import PayloadTooLarge
from keyless.wire.request import HeaderMap, Request

HOST = "login.microsoftonline.com"
TENANT = Tenant(
    "7e4a0000-0000-4000-8000-000000000001", "contoso", "5e1f0000-0000-4000-8000-000000000001", "dev"
)
VAULT_AUDIENCE = "https://vault.azure.net"
CLIENT_ID = "c11e0000-0000-4000-8000-00000000000A"
SECRET = "s3cret ~+&=%:ü"
LEGACY = DeclaredApplication(
    "legacy-job", CLIENT_ID, "0b1ec700-0000-4000-8000-00000000000A", SecretText(SECRET)
)
FORM = "application/x-www-form-urlencoded"
CREDENTIALS = {"grant_type": "client_credentials", "client_id": CLIENT_ID, "client_secret": SECRET}


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


class NoWorkloads:
    """Nobody runs: the login hosts do not ask. Sign-ins are kept as they are written."""

    def __init__(self) -> None:
        self.sign_ins: list[tuple[SignInKey, int]] = []

    def by_secret(self, secret: str) -> None:
        """None."""
        return

    def learns(self, principal_id: str) -> bool:
        """Nobody learns."""
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
        """Nothing is decided on actions here."""
        self.sign_ins += sign_ins


@dataclass(frozen=True)
class Answer:
    """A status, a JSON body and the headers."""

    status: int
    body: dict[str, Any]
    headers: dict[str, str]

    @property
    def refusal(self) -> tuple[int, str, list[int]]:
        """Status, OAuth's word and the AADSTS numbers."""
        return self.status, self.body["error"], self.body["error_codes"]


class Login:
    """The login hosts."""

    def __init__(self, store: Store, keys: KeyRing, now: int, issuer_keys: FetchedKeys | None = None) -> None:
        self.store, self.now = store, now
        self.world = World(keys)
        self.plane = entra_plane(store, self.world, TokenIssuer(), issuer_keys)
        self.sheet = NoWorkloads()
        self.recorder = Recorder(self.sheet)
        self.dispatcher = Dispatcher(
            [self.plane],
            store=store,
            world=self.world,
            roles={},
            recorder=self.recorder,
            workloads=NoWorkloads(),
            learners=NoWorkloads(),
        )

    async def get(
        self, path: str, query: str = "", host: str = HOST, headers: Mapping[str, str] | None = None
    ) -> Answer:
        """Send a GET request."""
        return await self._send("GET", host, path, query, headers or {}, b"")

    async def post(
        self,
        path: str,
        fields: Mapping[str, str] | bytes,
        headers: Mapping[str, str] | None = None,
        host: str = HOST,
    ) -> Answer:
        """Send a form."""
        body = fields if isinstance(fields, bytes) else urlencode(fields).encode()
        return await self._send("POST", host, path, "", {"Content-Type": FORM, **(headers or {})}, body)

    async def _send(
        self, method: str, host: str, path: str, query: str, headers: Mapping[str, str], body: bytes
    ) -> Answer:
        async def read(limit: int) -> bytes:
            if len(body) > limit:
                raise PayloadTooLarge(f"the request's body is larger than {limit} bytes")
            return body

        request = Request(method, host, path, query, HeaderMap(headers), self.now, "the-request-id")
        rendered = await self.dispatcher.answer(request, read)
        return Answer(rendered.status, msgspec.json.decode(rendered.body, type=dict), dict(rendered.headers))

    async def token(self, fields: Mapping[str, str], *, tenant: str = TENANT.tenant_id) -> Answer:
        """Ask the version 2.0 token endpoint, for a vault unless the fields say otherwise."""
        scope = {"scope": f"{VAULT_AUDIENCE}/.default"}
        return await self.post(f"/{tenant}/oauth2/v2.0/token", scope | dict(fields))

    def sign_ins(self) -> list[tuple[SignInKey, int]]:
        """What was counted so far."""
        self.recorder.flush(self.now)
        return self.sheet.sign_ins

    def verified(self, answer: Answer, audience: str = VAULT_AUDIENCE) -> Verified:
        """The token of an answer, verified as a resource would."""
        assert answer.status == 200, answer
        return verify(
            answer.body["access_token"],
            keys=self.world.keys,
            tenant_id=TENANT.tenant_id,
            audiences={audience},
            now=self.now,
        )
