"""A vault in a state directory, as the plane serves it: authorised, recorded, with its log beside it."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, NamedTuple

from keyless.app import open_evidence, open_store
from keyless.evidence.recorder import Recorder
from keyless.model.identities import PrincipalKind
from keyless.model.resources import Tenant, Vault
from keyless.model.roles import Permission, RoleAssignment, RoleDefinition
from keyless.planes.keyvault.plane import key_vault_plane
from keyless.runtime.project import STATE_DIRECTORY, Project
from keyless.runtime.world import EstateWorld
from keyless.store.collections import ASSIGNMENTS, SIGNING_KEYS, TENANT, VAULTS
from keyless.store.sqlite.store import SqliteStore
from keyless.tokens.claims import ClientAuthentication, Subject, v1_claims
from keyless.tokens.issue import issue
from keyless.tokens.keys import SigningKey, generate_signing_key
from keyless.wire.dispatch import Dispatcher
from keyless.wire.request import HeaderMap, Request
from keyless.wire.throttle import Throttle

_GUID = "00000000-0000-4000-8000-000000000001"
_GROUP = f"/subscriptions/{_GUID}/resourceGroups/g"
_VAULT = Vault(f"{_GROUP}/providers/Microsoft.KeyVault/vaults/killed", "killed", "westeurope")
_OFFICER = RoleDefinition("officer", "Officer", (Permission(data_actions=("Microsoft.KeyVault/vaults/*",)),))
_SUBJECT = Subject(_GUID, _GUID, "officer", PrincipalKind.APPLICATION, ClientAuthentication.SECRET)


class Answer(NamedTuple):
    """What came back."""

    status: int
    body: Any


class _Nobody:
    """Nobody learns, and no workload runs."""

    def learns(self, principal_id: str) -> bool:
        return False

    def by_secret(self, secret: str) -> None:
        return None

    async def by_peer(self, connection: object) -> None:
        return None


def project_in(directory: Path) -> Project:
    """The project whose state the vault is in; only its owner may enter."""
    state = directory / STATE_DIRECTORY
    state.mkdir(mode=0o700, exist_ok=True)
    return Project(directory, state)


async def found(project: Project) -> SigningKey:
    """Make the vault; gives the key that tokens for it are signed with."""
    key = generate_signing_key(int(time.time()) - 60)
    given = RoleAssignment("a", "officer", _OFFICER.id, _VAULT.resource_id)
    with closing(open_store(project)) as store:
        async with store.transaction() as transaction:
            await transaction.put(TENANT, ("tenant",), Tenant(_GUID, "killed", _GUID, "dev"))
            await transaction.put(SIGNING_KEYS, (key.kid,), key.stored())
            await transaction.put(VAULTS, (_VAULT.name,), _VAULT)
            await transaction.put(ASSIGNMENTS, (given.id,), given)
    return key


class OpenVault:
    """The vault's plane behind its dispatcher."""

    def __init__(self, store: SqliteStore, recorder: Recorder, token: str) -> None:
        self.recorder = recorder
        self._token = token
        nobody = _Nobody()
        self._dispatcher = Dispatcher(
            (key_vault_plane(store),),
            store=store,
            world=EstateWorld(store, "killed", time.time),
            roles={_OFFICER.id: _OFFICER},
            recorder=recorder,
            workloads=nobody,
            learners=nobody,
            throttle=Throttle(None),  # it writes faster than a vault lets anybody
        )

    async def ask(self, method: str, path: str, body: object = None) -> Answer:
        """One request, at the newest api-version, or one by the link to a page."""
        link, _, query = path.removeprefix(f"https://{_VAULT.name}.vault.azure.net:443").partition("?")
        request = Request(
            method,
            f"{_VAULT.name}.vault.azure.net",
            link,
            query or "api-version=2026-04-01",
            HeaderMap({"authorization": f"Bearer {self._token}"}),
            time.time(),
            self._dispatcher.next_request_id(),
        )

        async def read_body(limit: int) -> bytes:
            return b"" if body is None else json.dumps(body).encode()

        answer = await self._dispatcher.answer(request, read_body)
        return Answer(answer.status, json.loads(answer.body) if answer.body else None)

    async def listed(self, path: str) -> list[Any]:
        """Every item of a list."""
        items: list[Any] = []
        link: str | None = path
        while link:
            page = (await self.ask("GET", link)).body
            items += page["value"]
            link = page["nextLink"]
        return items


@contextmanager
def opened(project: Project, key: SigningKey) -> Iterator[OpenVault]:
    """The vault, opened as a plane opens it when it starts."""
    token = issue(v1_claims(_SUBJECT, "https://vault.azure.net", int(time.time()), "uti"), key)
    with closing(open_store(project)) as store, closing(open_evidence(project)) as evidence:
        yield OpenVault(store, Recorder(evidence), token)
