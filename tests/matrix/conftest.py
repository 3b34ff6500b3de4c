"""Every plane as `app.py` builds it, on one store, with principals whose roles fit one operation each."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from matrix_rows import (
    ELSEWHERE,
    GROUP,
    PLANES_OF_THE_DIRECTORY,
    SUBSCRIPTION_ID,
    TARGET,
    TENANT_ID,
    actions_of,
    elsewhere_of,
    place_of,
    places_of,
    plane_of,
)

from keyless.app import build_planes
from keyless.evidence.recorder import CellKey, Recorder, SignInKey, ThrottledKey, WantKey
from keyless.gateway.key_files import KeyFiles
from keyless.model.access_keys import AccessKey
from keyless.model.actions import ActionPlane
from keyless.model.denies import DeniedPrincipal, DenyAssignment
from keyless.model.directory import DirectoryRole, DirectoryRoleAssignment
from keyless.model.evidence import Outcome
from keyless.model.identities import ComputeResource, IdentityKind, ManagedIdentity
from keyless.model.resource_id import resource_scope
from keyless.model.resources import STORE_TYPE, VAULT_TYPE, ConfigurationStore, Tenant, Vault
from keyless.model.roles import Permission, RoleAssignment, RoleDefinition
from keyless.planes.identity import Challenges
from keyless.runtime.leases import IdentityCallers, Lease, Leases
from keyless.runtime.messages import Mode
from keyless.runtime.world import EstateWorld
from keyless.store.collections import (
    ACCESS_KEYS,
    ASSIGNMENTS,
    COMPUTE,
    DENY_ASSIGNMENTS,
    DIRECTORY_ROLE_ASSIGNMENTS,
    SIGNING_KEYS,
    STORES,
    TENANT,
    VAULTS,
)
from keyless.store.sealing import RootKey
from keyless.store.sqlite.store import SqliteStore
from keyless.tokens.keys import SigningKey
from keyless.wire.dispatch import Dispatcher
from keyless.wire.operation import Operation, Requires
from keyless.wire.plane import Plane, Rendered
from keyless.wire.request import HeaderMap, Request
from keyless.wire.throttle import Throttle
from signed_requests_made import SECRET

NOW = 1_800_000_000
ACCESS_KEYS_MADE = ((TARGET, "write", False), (TARGET, "read", True), (ELSEWHERE, "elsewhere", False))
"""Store, id, and whether the key is read-only."""


class Seals:
    """Signs nothing."""

    def sign(self, document: bytes) -> bytes:
        """The document itself."""
        return document


class Sheet:
    """Counts what is recorded, by operation, action and outcome, since it was last looked at."""

    def __init__(self) -> None:
        self._seen: Counter[tuple[str, str, Outcome]] = Counter()

    def write(
        self,
        second: int,
        counts: list[tuple[CellKey, int]],
        wants: list[tuple[WantKey, int]],
        sign_ins: list[tuple[SignInKey, int]],
        throttled: list[tuple[ThrottledKey, int]],
        checks: list[tuple[CellKey, int]],
    ) -> None:
        for key, count in counts:
            self._seen[key.operation, key.action, key.outcome] += count

    def write_selections(self, second: int, selections: object) -> None:
        """What is selected is no operation's access."""

    def take(self) -> dict[tuple[str, str, Outcome], int]:
        seen, self._seen = dict(self._seen), Counter()
        return seen


