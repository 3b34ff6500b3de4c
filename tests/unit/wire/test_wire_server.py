"""Serving over real sockets, plain and TLS, to Python's own HTTP client."""

from __future__ import annotations

import asyncio
import datetime
import http.client
import ipaddress
import json
import socket
import ssl
from collections.abc import AsyncIterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from keyless.lifecycle.outages import bring_back, take_down
from keyless.model.outages import Manner
from keyless.wire.server import Front, ListeningServer


@dataclass
class Told:
    """What a client was told."""

    status: int
    reason: str
    headers: dict[str, str]
    body: bytes


class Caller:
    """Asks a listening server, from a thread, each request on a connection of its own."""

    def __init__(self, port: int, trust: ssl.SSLContext | None = None) -> None:
        self.port = port
        self._trust = trust

    def connect(self) -> http.client.HTTPConnection:
        if self._trust is None:
            return http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        return http.client.HTTPSConnection("127.0.0.1", self.port, timeout=10, context=self._trust)

    async def ask(
        self, method: str, path: str, body: Any = None, token: str | None = None, **headers: str
    ) -> Told:
        given = {"host": "orders.books.example"} | {n.replace("_", "-"): v for n, v in headers.items()}
        if token:
            given["authorization"] = token
        return await asyncio.to_thread(self._ask, method, path, body, given)

    def _ask(self, method: str, path: str, body: Any, headers: dict[str, str]) -> Told:
        connection = self.connect()
        try:
            connection.request(method, path, body, headers, encode_chunked="transfer-encoding" in headers)
            answer = connection.getresponse()
            names = {name.lower(): value for name, value in answer.getheaders()}
            return Told(answer.status, answer.reason, names, answer.read())
        finally:
            connection.close()


@dataclass(frozen=True)
class Certificate:
    """A certificate for 127.0.0.1, its key, and the trust of a client."""

    file: Path
    key: Path
    trust: ssl.SSLContext


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Certificate:
    directory = tmp_path_factory.mktemp("tls")
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "the test")])
    now = datetime.datetime.now(datetime.UTC)
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(hours=1))
        .not_valid_after(now + datetime.timedelta(hours=1))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), False
        )
        .sign(key, hashes.SHA256())
    )
    pem = made.public_bytes(serialization.Encoding.PEM)
    (directory / "c.pem").write_bytes(pem)
    (directory / "k.pem").write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )
    trust = ssl.create_default_context(cadata=pem.decode())
    return Certificate(directory / "c.pem", directory / "k.pem", trust)


@pytest.fixture(params=["plain", "tls"])
async def caller(
    request: pytest.FixtureRequest, library: Any, certificate: Certificate
) -> AsyncIterator[Caller]:
    """A client of the library's planes, over a socket."""
    front = Front(library.dispatcher, clock=lambda: library.now)
    tls = request.param == "tls"
    server = ListeningServer(
        front, certificate=certificate.file if tls else None, key=certificate.key if tls else None
    )
    await server.start()
    yield Caller(server.port, certificate.trust if tls else None)
    await server.stop()


async def test_a_request_is_answered(caller: Caller, library: Any, reader: str) -> None:
    told = await caller.ask("GET", "/books/dune?api-version=7.4", token=reader)
    assert (told.status, told.reason) == (200, "OK")
    assert json.loads(told.body) == {"title": "Dune"}
    assert told.headers["content-type"] == "application/json; charset=utf-8"
    assert told.headers["x-ms-request-id"]
    assert library.shelf.reached[0].now == library.now


async def test_a_workload_may_be_known_by_the_connection_that_it_asks_over(
    caller: Caller, library: Any
) -> None:
    host = {"host": "desk.example"}
    refused = await caller.ask("GET", "/who?api-version=1", **host)
    assert refused.status == 401
    assert "keyless run" in refused.body.decode()
    library.clerks.at_peer = library.clerks.by_secret("open sesame")
    told = await caller.ask("GET", "/who?api-version=1", **host)
    assert json.loads(told.body) == {"who": "web"}
    wrong = await caller.ask("GET", "/who?api-version=1", **host, x_secret="wrong")
    assert wrong.status == 401, "a secret that is wrong is not made up for by the process"
    ends = [(one.client.rpartition(":")[0], one.server) for one in library.clerks.connections]
    assert ends == [("127.0.0.1", f"127.0.0.1:{caller.port}")] * 2


