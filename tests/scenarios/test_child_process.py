"""A command run in our place: exit codes, signals, streams and the terminal are as if we were not there.

Every test runs a real process that runs a real child; those about a terminal run on a pseudo-terminal.
"""

from __future__ import annotations

import contextlib
import errno
import fcntl
import os
import pty
import resource
import select
import signal
import struct
import subprocess
import sys
import termios
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from keyless.gateway.child import CannotRun, ChildStatus, exit_like, run_child
from keyless.gateway.held_signals import held_signals

RUN = """
import os, sys, threading
from keyless.gateway.child import CannotRun, exit_like, run_child
from keyless.gateway.held_signals import held_signals
def beside(): threading.Thread(target=threading.Event().wait, daemon=True).start()
if "before" in os.environ["TEST_THREADS"]:
    beside()
try:
    with held_signals(tell_origin=os.environ["TEST_SIGNALS"] == "told") as held:
        if "after" in os.environ["TEST_THREADS"]:
            beside()
        status = run_child(sys.argv[1:], os.environ, held)
except CannotRun as error:
    print(error, file=sys.stderr)
    sys.exit(error.exit_code)
exit_like(status)
"""

# Says its number, then each signal that it gets; SIGUSR2 asks it for the count and to end with 7.
LISTENER = """
import os, signal, sys
heard = []
def hear(number, frame):
    heard.append(signal.Signals(number).name)
for number in signal.valid_signals() - {signal.SIGKILL, signal.SIGSTOP, signal.SIGCHLD, signal.SIGTSTP}:
    signal.signal(number, hear)
def say(text): os.write(1, (text + "\\n").encode())
say(f"ready {os.getpid()} {os.getpgrp()}")
if "to-parent" in sys.argv:
    os.kill(os.getppid(), signal.SIGUSR1)
said = 0
while "SIGUSR2" not in heard:
    signal.sigtimedwait([], 0.05)
    while said < len(heard):
        say(f"heard {heard[said]}")
        said += 1
say(f"all {heard}")
sys.exit(7)
"""

# A shell's job control, in the least: runs a job in the foreground, says when it stops, and `fg` resumes it.
SHELL = """
import os, signal, sys
signal.signal(signal.SIGTTOU, signal.SIG_IGN)
pid = os.fork()
if not pid:
    os.setpgid(0, 0)
    os.tcsetpgrp(0, os.getpid())
    signal.signal(signal.SIGTTOU, signal.SIG_DFL)
    os.execv(sys.argv[1], sys.argv[1:])
while True:
    _, status = os.waitpid(pid, os.WUNTRACED)
    if not os.WIFSTOPPED(status):
        break
    os.tcsetpgrp(0, os.getpgrp())
    print("stopped by", signal.Signals(os.WSTOPSIG(status)).name, flush=True)
    sys.stdin.readline()
    os.tcsetpgrp(0, pid)
    os.killpg(pid, signal.SIGCONT)
os.tcsetpgrp(0, os.getpgrp())
print("ended with", os.waitstatus_to_exitcode(status), flush=True)
"""


class Terminal(NamedTuple):
    """A pseudo-terminal: its master side, which whoever runs a process on it closes, and its name."""

    master: int
    name: str


class Process:
    """A process in a session of its own, whose output is read line by line."""

    def __init__(self, argv: list[str], terminal: Terminal | None = None, **options: Any) -> None:
        self._buffer = b""
        if terminal is None:
            self._read_from, write_to = os.pipe()
            streams = {"stdin": subprocess.DEVNULL, "stdout": write_to, "stderr": write_to}
        else:
            self._read_from = terminal.master
            write_to = os.open(terminal.name, os.O_RDWR | os.O_NOCTTY)
            streams = dict.fromkeys(("stdin", "stdout", "stderr"), write_to)
            options["preexec_fn"] = lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0)
        self.popen = subprocess.Popen(argv, start_new_session=True, **(streams | options))
        os.close(write_to)

    def line(self, beginning: str = "") -> str:
        """The next line that begins so."""
        while True:
            while b"\n" not in self._buffer:
                part = self._read()
                assert part, f"the output ended with {self._buffer!r} where {beginning!r} was expected"
                self._buffer += part
            line, _, self._buffer = self._buffer.partition(b"\n")
            text = line.decode().rstrip("\r")
            if text.startswith(beginning):
                return text

    def _read(self) -> bytes:
        readable, _, _ = select.select([self._read_from], [], [], 30)
        assert readable, f"nothing came after {self._buffer!r}"
        try:
            return os.read(self._read_from, 4096)
        except OSError as error:
            if error.errno == errno.EIO:  # how a terminal says that nobody is left on it
                return b""
            raise

    def rest(self) -> str:
        """All that is still to come."""
        while part := self._read():
            self._buffer += part
        return self._buffer.decode()

    def type(self, text: str) -> None:
        """Type at the terminal."""
        os.write(self._read_from, text.encode())

    def hang_up(self) -> None:
        """Stop listening; a terminal is gone with this."""
        if self._read_from >= 0:
            os.close(self._read_from)
        self._read_from = -1

    def send(self, number: int) -> None:
        """Signal the process that we started, and it alone."""
        self.popen.send_signal(number)

    def ended(self) -> int:
        """Wait for the end; a negative number is the signal that it died of."""
        return self.popen.wait(30)

    def close(self) -> None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.popen.pid, signal.SIGKILL)
        self.popen.wait(30)
        self.hang_up()


