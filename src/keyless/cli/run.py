"""`keyless run`: a command with a managed identity, against the local identity plane."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click

from keyless.cli.failure import Failure, own_failures
from keyless.cli.notices import closing, show
from keyless.cli.options import (
    chosen_project,
    declared_estate,
    host_kind_option,
    limits_option,
    project_option,
    propagation_delay_option,
)
from keyless.cli.terminal import say
from keyless.gateway.child import ChildStatus, exit_like, run_child
from keyless.gateway.held_signals import held_signals
from keyless.gateway.serving.watch import ServingWatch
from keyless.model.hosts import HostKind
from keyless.runtime.arc_keys import show_keys
from keyless.runtime.client import PlaneConnection, join
from keyless.runtime.environment import environment_of
from keyless.runtime.messages import (
    PROTOCOL,
    Account,
    ChosenLimits,
    Hello,
    Mode,
    OpenShell,
    Ready,
    Summary,
    ToClient,
)
from keyless.runtime.name_server import show_names
from keyless.runtime.project import ESTATE_FILE, Project

if TYPE_CHECKING:
    from keyless.model.estate import Estate


@click.command(
    "run",
    context_settings={"allow_interspersed_args": False},
    epilog="Exit code: the command's own; 125 where Keyless itself fails, 126 and 127 as `env` has them.",
)
@click.option(
    "--as", "workload", metavar="NAME", help="The workload to run as (default: the only one there is)."
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
@host_kind_option
@click.option("--fresh", is_flag=True, help="Begin with the estate file alone: remove the store first.")
@click.option("--offline", is_flag=True, help="Refuse connections beyond the local plane and this machine.")
@click.option(
    "--keep-credentials", is_flag=True, help="Leave AZURE_CLIENT_SECRET and its kin in the environment."
)
@click.option(
    "--port", type=click.IntRange(0, 65535), default=0, help="The proxy's port, for a plane that is started."
)
@propagation_delay_option
@limits_option
@click.option("--quiet", is_flag=True, help="Print denials and errors only.")
@project_option
@click.argument("argv", metavar="COMMAND...", nargs=-1, type=click.UNPROCESSED)
def command(
    workload: str | None,
    mode: str,
    host_kind: HostKind | None,
    fresh: bool,
    offline: bool,
    keep_credentials: bool,
    port: int,
    propagation_delay: float | None,
    limits: ChosenLimits | None,
    quiet: bool,
    directory: Path | None,
    argv: tuple[str, ...],
) -> None:
    """Run COMMAND with a managed identity: `keyless run -- python app.py`.

    The command's connections to the cloud's host names (Key Vault, App Configuration, Entra, the metadata
    endpoint) go to a local plane that issues real tokens, enforces role assignments and records every
    decision. The command itself is not changed, and nothing is installed.
    """
    with own_failures():
        check_command(argv, "keyless run -- python app.py")
        project = chosen_project(directory)
        estate = declared_estate(project)
        if fresh:
            _begin_anew(project, estate)
        hello = Hello(
            PROTOCOL,
            workload,
            Mode(mode),
            offline,
            estate,
            host_kind,
            propagation_delay,
            Path(argv[0]).name,
            limits,
        )
        finished = run_in(
            project, hello, list(argv), port=port, keep_credentials=keep_credentials, quiet=quiet
        )
    if finished.summary is not None and not quiet:
        learning = hello.mode is Mode.LEARN
        for line in closing(finished.summary, learning=learning, failed=not finished.status.succeeded):
            say(line)
    exit_like(finished.status)


def _begin_anew(project: Project, estate: Estate | None) -> None:
    from keyless.runtime.fresh import remove_store

    if estate is None:
        raise Failure(
            f"there is no `{ESTATE_FILE}` in `{project.root}` to begin anew from: `keyless estate export` "
            "writes one from the store"
        )
    remove_store(project)


def check_command(argv: tuple[str, ...], example: str) -> None:
    """Raises Failure where there is nothing to run."""
    if not argv or not argv[0]:
        raise Failure(f"there is no command to run: write it after `--`, as in `{example}`")


@dataclass(frozen=True, slots=True)
class Finished:
    """A command that has run. ``summary`` is none where the plane died before it did."""

    status: ChildStatus
    summary: Summary | None


def run_in(
    project: Project,
    hello: Hello | OpenShell,
    argv: list[str],
    *,
    port: int = 0,
    keep_credentials: bool = False,
    quiet: bool = False,
    added: Mapping[str, str | None] | None = None,
    welcome: Callable[[Account | None], str] | None = None,
) -> Finished:
    """Run a command under a lease from the project's plane, printing what the plane has to say.

    ``added`` goes into the command's environment besides, or comes out of it (none); ``welcome`` is what to
    say of whoever it is that signs in, before the command starts.

    Raises:
        PlaneUnavailable: there is no lease to be had.
        CannotRun: the command cannot be started.
    """
    lease = join(project, hello, port=port)
    listener, serving = _Listener(lease, quiet=quiet), ServingWatch(lease.say_served)
    try:
        environment, notes = environment_of(project, lease.ready, keep_credentials=keep_credentials)
        names = show_names(project, lease.ready)
        show_keys(lease.ready)
        if not quiet:
            for note in (*lease.ready.notes, *_about_port(port, lease), *notes, *names):
                say(note)
        if welcome is not None:
            say(welcome(lease.ready.account))
        with held_signals() as signals:  # before a thread starts, which would be given them
            listener.start()
            started = serving.start if isinstance(hello, Hello) else None
            status = run_child(argv, _changed(environment, added or {}), signals, started)
        serving.stop()
        lease.say_goodbye(status.exit_code)
        listener.join()
    finally:
        lease.close()
    if listener.summary is None:
        say(f"the plane ended before the command did: `{project.log_file}` may say why", bad=True)
    return Finished(status, listener.summary)


def _changed(environment: Mapping[str, str], added: Mapping[str, str | None]) -> dict[str, str]:
    return {name: value for name, value in (dict(environment) | dict(added)).items() if value is not None}


def _about_port(wanted: int, lease: PlaneConnection[Ready]) -> list[str]:
    """What to say where a plane runs already, and on another port."""
    found = lease.ready.proxy_port
    if wanted in {0, found}:
        return []
    return [f"the plane runs already, on port {found}: `--port {wanted}` is not used"]


class _Listener(threading.Thread):
    """Prints the plane's messages while the command runs."""

    def __init__(self, lease: PlaneConnection[Ready], *, quiet: bool) -> None:
        super().__init__(name="keyless-notices", daemon=True)
        self._lease = lease
        self._quiet = quiet
        self.summary: Summary | None = None

    def run(self) -> None:
        """Listen until the summary."""
        self.summary = self._lease.listen(self._hear)

    def _hear(self, message: ToClient) -> None:
        show(message, quiet=self._quiet)
