"""The control socket: a connection is a lease, whatever comes over it and however it ends."""

from __future__ import annotations

import asyncio
import logging
import os
import socket
import stat
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from keyless.gateway.attest.processes import Process, Processes
from keyless.runtime.client import PlaneUnavailable, join, take_lock
from keyless.runtime.control import ControlServer, Tell
from keyless.runtime.leases import Lease, LeaseRefused
from keyless.runtime.messages import (
    PROTOCOL,
    Bye,
    Hello,
    Mode,
    Ready,
    Refused,
    Remark,
    ServedFirst,
    Summary,
    ToClient,
    decode_to_client,
    encode,
)
from keyless.runtime.project import Project
from keyless.store.ports import StoreError

HELLO = Hello(PROTOCOL, "web", Mode.LEARN, False, None)
READY = Ready("web", "/web", "app-service", "the-secret", 1, 2)
SUMMARY = Summary(1, 2, 3, 4, 5)


class Desk:
    """Where leases are opened and closed: it may refuse, and remembers."""

    def __init__(self) -> None:
        self.open: list[Lease] = []
        self.tells: list[Tell] = []
        self.hellos: list[Hello] = []
        self.clients: list[Process | None] = []
        self.said: list[Bye | None] = []
        self.serving: list[Lease] = []
        self.closed = asyncio.Event()
        self.refuse: Exception | None = None

    async def open_lease(self, hello: Hello, tell: Tell, client: Process | None) -> tuple[Lease, ToClient]:
        self.hellos.append(hello)
        self.clients.append(client)
        if self.refuse:
            raise self.refuse
        lease = Lease(hello.workload or "", "/web", frozenset(), hello.mode, hello.offline, tell)
        self.open.append(lease)
        self.tells.append(tell)
        return lease, READY

    async def close_lease(self, lease: Lease, goodbye: Bye | None) -> Summary:
        self.open.remove(lease)
        self.said.append(goodbye)
        self.closed.set()
        return SUMMARY


class Client:
    """One connection."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer

    def say(self, line: bytes) -> None:
        self._writer.write(line)

    async def hear(self) -> ToClient | None:
        line = await self._reader.readline()
        return decode_to_client(line) if line else None

    def leave(self) -> None:
        self._writer.close()

    def end_of_words(self) -> None:
        self._writer.write_eof()


async def connect(project: Project) -> Client:
    """One connection to the project's plane."""
    where = str(project.control_socket)
    return Client(*await asyncio.open_unix_connection(where, limit=1024 * 1024))


@pytest.fixture
def project(tmp_path: Path) -> Project:
    made = Project(tmp_path, tmp_path / ".keyless")
    made.prepare()
    return made


@pytest.fixture
def desk() -> Desk:
    return Desk()


@pytest.fixture
async def server(project: Project, desk: Desk) -> AsyncIterator[ControlServer]:
    control = ControlServer(project.control_socket, desk.open_lease, desk.close_lease, desk.serving.append)
    await control.start()
    yield control
    control.stop_listening()


@pytest.fixture
async def client(server: ControlServer, project: Project) -> AsyncIterator[Client]:
    connected = await connect(project)
    yield connected
    connected.leave()


async def test_that_a_run_has_served_is_passed_on_before_its_goodbye(
    server: ControlServer, client: Client, desk: Desk
) -> None:
    client.say(encode(HELLO))
    await client.hear()
    (lease,) = desk.open
    client.say(encode(ServedFirst()))
    client.say(encode(Bye(0)))
    assert await client.hear() == SUMMARY
    assert (desk.serving, desk.said) == ([lease], [Bye(0)])


async def test_hello_is_answered_with_the_lease_and_goodbye_with_the_summary(
    client: Client, desk: Desk, server: ControlServer
) -> None:
    client.say(encode(HELLO))
    assert await client.hear() == READY
    assert (desk.hellos, len(desk.open), server.connected) == ([HELLO], 1, True)
    client.say(encode(Bye(3)))
    assert await client.hear() == SUMMARY
    assert await client.hear() is None
    assert desk.said == [Bye(3)]
    assert desk.open == []
    assert server.idle.is_set()
    assert not server.connected


async def test_the_process_that_connected_is_known(client: Client, desk: Desk) -> None:
    client.say(encode(HELLO))
    assert await client.hear() == READY
    assert desk.clients == [Processes().process(os.getpid())]


async def test_what_the_plane_has_to_tell_arrives_in_order(client: Client, desk: Desk) -> None:
    client.say(encode(HELLO))
    assert await client.hear() == READY
    for number in range(3):
        desk.tells[0](Remark(str(number)))
    assert [await client.hear() for _ in range(3)] == [Remark(str(number)) for number in range(3)]


