"""`keyless outage`: a vault, a store or an endpoint taken down, to see what an app makes of it.

A plane that runs on the project's state follows with its next request.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Coroutine
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from keyless.cli.commands import Commands
from keyless.cli.failure import Failure, explained
from keyless.cli.options import chosen_project, project_option
from keyless.cli.terminal import say
from keyless.cli.wording import utc
from keyless.cli.world import opened_store
from keyless.model.outages import IDENTITY, LOGIN, Manner

if TYPE_CHECKING:
    from keyless.lifecycle.outages import Part
    from keyless.model.outages import Outage
    from keyless.store.ports import Store

T = TypeVar("T")
_ENDS = "`keyless outage end` brings it back"
_KINDS = ("vault", "store", IDENTITY, LOGIN)
_C = TypeVar("_C", bound=Callable[..., Any])


def _part_arguments(required: bool) -> Callable[[_C], _C]:
    """The arguments that name what is or is to be down."""

    def decorate(command: _C) -> _C:
        for add in (
            click.option(
                "--replica", metavar="REPLICA", help="Not the store's own endpoint, but this replica's."
            ),
            click.argument("name", required=False),
            click.argument("kind", metavar="vault|store|identity|login", required=required),
        ):
            command = add(command)
        return command

    return decorate


@click.group("outage", cls=Commands)
def command() -> None:
    """Take a vault, a store or an endpoint down, to see what an app makes of it."""


@command.command("start")
@_part_arguments(required=True)
@click.option(
    "--as",
    "manner",
    type=click.Choice([manner.value for manner in Manner]),
    default=Manner.UNAVAILABLE.value,
    help="Whether it answers everything with 503 (the default), or its connections are cut and refused.",
)
@project_option
def start(kind: str, name: str | None, replica: str | None, manner: str, directory: Path | None) -> None:
    """Take something down: `vault NAME`, `store NAME`, `identity` (the managed-identity endpoint), `login`.

    That holds at once, for connections that are open too, and until it is ended: also for later runs.
    """
    from keyless.lifecycle.outages import take_down

    async def work(store: Store) -> Outage:
        return await take_down(store, _part(kind, name, replica), Manner(manner), time.time())

    outage = _done(directory, work)
    say(f"{outage.what} is {outage.manner} now: {_ENDS}")


@command.command("end")
@_part_arguments(required=False)
@click.option("--all", "everything", is_flag=True, help="Bring back everything that is down.")
@project_option
def end(
    kind: str | None, name: str | None, replica: str | None, everything: bool, directory: Path | None
) -> None:
    """Bring back what is down: what is named as for `start`, all of it, or without a name the only one."""
    from keyless.lifecycle.outages import bring_back

    async def work(store: Store) -> list[Outage]:
        ended = await _to_end(store, (kind, name, replica), everything=everything)
        await bring_back(store, [outage.endpoint for outage in ended])
        return ended

    for outage in _done(directory, work):
        say(f"{outage.what} is back: it was {outage.manner} since {utc(outage.since)}")


@command.command("list")
@click.option("--json", "as_json", is_flag=True, help="As JSON, one object for each outage.")
@project_option
def list_outages(as_json: bool, directory: Path | None) -> None:
    """Print what is down, how, and since when."""
    from keyless.lifecycle.outages import all_outages

    outages = _done(directory, all_outages)
    if not outages:
        say("nothing is down")
    for outage in outages:
        click.echo(_as_json(outage) if as_json else _as_line(outage))


async def _to_end(
    store: Store, named: tuple[str | None, str | None, str | None], *, everything: bool
) -> list[Outage]:
    from keyless.lifecycle.outages import all_outages

    down = await all_outages(store)
    kind, name, replica = named
    if kind is not None:
        if everything:
            raise Failure("`--all` ends every outage: leave out the name", 2)
        endpoint, what = _part(kind, name, replica)
        return _only([outage for outage in down if outage.endpoint == endpoint], f"{what} is not down")
    return down if everything else _only(down, "nothing is down")


def _only(down: list[Outage], none: str) -> list[Outage]:
    if not down:
        raise Failure(none)
    if len(down) > 1:
        raise Failure(
            f"{', '.join(outage.what for outage in down)} are down: name one of them, or give `--all`", 2
        )
    return down


def _part(kind: str, name: str | None, replica: str | None) -> Part:
    from keyless.lifecycle import outages

    if kind not in _KINDS:
        raise Failure(f"`{kind}` cannot be taken down: there are {', '.join(_KINDS)}", 2)
    if replica is not None and kind != "store":
        raise Failure("only a store has replicas: leave `--replica` out", 2)
    if kind in {IDENTITY, LOGIN}:
        if name is not None:
            raise Failure(f"there is one {kind} endpoint: leave `{name}` out", 2)
        return outages.identity() if kind == IDENTITY else outages.login()
    if name is None:
        raise Failure(f"name the {kind}, as in `keyless outage start {kind} NAME`", 2)
    if replica is not None:
        return outages.replica(name, replica)
    return outages.vault(name) if kind == "vault" else outages.configuration_store(name)


def _done(directory: Path | None, work: Callable[[Store], Awaitable[T]]) -> T:
    from keyless.lifecycle.outages import CannotTakeDown

    project = chosen_project(directory)

    async def done() -> T:
        with opened_store(project) as store:
            return await work(store)

    try:
        with explained():
            running: Coroutine[Any, Any, T] = done()
            return asyncio.run(running)
    except CannotTakeDown as error:
        raise Failure(str(error), 2) from error


def _as_line(outage: Outage) -> str:
    return f"{outage.what} is {outage.manner} since {utc(outage.since)}"


def _as_json(outage: Outage) -> str:
    import msgspec

    return msgspec.json.encode(outage).decode()
