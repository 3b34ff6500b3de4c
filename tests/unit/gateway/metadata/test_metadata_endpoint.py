"""The metadata endpoint: the process alone decides, and nothing that a request says of itself does."""

from __future__ import annotations

import asyncio
import errno
import json
import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from proxy_world import Client, Loop, Site

from keyless.gateway.attest.addresses import Connection
from keyless.gateway.attest.matching import NotAdmitted
from keyless.gateway.attest.peer import Attestor
from keyless.gateway.attest.processes import Processes
from keyless.gateway.attest.sockets import FarSocket, socket_table
from keyless.gateway.metadata.address import has_address, metadata_address
from keyless.gateway.metadata.caller import MOST_OF_ONE_USER
from keyless.gateway.metadata.server import CannotServeMetadata, MetadataServer
from keyless.gateway.proxy.leases import Fronts, TimeLimits
from keyless.model.workloads import ProcessFacts

PATH = "/metadata/identity/oauth2/token?api-version=2018-02-01&resource=https://vault.azure.net"
SECRET = "the-secret-of-web"
OWN = "GET / HTTP/1.1\r\nHost: 169.254.169.254\r\nMetadata: true\r\n"


class Keeper:
    """Lets everyone in, or nobody, and remembers who came."""

    def __init__(self) -> None:
        self.came: list[tuple[ProcessFacts, ...]] = []
        self.nobody: list[tuple[str, str]] = []
        self.refuse: Exception | None = None

    async def admit(self, processes: Sequence[ProcessFacts]) -> str:
        self.came.append(tuple(processes))
        if self.refuse is not None:
            raise self.refuse
        return SECRET

    def unattested(self, address: str, why: str) -> None:
        self.nobody.append((address, why))


class Table:
    """The kernel's own table, where a look-up can be made to wait or to find nothing."""

    def __init__(self) -> None:
        self.kernel = socket_table()
        self.looked = threading.Semaphore(0)
        self.gone = False

    def find(self, connection: Connection) -> FarSocket | None:
        found = None if self.gone else self.kernel.find(connection)
        self.looked.release()
        return found

    def attested(self, number: int) -> None:
        """Wait until so many connections have been attested: each is looked up three times for that."""
        for _ in range(3 * number):
            assert self.looked.acquire(timeout=20)


class World:
    """The endpoint, and a plane that says what reached it."""

    def __init__(self, loop: Loop, address: str = "127.0.0.1", limits: TimeLimits | None = None) -> None:
        self.loop, self.keeper, self.table = loop, Keeper(), Table()
        self.plane = Site("plane")
        loop.run(self.plane.start())
        self.server = MetadataServer(
            Attestor(self.table, Processes()),
            self.keeper,
            Fronts(1, self.plane.port),
            address,
            limits or TimeLimits(head_s=10, connect_s=5, linger_s=1),
        )
        try:
            loop.run(self.server.start(0))
        except CannotServeMetadata:
            loop.run(self.plane.stop())
            raise

    def stop(self) -> None:
        self.loop.run(self.server.stop())
        assert len(self.server) == 0
        self.loop.run(self.plane.stop())

    def ask(self, *headers: str, path: str = PATH, host: str | None = None, method: str = "GET") -> str:
        """Send a request with `Metadata: true`, and read until the end."""
        host = host or f"127.0.0.1:{self.server.port}"
        lines = [f"{method} {path} HTTP/1.1", f"Host: {host}", "Metadata: true", *headers, "", ""]
        return self.say("\r\n".join(lines))

    def say(self, text: str) -> str:
        client = Client(self.server.port)
        client.say(text)
        answer = client.hear_all()
        client.socket.close()
        return answer

    @property
    def head(self) -> str:
        """The only head that has reached the plane."""
        (head,) = self.plane.heads
        return head.lower()


def wait_until(done: Callable[[], bool]) -> None:
    """Wait for something that the loop must bring about."""
    deadline, pause = time.monotonic() + 20, threading.Event()
    while not done():
        assert time.monotonic() < deadline
        pause.wait(0.01)


@pytest.fixture
def world(loop: Loop) -> Iterator[World]:
    made = World(loop)
    yield made
    made.stop()