Start = Callable[..., Process]


@pytest.fixture(params=["told", "guessed"])
def origin(request: pytest.FixtureRequest) -> str:
    """Whether the system tells where a signal came from: Linux does, macOS does not."""
    found: str = request.param
    if found == "told" and not hasattr(signal, "sigtimedwait"):
        pytest.skip("this system does not tell where a signal came from")
    return found


@pytest.fixture
def start(origin: str) -> Iterator[Start]:
    """Start a process; all are ended with the test."""
    processes: list[Process] = []

    def started(argv: list[str], threads: str = "", **options: Any) -> Process:
        environment = os.environ | {"TEST_SIGNALS": origin, "TEST_THREADS": threads}
        processes.append(Process(argv, env=environment, **options))
        return processes[-1]

    yield started
    for process in processes:
        process.close()


@pytest.fixture
def terminal() -> Terminal:
    """A new terminal that does not repeat what is typed."""
    master, slave = pty.openpty()
    made = Terminal(master, os.ttyname(slave))
    settings = termios.tcgetattr(slave)
    settings[3] &= ~termios.ECHO
    termios.tcsetattr(slave, termios.TCSANOW, settings)
    os.close(slave)
    return made


def needs_to_be_told(origin: str) -> None:
    if origin == "guessed":
        pytest.skip("without the origin of a signal the guess is another")


def ours(*argv: str) -> list[str]:
    """The command line that has a command run in our place."""
    return [sys.executable, "-c", RUN, *argv]


def python(code: str, *argv: str) -> list[str]:
    return ours(sys.executable, "-c", code, *argv)


LISTEN = python(LISTENER)
PLAIN = os.environ | {"TEST_SIGNALS": "told", "TEST_THREADS": ""}


# --- how it ends


@pytest.mark.parametrize("code", [0, 1, 3, 125, 126, 127, 255])
def test_the_exit_code_is_the_commands(start: Start, code: int) -> None:
    assert start(ours("sh", "-c", f"exit {code}")).ended() == code


@pytest.mark.parametrize(
    "name", ["SIGKILL", "SIGTERM", "SIGINT", "SIGHUP", "SIGUSR1", "SIGSEGV", "SIGQUIT", "SIGABRT"]
)
def test_of_a_command_that_dies_by_a_signal_we_die_by_the_same(
    start: Start, tmp_path: Path, name: str
) -> None:
    def allow_core_dumps() -> None:
        _, hard = resource.getrlimit(resource.RLIMIT_CORE)
        resource.setrlimit(resource.RLIMIT_CORE, (hard, hard))

    process = start(
        ours("sh", "-c", f"ulimit -c 0; kill -{name[3:]} $$"), cwd=tmp_path, preexec_fn=allow_core_dumps
    )
    assert process.ended() == -signal.Signals[name]
    assert not list(tmp_path.iterdir())


def test_a_command_that_is_not_there_is_127(start: Start) -> None:
    process = start(ours("no-such-command", "x"))
    assert process.ended() == 127
    assert "cannot run `no-such-command`: no such file or directory; check its spelling" in process.rest()


def test_a_command_that_cannot_be_run_is_126(start: Start, tmp_path: Path) -> None:
    plain = tmp_path / "plain"
    plain.write_text("echo no\n")
    for command, reason in ((plain, "permission denied"), (tmp_path, "is a directory")):
        process = start(ours(str(command)))
        assert process.ended() == 126
        assert f"cannot run `{command}`: " in (said := process.rest())
        assert reason in said


