"""`keyless identity`: who there is, and revoking what an identity has."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import click

from keyless.cli.commands import Commands
from keyless.cli.failure import Failure, explained
from keyless.cli.options import chosen_project, project_option
from keyless.cli.terminal import say
from keyless.cli.world import opened_store
from keyless.runtime.directory import Entry, UnknownPrincipal, read_directory
from keyless.runtime.project import Project

if TYPE_CHECKING:
    from keyless.store.ports import Store

T = TypeVar("T")


@click.group("identity", cls=Commands)
def command() -> None:
    """List, show, revoke and restore identities: managed ones, and application registrations."""


@command.command("list")
@project_option
def list_identities(directory: Path | None) -> None:
    """Print every identity, with its ids, and the role assignments of those that are not there any more."""
    from keyless.cli.identities import overview

    _print(overview, chosen_project(directory))


@command.command("show")
@click.argument("name")
@project_option
def show(name: str, directory: Path | None) -> None:
    """Print all about the identity NAME (a name or any of its ids): where it is, what it has and may do."""
    from keyless.cli.identities import details

    async def shown(store: Store) -> list[str]:
        return await details(store, (await _entry(store, name)).principal_id)

    _print(shown, chosen_project(directory))


@command.command("revoke")
@click.argument("name")
@click.option("--disable", is_flag=True, help="Give it no new tokens either, until it is restored.")
@project_option
def revoke(name: str, disable: bool, directory: Path | None) -> None:
    """Refuse every token that the identity NAME has, from the next request on.

    Clients that handle claims challenges fetch a new one by themselves and go on.
    """
    from keyless.lifecycle import revoke as service

    async def revoked(store: Store) -> Entry:
        entry = await _live_entry(store, name)
        await service.revoke(store, entry.principal_id, int(time.time()), disable=disable)
        return entry

    entry = _done(revoked, chosen_project(directory))
    then = "and it gets no new ones" if disable else "and its clients must fetch new ones"
    say(f"the tokens of `{entry.name}` are refused from now on, {then}")


@command.command("restore")
@click.argument("name")
@project_option
def restore(name: str, directory: Path | None) -> None:
    """Let the disabled identity NAME get tokens again."""
    from keyless.lifecycle import revoke as service

    async def restored(store: Store) -> tuple[Entry, bool]:
        entry = await _live_entry(store, name)
        return entry, await service.restore(store, entry.principal_id)

    entry, changed = _done(restored, chosen_project(directory))
    say(f"`{entry.name}` gets tokens again" if changed else f"`{entry.name}` was not disabled")


async def _live_entry(store: Store, name: str) -> Entry:
    entry = await _entry(store, name)
    if (await read_directory(store)).is_deleted(entry.principal_id):
        raise Failure(f"`{entry.name}` is gone: no token of it holds, and nothing brings it back", 2)
    return entry


async def _entry(store: Store, name: str) -> Entry:
    try:
        return (await read_directory(store)).find(name)
    except UnknownPrincipal as error:
        raise Failure(str(error), 2) from error


def _done(work: Callable[[Store], Awaitable[T]], project: Project) -> T:
    async def done() -> T:
        with opened_store(project) as store:
            return await work(store)

    with explained():
        return asyncio.run(done())


def _print(lines: Callable[[Store], Awaitable[list[str]]], project: Project) -> None:
    for line in _done(lines, project):
        click.echo(line)