def test_a_process_that_is_let_in_reaches_the_plane_as_its_workload(world: World) -> None:
    assert world.ask().startswith("HTTP/1.1 200 OK")
    ((facts,),) = world.keeper.came
    assert facts.pid == os.getpid()
    assert facts.uid == os.getuid()
    assert f"get {PATH.lower()} http/1.1\r\nhost: 169.254.169.254\r\n" in world.head
    assert f"\r\nx-keyless-workload: {SECRET}\r\n" in world.head
    assert "\r\nmetadata: true\r\n" in world.head


def test_a_process_that_is_not_gets_an_error_of_the_service_and_learns_no_rule(world: World) -> None:
    world.keeper.refuse = NotAdmitted("the workloads `a` and `b` both match it")
    head, _, body = world.ask().partition("\r\n\r\n")
    assert head.startswith("HTTP/1.1 403 ")
    assert "content-type: application/json" in head.lower()
    said = json.loads(body)
    assert said["error"] == "access_denied"
    assert "`a`" not in head + body
    assert not world.plane.heads


def test_a_connection_that_nobody_can_be_named_for_gets_nothing(world: World) -> None:
    world.table.gone = True
    assert world.ask().startswith("HTTP/1.1 403 ")
    ((address, why),) = world.keeper.nobody
    assert address == "127.0.0.1"
    assert "not come from a process of this machine" in why
    assert not world.keeper.came
    assert not world.plane.heads


@pytest.mark.parametrize(
    "header",
    [
        "x-keyless-workload: forged",
        "X-KEYLESS-WORKLOAD: forged",
        "Connection: x-keyless-workload\r\nx-keyless-workload: forged",
    ],
)
def test_what_a_request_says_of_its_workload_does_not_count(world: World, header: str) -> None:
    assert world.ask(header).startswith("HTTP/1.1 200")
    assert "forged" not in world.head
    assert world.head.count(SECRET) == 1


def test_without_the_metadata_header_a_forged_workload_does_not_pass_either(world: World) -> None:
    host = f"127.0.0.1:{world.server.port}"
    world.say(f"GET {PATH} HTTP/1.1\r\nHost: {host}\r\nx-keyless-workload: forged\r\n\r\n")
    assert "x-keyless-workload" not in world.head
    assert not world.keeper.came


@pytest.mark.parametrize(
    "header", ["", "Metadata: false\r\n", "Metadata: True\r\n", "Metadata: true\r\nMetadata: true\r\n"]
)
def test_a_probe_is_passed_on_as_nobodys(world: World, header: str) -> None:
    answer = world.say(f"GET {PATH} HTTP/1.1\r\nHost: 127.0.0.1:{world.server.port}\r\n{header}\r\n")
    assert answer.startswith("HTTP/1.1 200")
    assert "x-keyless-workload" not in world.head


def test_a_forwarding_header_reaches_the_plane_which_refuses_it(world: World) -> None:
    world.ask("X-Forwarded-For: 203.0.113.7", "Connection: X-Forwarded-For, Metadata")
    assert "\r\nx-forwarded-for: 203.0.113.7\r\n" in world.head
    assert "\r\nmetadata: true\r\n" in world.head


@pytest.mark.parametrize(
    "host", ["{address}", "localhost:{port}", "LOCALHOST:{port}", "169.254.169.254", "169.254.169.254:80"]
)
def test_the_endpoint_has_a_few_names(world: World, host: str) -> None:
    name = host.format(address=f"127.0.0.1:{world.server.port}", port=world.server.port)
    assert world.ask(host=name).startswith("HTTP/1.1 200")


@pytest.mark.parametrize(
    "host",
    [
        "rebound.example:{port}",
        "rebound.example",
        "127.0.0.1",
        "127.0.0.1:1",
        "169.254.169.254:{port}",
        "127.0.0.2:{port}",
    ],
)
def test_a_name_that_someone_has_pointed_here_is_refused(world: World, host: str) -> None:
    assert world.ask(host=host.format(port=world.server.port)).startswith("HTTP/1.1 400 ")
    assert not world.plane.heads
    assert not world.keeper.came