class Matrix:
    """The planes and their dispatcher. In ``learning`` every principal learns."""

    def __init__(self, directory: Path, key: SigningKey) -> None:
        self._keys = directory / "keys"
        self.store = SqliteStore(directory / "store.db", RootKey(bytes(range(32)), "the test"))
        self.world = EstateWorld(self.store, "matrix", lambda: NOW)
        keys = KeyFiles(self._keys, directory / "nowhere")
        built = build_planes(self.store, self.world, Challenges(keys), Seals())
        self.planes: tuple[Plane, ...] = (*built.tls, *built.plain)
        self.leases = Leases()
        self.lease = Lease("web", "", frozenset(), Mode.ENFORCE, False, lambda message: None)
        self.learning = False
        self._sheet = Sheet()
        self._recorder = Recorder(self._sheet)
        self._roles = {role.id: role for role in (*_roles(self.planes), *OF_EVERYTHING)}
        asyncio.run(self._fill(key))
        self._fronts = (self._dispatcher(built.tls), self._dispatcher(built.plain))

    def _dispatcher(self, planes: tuple[Plane, ...]) -> Dispatcher:
        return Dispatcher(
            planes,
            store=self.store,
            world=self.world,
            roles=self._roles,
            recorder=self._recorder,
            workloads=IdentityCallers(self.leases),
            learners=self,
            directory_roles={role.id.casefold(): role for role in _directory_roles(self.planes)},
            throttle=Throttle(None),  # every caller comes within one second here
        )

    def key(self, challenge: str) -> str:
        """The content of the file that a challenge names."""
        return (self._keys / challenge.rpartition("/")[2]).read_text()

    def plane(self, name: str) -> Plane:
        """A plane by its name."""
        return next(plane for plane in self.planes if plane.name == name)

    def _front(self, host: str) -> Dispatcher:
        """The front that serves a host: numbers are served in plain HTTP, names over TLS."""
        tls, plain = self._fronts
        return plain if host.replace(".", "").isdigit() else tls

    def learns(self, principal_id: str) -> bool:
        """Whether the principal learns: all do, or none."""
        return self.learning

    def learn(self, learning: bool) -> None:
        """Switch learning on or off for everyone."""
        self.learning = learning
        for dispatcher in self._fronts:
            dispatcher.forget()

    async def ask(
        self, method: str, host: str, path: str, query: str, headers: dict[str, str], body: bytes = b"{}"
    ) -> tuple[Rendered, dict[tuple[str, str, Outcome], int]]:
        """Put one request; the answer, and what was recorded for it."""
        dispatcher = self._front(host)
        request = Request(method, host, path, query, HeaderMap(headers), NOW, dispatcher.next_request_id())

        async def read_body(limit: int) -> bytes:
            return body

        answer = await dispatcher.answer(request, read_body)
        self._recorder.flush(NOW)
        return answer, self._sheet.take()

    async def _fill(self, key: SigningKey) -> None:
        host = resource_scope(GROUP, "Microsoft.Web/sites", "web")
        own = ManagedIdentity(IdentityKind.SYSTEM_ASSIGNED, "web", host.text, "client-web", "principal-web")
        self.lease.resource_id = host.text
        self.leases.open(self.lease)
        async with self.store.transaction() as transaction:
            await transaction.put(TENANT, ("tenant",), Tenant(TENANT_ID, "t", SUBSCRIPTION_ID, "s"))
            await transaction.put(SIGNING_KEYS, (key.kid,), key.stored())
            compute = ComputeResource(host.text, "web", "westeurope", own)
            await transaction.put(COMPUTE, (host.text.casefold(),), compute)
            for name in (TARGET, ELSEWHERE):
                vault = Vault(resource_scope(GROUP, VAULT_TYPE, name).text, name, "westeurope")
                await transaction.put(VAULTS, (name,), vault)
                scope = resource_scope(GROUP, STORE_TYPE, name)
                await transaction.put(STORES, (name,), ConfigurationStore(scope.text, name, "westeurope"))
            for store, key_id, read_only in ACCESS_KEYS_MADE:
                made_key = AccessKey(store, key_id, SECRET, read_only)
                await transaction.put(ACCESS_KEYS, (store, key_id), made_key)
            for given in _directory_assignments(self.planes):
                await transaction.put(DIRECTORY_ROLE_ASSIGNMENTS, (given.id,), given)
            for made in _assignments(self.planes):
                await transaction.put(ASSIGNMENTS, (made.id,), made)
            for deny in _denies(self.planes):
                await transaction.put(DENY_ASSIGNMENTS, (deny.id,), deny)


OF_EVERYTHING = (
    RoleDefinition("owner", "Owner", (Permission(actions=("*",)),)),
    RoleDefinition("data-owner", "All data", (Permission(data_actions=("*",)),)),
    RoleDefinition("reader", "Reader of all", (Permission(actions=("*/read",), data_actions=("*/read",)),)),
    RoleDefinition("writer", "Writer of all", (Permission(actions=("*/write",), data_actions=("*/write",)),)),
)
"""Roles that somebody has at the tenant's root."""

