"""`keyless events`: what vaults have told, and what waits to be told."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from keyless.cli.failure import explained
from keyless.cli.options import chosen_project, project_option
from keyless.cli.terminal import say
from keyless.cli.world import opened_store

if TYPE_CHECKING:
    from keyless.model.events import Told, Waiting
    from keyless.runtime.project import Project


@click.command("events")
@click.option("--json", "as_json", is_flag=True, help="As CloudEvents, one for each that was told.")
@project_option
def command(as_json: bool, directory: Path | None) -> None:
    """List what vaults have told to whoever is subscribed, and what waits: the last thousand events.

    Who is subscribed says `events` of a vault in `keyless.yaml`. A plane that runs tells what waits, and so
    does `keyless clock advance`.
    """
    with explained():
        told, waiting = asyncio.run(_events(chosen_project(directory)))
    if as_json:
        _print_json(told)
    else:
        _print_lines(told, waiting)


async def _events(project: Project) -> tuple[Sequence[Told], Sequence[Waiting]]:
    from keyless.store.collections import EVENTS_TOLD, EVENTS_WAITING

    with opened_store(project) as store:
        told, waiting = await store.scan(EVENTS_TOLD), await store.scan(EVENTS_WAITING)
    return [one for _, one in told], [one for _, one in waiting]


def _print_json(told: Sequence[Told]) -> None:
    from keyless.planes.keyvault.events.cloud_events import cloud_event

    seen = {one.event.id: one.event for one in told if not one.problem}  # one event may have two destinations
    for event in seen.values():
        click.echo(cloud_event(event).decode())


def _print_lines(told: Sequence[Told], waiting: Sequence[Waiting]) -> None:
    from keyless.cli.happenings import told_in_words, waiting_in_words

    for one in told:
        click.echo(told_in_words(one))
    for other in waiting:
        click.echo(waiting_in_words(other))
    if not told and not waiting:
        say("no event was told so far: say in `keyless.yaml` who is told, with `events` of a vault")