@pytest.mark.parametrize("last", [b"", b"nonsense\n", b"\xff\xfe\n", b"half a word", encode(HELLO)])
async def test_a_lease_ends_with_its_connection_whatever_was_said_last(
    client: Client, desk: Desk, server: ControlServer, caplog: pytest.LogCaptureFixture, last: bytes
) -> None:
    client.say(encode(HELLO))
    assert await client.hear() == READY
    client.say(last)
    client.end_of_words()
    assert await client.hear() is None
    await server.idle.wait()
    assert desk.open == []
    assert not [record for record in caplog.records if record.levelno >= logging.ERROR]


@pytest.mark.parametrize(
    "line",
    [
        b"nonsense\n",
        b"\n",
        b"\xff\n",
        b"{}\n",
        encode(Bye()),
        encode(Hello(PROTOCOL + 1, None, Mode.LEARN, False, None)),
    ],
)
async def test_who_speaks_another_language_is_refused(client: Client, desk: Desk, line: bytes) -> None:
    client.say(line)
    refused = await client.hear()
    assert isinstance(refused, Refused)
    assert await client.hear() is None
    assert desk.hellos == []


async def test_who_hangs_up_before_a_word_leaves_nothing(
    client: Client, desk: Desk, server: ControlServer
) -> None:
    client.leave()
    await server.idle.wait()
    assert desk.hellos == []


