"""The socket at the far end of a connection, as the kernel has it."""

from __future__ import annotations

import errno
import os
import socket
import struct
from pathlib import Path

import pytest
from attest_world import caller, connection_of, is_root

from keyless.gateway.attest.addresses import Connection, connection_between, parse_end
from keyless.gateway.attest.sockets import (
    CannotAsk,
    FarSocket,
    ProcessTable,
    SocketDiagnosis,
    SocketTable,
    socket_table,
)

NOBODY = 65534


@pytest.fixture(params=[SocketDiagnosis, ProcessTable])
def table(request: pytest.FixtureRequest) -> SocketTable:
    return request.param()


@pytest.mark.parametrize("kind", ["inet", "inet6"])
def test_the_callers_own_socket_is_found_with_the_user_who_made_it(table: SocketTable, kind: str) -> None:
    with caller(kind) as made:
        found = table.find(made.connection)
    assert found is not None
    assert (found.inode, found.uid) == (made.inode, os.geteuid())


@pytest.mark.skipif(not is_root(), reason="only root can start a process of another user")
def test_another_users_socket_is_known_as_that_users(table: SocketTable) -> None:
    with caller(user=NOBODY) as made:
        found = table.find(made.connection)
    assert found is not None
    assert (found.inode, found.uid) == (made.inode, NOBODY)


def test_over_ipv6_it_is_found_as_well(table: SocketTable) -> None:
    with (
        socket.create_server(("::1", 0), family=socket.AF_INET6) as server,
        socket.create_connection(server.getsockname()[:2]) as client,
    ):
        accepted, _ = server.accept()
        with accepted:
            ends = f"[::1]:{client.getsockname()[1]}", f"[::1]:{server.getsockname()[1]}"
            connection = connection_between(*ends)
            assert connection is not None
            found = table.find(connection)
            assert found is not None
            assert found.inode == os.fstat(client.fileno()).st_ino


def test_the_servers_own_end_is_not_taken_for_the_clients(table: SocketTable) -> None:
    with caller() as made:
        found = table.find(made.connection)
        assert found is not None
        assert found.inode != os.fstat(made.accepted.fileno()).st_ino


def test_who_connects_from_elsewhere_has_no_socket_here(table: SocketTable) -> None:
    with caller() as made:
        elsewhere = connection_between("203.0.113.9:4711", str(made.connection.server))
        assert elsewhere is not None
        assert table.find(elsewhere) is None


def test_a_socket_that_listens_on_the_clients_port_is_not_the_client(table: SocketTable) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other, socket.create_server(("127.0.0.1", 0)) as server:
        ends = f"127.0.0.1:{other.getsockname()[1]}", f"127.0.0.1:{server.getsockname()[1]}"
        connection = connection_between(*ends)
        assert connection is not None
        assert table.find(connection) is None


def test_a_closed_connection_has_no_socket(table: SocketTable) -> None:
    with caller() as made:
        assert table.find(made.connection) is not None
    assert table.find(made.connection) is None


def test_two_sockets_differ_in_their_cookies() -> None:
    with caller() as one, caller() as other:
        found = [SocketDiagnosis().find(made.connection) for made in (one, other)]
        again = SocketDiagnosis().find(one.connection)
    assert None not in found
    assert len({made.cookie for made in found if made}) == 2
    assert again == found[0]


def test_this_kernels_diagnosis_is_preferred_where_it_answers() -> None:
    assert isinstance(socket_table(), SocketDiagnosis | ProcessTable)
    with caller() as made:
        assert (socket_table().find(made.connection) or FarSocket(0, 0, 0)).inode == made.inode


def test_without_diagnosis_the_table_in_proc_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise PermissionError("no netlink here")

    monkeypatch.setattr("keyless.gateway.attest.sockets._ask", refuse)
    with pytest.raises(CannotAsk, match="no netlink here"):
        SocketDiagnosis().find(Connection(*[parse_end("127.0.0.1:1")] * 2))
    assert isinstance(socket_table(), ProcessTable)


def test_without_any_table_nobody_is_found_by_mistake(tmp_path: Path) -> None:
    with pytest.raises(CannotAsk, match="cannot be read"):
        ProcessTable(tmp_path).find(Connection(*[parse_end("127.0.0.1:1")] * 2))


@pytest.mark.parametrize(
    "text", ["", "127.0.0.1", ":80", "127.0.0.1:", "127.0.0.1:x", "localhost:80", "1::1:99999"]
)
def test_what_is_no_address_and_port_is_no_end(text: str) -> None:
    assert parse_end(text) is None
    assert connection_between(text, "127.0.0.1:1") is None


def test_ipv4_mapped_into_ipv6_is_ipv4() -> None:
    assert parse_end("[::ffff:127.0.0.1]:80") == parse_end("127.0.0.1:80")
    assert str(parse_end("[::ffff:127.0.0.1]:80")) == "127.0.0.1:80"
    assert str(parse_end("[::1]:80")) == "[::1]:80"


def test_the_accepted_connection_is_named_from_its_own_ends() -> None:
    with caller() as made:
        assert connection_of(made.accepted) == made.connection


@pytest.mark.parametrize(
    "reply",
    [
        struct.pack("=IHHIIi", 20, 2, 0, 1, 0, -errno.EPERM),
        struct.pack("=IHHIIi", 20, 3, 0, 1, 0, 0),
        struct.pack("=IHHIIi", 2000, 20, 0, 1, 0, 0),
    ],
)
def test_an_answer_that_is_not_about_a_socket_names_nobody(
    monkeypatch: pytest.MonkeyPatch, reply: bytes
) -> None:
    monkeypatch.setattr("keyless.gateway.attest.sockets._ask", lambda connection: reply)
    with pytest.raises(CannotAsk):
        SocketDiagnosis().find(Connection(*[parse_end("127.0.0.1:1")] * 2))
