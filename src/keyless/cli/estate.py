"""`keyless estate`: write, check, show and export `keyless.yaml`."""

from __future__ import annotations

import asyncio
import sys
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from keyless.cli.failure import Failure, explained
from keyless.cli.options import chosen_project, declared_estate, project_option
from keyless.cli.wording import counted
from keyless.runtime.project import ESTATE_FILE, STATE_DIRECTORY, Project

if TYPE_CHECKING:
    from keyless.estate.starter import Wanted
    from keyless.model.estate import Estate

SCHEMA_FILE = "keyless.schema.json"
_PIPED_WIDTH = 240


@click.group("estate")
def command() -> None:
    """Write, check, show and export `keyless.yaml`: what identities, vaults, stores and roles there are."""


@command.command("init")
@click.option("--force", is_flag=True, help="Replace the file that is there.")
@project_option
def init(force: bool, directory: Path | None) -> None:
    """Write a commented starter, with what an app has asked for under `keyless run --learn`."""
    found = chosen_project(directory)
    root = found.root if found.evidence_file.exists() else (directory or Path.cwd())
    project = Project(root, root / STATE_DIRECTORY)
    if project.estate_file.exists() and not force:
        raise Failure(f"`{project.estate_file}` is there already: `--force` replaces it", 2)
    from keyless.estate.starter import starter_text

    with explained():
        project.prepare()
        wanted = asyncio.run(_wanted(project))
    schema = _write_schema(project)
    project.estate_file.write_text(starter_text(project.root.name, wanted, schema=schema))
    click.echo(f"wrote {project.estate_file}", err=True)


def _write_schema(project: Project) -> str:
    """Leave the schema where an editor finds it from the file's own first line."""
    from keyless.estate.schema import schema_text

    (project.root / STATE_DIRECTORY / SCHEMA_FILE).write_text(schema_text())
    return f"{STATE_DIRECTORY}/{SCHEMA_FILE}"


async def _wanted(project: Project) -> Wanted:
    """The vaults and stores of the world so far, with what is in them and what was asked for in vain."""
    from keyless.app import contents_of, open_evidence, open_store
    from keyless.estate.starter import Wanted

    if not project.store_file.exists():
        return Wanted()
    store, evidence = open_store(project), open_evidence(project)
    try:
        contents = contents_of(store)
        vaults: defaultdict[str, set[str]] = defaultdict(set)
        stores: defaultdict[str, set[tuple[str, str | None]]] = defaultdict(set)
        for vault, names in (await contents.secret_names()).items():
            vaults[vault].update(names)
        for name, keys in (await contents.setting_keys()).items():
            stores[name].update(keys)
        for want in evidence.wants():
            if want.kind == "secret":
                vaults[want.container].add(want.name)
            else:
                stores[want.container].add((want.name, want.label.strip("\0") or None))
    finally:
        evidence.close()
        store.close()
    return Wanted(
        {vault: tuple(sorted(names)) for vault, names in vaults.items()},
        {name: tuple(sorted(keys, key=str)) for name, keys in stores.items()},
    )


@command.command("check")
@project_option
def check(directory: Path | None) -> None:
    """Name every mistake in the file: where it is, what is wrong, what to write instead."""
    from keyless.estate.warnings import warnings_of

    estate = _declared(chosen_project(directory))
    parts = (
        counted(len(estate.compute), "workload", "workloads"),
        counted(len(estate.vaults), "vault", "vaults"),
        counted(len(estate.stores), "configuration store", "configuration stores"),
        counted(len(estate.assignments), "role assignment", "role assignments"),
    )
    click.echo(f"{ESTATE_FILE} is in order: {', '.join(parts)}", err=True)
    for warning in warnings_of(estate):
        click.echo(f"warning: {warning}", err=True)


@command.command("show")
@project_option
def show(directory: Path | None) -> None:
    """Print the tree: names and ids, never values. Without a file, what the store holds."""
    project = chosen_project(directory)
    from rich.console import Console

    from keyless.estate.read import read_outline
    from keyless.estate.show import estate_tree

    with explained():
        if project.estate_file.exists():
            estate = _checked(lambda: read_outline(project.estate_file))
        else:
            estate = asyncio.run(_stored(project))
    width = None if sys.stdout.isatty() else _PIPED_WIDTH
    Console(highlight=False, width=width).print(estate_tree(estate))


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
        out.write_text(text)


@command.command("apply")
@project_option
def apply(directory: Path | None) -> None:
    """Bring the store up to what the file declares, without running anything."""
    project = chosen_project(directory)
    estate = _declared(project)
    with explained():
        project.prepare()
        asyncio.run(_apply(project, estate))
    click.echo(f"applied {project.estate_file}", err=True)


async def _apply(project: Project, estate: Estate) -> None:
    from keyless.app import deploy_estate, open_store

    store = open_store(project)
    try:
        await deploy_estate(store, estate)
    finally:
        store.close()


async def _stored(project: Project) -> Estate:
    from keyless.app import contents_of, open_store
    from keyless.deploy.export import stored_estate

    if not project.store_file.exists():
        raise Failure(f"there is neither a `{ESTATE_FILE}` nor a store in `{project.root}` yet", 2)
    store = open_store(project)
    try:
        return await stored_estate(store, contents_of(store))
    finally:
        store.close()


def _declared(project: Project) -> Estate:
    estate = declared_estate(project)
    if estate is None:
        raise Failure(f"there is no `{ESTATE_FILE}` in `{project.root}`: `keyless estate init` writes one", 2)
    return estate


def _checked(read: Callable[[], Estate]) -> Estate:
    from keyless.estate.problems import InvalidEstate

    try:
        return read()
    except InvalidEstate as error:
        raise Failure(str(error), 2) from error