async def test_a_line_beyond_the_limit_is_cut_off(
    project: Project, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("keyless.runtime.control.MAX_LINE_BYTES", 1000)
    server = ControlServer(project.control_socket, desk.open_lease, desk.close_lease, desk.serving.append)
    await server.start()
    for first in (b"", encode(HELLO)):
        client = await connect(project)
        client.say(first + b"x" * 5000)
        heard = await client.hear()
        assert heard == (READY if first else None)
        await server.idle.wait()
        client.leave()
    assert desk.open == []
    server.stop_listening()


@pytest.mark.parametrize("error", [LeaseRefused("no such workload"), StoreError("the disk is full")])
async def test_a_refusal_is_told_in_its_own_words(client: Client, desk: Desk, error: Exception) -> None:
    desk.refuse = error
    client.say(encode(HELLO))
    assert await client.hear() == Refused(str(error))
    assert await client.hear() is None


async def test_a_lease_that_fails_unexpectedly_is_told_without_details_and_logged(
    client: Client, desk: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    desk.refuse = RuntimeError("hunter2")
    client.say(encode(HELLO))
    refused = await client.hear()
    assert isinstance(refused, Refused)
    assert "RuntimeError" in refused.message
    assert "its log says why" in refused.message
    assert "hunter2" not in refused.message
    assert any(record.exc_info for record in caplog.records)


async def test_leases_are_independent(project: Project, server: ControlServer, desk: Desk) -> None:
    clients = [await connect(project) for _ in range(3)]
    for client in clients:
        client.say(encode(HELLO))
        assert await client.hear() == READY
    assert len(desk.open) == 3
    clients[1].leave()
    await desk.closed.wait()
    assert len(desk.open) == 2
    assert not server.idle.is_set()
    for client in (clients[0], clients[2]):
        client.leave()
    await server.idle.wait()
    assert desk.open == []


async def test_who_does_not_listen_costs_no_more_than_a_buffer(client: Client, desk: Desk) -> None:
    client.say(encode(HELLO))
    assert await client.hear() == READY
    for _ in range(200):
        desk.tells[0](Remark("x" * 100_000))
    client.say(encode(Bye()))
    heard = 0
    while isinstance(await client.hear(), Remark):
        heard += 1
    assert 0 < heard < 200


async def test_telling_who_has_left_does_nothing(client: Client, desk: Desk, server: ControlServer) -> None:
    client.say(encode(HELLO))
    await client.hear()
    client.leave()
    await server.idle.wait()
    desk.tells[0](Remark("too late"))


async def test_the_socket_is_its_owners_alone(server: ControlServer, project: Project) -> None:
    found = project.control_socket.stat()
    assert stat.S_ISSOCK(found.st_mode)
    assert stat.S_IMODE(found.st_mode) == 0o600
    assert found.st_uid == os.getuid()


async def test_a_socket_left_by_a_killed_plane_is_replaced(project: Project, desk: Desk) -> None:
    with socket.socket(socket.AF_UNIX) as left:
        left.bind(str(project.control_socket))
    server = ControlServer(project.control_socket, desk.open_lease, desk.close_lease, desk.serving.append)
    await server.start()
    client = await connect(project)
    client.say(encode(HELLO))
    assert await client.hear() == READY
    client.leave()
    server.stop_listening()


async def test_after_the_end_nobody_gets_in(project: Project, server: ControlServer) -> None:
    server.stop_listening()
    assert not project.control_socket.exists()
    with pytest.raises(OSError, match="No such file"):
        await asyncio.open_unix_connection(str(project.control_socket))


async def test_a_project_that_lies_deeper_than_a_sockets_address_is_long_is_served_all_the_same(
    tmp_path: Path, desk: Desk
) -> None:
    root = tmp_path / ("deep" * 30)
    deep = Project(root, root / ".keyless")
    deep.prepare()
    where = Path.cwd()
    server = ControlServer(deep.control_socket, desk.open_lease, desk.close_lease, desk.serving.append)
    await server.start()
    assert stat.S_IMODE(deep.control_socket.stat().st_mode) == 0o600
    connection = await asyncio.to_thread(join, deep, HELLO)
    assert connection.ready == READY
    connection.close()
    await desk.closed.wait()
    server.stop_listening()
    assert not deep.control_socket.exists()
    assert Path.cwd() == where


class TestTheClientsSide:
    """`join`, in a thread, with the server on this loop."""

    async def test_joining_gets_the_lease_and_goodbye_the_summary(
        self, project: Project, server: ControlServer, desk: Desk
    ) -> None:
        connection = await asyncio.to_thread(join, project, HELLO)
        assert connection.ready == READY
        desk.tells[0](Remark("hello"))
        connection.say_goodbye()
        heard: list[ToClient] = []
        assert await asyncio.to_thread(connection.listen, heard.append) == SUMMARY
        assert heard == [Remark("hello")]
        connection.close()

    async def test_closing_the_connection_ends_the_lease(
        self, project: Project, server: ControlServer, desk: Desk
    ) -> None:
        connection = await asyncio.to_thread(join, project, HELLO)
        connection.close()
        await desk.closed.wait()
        assert desk.open == []

    async def test_a_plane_that_goes_away_gives_no_summary(self, project: Project) -> None:
        async def vanish(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await reader.readline()
            writer.write(encode(READY))
            await writer.drain()
            writer.close()

        plane = await asyncio.start_unix_server(vanish, str(project.control_socket))
        connection = await asyncio.to_thread(join, project, HELLO)
        assert await asyncio.to_thread(connection.listen, lambda message: None) is None
        connection.say_goodbye()
        connection.close()
        plane.close()

    async def test_a_refusal_is_raised_in_its_own_words(
        self, project: Project, server: ControlServer, desk: Desk
    ) -> None:
        desk.refuse = LeaseRefused("the estate has no workload `x`")
        with pytest.raises(PlaneUnavailable, match="the estate has no workload `x`"):
            await asyncio.to_thread(join, project, HELLO)

    @pytest.mark.parametrize("answer", [b"nonsense\n", encode(SUMMARY)])
    async def test_a_plane_of_another_version_is_told_so(self, project: Project, answer: bytes) -> None:
        async def mumble(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await reader.readline()
            writer.write(answer)
            await writer.drain()
            writer.close()

        plane = await asyncio.start_unix_server(mumble, str(project.control_socket))
        with pytest.raises(PlaneUnavailable, match=r"another version|answered with `Summary`"):
            await asyncio.to_thread(join, project, HELLO)
        plane.close()

    async def test_who_comes_while_a_plane_is_about_to_end_comes_again(
        self, project: Project, desk: Desk
    ) -> None:
        came: list[int] = []

        async def hang_up(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            came.append(1)
            writer.close()
            if len(came) == 2:
                ending.close()
                project.control_socket.unlink()
                await following.start()

        following = ControlServer(
            project.control_socket, desk.open_lease, desk.close_lease, desk.serving.append
        )
        held = take_lock(project)
        ending = await asyncio.start_unix_server(hang_up, str(project.control_socket))
        connection = await asyncio.to_thread(join, project, HELLO)
        assert connection.ready == READY
        assert len(came) == 2
        connection.close()
        following.stop_listening()
        os.close(held or 0)


def test_a_plane_that_does_not_answer_is_named_with_how_to_end_it(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("keyless.runtime.client._START_S", 0.1)
    stuck = take_lock(project)
    with pytest.raises(
        PlaneUnavailable, match=f"does not answer: end it with `kill {os.getpid()}` and run again"
    ):
        join(project, HELLO)
    project.lock_file.unlink()
    os.close(stuck or 0)


def test_a_plane_that_ends_before_it_is_ready_is_said_to_with_where_it_says_why(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.executable", "/bin/false")
    with pytest.raises(PlaneUnavailable, match=f"ended before it was ready: `{project.log_file}` says why"):
        join(project, HELLO)


def test_whoever_is_beaten_to_the_lock_tries_again(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("keyless.runtime.client._START_S", 0.3)
    monkeypatch.setattr("sys.executable", "/bin/true")
    with pytest.raises(PlaneUnavailable, match="does not answer"):
        join(project, HELLO)


def test_the_planes_lock_is_held_by_one_and_names_its_process(project: Project) -> None:
    held = take_lock(project)
    assert held is not None
    assert project.lock_file.read_text() == f"{os.getpid()}\n"
    assert stat.S_IMODE(project.lock_file.stat().st_mode) == 0o600
    assert take_lock(project) is None
    os.close(held)
    again = take_lock(project)
    assert again is not None
    os.close(again)
