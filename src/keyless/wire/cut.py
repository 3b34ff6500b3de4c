"""Cutting a connection that a server of this process has accepted, from within a request that came over it.

The server's own interface has no word for that. Among the process's sockets there is one with the client at
its far end; shutting it down is what a broken line would do.

No descriptor is copied or closed here: to close a copy of a file's lets go of all locks that the process has
on that file, SQLite's among them. Source: fcntl(2), "Record locking"
"""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator


def cut(client: str, server: str) -> None:
    """Cut the connection between two ends, each an `address:port`; nothing where it is closed already."""
    for descriptor in _descriptors():
        _cut_if_between(client, server, descriptor)


def _descriptors() -> Iterator[int]:
    return (int(name) for name in os.listdir("/dev/fd") if name.isdigit())


def _cut_if_between(client: str, server: str, descriptor: int) -> None:
    try:
        connection = socket.socket(fileno=descriptor)
    except OSError:  # no socket, or gone by now
        return
    try:
        if (_text(connection.getpeername()), _text(connection.getsockname())) == (client, server):
            connection.shutdown(socket.SHUT_RDWR)
    except OSError:  # no connection
        pass
    finally:
        connection.detach()


def _text(address: object) -> str:
    return f"{address[0]}:{address[1]}" if isinstance(address, tuple) else ""
