"""Groups of commands: a name that is not there is answered with the nearest that is."""

from __future__ import annotations

import click


class Commands(click.Group):
    """A group of commands."""

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find a command, naming the nearest where there is none of that name."""
        name = args[0] if args else ""
        known = self.list_commands(ctx)
        if name and name not in known and not name.startswith("-"):
            import difflib

            near = difflib.get_close_matches(name, known, n=1)
            hint = f"did you mean `{near[0]}`?" if near else f"there are {', '.join(known)}"
            ctx.fail(f"there is no command `{name}`: {hint}")
        return super().resolve_command(ctx, args)
