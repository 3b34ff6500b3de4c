"""A shelf of books: a small plane to put questions to, on a real store, with real tokens."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import msgspec
import pytest

from keyless.evidence.recorder import CellKey, Recorder, SignInKey, ThrottledKey, WantKey
from keyless.model.hosts import HostKind
from keyless.model.identities import PrincipalKind
from keyless.model.resource_id import ResourceId
from keyless.model.resources import VAULT_TYPE, Vault
from keyless.model.roles import Permission, RoleAssignment, RoleDefinition
from keyless.store.collections import ASSIGNMENTS
from keyless.store.ports import Store
from keyless.tokens.claims import ClientAuthentication, Subject, v1_claims
from keyless.tokens.issue import issue
from keyless.tokens.keys import KeyRing, SigningKey
from keyless.wire import shapes
from keyless.wire.call import Authorized, Reply, Workload
from keyless.wire.dispatch import Dispatcher
from keyless.wire.errors import InvalidRequest, Missing, NotFound, PayloadTooLarge
from keyless.wire.operation import ApiVersions, Public, Requires, WorkloadOnly, operation
from keyless.wire.plane import Plane, Rendered
from keyless.wire.request import Connection, HeaderMap, Request

TENANT_ID = "11111111-2222-3333-4444-555555555555"
AUDIENCE = "https://books.example"
SHELF_HOST = "orders.books.example"
DESK_HOST = "desk.example"
READ = "Microsoft.KeyVault/vaults/books/read"
WRITE = "Microsoft.KeyVault/vaults/books/write"
SIGN = "Microsoft.KeyVault/vaults/books/sign/action"
V7 = ApiVersions(("7.4", "7.5"))
NONE = ApiVersions()

SHELF = Vault(f"/subscriptions/s/resourceGroups/g/providers/{VAULT_TYPE}/orders", "orders", "westeurope")


class Book(msgspec.Struct):
    """What is put on the shelf."""

    title: str


class Shelf:
    """The service behind the operations: it remembers who came through to it."""

    def __init__(self) -> None:
        self.reached: list[Authorized[Any]] = []
        self.books: dict[str, str] = {"dune": "Dune"}


def shelf_scope(resource: Vault, params: Mapping[str, str]) -> ResourceId:
    """A book's scope, or the shelf's."""
    shelf = ResourceId.parse(resource.resource_id)
    return shelf.child("books", params["name"]) if "name" in params else shelf


def requires(*actions: str) -> Requires:
    """A token, and these actions at the book."""
    return Requires(actions, shelf_scope)


@operation(
    id="Shelf.Get",
    route=("GET|HEAD /books/{name}", "GET /books/{name}/{version}"),
    api_versions=V7,
    access=requires(READ),
    spec="https://books.example/get",
)
async def get_book(call: Authorized[None], shelf: Shelf) -> object:
    """Return a book."""
    shelf.reached.append(call)
    title = shelf.books.get(call.params["name"])
    if title is None:
        missing = Missing("secret", call.resource.name, call.params["name"])
        raise NotFound(f"there is no book `{call.params['name']}`", code="BookNotFound", missing=missing)
    return {"title": title}


@operation(
    id="Shelf.Put",
    route="PUT /books/{name}",
    api_versions=V7,
    access=requires(WRITE, SIGN),
    spec="https://books.example/put",
    body=Book,
)
async def put_book(call: Authorized[Book], shelf: Shelf) -> Reply:
    """Put a book on the shelf."""
    shelf.reached.append(call)
    shelf.books[call.params["name"]] = call.body.title
    return Reply({"title": call.body.title}, status=201, headers=(("etag", '"1"'),))


@operation(
    id="Shelf.Lend", route="POST /books/{name}", api_versions=V7, access=requires(WRITE), spec="https://b.e"
)
async def lend_book(call: Authorized[None], shelf: Shelf) -> Reply:
    """Lend a book; whatever body comes is looked at by the handler."""
    shelf.reached.append(call)
    return Reply(call.request.body or b"lent", content_type="text/plain")


@operation(
    id="Shelf.Drop", route="DELETE /books/{name}", api_versions=V7, access=requires(WRITE), spec="https://b.e"
)
async def drop_book(call: Authorized[None], shelf: Shelf) -> Reply:
    """Drop a book; there is nothing to say about it."""
    shelf.reached.append(call)
    return Reply(status=204)


@operation(
    id="Shelf.Of",
    route="GET /of",
    api_versions=NONE,
    access=requires(READ),
    spec="https://b.e",
    query_params=("name",),
)
async def book_by_query(call: Authorized[None], shelf: Shelf) -> object:
    """Return a book that the query names."""
    shelf.reached.append(call)
    return dict(call.params)


@operation(
    id="Shelf.Break",
    route="GET|POST /break",
    api_versions=NONE,
    access=Public("it only breaks"),
    spec="https://b.e",
)
async def break_down(call: Authorized[None], shelf: Shelf) -> object:
    """Fail as nobody expected."""
    shelf.reached.append(call)
    raise RuntimeError("hunter2")


@operation(
    id="Shelf.About",
    route="GET /",
    api_versions=NONE,
    access=Public("it is about nobody"),
    spec="https://b.e",
)
async def about(call: Authorized[None], shelf: Shelf) -> object:
    """Say what this is."""
    shelf.reached.append(call)
    return {"about": "books"}


@operation(
    id="Desk.Who",
    route="GET|POST /who",
    api_versions=ApiVersions(("1",)),
    access=WorkloadOnly("it answers its own workload"),
    spec="https://b.e",
)
async def who(call: Authorized[None], shelf: Shelf) -> object:
    """Say whose desk this is."""
    shelf.reached.append(call)
    return {"who": call.workload.name if call.workload else None}


@dataclass(frozen=True)
class Clerk:
    """A workload."""

    name: str
    resource_id: str
    host_kind: HostKind = HostKind.VM

    def got_token(self) -> None:
        raise AssertionError("the desk gives no tokens")


class Clerks:
    """The workloads that run: one, with a secret. ``at_peer`` is whose every connection is."""

    def __init__(self) -> None:
        self.at_peer: Workload | None = None
        self.connections: list[Connection] = []

    def by_secret(self, secret: str) -> Workload | None:
        return Clerk("web", "/subscriptions/s") if secret == "open sesame" else None

    async def by_peer(self, connection: Connection) -> Workload | None:
        self.connections.append(connection)
        return self.at_peer


class Pupils:
    """The principals that are learning."""

    def __init__(self) -> None:
        self.learning: set[str] = set()

    def learns(self, principal_id: str) -> bool:
        return principal_id in self.learning


@dataclass
class Sheet:
    """A sink that keeps what is written to it."""

    counts: list[tuple[CellKey, int]] = field(default_factory=list)
    wants: list[tuple[WantKey, int]] = field(default_factory=list)
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
        self.wants += wants
        self.throttled += throttled


@dataclass
class Town:
    """The estate that is served; both may be exchanged while it is."""

    tenant: str
    ring: KeyRing

    async def tenant_id(self) -> str:
        return self.tenant

    async def key_ring(self) -> KeyRing:
        return self.ring


def refuse_teapots(request: Request) -> None:
    """The shelf's precheck."""
    if request.headers.get("x-teapot"):
        raise InvalidRequest("no teapots", field="x-teapot")


