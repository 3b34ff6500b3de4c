"""Which rows of the kernel's tables are connections that came to a listening socket."""

from __future__ import annotations

import os
import socket
import sys
from pathlib import Path

import pytest

from keyless.gateway.attest.addresses import End, parse_end
from keyless.gateway.serving.connections import (
    ALL_OTHERS,
    ONLY_LISTENING,
    Socket,
    arrivals,
    in_tables,
    sockets,
)

HEADER = "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n"
OPEN, WAITING_FOR_THE_END, MADE, LEFT, LISTENING = 1, 6, 3, 8, 10


def end(text: str) -> End:
    found = parse_end(text)
    assert found is not None
    return found


def row(local: str, remote: str, state: str = "01", inode: int = 7) -> str:
    return f"   0: {local} {remote} {state} 00000000:00000000 00:00000000 00000000  0  0 {inode} 1 0\n"


def connected(local: str, remote: str, state: int = OPEN, inode: int = 7) -> Socket:
    return Socket(end(local), end(remote), state, inode)


def came(listening: str, *rows: Socket) -> list[Socket]:
    return list(arrivals(rows, [end(listening)]))


def test_the_tables_in_proc_are_read_and_ipv4_in_ipv6_is_ipv4(tmp_path: Path) -> None:
    (tmp_path / "net").mkdir()
    (tmp_path / "net" / "tcp").write_text(HEADER + row("0100007F:1F90", "00000000:0000", "0A", 3))
    mapped = "0000000000000000FFFF00000100007F"
    (tmp_path / "net" / "tcp6").write_text(HEADER + row(f"{mapped}:1F91", f"{mapped}:8258"))
    assert in_tables(tmp_path) == [
        connected("127.0.0.1:8080", "0.0.0.0:0", LISTENING, 3),
        connected("127.0.0.1:8081", "127.0.0.1:33368"),
    ]


def test_a_table_that_is_missing_or_of_another_form_gives_nothing(tmp_path: Path) -> None:
    (tmp_path / "net").mkdir()
    (tmp_path / "net" / "tcp").write_text(HEADER + "nonsense\n")
    assert in_tables(tmp_path) == []


@pytest.mark.skipif(sys.platform != "linux", reason="there is no such table")
@pytest.mark.parametrize("kernel_tells", [True, False], ids=["told by the kernel", "read in /proc"])
@pytest.mark.parametrize("address", ["127.0.0.1", "::1"])
def test_a_socket_is_found_in_the_state_that_it_is_in(
    kernel_tells: bool, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    if not kernel_tells:
        monkeypatch.setattr("keyless.gateway.serving.connections.opened", _refuse)
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    with socket.create_server((address, 0), family=family) as server:
        inode = os.fstat(server.fileno()).st_ino
        port = server.getsockname()[1]
        (found,) = [one for one in sockets(ONLY_LISTENING) if one.inode == inode]
        assert (found.listens, str(found.local.address), found.local.port) == (True, address, port)
        assert inode not in {one.inode for one in sockets(ALL_OTHERS)}
        with socket.create_connection((address, port)) as client:
            (mine,) = [one for one in sockets(ALL_OTHERS) if one.inode == os.fstat(client.fileno()).st_ino]
            assert (mine.was_accepted, mine.remote.port) == (True, port)


def _refuse() -> socket.socket:
    raise OSError("there is no socket diagnosis")


@pytest.mark.parametrize("listening", ["127.0.0.1:8080", "0.0.0.0:8080", "[::]:8080"])
def test_a_connection_comes_to_the_address_that_listens_or_to_one_for_all(listening: str) -> None:
    accepted = connected("127.0.0.1:8080", "127.0.0.1:33368")
    assert came(listening, accepted) == [accepted]


def test_what_comes_to_another_address_or_port_is_not_for_it() -> None:
    other = connected("10.0.0.2:8080", "10.0.0.3:33368")
    assert came("127.0.0.1:8080", other, connected("127.0.0.1:8081", "127.0.0.1:33368")) == []
    assert came("0.0.0.0:8080", other) == [other]


@pytest.mark.parametrize(
    ("state", "inode", "accepted"),
    [
        (OPEN, 7, True),
        (OPEN, 0, False),
        (LEFT, 7, True),
        (LEFT, 0, False),
        (WAITING_FOR_THE_END, 0, True),
        (MADE, 0, False),
    ],
)
def test_a_connection_counts_once_it_was_accepted(state: int, inode: int, accepted: bool) -> None:
    (found,) = came("127.0.0.1:8080", connected("127.0.0.1:8080", "127.0.0.1:33368", state, inode))
    assert found.was_accepted is accepted


def test_the_clients_end_of_a_connection_on_this_machine_shows_that_there_was_one() -> None:
    left = connected("[::1]:33368", "[::1]:8080", WAITING_FOR_THE_END, 0)
    assert came("[::]:8080", left) == came("[::1]:8080", left) == [left]


def test_a_connection_to_the_same_port_elsewhere_is_somebody_elses() -> None:
    gone = connected("10.0.0.2:33368", "10.0.0.3:8080", WAITING_FOR_THE_END, 0)
    assert came("0.0.0.0:8080", gone) == []