@pytest.mark.parametrize(
    "text",
    [
        "CONNECT 169.254.169.254:80 HTTP/1.1\r\nHost: x\r\n\r\n",
        "GET http://169.254.169.254/metadata HTTP/1.1\r\nHost: x\r\nMetadata: true\r\n\r\n",
        "GET / HTTP/1.1\r\nMetadata: true\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: 169.254.169.254\r\nHost: 169.254.169.254\r\nMetadata: true\r\n\r\n",
        f"{OWN}Content-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n",
        "GET / HTTP/1.1\nHost: 169.254.169.254\nMetadata: true\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: 169.254.169.254\r\nMetadata : true\r\n\r\n",
    ],
)
def test_what_readers_could_differ_on_is_refused(world: World, text: str) -> None:
    assert world.say(text).startswith("HTTP/1.1 400 ")
    assert not world.plane.heads


def test_a_second_request_on_the_same_connection_reaches_nobody(world: World) -> None:
    host = "Host: 169.254.169.254\r\n"
    inner = f"GET /second HTTP/1.1\r\n{host}x-keyless-workload: forged\r\n\r\n"
    world.say(f"GET {PATH} HTTP/1.1\r\n{host}Metadata: true\r\n\r\n{inner}")
    assert "second" not in world.head
    assert len(world.keeper.came) == 1


def test_a_body_is_carried_to_its_end_and_no_further(world: World) -> None:
    head = "POST /metadata/x HTTP/1.1\r\nHost: 169.254.169.254\r\nMetadata: true\r\nContent-Length: 5\r\n\r\n"
    assert '"body": "hello"' in world.say(f"{head}helloGET /")


EXECS = """
import os, socket, sys, time
made = socket.create_connection(("127.0.0.1", int(sys.argv[1])))
made.sendall(b"GET / HTTP/1.1\\r\\nHost: 169.254.169.254\\r\\nMetadata: true\\r\\n")
sys.stdin.readline()
os.dup2(made.fileno(), 1)
os.execv(sys.argv[2], [sys.argv[2], "-c", "printf '\\\\r\\\\n'; cat <&1 >&2"])
"""


def test_a_process_that_becomes_another_program_before_it_has_asked_gets_nothing(world: World) -> None:
    argv = [sys.executable, "-I", "-c", EXECS, str(world.server.port), "/bin/sh"]
    with subprocess.Popen(argv, stdin=subprocess.PIPE, stderr=subprocess.PIPE) as popen:
        world.table.attested(1)
        _, answer = popen.communicate(b"go\n", timeout=20)
    assert answer.startswith(b"HTTP/1.1 403 ")
    assert not world.keeper.came
    assert not world.plane.heads
    ((_, why),) = world.keeper.nobody
    assert "is not what it was when it connected" in why or "changed hands" in why


def test_a_client_that_goes_at_once_leaves_nothing_behind(world: World) -> None:
    for _ in range(20):
        Client(world.server.port).reset()
    assert world.ask().startswith("HTTP/1.1 200")


def test_of_one_users_connections_more_than_a_number_are_hung_up_on(world: World) -> None:
    clients = [Client(world.server.port) for _ in range(MOST_OF_ONE_USER)]
    world.table.attested(MOST_OF_ONE_USER)
    assert Client(world.server.port).hear_end()
    for client in clients:
        client.socket.close()
    wait_until(lambda: len(world.server) == 0)
    assert world.ask().startswith("HTTP/1.1 200")


