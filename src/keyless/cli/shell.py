"""`keyless shell`: the terminal of the person who owns the estate, signed in as its owner."""

from __future__ import annotations

import os
from pathlib import Path

import click

from keyless.cli.failure import own_failures
from keyless.cli.notices import closing
from keyless.cli.options import (
    chosen_project,
    declared_estate,
    limits_option,
    project_option,
    propagation_delay_option,
)
from keyless.cli.run import run_in
from keyless.cli.terminal import say
from keyless.gateway.child import exit_like
from keyless.runtime.messages import PROTOCOL, Account, ChosenLimits, OpenShell

SHELL_HINT = "KEYLESS_SHELL"
_DEFAULT_SHELL = "/bin/sh"


@click.command(
    "shell",
    context_settings={"allow_interspersed_args": False},
    epilog="Exit code: the shell's or the command's own; 125 where Keyless itself fails, 126 and 127 as "
    "`env` has them.",
)
@click.option("--offline", is_flag=True, help="Refuse connections beyond the local plane and this machine.")
@propagation_delay_option
@limits_option
@click.option("--quiet", is_flag=True, help="Print denials and errors only.")
@project_option
@click.argument("argv", metavar="[COMMAND]...", nargs=-1, type=click.UNPROCESSED)
def command(
    offline: bool,
    propagation_delay: float | None,
    limits: ChosenLimits | None,
    quiet: bool,
    directory: Path | None,
    argv: tuple[str, ...],
) -> None:
    """Open a shell as the estate's owner, or run COMMAND as its owner: `keyless shell -- az group list`.

    You are a user of the estate's directory there, Owner of everything in it, and signed in: for the Azure
    CLI, and for what the Azure SDKs find (`AzureCliCredential`, `DefaultAzureCredential`). What you sign in
    with is worth nothing in the real cloud, and your own `~/.azure` is neither read nor written.

    The shell is the one that `SHELL` names. `KEYLESS_SHELL` holds the project's name in it, for its prompt.
    """
    with own_failures():
        project = chosen_project(directory)
        hello = OpenShell(PROTOCOL, offline, declared_estate(project), propagation_delay, limits)
        opened = list(argv) or [os.environ.get("SHELL") or _DEFAULT_SHELL]
        finished = run_in(
            project,
            hello,
            opened,
            quiet=quiet,
            added={SHELL_HINT: project.root.name},
            welcome=None if argv or quiet else _welcome,
        )
    if finished.summary is not None and not quiet:
        for line in closing(finished.summary, learning=False, failed=False):
            say(line)
    exit_like(finished.status)


def _welcome(account: Account | None) -> str:
    """What to say to whoever comes in."""
    name = account.user_principal_name if account is not None else "the owner"
    return f"you are `{name}`, the owner of this estate; leave with `exit`"
