"""`keyless evidence`: what was recorded, and forgetting it."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path

import click

from keyless.cli.failure import Failure, explained
from keyless.cli.options import chosen_project, project_option
from keyless.cli.wording import scope_in_words
from keyless.evidence.database import EvidenceDatabase
from keyless.runtime.directory import Directory, read_directory
from keyless.runtime.project import Project


@click.group("evidence")
def command() -> None:
    """Show or clear what was recorded: who did what, where, how often, and how it was settled."""


@command.command("show")
@click.option("--json", "as_json", is_flag=True, help="As JSON, one object a line of evidence.")
@project_option
def show(as_json: bool, directory: Path | None) -> None:
    """Print every line of evidence."""
    project = chosen_project(directory)
    with explained():
        evidence = _open(project)
        observations = evidence.observations()
        evidence.close()
        principals = asyncio.run(_directory(project))
    if as_json:
        import msgspec

        for seen in observations:
            click.echo(msgspec.json.encode(seen).decode())
        return
    for seen in observations:
        when = time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(seen.last_seen))
        click.echo(
            f"{when}  {seen.count:>6}x  {seen.outcome.value:<8} {principals.name_of(seen.principal_id)}  "
            f"{seen.action}  {scope_in_words(seen.scope_id)}"
        )


@command.command("clear")
@project_option
def clear(directory: Path | None) -> None:
    """Forget all evidence; vaults, stores and assignments stay."""
    with explained():
        evidence = _open(chosen_project(directory))
        evidence.clear()
        evidence.close()


def _open(project: Project) -> EvidenceDatabase:
    from keyless.app import open_evidence

    if not project.evidence_file.exists():
        raise Failure(
            f"nothing was recorded in `{project.root}` yet: begin with `keyless run --learn -- COMMAND`", 2
        )
    return open_evidence(project)


async def _directory(project: Project) -> Directory:
    from keyless.app import open_store

    store = open_store(project)
    try:
        return await read_directory(store)
    finally:
        store.close()
