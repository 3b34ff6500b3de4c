"""The processes at the far end of a connection.

Rules:
- the socket is found first, then every process that holds it; each is held fast by a process descriptor while
  what it is gets read, and must hold the very socket before and after;
- whoever holds it must run as the user who made it: one that was given to a process of another user speaks
  for neither;
- a socket that no visible process holds has no peer: it is in another network namespace, it is held where
  /proc does not show it, or its holder may not be looked at;
- the connection's socket must be the same after the reading as before.

Nothing here trusts a process's name or arguments: it writes them itself.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple, TypeVar

from keyless.gateway.attest.addresses import Connection
from keyless.gateway.attest.processes import Process, Processes, Unreadable
from keyless.gateway.attest.sockets import CannotAsk, FarSocket, SocketTable

T = TypeVar("T")


class Unattested(Exception):
    """Nobody can be named as the peer of a connection; the message says why, and what to do."""


class Holder(NamedTuple):
    """A process that holds a socket, as a descriptor of its own."""

    process: Process
    descriptor: int


class Peer(NamedTuple):
    """The far end of a connection: its socket, and everyone who holds it (at least one)."""

    socket: FarSocket
    holders: tuple[Holder, ...]


Read = Callable[[Process, FarSocket], T]
"""What is to be known of a process that holds a socket; raises Unreadable or Unattested."""


class Attestor:
    """Finds peers in one table of sockets and among the processes of one machine."""

    def __init__(self, sockets: SocketTable, processes: Processes) -> None:
        self._sockets = sockets
        self.processes = processes

    def maker(self, connection: Connection) -> int:
        """The user who made the client's end of a connection; raises Unattested where there is none here."""
        return self._socket(connection).uid

    def attest(self, connection: Connection, read: Read[T]) -> tuple[Peer, tuple[T, ...]]:
        """The peer of a connection, and what was read of each of its processes.

        Raises:
            Unattested: nobody can be named.
        """
        socket = self._socket(connection)
        found: list[tuple[Holder, T]] = []
        for pid, descriptor in self.processes.holders(socket.inode).items():
            found.append(self._look_at(pid, descriptor, socket, read))
        if not found:
            raise Unattested(
                "no process that may be looked at holds the connection: it belongs to another user, or came "
                "from another network namespace; only a plane that runs as root can look at every user's"
            )
        if self._socket(connection) != socket:
            raise Unattested("the connection has changed hands")
        holders, facts = zip(*found, strict=True)
        return Peer(socket, holders), facts

    def recheck(self, connection: Connection, peer: Peer, facts: tuple[T, ...], read: Read[T]) -> None:
        """See that those who held a connection hold it still, and are still what they were; nobody is sought.

        Raises:
            Unattested: one of them has ended, let go of it, or become something else.
        """
        if self._socket(connection) != peer.socket:
            raise Unattested("the connection has changed hands")
        for holder, fact in zip(peer.holders, facts, strict=True):
            pid, descriptor = holder.process.pid, holder.descriptor
            if self._look_at(pid, descriptor, peer.socket, read) != (holder, fact):
                raise Unattested(f"process {pid} is not what it was when it connected")

    def _socket(self, connection: Connection) -> FarSocket:
        try:
            socket = self._sockets.find(connection)
        except CannotAsk as error:
            raise Unattested(f"the kernel does not say whose connection it is: {error}") from error
        if socket is None:
            raise Unattested("the connection does not come from a process of this machine")
        return socket

    def _look_at(self, pid: int, descriptor: int, socket: FarSocket, read: Read[T]) -> tuple[Holder, T]:
        try:
            with self.processes.held(pid):
                process = self.processes.process(pid)
                if self.processes.credentials(pid).uid != socket.uid:
                    raise Unattested(f"process {pid} holds a connection that another user has made")
                facts = read(process, socket)
                if not self.processes.holds(pid, descriptor, socket.inode):
                    raise Unattested("the connection has changed hands")
        except Unreadable as error:
            raise Unattested(str(error)) from error
        return Holder(process, descriptor), facts
