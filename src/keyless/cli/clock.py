"""`keyless clock`: the estate's time, moved forward so that what takes days can be tried at once.

A plane that runs on the project's state follows with its next request.
"""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from keyless.cli.commands import Commands
from keyless.cli.failure import Failure, explained
from keyless.cli.options import chosen_project, project_option
from keyless.cli.terminal import say
from keyless.cli.wording import utc
from keyless.cli.world import opened_store
from keyless.model.clock import span_in_words
from keyless.runtime.project import Project
from keyless.store.clock import ahead_s, estate_time

if TYPE_CHECKING:
    from keyless.store.ports import Store

    Work = Callable[[Store], Awaitable[int]]

_PART = re.compile(r"(\d{1,9})([wdhms])")
_UNIT_S = {"w": 7 * 86400, "d": 86400, "h": 3600, "m": 60, "s": 1}


def _span(context: click.Context, parameter: click.Parameter, value: str) -> int:
    """A span of time such as `30d` or `1d12h`, in seconds."""
    text = value.lower()
    seconds = sum(int(number) * _UNIT_S[unit] for number, unit in _PART.findall(text))
    if not seconds or _PART.sub("", text):
        raise click.BadParameter("write a span as in `30d`, `12h`, `90m` or `1d12h`")
    return seconds


def _moment(context: click.Context, parameter: click.Parameter, value: str) -> int:
    """A date, or a date and time, in ISO 8601 (in UTC where it names no zone), in epoch seconds."""
    from keyless.wire.moments import read_moment

    try:
        return int(read_moment(value))
    except (ValueError, OverflowError) as error:
        raise click.BadParameter("write a time as in `2027-01-31` or `2027-01-31T12:00:00Z`") from error


@click.group("clock", cls=Commands, invoke_without_command=True)
@click.option("--json", "as_json", is_flag=True, help="Show it as JSON.")
@project_option
@click.pass_context
def command(ctx: click.Context, as_json: bool, directory: Path | None) -> None:
    """Show the estate's time, or move it forward: for expiry, rotation, soft delete and renewal.

    Vaults and configuration stores live by it. Tokens, TLS, evidence and the conditions of role assignments
    stay at this machine's time, which their clients compare them with.
    """
    if ctx.invoked_subcommand is None:
        _show(directory, as_json=as_json)
    elif as_json:
        raise Failure("`--json` is for showing the time: leave it out", 2)


def _show(directory: Path | None, *, as_json: bool) -> None:
    now, ahead = int(time.time()), _done(chosen_project(directory), ahead_s)
    if as_json:
        click.echo(f'{{"now":"{utc(now + ahead)}","aheadSeconds":{ahead}}}')
    else:
        click.echo(f"{utc(now + ahead)}  {_ahead_in_words(ahead)}")


@command.command("advance")
@click.argument("by_s", metavar="SPAN", callback=_span)
@project_option
def advance(by_s: int, directory: Path | None) -> None:
    """Move the estate's time forward by SPAN: `30d`, `12h`, `90m`, `1d12h`.

    What is due on the way is done and printed, in the order of time: purging, rotation, renewal, and events
    for whoever is subscribed, who has answered each before time moves on.
    """

    async def work(store: Store, project: Project) -> int:
        ahead = await ahead_s(store) + by_s
        return await _move(store, project, lambda machine_time: machine_time + ahead)

    _moved(directory, work)


@command.command("set")
@click.argument("to_s", metavar="TIME", callback=_moment)
@click.option("--back", is_flag=True, help="Even where that is earlier than it is in the estate.")
@project_option
def set_time(to_s: int, back: bool, directory: Path | None) -> None:
    """Move the estate's time to TIME, `2027-01-31` or `2027-01-31T12:00:00Z`, as `advance` does.

    With `--back`, what was written later than that keeps its times, and what was purged, rotated or told
    stays so.
    """
    from keyless.lifecycle import clock

    async def work(store: Store, project: Project) -> int:
        now = int(time.time())
        if to_s < await estate_time(store, now):
            return await clock.set_to(store, to_s, now, back=back)
        return await _move(store, project, lambda machine_time: to_s)

    _moved(directory, work)


@command.command("reset")
@project_option
def reset(directory: Path | None) -> None:
    """Let the estate's time be this machine's again."""
    from keyless.lifecycle import clock

    was = _done(chosen_project(directory), clock.reset)
    say("the estate's time is this machine's")
    if was:
        say(
            f"it was {span_in_words(was)} ahead: what was written meanwhile keeps its times, and what was "
            "purged, rotated or told stays so; `keyless run --fresh` begins anew"
        )


async def _move(store: Store, project: Project, until: Callable[[float], float]) -> int:
    """Move the estate's time, printing what happens on the way; how far it is ahead then."""
    from keyless.app import housekeeping_of
    from keyless.cli.happenings import in_words
    from keyless.lifecycle.clock import check_reach

    machine_time = time.time()
    check_reach(int(until(machine_time) - machine_time))
    async for one in housekeeping_of(project, store).move_to(until):
        click.echo(in_words(one))
    return await ahead_s(store)


def _moved(directory: Path | None, work: Callable[[Store, Project], Awaitable[int]]) -> None:
    project = chosen_project(directory)
    ahead = _done(project, lambda store: work(store, project))
    say(f"the estate's time is {utc(int(time.time()) + ahead)}, {_ahead_in_words(ahead)}")


def _done(project: Project, work: Work) -> int:
    from keyless.lifecycle.clock import CannotMove

    async def done() -> int:
        with opened_store(project) as store:
            return await work(store)

    try:
        with explained():
            return asyncio.run(done())
    except CannotMove as error:
        raise Failure(str(error), 2) from error


def _ahead_in_words(ahead: int) -> str:
    return f"{span_in_words(ahead)} ahead of this machine's" if ahead else "as at this machine"
