"""Whether a command serves, seen from outside: real processes, real sockets."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from keyless.gateway.serving.look import Looker
from keyless.gateway.serving.watch import ServingWatch, connections_taken, pause_s

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="there is no /proc to look at")

LISTENS = """
import os, socket, sys
server = socket.create_server(("127.0.0.1", 0))
print(server.getsockname()[1], flush=True)
"""
SERVES = (
    LISTENS
    + """
while True:
    server.accept()[0].close()
    print("served", flush=True)
"""
)
KEEPS_WAITING = (
    LISTENS
    + """
sys.stdin.readline()
kept = server.accept()
print("accepted", flush=True)
sys.stdin.readline()
"""
)
FORKS = (
    LISTENS
    + """
if os.fork():
    os.wait()
else:
    kept = server.accept()
    print("accepted", flush=True)
    sys.stdin.readline()
"""
)
TALKS_TO_ITSELF = (
    LISTENS
    + """
mine = socket.create_connection(server.getsockname())
kept = server.accept()
print("accepted", flush=True)
sys.stdin.readline()
mine.close(), kept[0].close()
print("closed", flush=True)
sys.stdin.readline()
"""
)
INHERITS = """
import socket, sys
server = socket.socket(fileno=int(sys.argv[1]))
kept = server.accept()
print("accepted", flush=True)
sys.stdin.readline()
"""


class Command:
    """A process that is spoken to line by line."""

    def __init__(self, popen: subprocess.Popen[str]) -> None:
        self.popen = popen
        self.looker = Looker(popen.pid)

    def line(self) -> str:
        return self.popen.stdout.readline().strip()

    def go_on(self) -> None:
        self.popen.stdin.write("\n")
        self.popen.stdin.flush()


@contextmanager
def running(code: str, *arguments: str, keep: tuple[int, ...] = ()) -> Iterator[Command]:
    with subprocess.Popen(
        [sys.executable, "-I", "-S", "-c", code, *arguments],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        pass_fds=keep,
    ) as popen:
        try:
            yield Command(popen)
        finally:
            popen.kill()


@pytest.fixture
def command() -> Iterator[Callable[..., Command]]:
    with ExitStack() as stack:
        yield lambda *what, **how: stack.enter_context(running(*what, **how))


def connect(port: int) -> socket.socket:
    return socket.create_connection(("127.0.0.1", port))


def test_a_command_that_listens_has_served_when_somebody_has_come_even_if_all_is_over_by_now(
    command: Callable[..., Command],
) -> None:
    served = command(SERVES)
    port = int(served.line())
    assert not served.looker.has_served()
    connect(port).close()
    assert served.line() == "served"
    assert served.looker.has_served()


def test_who_waits_to_be_accepted_was_not_served_yet(command: Callable[..., Command]) -> None:
    slow = command(KEEPS_WAITING)
    with connect(int(slow.line())):
        assert (slow.looker.has_served(), slow.looker.somebody_waits) == (False, True)
        slow.go_on()
        assert slow.line() == "accepted"
        assert (slow.looker.has_served(), slow.looker.somebody_waits) == (True, False)


def test_what_a_forked_worker_accepts_is_served_by_the_command(command: Callable[..., Command]) -> None:
    master = command(FORKS)
    with connect(int(master.line())):
        assert master.line() == "accepted"
        assert master.looker.has_served()


def test_a_connection_of_a_process_to_itself_is_no_request_now_or_when_it_is_over(
    command: Callable[..., Command],
) -> None:
    lonely = command(TALKS_TO_ITSELF)
    lonely.line()
    assert lonely.line() == "accepted"
    assert not lonely.looker.has_served()
    lonely.go_on()
    assert lonely.line() == "closed"
    assert not lonely.looker.has_served()


def test_a_socket_that_was_there_before_the_command_does_not_count(command: Callable[..., Command]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as before:
        heir = command(INHERITS, str(before.fileno()), keep=(before.fileno(),))
        with connect(before.getsockname()[1]):
            assert heir.line() == "accepted"
            assert not heir.looker.has_served()


def test_what_others_on_this_machine_serve_is_not_the_commands(command: Callable[..., Command]) -> None:
    idle, other = command(KEEPS_WAITING), command(SERVES)
    idle.line()
    connect(int(other.line())).close()
    other.line()
    assert not idle.looker.has_served()


def test_the_watch_tells_once_of_the_first_request(command: Callable[..., Command]) -> None:
    told: list[int] = []
    heard = threading.Event()
    watch = ServingWatch(lambda: (told.append(1), heard.set()))
    served = command(SERVES)
    port = int(served.line())
    watch.start(served.popen.pid)
    connect(port).close()
    assert heard.wait(30)
    connect(port).close()
    watch.stop()
    assert told == [1]


def test_a_watch_that_is_stopped_at_once_never_looks(command: Callable[..., Command]) -> None:
    told: list[int] = []
    watch = ServingWatch(lambda: told.append(1))
    watch.stop()
    watch.start(os.getpid())
    for thread in threading.enumerate():
        if thread.name == "keyless-serving":
            thread.join(30)
    assert told == []


def test_where_there_is_no_proc_nothing_is_watched(tmp_path: Path) -> None:
    assert connections_taken(tmp_path) is None
    before = threading.active_count()
    ServingWatch(lambda: None, tmp_path).start(os.getpid())
    assert threading.active_count() == before


def test_the_kernels_count_of_connections_grows_with_each() -> None:
    before = connections_taken(Path("/proc"))
    with socket.create_server(("127.0.0.1", 0)) as server:
        connect(server.getsockname()[1]).close()
    assert connections_taken(Path("/proc")) > before


def test_looks_take_a_thousandth_of_a_core_after_a_few_that_are_free() -> None:
    assert pause_s(0.01, 0) == pause_s(0.1, 0) == 0.25
    assert pause_s(0.11, 5) == pytest.approx(5)
    assert pause_s(0.11, 9.9) == 0.25
