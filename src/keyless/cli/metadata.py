"""`keyless metadata`: tokens for processes of this machine that hold no secret and were not started by us."""

from __future__ import annotations

import contextlib
import signal
from collections.abc import Iterator
from pathlib import Path
from types import FrameType

import click

from keyless.cli.failure import Failure, explained
from keyless.cli.notices import show
from keyless.cli.options import chosen_project, declared_estate, project_option
from keyless.cli.terminal import say
from keyless.cli.wording import counted
from keyless.runtime.client import PlaneConnection, serve_metadata
from keyless.runtime.messages import PROTOCOL, Mode, ServeMetadata, Serving, Summary
from keyless.runtime.project import Project

_DEFAULT_PORT = 8047


@click.command("metadata")
@click.option(
    "--address",
    default="127.0.0.1",
    show_default=True,
    help="The address to serve: one of loopback, or 169.254.169.254 (as root).",
)
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    help=f"The port (default: 80 for 169.254.169.254, otherwise {_DEFAULT_PORT}; 0 takes any that is free).",
)
@click.option(
    "--add-address", is_flag=True, help="Put 169.254.169.254 on the loopback interface meanwhile (as root)."
)
@click.option(
    "--learn", "mode", flag_value=Mode.LEARN.value, help="Let every authenticated call pass, and record it."
)
@click.option(
    "--enforce",
    "mode",
    flag_value=Mode.ENFORCE.value,
    default=Mode.ENFORCE.value,
    help="Deny what no role assignment grants (the default).",
)
@click.option("--quiet", is_flag=True, help="Print refusals and errors only.")
@project_option
def command(
    address: str, port: int | None, add_address: bool, mode: str, quiet: bool, directory: Path | None
) -> None:
    """Serve the instance metadata endpoint to processes of this machine, until Ctrl-C.

    Who asks is known by the process at the other end of the connection, as the kernel tells, and gets tokens
    of the workload that a rule under `workloads` in `keyless.yaml` makes it; everyone else is refused. Each
    new caller is named, with the reason where it is refused.
    """
    from keyless.gateway.hosts import METADATA_HOST

    if port is None:
        port = 80 if address == METADATA_HOST else _DEFAULT_PORT
    summary: Summary | None = None
    with explained(), contextlib.ExitStack() as stack:
        project = chosen_project(directory)
        estate = declared_estate(project)
        stack.enter_context(_stopped_by_signals())
        if add_address:
            _add_address(stack, address)
        plane = serve_metadata(project, ServeMetadata(PROTOCOL, Mode(mode), estate, address, port))
        stack.callback(plane.close)
        summary = _serve(plane, project, quiet=quiet)
    if summary is not None and not quiet:
        say(f"handed out {counted(summary.tokens, 'token', 'tokens')}")


def _add_address(stack: contextlib.ExitStack, address: str) -> None:
    from keyless.gateway.hosts import METADATA_HOST
    from keyless.gateway.metadata.address import metadata_address

    if address != METADATA_HOST:
        raise Failure(f"`--add-address` adds {METADATA_HOST}: use it with `--address {METADATA_HOST}`", 2)
    stack.enter_context(metadata_address())


class _Stopped(BaseException):
    """The user, or the system's manager, wants us to end."""


@contextlib.contextmanager
def _stopped_by_signals() -> Iterator[None]:
    """Let Ctrl-C and `kill` end what is served, and not this process."""

    def stop(number: int, frame: FrameType | None) -> None:
        raise _Stopped

    before = {number: signal.signal(number, stop) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        with contextlib.suppress(_Stopped):
            yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _serve(plane: PlaneConnection[Serving], project: Project, *, quiet: bool) -> Summary:
    """Print what the plane has to say until we are told to end; then how it went."""
    try:
        _announce(plane.ready, quiet=quiet)
        summary = plane.listen(lambda message: show(message, quiet=quiet))
    except _Stopped:
        plane.say_goodbye()
        summary = plane.listen(lambda message: show(message, quiet=quiet))
    if summary is None:
        raise Failure(f"the plane has ended: `{project.log_file}` may say why")
    return summary


def _announce(serving: Serving, *, quiet: bool) -> None:
    if not quiet:
        say(f"serving the metadata endpoint at http://{serving.address}:{serving.port}; Ctrl-C ends it")
    for note in serving.notes:
        say(note, bad=True)
