"""`keyless run` in the place of its command: codes, signals, streams; and what a killed part leaves."""

from __future__ import annotations

import contextlib
import fcntl
import os
import pty
import resource
import select
import signal
import socket
import subprocess
import sys
import termios
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from keyless_command import (
    LIMIT_S,
    Project,
    app,
    plane_has_ended,
    processes_about,
    wait_until,
)

from keyless.runtime.socket_path import short_name

PASSWORD = "correct horse battery staple"
GET = 'say(secret("contoso-orders", "db-password"))'


def test_the_exit_code_is_the_commands_own(learned: Project) -> None:
    with learned.running("run", *app("hold()")) as other:
        other.line()
        for code in (0, 1, 42, 255):
            assert learned("run", *app(f"raise SystemExit({code})")).code == code
        other.end("go")


def test_a_command_that_dies_of_a_signal_is_died_like(learned: Project) -> None:
    with learned.running("run", *app("hold()")) as other:
        other.line()
        for number in (signal.SIGTERM, signal.SIGKILL, signal.SIGSEGV):
            assert learned("run", *app(f"os.kill(os.getpid(), {int(number)})")).code == -number
        other.end("go")


def test_what_cannot_be_run_ends_as_env_ends(learned: Project) -> None:
    (learned.root / "plain.txt").write_text("no program")
    expected = {
        ("no-such-program",): (127, "cannot run `no-such-program`: no such file or directory"),
        ("./plain.txt",): (126, "cannot run `./plain.txt`: permission denied; `chmod +x`"),
        (".",): (126, "cannot run `.`: it is a directory"),
    }
    for argv, (code, message) in expected.items():
        ran = learned("run", "--", *argv)
        assert (ran.code, ran.out) == (code, "")
        assert ran.said[0].startswith(message)


def test_streams_pass_through_and_nothing_of_ours_is_on_standard_output(learned: Project) -> None:
    echo = "sys.stdout.buffer.write(sys.stdin.buffer.read()); sys.stderr.write('mine')"
    content = bytes(range(256)) * 1000
    done = subprocess.run(
        [sys.executable, "-m", "keyless.cli.main", "run", "--learn", *app(echo)],
        input=content,
        capture_output=True,
        timeout=LIMIT_S,
        check=False,
        cwd=learned.root,
        env=learned.environment,
    )
    assert done.stdout == content
    assert done.stderr.startswith(b"mine")


def test_a_closed_standard_error_changes_nothing(learned: Project) -> None:
    line = f'"{sys.executable}" -m keyless.cli.main run -- sh -c "echo out; exit 4" 2>&-'
    done = subprocess.run(
        ["/bin/sh", "-c", line],
        capture_output=True,
        timeout=LIMIT_S,
        check=False,
        cwd=learned.root,
        env=learned.environment,
    )
    assert (done.returncode, done.stdout, done.stderr) == (4, b"out\n", b"")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no device that is always full")
def test_output_that_cannot_be_written_is_said_and_fails(learned: Project) -> None:
    learned("plan")
    for command in ("plan --format json", "estate show", "explain"):
        for where, code, said in (
            (">/dev/full", 1, b"keyless: cannot write the output: no sp"),
            (">&-", 0, b""),
        ):
            line = f'"{sys.executable}" -m keyless.cli.main {command} {where}'
            done = subprocess.run(
                ["/bin/sh", "-c", line],
                capture_output=True,
                timeout=LIMIT_S,
                check=False,
                cwd=learned.root,
                env=learned.environment,
            )
            assert (done.returncode, done.stderr[: len(said)]) == (code, said)
            assert b"Traceback" not in done.stderr


def test_a_signal_that_is_sent_to_us_reaches_the_command(learned: Project) -> None:
    hears = """
import signal
heard = []
signal.signal(signal.SIGTERM, lambda number, frame: heard.append(number))
say("ready")
while not heard:
    signal.pause()
hold(heard)
raise SystemExit(9)
"""
    with learned.running("run", *app(hears)) as running:
        assert running.line() == "ready"
        running.popen.send_signal(signal.SIGTERM)
        assert running.line() == "[15]"
        assert running.end("go").code == 9


COUNTS = """
import signal
heard = []
signal.signal(signal.SIGINT, lambda number, frame: heard.append(number))
say("ready")
while not heard:
    signal.pause()
say("heard")
sys.stdin.readline()
say(f"{len(heard)} in all")
raise SystemExit(5)
"""


