"""`keyless store export`: what a configuration store holds, as a file."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING

import click

from keyless.cli.contents import put
from keyless.cli.failure import Failure
from keyless.cli.files import write_whole
from keyless.cli.options import choice_options, chosen_project, project_option
from keyless.cli.store_sources import FORMATS, tags_of
from keyless.cli.store_words import lines_of_file
from keyless.cli.terminal import say
from keyless.cli.wording import counted

if TYPE_CHECKING:
    from keyless.deploy.stores.formats import Format

INCOMPLETE = 3
"""The exit code where not everything could be done that was asked for."""
_SPELLINGS = ("pascal", "camel", "underscore", "hyphen")


@click.command(
    "export",
    epilog="Exit code: 0 where all that was asked for is in the file, 3 where the format has no way to write "
    "some of it (it is listed), 2 where nothing was written.",
)
@click.argument("store")
@click.option(
    "--out", required=True, type=click.Path(dir_okay=False, path_type=Path), help="The file to write."
)
@click.option(
    "--format",
    "format_",
    type=click.Choice(FORMATS),
    help="What it is to be (default: by its name; `.json` is the set of key-values, which holds all).",
)
@click.option("--label", help="The label that is wanted (default: all in a set of key-values, else none).")
@click.option("--prefix", default="", help="Only keys that begin with this, which is taken off them.")
@click.option("--separator", default="", help="What stands between the parts of a key, to nest by them.")
@choice_options("keys", "Orders:*")
@click.option(
    "--tags", multiple=True, metavar="NAME=VALUE", help="Only what has this tag. May be repeated: all count."
)
@click.option("--skip-features", is_flag=True, help="No feature flags.")
@click.option("--skip-keyvault", is_flag=True, help="No Key Vault references.")
@click.option(
    "--naming-convention",
    type=click.Choice(_SPELLINGS),
    help="Write feature flags in the schema of .NET, spelled so, where it can say all of them.",
)
@project_option
def export(
    store: str,
    out: Path,
    format_: str | None,
    label: str | None,
    prefix: str,
    separator: str,
    only: tuple[str, ...],
    leave_out: tuple[str, ...],
    tags: tuple[str, ...],
    skip_features: bool,
    skip_keyvault: bool,
    naming_convention: str | None,
    directory: Path | None,
) -> None:
    """Write what STORE holds into a file, for `keyless store import` or the Azure CLI.

    A set of key-values holds all that there is. The other formats know keys and values alone: what they
    lose is told. Values stand in the file in clear; those that look like secrets are told by name.
    """
    from keyless.deploy.sources import Choice
    from keyless.deploy.stores.held_back import judged
    from keyless.deploy.stores.nested import NotWritable
    from keyless.deploy.stores.written import Wanted, looks_secret, written

    wanted = Wanted(
        _format(format_, out),
        label,
        prefix,
        separator,
        Choice(only, leave_out),
        tags_of(tags),
        skip_features,
        skip_keyvault,
        naming_convention,
    )
    target, held = asyncio.run(
        put(chosen_project(directory), lambda contents: contents.key_values(store.lower()))
    )
    try:
        file = written(held, wanted)
    except NotWritable as error:
        raise Failure(f"nothing was written: {error}", 2) from error
    write_whole(out, file.text, private=True)
    for line in lines_of_file(file, looks_secret(judged(target, file.held))):
        say(line)
    say(f"{counted(len(file.held), 'key-value', 'key-values')} of store `{store.lower()}` written to `{out}`")
    if file.left:
        raise SystemExit(INCOMPLETE)


def _format(asked: str | None, out: Path) -> Format:
    from keyless.deploy.stores.formats import UNKNOWN, Format, format_by_name

    if asked is not None:
        return Format(asked)
    found = format_by_name(out.name)
    if found is None:
        raise Failure(f"`{out}`: {UNKNOWN}", 2)
    return Format.KVSET if found is Format.JSON else found
