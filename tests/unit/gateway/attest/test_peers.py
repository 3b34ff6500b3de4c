"""The processes at the far end: all that hold the socket, for as long as they do, and nobody by mistake."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from attest_world import CLIENT, Row, WrittenProcesses, caller, is_root

from keyless.gateway.attest.addresses import Connection, connection_between
from keyless.gateway.attest.peer import Attestor, Unattested
from keyless.gateway.attest.processes import Process, Processes, Unreadable
from keyless.gateway.attest.sockets import CannotAsk, FarSocket, SocketTable, socket_table

FORKING = CLIENT.replace("print(", "os.fork() and print(")
CONNECTION = connection_between("127.0.0.1:4711", "127.0.0.1:80")
assert CONNECTION is not None
SOCKET = FarSocket(77, 1000, 5)


class Table:
    """A table with one socket, which may be another one the next time."""

    def __init__(self, *found: FarSocket | Exception | None) -> None:
        self.found = list(found)

    def find(self, connection: Connection) -> FarSocket | None:
        assert connection == CONNECTION
        answer = self.found.pop(0) if len(self.found) > 1 else self.found[0]
        if isinstance(answer, Exception):
            raise answer
        return answer


def kill(popen: subprocess.Popen[bytes]) -> None:
    popen.kill()
    popen.wait()


def name_of(process: Process, _: FarSocket) -> int:
    return process.pid


def attest(folder: Path, rows: dict[int, Row], table: SocketTable | None = None) -> tuple[int, ...]:
    """Who is found in a written table of processes."""
    return Attestor(table or Table(SOCKET), WrittenProcesses(folder, rows)).attest(CONNECTION, name_of)[1]


def test_the_process_that_connected_is_found() -> None:
    with caller() as made:
        peer, found = Attestor(socket_table(), Processes()).attest(made.connection, name_of)
        assert found == (made.popen.pid,)
        assert [holder.process for holder in peer.holders] == [made.process]
        assert Processes().holds(made.popen.pid, peer.holders[0].descriptor, made.inode)


def test_a_child_that_has_the_socket_too_is_found_beside_it() -> None:
    with caller(code=FORKING) as made:
        peer, found = Attestor(socket_table(), Processes()).attest(made.connection, name_of)
    assert made.popen.pid in found
    assert len(found) == len(peer.holders) == 2


def test_a_connection_that_nobody_holds_any_more_is_nobodys() -> None:
    with caller() as made:
        connection = made.connection
    with pytest.raises(Unattested, match="not come from a process of this machine"):
        Attestor(socket_table(), Processes()).attest(connection, name_of)


def test_a_holder_in_flight_alone_is_nobody(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        one, other = socket.socketpair()
        client = socket.create_connection(server.getsockname())
        ends = "{}:{}".format(*client.getsockname()), "{}:{}".format(*client.getpeername())
        connection = connection_between(*ends)
        assert connection is not None
        socket.send_fds(one, [b"x"], [client.fileno()])
        client.close()
        with one, other, pytest.raises(Unattested, match="no process that may be looked at"):
            Attestor(socket_table(), Processes()).attest(connection, name_of)


def test_every_holder_is_named(tmp_path: Path) -> None:
    rows = {10: Row(sockets=((3, 77),)), 11: Row(sockets=((4, 78),)), 12: Row(sockets=((5, 76), (6, 77)))}
    assert set(attest(tmp_path, rows)) == {10, 12}


def test_one_whose_user_did_not_make_the_socket_spoils_it_all(tmp_path: Path) -> None:
    rows = {10: Row(sockets=((3, 77),)), 12: Row(uids=(0, 0, 0, 0), sockets=((6, 77),))}
    with pytest.raises(Unattested, match="process 12 holds a connection that another user has made"):
        attest(tmp_path, rows)


@pytest.mark.parametrize("row", [Row(uids=(1000, 0, 0, 0)), Row(gids=(1000, 8, 8, 8))])
def test_a_set_uid_program_speaks_for_nobody(tmp_path: Path, row: Row) -> None:
    row.sockets = ((3, 77),)
    with pytest.raises(Unattested, match="two users or groups"):
        attest(tmp_path, {10: row})


def test_nobody_of_another_user_namespace_is_not_our_nobody(tmp_path: Path) -> None:
    rows = {10: Row(uids=(65534,) * 4, sockets=((3, 77),))}
    processes = WrittenProcesses(tmp_path, rows)
    assert processes.credentials(10).uid == 65534
    (tmp_path / "self" / "uid_map").write_text("0 100000 65536")
    with pytest.raises(Unreadable, match="another user namespace"):
        processes.credentials(10)
    (tmp_path / "self" / "uid_map").unlink()
    with pytest.raises(Unreadable, match="another user namespace"):
        processes.credentials(10)


def test_a_process_whose_number_was_given_out_again_is_not_its_successor(tmp_path: Path) -> None:
    processes = WrittenProcesses(tmp_path, {10: Row(sockets=((3, 77),))})
    processes.after("holders", 10, Row(started=200))
    with pytest.raises(Unattested, match="changed hands"):
        Attestor(Table(SOCKET), processes).attest(CONNECTION, name_of)


def test_a_process_that_ends_while_it_is_looked_at_is_nobody(tmp_path: Path) -> None:
    with pytest.raises(Unattested, match="process 10 has ended"):
        attest(tmp_path, {10: Row(sockets=((3, 77),), ended=True)})


def test_a_descriptor_that_becomes_another_socket_meanwhile_is_noticed(tmp_path: Path) -> None:
    processes = WrittenProcesses(tmp_path, {10: Row(sockets=((3, 77),))})
    processes.after("process", 10, Row(sockets=((3, 99),)))
    with pytest.raises(Unattested, match="changed hands"):
        Attestor(Table(SOCKET), processes).attest(CONNECTION, name_of)


@pytest.mark.parametrize("then", [None, SOCKET._replace(cookie=6), SOCKET._replace(inode=78)])
def test_a_connection_that_is_another_one_afterwards_is_nobodys(
    tmp_path: Path, then: FarSocket | None
) -> None:
    with pytest.raises(Unattested):
        attest(tmp_path, {10: Row(sockets=((3, 77),))}, Table(SOCKET, then))


def test_where_the_kernel_does_not_say_nobody_is_let_in(tmp_path: Path) -> None:
    with pytest.raises(Unattested, match="the kernel does not say"):
        attest(tmp_path, {}, Table(CannotAsk("no")))


def test_a_command_name_that_looks_like_fields_is_read_past(tmp_path: Path) -> None:
    processes = WrittenProcesses(tmp_path, {10: Row(name=") S 1 (evil", started=42, parent=9)})
    assert processes.process(10) == Process(10, 42)
    assert processes.parent(10) == 9


def test_a_process_that_is_held_is_known_to_have_ended() -> None:
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as popen:
        with Processes().held(popen.pid):
            assert Processes().process(popen.pid).pid == popen.pid
        with pytest.raises(Unreadable, match="has ended"), Processes().held(popen.pid):
            kill(popen)
    with pytest.raises(Unreadable, match="cannot be looked at"), Processes().held(popen.pid):
        pytest.fail("a process that is gone was held")


def test_our_own_credentials_are_as_the_system_has_them() -> None:
    found = Processes().credentials(os.getpid())
    assert (found.uid, found.gid) == (os.getuid(), os.getgid())
    assert found.groups == {os.getgid(), *os.getgroups()}


@pytest.mark.skipif(not is_root(), reason="only root can start a process of another user")
def test_another_users_process_is_named_as_such() -> None:
    with caller(user=65534) as made:
        attestor = Attestor(socket_table(), Processes())
        _, found = attestor.attest(made.connection, lambda process, _: Processes().credentials(process.pid))
    assert [one.uid for one in found] == [65534]


def recheck(folder: Path, table: Table, then: Row | None = None, facts: tuple[int, ...] = (10,)) -> None:
    """Look again at a process that has been attested, which may be another one meanwhile."""
    processes = WrittenProcesses(folder, {10: Row(sockets=((3, 77),))})
    attestor = Attestor(table, processes)
    peer, _ = attestor.attest(CONNECTION, name_of)
    if then is not None:
        processes.write(10, then)
    attestor.recheck(CONNECTION, peer, facts, name_of)


def test_a_process_that_is_still_what_it_was_stays_attested(tmp_path: Path) -> None:
    recheck(tmp_path, Table(SOCKET))


@pytest.mark.parametrize(
    ("then", "why"),
    [
        (Row(sockets=((3, 77),), started=200), "process 10 is not what it was"),
        (Row(sockets=((4, 77),)), "changed hands"),
        (Row(), "changed hands"),
        (Row(uids=(0,) * 4, sockets=((3, 77),)), "another user has made"),
        (Row(sockets=((3, 77),), ended=True), "has ended"),
    ],
)
def test_a_process_that_is_not_gets_nothing(tmp_path: Path, then: Row, why: str) -> None:
    with pytest.raises(Unattested, match=why):
        recheck(tmp_path, Table(SOCKET), then)


def test_facts_that_have_changed_are_noticed(tmp_path: Path) -> None:
    with pytest.raises(Unattested, match="process 10 is not what it was"):
        recheck(tmp_path, Table(SOCKET), facts=(11,))


def test_another_socket_at_the_same_ends_is_noticed(tmp_path: Path) -> None:
    with pytest.raises(Unattested, match="changed hands"):
        recheck(tmp_path, Table(SOCKET, SOCKET, SOCKET._replace(cookie=6)))


def test_whose_a_connection_is_the_kernel_says_at_once(tmp_path: Path) -> None:
    assert Attestor(Table(SOCKET), WrittenProcesses(tmp_path, {})).maker(CONNECTION) == 1000
    with pytest.raises(Unattested, match="not come from a process of this machine"):
        Attestor(Table(None), Processes()).maker(CONNECTION)