async def test_an_error_is_answered_in_the_planes_shape_with_the_standard_reason(caller: Caller) -> None:
    told = await caller.ask("GET", "/books/dune?api-version=7.4")
    assert (told.status, told.reason) == (401, "Unauthorized")
    assert told.headers["www-authenticate"].startswith("Bearer ")
    assert json.loads(told.body)["error"]["code"] == "Unauthorized"


async def test_paths_and_queries_are_decoded_once(caller: Caller, library: Any, reader: str) -> None:
    library.shelf.books["a bé%41"] = "odd"
    told = await caller.ask("GET", "/BOOKS/a%20b%C3%A9%2541/?api%2Dversion=7%2E4", token=reader)
    assert json.loads(told.body) == {"title": "odd"}
    told = await caller.ask("GET", "/of?name=a%20b%2F%C3%A9%2541", token=reader)
    assert json.loads(told.body) == {"name": "a b/é%41"}


async def writer(library: Any) -> str:
    await library.assign("alice", "writer")
    await library.assign("alice", "signer")
    return str(library.token("alice"))


async def test_a_body_is_read(caller: Caller, library: Any) -> None:
    told = await caller.ask(
        "PUT", "/books/emma?api-version=7.4", b'{"title": "Emma"}', token=await writer(library)
    )
    assert (told.status, told.reason) == (201, "Created")
    assert library.shelf.books["emma"] == "Emma"


async def test_a_chunked_body_is_read(caller: Caller, library: Any) -> None:
    pieces = [b'{"title": ', b'"Em', b'ma"}']
    told = await caller.ask(
        "PUT",
        "/books/emma?api-version=7.4",
        iter(pieces),
        token=await writer(library),
        transfer_encoding="chunked",
    )
    assert told.status == 201
    assert library.shelf.books["emma"] == "Emma"


@pytest.mark.parametrize("size", [2000, 5_000_000])
@pytest.mark.parametrize("chunked", [False, True])
async def test_who_sends_a_body_beyond_the_limit_hears_that_it_is(
    caller: Caller, library: Any, size: int, chunked: bool
) -> None:
    large = b'{"title": "' + b"x" * size + b'"}'
    given: Any = large
    headers = {}
    if chunked:
        given = iter([large[at : at + 65_536] for at in range(0, len(large), 65_536)])
        headers["transfer_encoding"] = "chunked"
    path = "/books/emma?api-version=7.4"
    told = await caller.ask("PUT", path, given, token=await writer(library), **headers)
    assert (told.status, json.loads(told.body)["error"]["code"]) == (413, "RequestEntityTooLarge")
    assert "emma" not in library.shelf.books