def test_a_script_whose_interpreter_is_missing_says_so(start: Start, tmp_path: Path) -> None:
    script = tmp_path / "script"
    script.write_text("#!/no/such/interpreter\n")
    script.chmod(0o755)
    process = start(ours(str(script)))
    assert process.ended() == 127
    assert "the interpreter that it names is not" in process.rest()


def test_a_script_that_names_no_interpreter_is_the_shells(start: Start, tmp_path: Path) -> None:
    script = tmp_path / "script"
    script.write_text('echo "ran $1"; exit 5\n')
    script.chmod(0o755)
    process = start(ours(str(script), "a b"))
    assert process.line("ran") == "ran a b"
    assert process.ended() == 5


def test_what_we_said_ourselves_is_not_lost_when_we_die(start: Start) -> None:
    code = "print('said', end=''); from keyless.gateway.child import *; exit_like(ChildStatus(None, 9))"
    process = start([sys.executable, "-c", code])
    assert process.ended() == -9
    assert process.rest() == "said"


# --- what it starts with


def test_the_standard_streams_are_ours_untouched(tmp_path: Path) -> None:
    show = "import os; print([(os.fstat(n).st_dev, os.fstat(n).st_ino) for n in range(3)])"
    (tmp_path / "in").write_text("")
    with (
        (tmp_path / "in").open() as into,
        (tmp_path / "out").open("w") as out,
        (tmp_path / "err").open("w") as err,
    ):
        subprocess.run(python(show), stdin=into, stdout=out, stderr=err, check=True, env=PLAIN)
        expected = [(s.st_dev, s.st_ino) for s in (os.fstat(f.fileno()) for f in (into, out, err))]
    assert (tmp_path / "out").read_text().strip() == str(expected)


def test_data_passes_through_a_pipe_to_the_last_byte() -> None:
    data = bytes(range(256)) * 4096
    run = subprocess.run(ours("cat"), input=data, capture_output=True, check=True, env=PLAIN)
    assert run.stdout == data


def test_other_open_files_are_inherited_as_env_does(start: Start, tmp_path: Path) -> None:
    path = tmp_path / "file"
    with path.open("w") as file:
        write = f"import os; os.write({file.fileno()}, b'yes')"
        assert start(python(write), pass_fds=[file.fileno()]).ended() == 0
    assert path.read_text() == "yes"


def signals_of(process: Process) -> dict[str, int]:
    """The sets of signals that a child on Linux says it has, by the names in its status file."""
    assert process.ended() == 0
    lines = [line.split(":\t") for line in process.rest().splitlines() if line.startswith("Sig")]
    named = (1 << 31) - 1  # above are those that the C library keeps to itself
    return {name: int(value, 16) & named for name, value in lines if name in {"SigBlk", "SigIgn", "SigCgt"}}


on_linux = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="reads /proc")


@on_linux
def test_a_child_starts_with_nothing_blocked_ignored_or_caught(start: Start) -> None:
    assert signals_of(start(ours("cat", "/proc/self/status"))) == {"SigBlk": 0, "SigIgn": 0, "SigCgt": 0}


@on_linux
def test_what_was_ignored_or_blocked_on_purpose_stays_so_as_with_env(start: Start) -> None:
    def as_nohup_does() -> None:
        signal.signal(signal.SIGHUP, signal.SIG_IGN)
        signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGUSR1])

    found = signals_of(start(ours("cat", "/proc/self/status"), preexec_fn=as_nohup_does))
    assert found["SigIgn"] == 1 << (signal.SIGHUP - 1)
    assert found["SigBlk"] == 1 << (signal.SIGUSR1 - 1)


def test_a_caller_that_ignores_its_children_still_learns_how_this_one_ended(start: Start) -> None:
    process = start(
        ours("sh", "-c", "exit 9"), preexec_fn=lambda: signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    )
    assert process.ended() == 9


# --- signals sent to us


@pytest.mark.parametrize(
    "name",
    ["SIGTERM", "SIGHUP", "SIGINT", "SIGQUIT", "SIGUSR1", "SIGALRM", "SIGWINCH", "SIGCONT", "SIGRTMIN"],
)
def test_a_signal_sent_to_us_reaches_the_child_once(start: Start, name: str) -> None:
    process = start(LISTEN)
    process.line("ready")
    process.send(getattr(signal, name))
    assert process.line("heard") == f"heard {name}"
    process.send(signal.SIGUSR2)
    assert process.line("all") == f"all ['{name}', 'SIGUSR2']"
    assert process.ended() == 7


