"""`keyless vault`: what a vault of the local plane holds: shown, brought in, given out sealed."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from keyless.cli.commands import Commands
from keyless.cli.contents import put
from keyless.cli.failure import Failure
from keyless.cli.files import write_whole
from keyless.cli.opener import Named, opener_options
from keyless.cli.options import choice_options, chosen_project, project_option
from keyless.cli.terminal import say
from keyless.cli.vault_sources import Given, told
from keyless.cli.vault_words import arrivals_json, held_json, held_line, lines_of, refusals_of
from keyless.cli.wording import counted

if TYPE_CHECKING:
    from keyless.deploy.contents import PlaneContents
    from keyless.deploy.vaults.found import Found
    from keyless.planes.keyvault.arrivals import Arrived
    from keyless.planes.keyvault.copies import ObjectCopy

INCOMPLETE = 3
"""The exit code where not everything could be taken in."""


@click.group("vault", cls=Commands)
def command() -> None:
    """Show what a vault of the local plane holds, bring it in from elsewhere, or give it out sealed."""


@command.command("show")
@click.argument("vault")
@click.option("--json", "as_json", is_flag=True, help="Print it as JSON.")
@project_option
def show(vault: str, as_json: bool, directory: Path | None) -> None:
    """Print what VAULT holds: secrets, keys and certificates, deleted ones too. No value is shown."""
    project = chosen_project(directory)
    held = asyncio.run(put(project, lambda contents: contents.held(vault.lower()), deploy=False))
    if as_json:
        click.echo(held_json(held))
    for one in () if as_json else held:
        click.echo(held_line(one))


@command.command(
    "import",
    epilog="Exit code: 0 where everything was taken in or was there already, 3 where something in the source "
    "could not be (it is listed, and the rest is taken in), 2 where nothing was done.",
)
@click.argument("vault")
@click.argument("source")
@choice_options("names", "DB_*")
@click.option("--from-vault", metavar="NAME", help="Which one, where SOURCE holds several vaults.")
@click.option(
    "--force", is_flag=True, help="Make a new version of what differs, and recover what is deleted."
)
@opener_options
@click.option("--dry-run", is_flag=True, help="Say what would come in, and write nothing.")
@click.option("--json", "as_json", is_flag=True, help="Print what was done as JSON.")
@project_option
def import_contents(
    vault: str,
    source: str,
    from_vault: str | None,
    only: tuple[str, ...],
    leave_out: tuple[str, ...],
    force: bool,
    dry_run: bool,
    as_json: bool,
    directory: Path | None,
    **named: Any,  # noqa: ANN401  # the options of what opens a sealed file
) -> None:
    """Take what SOURCE holds into VAULT: all of it in one step, or nothing.

    SOURCE is a `.env` file, a JSON file with names and values, what `keyless vault export` wrote, the export
    of a Lowkey Vault, or another vault at its address (`https://NAME.vault.azure.net`), which is read with
    your own credential. Names of variables and settings get the form that vaults take: `DB_PASSWORD` becomes
    `DB-PASSWORD`, `Orders:Key` becomes `Orders--Key`.

    What the vault has already is left alone. What differs there, or is deleted there, is refused, and then
    nothing is written; `--force` makes a new version of it. No value is ever shown.
    """
    from keyless.deploy.sources import Choice, NotASource

    read = Given(source, from_vault, Named(**named)).reader(Choice(only, leave_out))

    async def take_in(contents: PlaneContents) -> tuple[Found, list[Arrived]]:
        return await contents.take_in(vault.lower(), read, renew=force, keep=not dry_run)

    try:
        found, arrived = asyncio.run(put(chosen_project(directory), take_in, keep=not dry_run))
    except NotASource as error:
        raise Failure(f"nothing was taken in from `{source}`: {error}", 2) from error
    if as_json:
        click.echo(arrivals_json(found, arrived))
    else:
        for line in lines_of(found, arrived):
            click.echo(line)
    _end(found, arrived, vault.lower(), dry_run=dry_run)


def _end(found: Found, arrived: list[Arrived], vault: str, *, dry_run: bool) -> None:
    """Say what it came to; raises where not everything came in."""
    if refused := refusals_of(arrived):
        raise Failure("\n".join([f"nothing was written into vault `{vault}`", *refused]), 2)
    written = sum(one.outcome.value != "unchanged" for one in arrived)
    done = "would be written" if dry_run else "written"
    told = f"{counted(written, 'object', 'objects')} {done} into vault `{vault}`"
    say(f"{told}, {len(arrived) - written} unchanged")
    if found.left:
        raise SystemExit(INCOMPLETE)


@command.command("export")
@click.argument("vault")
@click.option(
    "--out", required=True, type=click.Path(dir_okay=False, path_type=Path), help="The file to write."
)
@opener_options
@project_option
def export(vault: str, out: Path, directory: Path | None, **named: Any) -> None:  # noqa: ANN401  # as above
    """Write everything that lives in VAULT into one sealed file, for `keyless vault import`.

    Secrets, keys and certificates with all versions and policies, private keys among them: the file opens,
    in any estate, for whoever has the passphrase or the key. It is never written in clear.
    """
    opener = Named(**named).opener(new=True)

    async def sealed(contents: PlaneContents) -> tuple[bytes, list[ObjectCopy]]:
        return await contents.export(vault.lower(), opener, os.urandom)

    with told(str(named.get("key_file"))):
        data, objects = asyncio.run(put(chosen_project(directory), sealed))
    write_whole(out, data, private=True)
    versions = sum(len(one.versions) for one in objects)
    sealed_in = (
        f"{counted(len(objects), 'object', 'objects')} with {counted(versions, 'version', 'versions')}"
    )
    say(f"{sealed_in} of vault `{vault.lower()}` sealed in `{out}`")