def shelf_plane(shelf: Shelf) -> Plane:
    """The plane of books; a small limit on bodies."""

    async def locate(host: str) -> Vault | None:
        return SHELF if host == SHELF_HOST else None

    return Plane(
        name="shelf",
        operations=(get_book, put_book, lend_book, drop_book, book_by_query, break_down, about),
        service=shelf,
        locate=locate,
        shape=shapes.key_vault,
        audiences=lambda resource: frozenset({AUDIENCE}),
        headers=lambda request, resource: [("x-ms-request-id", request.request_id)],
        precheck=refuse_teapots,
        method_override=True,
        max_body_bytes=1000,
    )


def desk_plane(shelf: Shelf) -> Plane:
    """The plane that takes no tokens but a workload's secret."""

    async def locate(host: str) -> str | None:
        return "desk" if host == DESK_HOST else None

    return Plane(
        name="desk",
        operations=(who,),
        service=shelf,
        locate=locate,
        shape=shapes.imds,
        workload_secret=lambda request: request.headers.get("x-secret"),
        attests_peer=True,
    )


class Library:
    """A dispatcher over both planes, and everything that a test wants to turn or look at."""

    def __init__(self, store: Store, key: SigningKey, now: int) -> None:
        self.store = store
        self.now = now
        self.key = key
        self.shelf = Shelf()
        self.pupils = Pupils()
        self.clerks = Clerks()
        self.sheet = Sheet()
        self.recorder = Recorder(self.sheet)
        self.town = Town(TENANT_ID, KeyRing([key]))
        self.missing: list[WantKey] = []
        self.shelf_scope = SHELF.resource_id
        self.plane = shelf_plane(self.shelf)
        self.serve(self.plane, desk_plane(self.shelf))

    def serve(self, *planes: Plane) -> None:
        """Begin anew with these planes."""
        self.dispatcher = Dispatcher(
            planes,
            store=self.store,
            world=self.town,
            roles={role.id: role for role in ROLES},
            recorder=self.recorder,
            workloads=self.clerks,
            learners=self.pupils,
            on_missing=self.missing.append,
        )

    def token(self, principal_id: str = "alice", *, audience: str = AUDIENCE, **changed: object) -> str:
        """A bearer token; claims may be changed, or left out with none."""
        subject = Subject(
            TENANT_ID,
            f"app-of-{principal_id}",
            principal_id,
            PrincipalKind.APPLICATION,
            ClientAuthentication.SECRET,
        )
        claims = v1_claims(subject, audience, self.now, "uti") | changed
        return f"Bearer {issue({name: v for name, v in claims.items() if v is not None}, self.key)}"

    async def assign(self, principal_id: str, role: str, scope: str = SHELF.resource_id) -> str:
        """Give a role; the assignment's id."""
        made = RoleAssignment(str(uuid.uuid4()), principal_id, role, scope)
        async with self.store.transaction() as transaction:
            await transaction.put(ASSIGNMENTS, (made.id,), made)
        return made.id

    async def withdraw(self, assignment_id: str) -> None:
        """Take an assignment back."""
        async with self.store.transaction() as transaction:
            await transaction.delete(ASSIGNMENTS, (assignment_id,))

    async def ask(
        self,
        method: str,
        path: str,
        query: str = "api-version=7.4",
        *,
        host: str = SHELF_HOST,
        token: str | None = None,
        body: bytes = b"",
        **headers: str,
    ) -> Rendered:
        """Put one request to the dispatcher; header names are written with underscores."""
        given = {name.replace("_", "-"): value for name, value in headers.items()}
        if token is not None:
            given["authorization"] = token
        request = Request(
            method, host, path, query, HeaderMap(given), self.now, self.dispatcher.next_request_id()
        )

        async def read_body(limit: int) -> bytes:
            if len(body) > limit:
                raise PayloadTooLarge(f"the request's body is larger than {limit} bytes")
            return body

        return await self.dispatcher.answer(request, read_body)

    def counted(self) -> dict[tuple[str, str, str], int]:
        """The evidence so far: counts by operation, action and outcome."""
        self.recorder.flush(self.now)
        totals: dict[tuple[str, str, str], int] = {}
        for key, count in self.sheet.counts:
            line = (key.operation, key.action, key.outcome.value)
            totals[line] = totals.get(line, 0) + count
        return totals


ROLES = (
    RoleDefinition("reader", "Reader", (Permission(data_actions=(READ,)),)),
    RoleDefinition("writer", "Writer", (Permission(data_actions=(WRITE,)),)),
    RoleDefinition("signer", "Signer", (Permission(data_actions=(SIGN,)),)),
    RoleDefinition("owner", "Owner", (Permission(actions=("*",)),)),
)


@pytest.fixture
def library(store: Store, signing_key: SigningKey, now: int) -> Library:
    """A library on a fresh store."""
    return Library(store, signing_key, now)


@pytest.fixture
async def reader(library: Library) -> str:
    """The token of a principal who may read every book of the shelf."""
    await library.assign("alice", "reader")
    return library.token("alice")
