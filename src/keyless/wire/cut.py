"""Cutting a connection that a server of this process has accepted, from within a request that came over it.

The server's own interface has no word for that. Among the process's sockets there is one with the client at
its far end; shutting it down is what a broken line would do.
"""

from __future__ import annotations

import contextlib
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
    with contextlib.suppress(OSError), _socket_of(descriptor) as connection:  # gone by now, or none
        if (_text(connection.getpeername()), _text(connection.getsockname())) == (client, server):
            connection.shutdown(socket.SHUT_RDWR)


def _socket_of(descriptor: int) -> socket.socket:
    """The socket that a descriptor is, under another one; raises OSError where it is none, or closed."""
    own = os.dup(descriptor)
    try:
        return socket.socket(fileno=own)
    except OSError:
        os.close(own)  # what is no socket is left to whoever tried
        raise


def _text(address: object) -> str:
    return f"{address[0]}:{address[1]}" if isinstance(address, tuple) else ""