OF_THE_DIRECTORY = (
    DirectoryRole("directory-owner", "All of the directory", ("*",)),
    DirectoryRole("reader", "Reader of the directory", ("*/read",)),
    DirectoryRole("writer", "Writer of the directory", ("*/write",)),
)
"""Roles of the directory that somebody has."""


def token_operations(planes: tuple[Plane, ...]) -> list[tuple[Plane, Operation, Requires]]:
    """The operations that require a token."""
    return [(p, o, o.access) for p in planes for o in p.operations if isinstance(o.access, Requires)]


def _roles(planes: tuple[Plane, ...]) -> Iterator[RoleDefinition]:
    """For each operation the role for exactly it, and one short of each of its actions."""
    for plane, made, access in token_operations(planes):
        actions, of = actions_of(made, access), plane_of(plane.name)
        yield RoleDefinition(made.id, made.id, (permission_for(of, actions),))
        for left_out in actions:
            kept = tuple(action for action in actions if action != left_out)
            name = f"{made.id} without {left_out}"
            yield RoleDefinition(name, name, (permission_for(of, kept),))


def _directory_roles(planes: tuple[Plane, ...]) -> Iterator[DirectoryRole]:
    """For each operation on the directory the role for exactly it, and one short of each of its actions."""
    yield from OF_THE_DIRECTORY
    for role in _roles(tuple(plane for plane in planes if plane.name in PLANES_OF_THE_DIRECTORY)):
        yield DirectoryRole(role.id, role.name, role.permissions[0].actions)


def _directory_assignments(planes: tuple[Plane, ...]) -> Iterator[DirectoryRoleAssignment]:
    """Who has the right role of Azure alone has none here: principals are called as those of Azure's are."""
    for role in OF_THE_DIRECTORY:
        yield DirectoryRoleAssignment(role.id, role.id, role.id)
    for plane, made, access in token_operations(planes):
        if plane.name not in PLANES_OF_THE_DIRECTORY:
            continue
        names = (made.id, *(f"{made.id} without {left_out}" for left_out in actions_of(made, access)))
        for principal, name in (
            (f"{name} at {place_of(made, t)}", name) for name in names for _, t in made.routes
        ):
            yield DirectoryRoleAssignment(principal, principal, name)


def permission_for(plane: ActionPlane, actions: tuple[str, ...]) -> Permission:
    """A block that grants just these actions of a plane."""
    data = plane is ActionPlane.DATA
    return Permission(data_actions=actions) if data else Permission(actions=actions)


def _assignments(planes: tuple[Plane, ...]) -> Iterator[RoleAssignment]:
    """Principals are called after what they hold, and where."""
    for role in OF_EVERYTHING:
        yield RoleAssignment(role.id, role.id, role.id, "/")
    for plane, made, access in token_operations(planes):
        names = (made.id, *(f"{made.id} without {left_out}" for left_out in actions_of(made, access)))
        places = places_of(plane.name, made, access) | {ELSEWHERE: elsewhere_of(plane.name)}
        for name in names:
            for place, scope in places.items():
                principal = f"{name} at {place}"
                yield RoleAssignment(principal, principal, name, scope.text)
        for place, scope in places_of(plane.name, made, access).items():
            denied = f"{made.id} denied"
            yield RoleAssignment(f"{denied} at {place}", denied, made.id, scope.text)


def _denies(planes: tuple[Plane, ...]) -> Iterator[DenyAssignment]:
    """For each operation one that takes exactly it from a principal who has the right role."""
    for plane, made, access in token_operations(planes):
        name = f"{made.id} denied"
        block = permission_for(plane_of(plane.name), actions_of(made, access))
        for place, scope in places_of(plane.name, made, access).items():
            yield DenyAssignment(f"{name} at {place}", name, scope.text, (block,), (DeniedPrincipal(name),))


@pytest.fixture(scope="module")
def matrix(tmp_path_factory: pytest.TempPathFactory, signing_key: SigningKey) -> Iterator[Matrix]:
    """Every plane, on a store that is filled once."""
    made = Matrix(tmp_path_factory.mktemp("matrix"), signing_key)
    yield made
    made.store.close()