def test_more_connections_than_it_keeps_in_all_are_hung_up_on(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("keyless.gateway.metadata.server._MOST_CONNECTIONS", 2)
    clients = [Client(world.server.port) for _ in range(2)]
    world.table.attested(2)
    assert Client(world.server.port).hear_end()
    for client in clients:
        client.socket.close()


def test_a_request_that_does_not_come_in_time_ends(loop: Loop) -> None:
    world = World(loop, limits=TimeLimits(head_s=0.2, connect_s=5, linger_s=1))
    client = Client(world.server.port)
    client.say("GET ")
    assert client.hear_all().startswith("HTTP/1.1 408 ")
    client.socket.close()
    world.stop()


def test_over_ipv6_it_is_the_same(loop: Loop) -> None:
    world = World(loop, "::1")
    with socket.create_connection(("::1", world.server.port)) as client:
        client.sendall(
            f"GET {PATH} HTTP/1.1\r\nHost: [::1]:{world.server.port}\r\nMetadata: true\r\n\r\n".encode()
        )
        assert client.recv(15) == b"HTTP/1.1 200 OK"
        while client.recv(65536):
            pass
    assert world.keeper.came[0][0].pid == os.getpid()
    world.stop()


@pytest.mark.parametrize("address", ["0.0.0.0", "::", "192.0.2.1", "localhost", "", "169.254.169.253"])
def test_an_address_that_others_can_reach_is_not_served(loop: Loop, address: str) -> None:
    with pytest.raises(CannotServeMetadata, match="not an address of this machine alone"):
        World(loop, address)


def test_a_port_that_is_taken_is_said_to_be(world: World, loop: Loop) -> None:
    other = MetadataServer(Attestor(world.table, Processes()), world.keeper, Fronts(1, 2), "127.0.0.1")
    with pytest.raises(CannotServeMetadata, match=rf"port {world.server.port} of 127.0.0.1 is in use"):
        loop.run(other.start(world.server.port))


@pytest.mark.skipif(has_address("169.254.169.254"), reason="this machine has the metadata address")
def test_an_address_that_is_missing_is_named_with_the_command_that_adds_it(loop: Loop) -> None:
    with pytest.raises(CannotServeMetadata, match=r"`ip address add 169\.254\.169\.254/32 dev lo`"):
        World(loop, "169.254.169.254")


def test_an_address_that_is_there_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("keyless.gateway.metadata.address.METADATA_HOST", "127.0.0.1")
    with metadata_address() as added:
        assert added is False


def test_without_the_program_the_command_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("keyless.gateway.metadata.address.METADATA_HOST", "192.0.2.7")
    monkeypatch.setenv("PATH", "")
    with pytest.raises(CannotServeMetadata, match="no program `ip`"), metadata_address():
        pytest.fail("the address was added")


def test_an_address_is_put_on_and_taken_off_again(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    said = tmp_path / "said"
    program = tmp_path / "ip"
    program.write_text(f'#!/bin/sh\necho "$@" >> {said}\n')
    program.chmod(0o755)
    monkeypatch.setattr("keyless.gateway.metadata.address.METADATA_HOST", "192.0.2.7")
    monkeypatch.setenv("PATH", str(tmp_path))
    with metadata_address() as added:
        assert added
        assert said.read_text() == "address add 192.0.2.7/32 dev lo\n"
    assert said.read_text().splitlines()[1:] == ["address del 192.0.2.7/32 dev lo"]
    program.write_text("#!/bin/sh\necho 'Operation not permitted' >&2\nexit 2\n")
    with pytest.raises(CannotServeMetadata, match=r"\(Operation not permitted\)"), metadata_address():
        pytest.fail("the address was added")


@pytest.mark.parametrize(
    ("address", "number", "why"),
    [
        ("127.0.0.1", errno.EACCES, "port 80 is for root alone"),
        ("::1", errno.EADDRNOTAVAIL, "this machine does not have the address ::1"),
        ("127.0.0.1", errno.EMFILE, "cannot listen on 127.0.0.1 port 80: too many open files"),
    ],
)
def test_a_port_that_cannot_be_had_is_explained(
    loop: Loop, monkeypatch: pytest.MonkeyPatch, address: str, number: int, why: str
) -> None:
    async def refuse(*_: object, **__: object) -> None:
        raise OSError(number, os.strerror(number))

    async def start() -> None:
        running = asyncio.get_running_loop()
        server = MetadataServer(Attestor(Table(), Processes()), Keeper(), Fronts(1, 2), address)
        with monkeypatch.context() as patched:
            patched.setattr(asyncio, "get_running_loop", lambda: Refusing(running, refuse))
            await server.start(80)

    with pytest.raises(CannotServeMetadata, match=why):
        loop.run(start())


class Refusing:
    """A loop on which nothing can listen."""

    def __init__(self, loop: asyncio.AbstractEventLoop, refuse: Callable[..., Any]) -> None:
        self.loop, self.create_server = loop, refuse