def test_a_child_that_does_not_handle_it_dies_and_so_do_we(start: Start) -> None:
    process = start(ours("sh", "-c", "echo ready; exec sleep 60"))
    process.line("ready")
    process.send(signal.SIGTERM)
    assert process.ended() == -signal.SIGTERM


def test_what_a_child_sends_us_is_not_sent_back(start: Start, origin: str) -> None:
    needs_to_be_told(origin)
    process = start(python(LISTENER, "to-parent"))
    process.line("ready")
    process.send(signal.SIGUSR2)
    assert process.line("all") == "all ['SIGUSR2']"


@pytest.mark.parametrize("threads", ["after", "before", "before and after"])
def test_other_threads_take_no_signal_away(start: Start, threads: str) -> None:
    process = start(LISTEN, threads=threads)
    process.line("ready")
    for _ in range(3):
        process.send(signal.SIGTERM)
        assert process.line("heard") == "heard SIGTERM"
    process.send(signal.SIGUSR2)
    assert process.ended() == 7


def test_a_child_that_somebody_stopped_goes_on_when_they_resume_it(start: Start) -> None:
    process = start(LISTEN)
    child = int(process.line("ready").split()[1])
    os.kill(child, signal.SIGSTOP)
    os.kill(child, signal.SIGCONT)
    assert process.line("heard") == "heard SIGCONT"
    process.send(signal.SIGUSR2)
    assert process.ended() == 7


# --- the terminal


def test_the_child_is_on_our_terminal_in_our_process_group(start: Start, terminal: Terminal) -> None:
    show = (
        "import os; print('on', [os.isatty(n) for n in range(3)], os.ttyname(0), "
        "os.getpgrp() == os.getpgid(os.getppid()) == os.tcgetpgrp(0))"
    )
    process = start(python(show), terminal=terminal)
    assert process.line("on") == f"on [True, True, True] {terminal.name} True"
    assert process.ended() == 0


@pytest.mark.parametrize(("key", "name"), [("\x03", "SIGINT"), ("\x1c", "SIGQUIT")])
def test_a_key_that_interrupts_reaches_the_child_once(
    start: Start, terminal: Terminal, key: str, name: str
) -> None:
    process = start(LISTEN, terminal=terminal)
    process.line("ready")
    process.type(key)
    assert process.line("heard") == f"heard {name}"
    process.send(signal.SIGUSR2)
    assert process.line("all") == f"all ['{name}', 'SIGUSR2']"
    assert process.ended() == 7


def test_a_child_that_ctrl_c_kills_takes_us_with_it(start: Start, terminal: Terminal) -> None:
    process = start(ours("sh", "-c", "echo ready; exec sleep 60"), terminal=terminal)
    process.line("ready")
    process.type("\x03")
    assert process.ended() == -signal.SIGINT


def test_a_new_window_size_reaches_the_child_once(start: Start, terminal: Terminal) -> None:
    process = start(LISTEN, terminal=terminal)
    process.line("ready")
    fcntl.ioctl(terminal.master, termios.TIOCSWINSZ, struct.pack("HHHH", 30, 99, 0, 0))
    assert process.line("heard") == "heard SIGWINCH"
    process.send(signal.SIGUSR2)
    assert process.line("all") == "all ['SIGWINCH', 'SIGUSR2']"


def test_a_hang_up_reaches_the_child(start: Start, terminal: Terminal, tmp_path: Path) -> None:
    """The kernel tells the leader of the session alone; as `env` the command would have been that."""
    told = tmp_path / "told"
    os.mkfifo(told)
    process = start(
        ours(
            "sh",
            "-c",
            f"trap 'echo hung up >{told}; exit 4' HUP; echo ready; while :; do sleep 60 & wait; done",
        ),
        terminal=terminal,
    )
    process.line("ready")
    process.hang_up()
    assert told.read_text() == "hung up\n"
    assert process.ended() == 4


def job(*argv: str) -> list[str]:
    """A job under a shell that has job control."""
    return [sys.executable, "-c", SHELL, *argv]


