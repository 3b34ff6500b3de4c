"""The `keyless` command. Commands are imported when they are called, so that `run` starts quickly."""

from __future__ import annotations

import errno
import importlib
import os
import signal
import sys
from collections.abc import Sequence

import click

from keyless import __version__
from keyless.cli.commands import Commands
from keyless.cli.failure import OWN_FAILURE, Failure
from keyless.cli.terminal import say
from keyless.gateway.signals import die_of

_COMMANDS = {
    "assess": "Find every stored credential in a repository, and say what to write instead.",
    "run": "Run a command with a managed identity, against a local identity plane.",
    "plan": "Choose the least-privileged roles for what was recorded.",
    "prove": "Run a command with exactly the plan's roles.",
    "explain": "Say why a principal may or may not do a thing.",
    "shell": "Work as the estate's owner, with the Azure CLI and everything else.",
    "token": "Print an access token of the estate's owner.",
    "estate": "Write, check, show and export `keyless.yaml`.",
    "secret": "Put secrets into a vault of the local plane.",
    "vault": "Show what a vault holds, bring it in from elsewhere, or give it out sealed.",
    "store": "Show what a configuration store holds, bring it in from elsewhere, or give it out.",
    "setting": "Put settings into a configuration store of the local plane.",
    "identity": "List, show, revoke and restore identities.",
    "federate": "Let the real Entra ID, or another provider, trust the identities of this site.",
    "clock": "Move the estate's time forward, for what takes days.",
    "outage": "Take a vault, a store or an endpoint down, to see what an app makes of it.",
    "events": "List what vaults have told to whoever is subscribed, and what waits.",
    "keys": "List, rotate and revoke the keys that sign tokens.",
    "metadata": "Serve tokens to processes of this machine, known by the kernel and by no secret.",
    "evidence": "Show or clear what was recorded.",
    "demo": "See the whole loop on a small real application.",
}
_RUN_OTHERS = {"run", "prove", "shell"}
_OUTPUT_ERRORS = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO}


class _LazyGroup(Commands):
    """A group whose commands are found by name in `keyless.cli`."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The commands, in the order of the loop."""
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import a command's module."""
        if cmd_name not in _COMMANDS:
            return None
        command: click.Command = importlib.import_module(f"keyless.cli.{cmd_name}").command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the commands without importing them."""
        with formatter.section("Commands"):
            formatter.write_dl(list(_COMMANDS.items()))


@click.group(cls=_LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="keyless")
def command() -> None:
    """Take workloads off stored credentials, onto managed identities, with proven least privilege."""


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line; a `Failure` is a line or more on standard error and its exit code."""
    _stand_in_for_closed_streams()
    try:
        code = _run(arguments)
        sys.stdout.flush()
    except OSError as error:
        if error.errno not in _OUTPUT_ERRORS or error.filename is not None:
            raise
        say(f"cannot write the output: {(error.strerror or str(error)).lower()}", bad=True)
        sys.stdout = None  # what it still holds would fail again at the end
        code = 1
    sys.exit(code)


def _stand_in_for_closed_streams() -> None:
    """Let what is written to a closed stream vanish, and give no file of ours its number.

    A command that is run still finds it closed.
    """
    for descriptor, name in enumerate(("stdin", "stdout", "stderr")):
        if getattr(sys, name) is None:
            nothing = os.open(os.devnull, os.O_RDWR | os.O_CLOEXEC)  # takes the lowest number that is free
            setattr(sys, name, os.fdopen(nothing, "r" if descriptor == 0 else "w"))


def _run(arguments: Sequence[str] | None) -> int:
    try:
        code = command.main(arguments, prog_name="keyless", standalone_mode=False)
    except Failure as failure:
        failure.report()
        return failure.exit_code
    except click.ClickException as error:
        error.show()
        return _code_of(error)
    except click.Abort as abort:
        if isinstance(abort.__context__, KeyboardInterrupt):
            die_of(signal.SIGINT)
        return 1
    return code if isinstance(code, int) else 0


def _code_of(error: click.ClickException) -> int:
    """The exit code of a mistake on the command line: `run` and `prove` have one of their own."""
    context = error.ctx if isinstance(error, click.UsageError) else None
    return OWN_FAILURE if context is not None and context.info_name in _RUN_OTHERS else error.exit_code


if __name__ == "__main__":
    main()