def test_ctrl_c_reaches_the_command_once(learned: Project) -> None:
    with _on_a_terminal(learned, "run", *app(COUNTS)) as (process, terminal):
        _read_until(terminal, b"ready")
        os.write(terminal, b"\x03")
        _read_until(terminal, b"heard")
        os.write(terminal, b"go\n")
        _read_until(terminal, b"1 in all")
        assert process.wait(LIMIT_S) == 5


def test_ctrl_c_before_the_command_has_started_ends_as_ctrl_c_ends(learned: Project) -> None:
    with socket.socket(socket.AF_UNIX) as mute:
        with short_name(learned.state / "plane.sock") as name:
            mute.bind(name)
        mute.listen()
        with _on_a_terminal(learned, "run", "--learn", "--", "true") as (process, terminal):
            asking, _ = mute.accept()
            assert asking.recv(1) == b"{"
            os.write(terminal, b"\x03")
            assert process.wait(LIMIT_S) == -signal.SIGINT
            assert b"Traceback" not in os.read(terminal, 4096)
            asking.close()
    (learned.state / "plane.sock").unlink()


def test_ctrl_c_while_a_secret_is_asked_for_ends_as_ctrl_c_ends_and_sets_nothing(learned: Project) -> None:
    arguments = ("secret", "set", "contoso-orders", "db-password")
    with _on_a_terminal(learned, *arguments) as (process, terminal):
        _read_until(terminal, b"value of db-password: ")
        os.write(terminal, b"typed\x03")
        assert process.wait(LIMIT_S) == -signal.SIGINT
    with _on_a_terminal(learned, *arguments) as (process, terminal):
        _read_until(terminal, b"value of db-password: ")
        os.write(terminal, b"typed\n")
        seen = _read_until(terminal, b"is set")
        assert b"typed" not in seen
        assert process.wait(LIMIT_S) == 0
    assert learned.learned(GET).out == "typed\n"


@contextlib.contextmanager
def _on_a_terminal(project: Project, *arguments: str) -> Iterator[tuple[subprocess.Popen[bytes], int]]:
    """Run a command on a terminal of its own; gives the terminal's other side."""
    terminal, its_side = pty.openpty()
    options: dict[str, Any] = dict.fromkeys(("stdin", "stdout", "stderr"), its_side)
    options["preexec_fn"] = lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0)
    process = subprocess.Popen(
        [sys.executable, "-m", "keyless.cli.main", *arguments],
        start_new_session=True,
        cwd=project.root,
        env=project.environment,
        **options,
    )
    os.close(its_side)
    try:
        yield process, terminal
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        os.close(terminal)


def _read_until(terminal: int, wanted: bytes) -> bytes:
    """What a terminal shows up to a text."""
    seen = b""
    while wanted not in seen:
        readable, _, _ = select.select([terminal], [], [], LIMIT_S)
        assert readable, f"waited in vain for {wanted!r}; there was {seen!r}"
        seen += os.read(terminal, 4096)
    return seen


def test_a_killed_run_ends_its_lease_and_the_plane_and_its_evidence_is_there(learned: Project) -> None:
    learned("evidence", "clear")
    with learned.running("run", "--learn", *app(f"{GET}; hold()")) as running:
        assert running.line() == PASSWORD
        running.line()
        plane = learned.plane_pid()
        running.kill()
        wait_until(lambda: plane_has_ended(learned.state / "plane.lock"), "the plane ends")
        assert learned.plane_pid() == plane
        running.end()  # the app, which nobody has killed, ends when it hears no more
    (line,) = learned.evidence()
    assert (line["outcome"], line["count"]) == ("learned", 1)
    assert learned.learned(GET).out == f"{PASSWORD}\n"