def test_ctrl_z_stops_us_with_the_child_and_fg_resumes_both(start: Start, terminal: Terminal) -> None:
    process = start(job(*LISTEN), terminal=terminal)
    process.line("ready")
    for _ in range(2):
        process.type("\x1a")
        assert process.line("stopped") == "stopped by SIGTSTP"
        process.type("fg\n")
        assert process.line("heard") == "heard SIGCONT"
    process.type("\x03")
    assert process.line("heard SIGINT")


def test_a_child_that_stops_itself_stops_us_too(start: Start, terminal: Terminal) -> None:
    code = "import os, signal; os.kill(os.getpid(), signal.SIGSTOP); print('resumed', flush=True)"
    process = start(job(*python(code)), terminal=terminal)
    assert process.line("stopped") == "stopped by SIGSTOP"
    process.type("fg\n")
    assert process.line("resumed")
    assert process.line("ended") == "ended with 0"


def test_a_stop_sent_to_us_alone_stops_the_child_and_so_us(
    start: Start, terminal: Terminal, origin: str
) -> None:
    needs_to_be_told(origin)
    code = (
        "import os, signal; signal.signal(signal.SIGCONT, lambda *_: os.write(1, b'resumed\\n')); "
        "print('we', os.getppid(), flush=True)\nwhile True: signal.pause()"
    )
    process = start(job(*python(code)), terminal=terminal)
    our_pid = int(process.line("we").split()[-1])
    os.kill(our_pid, signal.SIGTSTP)
    assert process.line("stopped") == "stopped by SIGTSTP"
    process.type("fg\n")
    process.line("resumed")
    process.type("\x03")
    assert process.line("ended") == f"ended with {-signal.SIGINT}"


def test_a_child_in_the_background_that_reads_the_terminal_stops_us_too(
    start: Start, terminal: Terminal
) -> None:
    code = (
        "import os, signal; signal.signal(signal.SIGTTOU, signal.SIG_IGN); "
        "os.tcsetpgrp(0, os.getsid(0)); print('said', input(), flush=True)"
    )
    process = start(job(*python(code)), terminal=terminal)
    assert process.line("stopped") == "stopped by SIGTTIN"
    process.type("fg\nhello\n")
    assert process.line("said") == "said hello"
    assert process.line("ended") == "ended with 0"


# --- within one process


def test_a_child_runs_with_the_environment_that_it_is_given(tmp_path: Path) -> None:
    told = tmp_path / "told"
    status = run_child(
        ["sh", "-c", f'echo "$GIVEN $HOME" >{told}'], {"GIVEN": "yes", "PATH": os.environ["PATH"]}
    )
    assert status.succeeded
    assert told.read_text() == "yes \n"


def test_afterwards_every_handler_and_the_mask_are_as_before() -> None:
    def state() -> list[object]:
        return [
            signal.pthread_sigmask(signal.SIG_BLOCK, []),
            *map(signal.getsignal, sorted(signal.valid_signals())),
        ]

    before = state()
    assert run_child(["sh", "-c", "exit 3"], os.environ) == ChildStatus(3, None)
    with pytest.raises(CannotRun):
        run_child(["no-such-command"], os.environ)
    assert state() == before


def test_a_signal_that_was_held_and_not_waited_for_takes_effect_afterwards(origin: str) -> None:
    heard: list[int] = []
    before = signal.signal(signal.SIGUSR1, lambda number, _: heard.append(number))
    try:
        with held_signals(tell_origin=origin == "told"):
            os.kill(os.getpid(), signal.SIGUSR1)
            assert heard == []
        assert heard == [signal.SIGUSR1]
    finally:
        signal.signal(signal.SIGUSR1, before)


@pytest.mark.parametrize("argv", [[], [""]])
def test_no_command_is_an_error_of_the_callers(argv: list[str]) -> None:
    with pytest.raises(ValueError, match="no command"):
        run_child(argv, {})


def test_only_the_main_thread_can_run_a_child() -> None:
    errors: list[BaseException] = []

    def run() -> None:
        try:
            run_child(["true"], os.environ)
        except ValueError as error:
            errors.append(error)

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()
    assert len(errors) == 1


def test_a_status_reads_as_a_shell_would_show_it() -> None:
    assert ChildStatus(0, None).succeeded
    assert ChildStatus(3, None).exit_code == 3
    killed = ChildStatus(None, signal.SIGKILL)
    assert killed.exit_code == 137
    assert not killed.succeeded
    with pytest.raises(SystemExit) as raised:
        exit_like(ChildStatus(3, None))
    assert raised.value.code == 3
