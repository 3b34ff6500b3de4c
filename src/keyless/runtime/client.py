"""The client's side: join the plane that runs in a project, or start it, and hold a lease.

A lock file says whether a plane lives: the system lets go of the lock when its holder dies, however it dies,
so a lock, a socket or a pid left behind by a killed plane never stands in the way.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from typing import IO, Generic, TypeVar

import msgspec

from keyless.runtime.messages import (
    Bye,
    Greeting,
    Hello,
    OpenShell,
    Ready,
    Refused,
    ServedFirst,
    ServeMetadata,
    Serving,
    Summary,
    ToClient,
    decode_to_client,
    encode,
)
from keyless.runtime.project import Project
from keyless.runtime.socket_path import short_name

PLANE_READY = "ready"
_START_S = 20.0
_RETRY_S = 0.02
_REPLY_S = 30.0


R = TypeVar("R", Ready, Serving)


class PlaneUnavailable(Exception):
    """No lease could be had; the message says why and what to do."""


class PlaneConnection(Generic[R]):
    """An open lease, or whatever the plane holds open for us. Closing it, or dying, ends it."""

    def __init__(self, connection: socket.socket, stream: IO[bytes], ready: R) -> None:
        self._connection = connection
        self._stream = stream
        self._saying = threading.Lock()
        self.ready: R = ready

    def listen(self, hear: Callable[[ToClient], None]) -> Summary | None:
        """Pass on every message until the summary, or until the plane is gone (none)."""
        while line := self._stream.readline():
            message = decode_to_client(line)
            if isinstance(message, Summary):
                return message
            hear(message)
        return None

    def say_goodbye(self, exit_code: int | None = None) -> None:
        """Tell the plane that the workload has ended, and with what; the summary follows on ``listen``."""
        self._say(Bye(exit_code))

    def say_served(self) -> None:
        """Tell the plane that the workload has served its first request."""
        self._say(ServedFirst())

    def _say(self, message: ServedFirst | Bye) -> None:
        """Say something; where the plane is gone, listening finds that out, and says so."""
        with self._saying, contextlib.suppress(OSError):
            self._connection.sendall(encode(message))

    def close(self) -> None:
        """End the lease; a thread that still listens hears the end of the stream first."""
        with contextlib.suppress(OSError):
            self._connection.shutdown(socket.SHUT_RDWR)
        self._stream.close()
        self._connection.close()


def join(project: Project, hello: Hello | OpenShell, *, port: int = 0) -> PlaneConnection[Ready]:
    """Get a lease from the project's plane, starting it where none runs.

    ``port`` is the proxy's, for a plane that is started; 0 lets the system choose.

    Raises:
        PlaneUnavailable: the plane refused, could not start, or does not answer.
    """
    return _join(project, hello, Ready, port)


def serve_metadata(project: Project, asked: ServeMetadata) -> PlaneConnection[Serving]:
    """Have the project's plane serve the metadata endpoint, starting the plane where none runs.

    Raises:
        PlaneUnavailable: the plane refused, could not start, or does not answer.
    """
    return _join(project, asked, Serving, 0)


def _join(project: Project, hello: Greeting, answer: type[R], port: int) -> PlaneConnection[R]:
    """Connect to the project's plane, starting it where none runs; raises PlaneUnavailable."""
    project.prepare()
    deadline = time.monotonic() + _START_S
    while time.monotonic() < deadline:
        connection = _connect(project)
        if connection is not None:
            joined = _greet(connection, hello, answer)
            if joined is not None:
                return joined
        elif _lock_is_free(project):
            _start(project, port)
            continue
        time.sleep(_RETRY_S)
    raise PlaneUnavailable(
        f"the plane of this project (process {_holder(project)}) does not answer: end it with "
        f"`kill {_holder(project)}` and run again; `{project.log_file}` may say more"
    )


def _connect(project: Project) -> socket.socket | None:
    connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        with short_name(project.control_socket) as name:
            connection.connect(name)
    except OSError:
        connection.close()
        return None
    return connection


def _greet(connection: socket.socket, hello: Greeting, answer: type[R]) -> PlaneConnection[R] | None:
    """Say hello; none where the plane was about to end and hung up."""
    connection.settimeout(_REPLY_S)
    stream = connection.makefile("rb")
    try:
        connection.sendall(encode(hello))
        line = stream.readline()
    except TimeoutError as error:
        raise PlaneUnavailable("the running plane does not answer") from error
    except OSError:
        line = b""
    connection.settimeout(None)
    if not line:
        stream.close()
        connection.close()
        return None
    try:
        reply = decode_to_client(line)
    except msgspec.MsgspecError as error:
        raise PlaneUnavailable(
            "the running plane is of another version of Keyless: end what runs on it first"
        ) from error
    if isinstance(reply, Refused):
        raise PlaneUnavailable(reply.message)
    if not isinstance(reply, answer):
        raise PlaneUnavailable(f"the running plane answered with `{type(reply).__name__}`")
    return PlaneConnection(connection, stream, reply)


def take_lock(project: Project) -> int | None:
    """Take the plane's lock for this process's life, leaving the process id in it; none where it is held."""
    descriptor = os.open(project.lock_file, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(descriptor)
        return None
    os.ftruncate(descriptor, 0)
    os.pwrite(descriptor, f"{os.getpid()}\n".encode(), 0)
    return descriptor


def _lock_is_free(project: Project) -> bool:
    descriptor = os.open(project.lock_file, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    else:
        return True
    finally:
        os.close(descriptor)


def _holder(project: Project) -> str:
    try:
        return project.lock_file.read_text("ascii", "replace").strip() or "unknown"
    except OSError:
        return "unknown"


def _start(project: Project, port: int) -> None:
    """Start a plane in a session of its own, and wait until it says that it is ready.

    `-P` keeps the project's own modules from being imported in place of ours.
    """
    read_end, write_end = os.pipe()
    log = os.open(project.log_file, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    command = [sys.executable, "-P", "-m", "keyless.app", str(project.root), str(project.state)]
    try:
        plane = subprocess.Popen(  # the plane outlives this object on purpose: it ends with its last lease
            [*command, str(write_end), str(port)],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            cwd=project.state,
            pass_fds=(write_end,),
            start_new_session=True,
        )
    finally:
        os.close(write_end)
        os.close(log)
    with os.fdopen(read_end, encoding="utf-8") as said:
        verdict = said.read().strip()
    if verdict and verdict != PLANE_READY:
        raise PlaneUnavailable(verdict)
    if not verdict and plane.wait() != 0:  # 0: another one had the lock, or looked whether it is free
        raise PlaneUnavailable(f"the plane ended before it was ready: `{project.log_file}` says why")


def wait_for_end(project: Project, limit_s: float) -> bool:
    """Whether no plane runs on the project's state, or the one that does ends within a time."""
    deadline = time.monotonic() + limit_s
    while not _lock_is_free(project):
        if time.monotonic() > deadline:
            return False
        time.sleep(_RETRY_S)
    return True
