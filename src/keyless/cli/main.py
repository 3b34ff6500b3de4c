"""The `keyless` command. Commands are imported when they are called, so that `run` starts quickly."""

from __future__ import annotations

import importlib
from collections.abc import Sequence

import click

from keyless import __version__
from keyless.cli.failure import Failure

_COMMANDS = {
    "run": "Run a command with a managed identity, against a local identity plane.",
    "plan": "Choose the least-privileged roles for what was recorded.",
    "prove": "Run a command with exactly the plan's roles.",
    "explain": "Say why a principal may or may not do a thing.",
    "estate": "Write, check, show and export `keyless.yaml`.",
    "secret": "Put secrets into a vault of the local plane.",
    "setting": "Put settings into a configuration store of the local plane.",
    "evidence": "Show or clear what was recorded.",
    "demo": "See the whole loop on a small real application.",
}


class _LazyGroup(click.Group):
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

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find a command, naming the nearest where there is none of that name."""
        name = args[0] if args else ""
        if name and name not in _COMMANDS and not name.startswith("-"):
            import difflib

            near = difflib.get_close_matches(name, _COMMANDS, n=1)
            hint = f"did you mean `{near[0]}`?" if near else f"there are {', '.join(_COMMANDS)}"
            ctx.fail(f"there is no command `{name}`: {hint}")
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the commands without importing them."""
        with formatter.section("Commands"):
            formatter.write_dl(list(_COMMANDS.items()))


@click.group(cls=_LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="keyless")
def command() -> None:
    """Take workloads off stored credentials, onto managed identities, with proven least privilege."""


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line; a `Failure` is one line on standard error and its exit code."""
    try:
        command.main(arguments, prog_name="keyless", standalone_mode=True)
    except Failure as failure:
        failure.report()
        raise SystemExit(failure.exit_code) from None


if __name__ == "__main__":
    main()
