"""`keyless estate`: write, check, show, apply and export `keyless.yaml`."""

from __future__ import annotations

import asyncio
import sys
import time
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import click

from keyless.cli.commands import Commands
from keyless.cli.estate_check import check
from keyless.cli.estate_import import command as import_command
from keyless.cli.failure import Failure, explained
from keyless.cli.files import write_whole
from keyless.cli.options import chosen_project, current_directory, declared_estate, project_option
from keyless.cli.terminal import say
from keyless.runtime.project import ESTATE_FILE, STATE_DIRECTORY, Project

if TYPE_CHECKING:
    from keyless.deploy.prune import Pruned
    from keyless.estate.starter import Wanted
    from keyless.lifecycle.delete import Deleted
    from keyless.model.estate import Estate

SCHEMA_FILE = "keyless.schema.json"
_PIPED_WIDTH = 240


@click.group("estate", cls=Commands)
def command() -> None:
    """Write, check, show, apply and export `keyless.yaml`: the identities, vaults, stores and roles."""


command.add_command(import_command)
command.add_command(check)


@command.command("init")
@click.option("--force", is_flag=True, help="Replace the file that is there.")
@project_option
def init(force: bool, directory: Path | None) -> None:
    """Write a commented starter, with what an app has asked for under `keyless run --learn`."""
    project = project_to_begin(directory)
    if project.estate_file.exists() and not force:
        raise Failure(f"`{project.estate_file}` is there already: `--force` replaces it", 2)
    from keyless.estate.starter import starter_text

    with explained():
        wanted = asyncio.run(_wanted(project))
        schema = _write_schema(project)
        write_whole(project.estate_file, starter_text(project.root.name, wanted, schema=schema))
    say(f"wrote {project.estate_file}")


def project_to_begin(directory: Path | None) -> Project:
    """The project where something has run already, else a new one in the directory itself."""
    found = chosen_project(directory)
    if found.store_file.exists():
        return found
    root = (directory or current_directory()).resolve()
    return Project(root, root / STATE_DIRECTORY)


def _write_schema(project: Project) -> str:
    """Leave the schema where an editor finds it from the file's own first line."""
    from keyless.estate.schema import schema_text
    from keyless.gateway.owner_files import write_owner_only

    project.prepare()
    write_owner_only(project.root / STATE_DIRECTORY / SCHEMA_FILE, schema_text().encode())
    return f"{STATE_DIRECTORY}/{SCHEMA_FILE}"


async def _wanted(project: Project) -> Wanted:
    from keyless.app import contents_of, open_evidence, open_store
    from keyless.deploy.wanted import wanted_so_far
    from keyless.estate.starter import NOTHING

    if not project.store_file.exists():
        return NOTHING
    with closing(open_store(project)) as store, closing(open_evidence(project)) as evidence:
        return await wanted_so_far(contents_of(store), evidence.wants())


@command.command("show")
@project_option
def show(directory: Path | None) -> None:
    """Print the tree: names and ids, never values. Without a file, what the store holds."""
    from rich.console import Console

    from keyless.estate.show import estate_tree

    project = chosen_project(directory)
    with explained():
        outline = _outline(project)
        estate, orphaned = asyncio.run(_shown(project, outline))
    width = None if sys.stdout.isatty() else _PIPED_WIDTH
    Console(highlight=False, width=width).print(estate_tree(estate, orphaned))


async def _shown(project: Project, declared: Estate | None) -> tuple[Estate, list[str]]:
    """What the file declares, with the ids that it has here, else what the store holds; and what is orphaned.

    What was deleted and is declared again has other ids than the file alone would tell.
    """
    from keyless.app import open_store
    from keyless.cli.identities import orphans
    from keyless.lifecycle.identities import as_created

    estate = await _stored(project) if declared is None else declared
    if not project.store_file.exists():
        return estate, []
    with closing(open_store(project)) as store:
        if declared is not None:
            estate = await as_created(store, declared)
        return estate, await orphans(store)


@command.command("delete")
@click.argument("resource")
@project_option
def delete(resource: str, directory: Path | None) -> None:
    """Delete RESOURCE, a compute resource or a user-assigned identity (a name or resource id).

    A system-assigned identity goes with its resource. Role assignments stay, orphaned, as in Azure; what is
    made again under the same name has an identity with new ids.
    """
    from keyless.cli.identities import in_words
    from keyless.lifecycle.delete import CannotDelete

    project = chosen_project(directory)
    try:
        with explained():
            deleted = asyncio.run(_delete(project, resource))
    except CannotDelete as error:
        raise Failure(str(error), 2) from error
    say(f"deleted `{deleted.name}`")
    for assignment in deleted.orphaned:
        say(f"orphaned: {in_words(assignment)}")
    for host in deleted.hosts:
        say(f"`{host}` still refers to it, and gets no token of it")
    if project.estate_file.exists():
        say(f"where {ESTATE_FILE} declares it, the next run makes it again, with new ids")


async def _delete(project: Project, resource: str) -> Deleted:
    from keyless.cli.world import opened_store
    from keyless.lifecycle.delete import delete_resource

    with opened_store(project) as store:
        return await delete_resource(store, resource, int(time.time()))


@command.command("export")
@click.option(
    "--out",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Where to write (default: standard output).",
)
@project_option
def export(out: Path | None, directory: Path | None) -> None:
    """Write the store's world as a `keyless.yaml`; secrets become names of environment variables."""
    from keyless.estate.export import export_text

    with explained():
        text = export_text(asyncio.run(_stored(chosen_project(directory))))
    if out is None:
        click.echo(text, nl=False)
    else:
        write_whole(out, text)


@command.command("apply")
@click.option("--prune", is_flag=True, help="Remove from the store what the file does not name, too.")
@project_option
def apply(prune: bool, directory: Path | None) -> None:
    """Bring the store up to what the file declares, without running anything."""
    with explained():
        project = chosen_project(directory)
        estate = _declared(project)
        project.prepare()
        pruned = asyncio.run(_apply(project, estate, prune=prune))
    say(f"applied {project.estate_file}")
    for thing, kept in pruned:
        say(f"did not remove {thing}: {kept}" if kept else f"removed {thing}", bad=bool(kept))


async def _apply(project: Project, estate: Estate, *, prune: bool) -> list[Pruned]:
    from keyless.app import deploy_estate, open_store, prune_store

    with closing(open_store(project)) as store:
        await deploy_estate(store, estate)
        return await prune_store(store, estate) if prune else []


async def _stored(project: Project) -> Estate:
    from keyless.app import contents_of, open_store
    from keyless.deploy.export import stored_estate

    if not project.store_file.exists():
        raise Failure(
            f"there is no store in `{project.root}` yet: `keyless estate apply` makes one from the file, "
            "`keyless run --learn -- COMMAND` from what an app asks for",
            2,
        )
    with closing(open_store(project)) as store:
        return await stored_estate(store, contents_of(store))


def _declared(project: Project) -> Estate:
    estate = declared_estate(project)
    if estate is None:
        raise Failure(f"there is no `{ESTATE_FILE}` in `{project.root}`: `keyless estate init` writes one", 2)
    return estate


def _outline(project: Project) -> Estate | None:
    """What the file declares, without values; none where there is no file."""
    from keyless.estate.problems import InvalidEstate
    from keyless.estate.read import read_outline

    if not project.estate_file.exists():
        return None
    try:
        return read_outline(project.estate_file)
    except InvalidEstate as error:
        raise Failure(str(error), 2) from error