def test_a_killed_plane_is_told_of_and_nothing_that_was_acknowledged_is_lost(learned: Project) -> None:
    learned("evidence", "clear")
    works = f"""
{GET}
hold()
say(set_secret("contoso-orders", "receipt", "kept"))
hold()
try:
    secret("contoso-orders", "receipt")
except OSError:
    say("no connection")
raise SystemExit(6)
"""
    with learned.running("run", "--learn", *app(works)) as running:
        assert running.line() == PASSWORD
        running.line()
        wait_until(lambda: len(learned.evidence()) == 1, "what was done a second ago is recorded")
        running.tell()
        assert running.line() == "200"
        running.line()
        os.kill(learned.plane_pid(), signal.SIGKILL)
        ended = running.end("go")
    assert (ended.code, ended.out) == (6, "no connection\n")
    assert ended.said == [
        f"the plane ended before the command did: `{learned.state / 'plane.log'}` may say why"
    ]
    assert (learned.state / "plane.sock").exists()
    again = learned.learned(f'say(secret("contoso-orders", "receipt")); {GET}')
    assert again.out == f"kept\n{PASSWORD}\n"
    assert "db-password" in {line["scope"].rsplit("/", 1)[1] for line in learned.evidence()}


def test_a_proof_does_not_hold_where_its_plane_did_not_last(learned: Project) -> None:
    learned("plan")
    with learned.running("prove", *app(f"{GET}; hold()")) as running:
        assert running.line() == PASSWORD
        running.line()
        os.kill(int((learned.state / "proof" / "plane.lock").read_text()), signal.SIGKILL)
        ended = running.end("go")
    assert ended.code == 1
    assert ended.said[-1] == "the proof fails: the plane did not last until the end"
    assert learned("prove", *app(GET)).code == 0


def test_a_second_proof_waits_for_its_turn_and_says_so(learned: Project) -> None:
    learned("plan")
    with learned.running("prove", *app("hold()")) as running:
        running.line()
        second = learned("prove", *app(GET))
        assert (second.code, second.said) == (
            125,
            ["another proof runs in this project: wait until it has ended"],
        )
        assert running.end("go").code == 0


def _little_room() -> None:
    """For a process to come: no file of its may grow beyond 40 KB, as if the disk were full then."""
    resource.setrlimit(resource.RLIMIT_FSIZE, (40_000, 40_000))


def test_evidence_that_finds_no_room_is_told_and_the_app_goes_on(learned: Project) -> None:
    asks = """
mine = token()
say({secret("contoso-orders", f"name-{number}", mine) for number in range(70)})
"""
    large = learned.root / "authority.pem"
    large.write_text(f"-----BEGIN CERTIFICATE-----\n{'QUJD' * 15_000}\n-----END CERTIFICATE-----\n")
    full = learned("run", "--", "true", env={"SSL_CERT_FILE": str(large)}, preexec_fn=_little_room)
    assert (full.code, full.said) == (
        125,
        [f"cannot write what the command is to trust into `{learned.state / 'tls'}`: file too large"],
    )
    ran = learned("run", "--learn", "--quiet", *app(asks), preexec_fn=_little_room)
    assert (ran.code, ran.out) == (0, "{'404 SecretNotFound'}\n")
    assert ran.said[-1].startswith(f"the evidence `{learned.state / 'evidence.db'}` cannot be used: ")
    assert ran.said[-1].endswith("; what this run did is not recorded")
    assert learned.learned(GET).out == f"{PASSWORD}\n"


def test_many_runs_at_once_share_one_plane(project: Project) -> None:
    with contextlib.ExitStack() as stack:
        runs = [stack.enter_context(project.running("run", "--learn", *app("hold()"))) for _ in range(4)]
        assert [running.line() for running in runs] == ["holding"] * 4
        if Path("/proc").is_dir():
            planes = [pid for pid in processes_about(project.state) if _is_plane(pid)]
            assert planes == [project.plane_pid()]
        assert [running.end("go").code for running in runs] == [0] * 4


def _is_plane(pid: int) -> bool:
    return b"keyless.app" in Path(f"/proc/{pid}/cmdline").read_bytes()


@pytest.mark.skipif(not Path("/proc/self/cmdline").exists(), reason="processes are not listed as files here")
def test_nothing_is_left_when_the_last_run_has_ended(learned: Project) -> None:
    before = set(processes_about(learned.root))
    learned.learned(GET)
    wait_until(lambda: plane_has_ended(learned.state / "plane.lock"), "the plane ends")
    wait_until(lambda: not set(processes_about(learned.root)) - before, "its process is gone")
    assert sorted(file.name for file in learned.state.iterdir()) == [
        ".gitignore",
        "azure-cli",
        "evidence.db",
        "plane.lock",
        "plane.log",
        "root.key",
        "store.db",
        "tls",
    ]
    assert (learned.state / "plane.log").read_bytes() == b""