async def test_who_goes_on_sending_for_ever_is_cut_off(
    caller: Caller, library: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("keyless.wire.server._LET_GO_BYTES", 100_000)
    endless = (b"x" * 65_536 for _ in iter(int, 1))
    path = "/books/emma?api-version=7.4"
    with pytest.raises(OSError, match=r"reset|Broken pipe|EOF"):
        await caller.ask("PUT", path, endless, token=await writer(library), transfer_encoding="chunked")


async def test_an_answer_without_a_body_is_empty(caller: Caller, library: Any) -> None:
    told = await caller.ask("DELETE", "/books/dune?api-version=7.4", token=await writer(library))
    assert (told.status, told.reason, told.body) == (204, "No Content", b"")


async def test_a_head_request_gets_no_body(caller: Caller, reader: str) -> None:
    told = await caller.ask("HEAD", "/books/dune?api-version=7.4", token=reader)
    assert (told.status, told.body) == (200, b"")
    assert told.headers["content-type"] == "application/json; charset=utf-8"


async def test_a_connection_serves_several_requests(caller: Caller, reader: str) -> None:
    def several() -> list[int]:
        connection = caller.connect()
        statuses = []
        for number in range(5):
            headers = {"host": "orders.books.example"} | ({"authorization": reader} if number % 2 else {})
            connection.request("GET", "/books/dune?api-version=7.4", headers=headers)
            answer = connection.getresponse()
            answer.read()
            statuses.append(answer.status)
        connection.close()
        return statuses

    assert await asyncio.to_thread(several) == [401, 200, 401, 200, 401]


async def test_many_callers_are_served_at_once(caller: Caller, reader: str) -> None:
    asked = [caller.ask("GET", "/books/dune?api-version=7.4", token=reader) for _ in range(20)]
    assert {told.status for told in await asyncio.gather(*asked)} == {200}


async def test_tls_before_1_2_is_refused(library: Any, certificate: Certificate) -> None:
    server = ListeningServer(Front(library.dispatcher), certificate=certificate.file, key=certificate.key)
    await server.start()
    client = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    client.check_hostname, client.verify_mode = False, ssl.CERT_NONE
    client.set_ciphers("ALL:@SECLEVEL=0")

    def greet() -> str | None:
        with (
            socket.create_connection(("127.0.0.1", server.port), 10) as raw,
            client.wrap_socket(raw) as spoken,
        ):
            return spoken.version()

    client.maximum_version = ssl.TLSVersion.TLSv1_2
    assert await asyncio.to_thread(greet) == "TLSv1.2"
    with pytest.warns(DeprecationWarning, match="TLSv1_1"):
        client.minimum_version = client.maximum_version = ssl.TLSVersion.TLSv1_1
    with pytest.raises(ssl.SSLError) as raised:
        await asyncio.to_thread(greet)
    assert "ALERT" in raised.value.reason, "the client itself would not try"
    await server.stop()


async def test_a_server_listens_on_loopback_and_not_after_it_has_stopped(library: Any) -> None:
    server = ListeningServer(Front(library.dispatcher))
    await server.start()
    assert server.address == "127.0.0.1"
    where = ("127.0.0.1", server.port)
    (await asyncio.to_thread(socket.create_connection, where, 5)).close()
    await server.stop()
    with pytest.raises(ConnectionRefusedError):
        await asyncio.to_thread(socket.create_connection, where, 5)


async def test_two_servers_have_two_ports(library: Any) -> None:
    servers = [ListeningServer(Front(library.dispatcher)) for _ in range(2)]
    assert servers[0].port != servers[1].port
    for server in servers:
        await server.start()
    for server in servers:
        await server.stop()


async def test_an_address_that_cannot_be_listened_on_is_an_error(library: Any) -> None:
    with pytest.raises(OSError, match="assign requested address"):
        await ListeningServer(Front(library.dispatcher), address="192.0.2.1").start()


async def test_what_is_unreachable_is_cut_off_on_connections_that_are_open_and_new(
    caller: Caller, library: Any, reader: str
) -> None:
    def ask(connection: http.client.HTTPConnection) -> int:
        headers = {"host": "orders.books.example", "authorization": reader}
        connection.request("GET", "/books/dune?api-version=7.4", headers=headers)
        answer = connection.getresponse()
        answer.read()
        return answer.status

    kept, part = caller.connect(), ("orders.books.example", "the shelf")
    other = {"host": "desk.example", "x_secret": "open sesame"}
    with closing(kept), closing(caller.connect()) as fresh:
        assert await asyncio.to_thread(ask, kept) == 200
        await take_down(library.store, part, Manner.UNREACHABLE, library.now)
        for connection in (kept, fresh):
            with pytest.raises((ConnectionError, http.client.HTTPException, ssl.SSLError)):
                await asyncio.to_thread(ask, connection)
        assert (await caller.ask("GET", "/who?api-version=1", **other)).status == 200
        await bring_back(library.store, [part[0]])
        assert await asyncio.to_thread(ask, kept) == 200, "who connects again gets through"
