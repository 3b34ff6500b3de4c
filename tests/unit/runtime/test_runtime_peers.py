"""Whose process connects: a descendant of the client that holds the lease, and nobody else."""

from __future__ import annotations

import contextlib
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest

from keyless.gateway.attest.peer import Attestor
from keyless.gateway.attest.processes import Process, Processes
from keyless.gateway.attest.sockets import socket_table
from keyless.runtime.leases import Lease
from keyless.runtime.peers import LeasesByPeer

STARTER = """
import subprocess, sys
subprocess.run([sys.executable, "-I", "-c", sys.argv[1], *sys.argv[2:]])
"""
CLIENT = """
import socket, sys
made = socket.create_connection(("127.0.0.1", int(sys.argv[1])))
made.sendall(b"here")
sys.stdin.read()
"""
DAEMON = """
import os, socket, sys
reading, writing = os.pipe()
if os.fork():
    os._exit(0)  # and with it the pipe's other end
os.close(writing)
os.read(reading, 1)
made = socket.create_connection(("127.0.0.1", int(sys.argv[1])))
made.sendall(b"here")
sys.stdin.read()
"""


@pytest.fixture
def peers() -> LeasesByPeer:
    return LeasesByPeer(Attestor(socket_table(), Processes()))


@contextlib.contextmanager
def started(*command: str) -> Iterator[tuple[Process, str, str]]:
    """A process that starts another one, which connects: the first, and both ends of the connection."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(20)
        port = str(server.getsockname()[1])
        argv = [sys.executable, "-I", "-c", *command, port]
        with subprocess.Popen(argv, stdin=subprocess.PIPE) as popen:
            accepted, _ = server.accept()
            with accepted:
                assert accepted.recv(4) == b"here"
                yield (
                    Processes().process(popen.pid),
                    *map(_text, (accepted.getpeername(), accepted.getsockname())),
                )
            popen.communicate(timeout=20)


def _text(end: tuple[str, int]) -> str:
    return f"{end[0]}:{end[1]}"


def leased(make_lease: Any, client: Process | None) -> Lease:
    made: Lease = make_lease()
    made.client = client
    return made


async def test_what_a_client_has_started_is_its_workload(peers: LeasesByPeer, make_lease: Any) -> None:
    with started(STARTER, CLIENT) as (client, far, near):
        lease, other = leased(make_lease, client), leased(make_lease, Process(1, 0))
        assert await peers.lease_of(far, near, [other, lease]) is lease
        assert await peers.lease_of(far, near, [other]) is None
        assert await peers.lease_of(far, near, []) is None


async def test_a_client_does_not_speak_for_its_workload_itself(peers: LeasesByPeer, make_lease: Any) -> None:
    with started(CLIENT) as (client, far, near):
        assert await peers.lease_of(far, near, [leased(make_lease, client)]) is None


async def test_what_the_plane_carries_is_nobodys(peers: LeasesByPeer, make_lease: Any) -> None:
    parent = leased(make_lease, Processes().process(os.getppid()))  # as the one that started the plane is
    with (
        socket.create_server(("127.0.0.1", 0)) as server,
        socket.create_connection(server.getsockname()) as own,
    ):
        far, near = _text(own.getsockname()), _text(server.getsockname())
        assert await peers.lease_of(far, near, [parent]) is None
    with started(CLIENT) as (_, far, near):  # nor is what the plane itself has started
        assert await peers.lease_of(far, near, [parent]) is None


async def test_a_process_that_was_left_behind_is_nobodys(peers: LeasesByPeer, make_lease: Any) -> None:
    with started(DAEMON) as (client, far, near):
        assert await peers.lease_of(far, near, [leased(make_lease, client)]) is None


async def test_two_leases_of_one_client_are_not_told_apart(peers: LeasesByPeer, make_lease: Any) -> None:
    with started(STARTER, CLIENT) as (client, far, near):
        both = [leased(make_lease, client), leased(make_lease, client)]
        assert await peers.lease_of(far, near, both) is None


@pytest.mark.parametrize("far", ["203.0.113.7:80", "nonsense", "", "127.0.0.1:1"])
async def test_who_cannot_be_attested_has_no_lease(peers: LeasesByPeer, make_lease: Any, far: str) -> None:
    lease = leased(make_lease, Processes().process(os.getppid()))
    assert await peers.lease_of(far, "127.0.0.1:2", [lease]) is None


async def test_a_lease_whose_client_is_unknown_is_no_process_lease(
    peers: LeasesByPeer, make_lease: Any
) -> None:
    with started(STARTER, CLIENT) as (_, far, near):
        assert await peers.lease_of(far, near, [leased(make_lease, None)]) is None
