"""`keyless clock`: the estate's time, moved forward so that what takes days can be tried at once.

A plane that runs on the project's state follows with its next request.
"""

from __future__ import annotations

import asyncio
import datetime as dt
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
from keyless.cli.world import opened_store
from keyless.model.clock import span_in_words

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
    from keyless.store.clock import ahead_s

    now, ahead = int(time.time()), _done(directory, ahead_s)
    if as_json:
        click.echo(f'{{"now":"{_utc(now + ahead)}","aheadSeconds":{ahead}}}')
    else:
        click.echo(f"{_utc(now + ahead)}  {_ahead_in_words(ahead)}")


@command.command("advance")
@click.argument("by_s", metavar="SPAN", callback=_span)
@project_option
def advance(by_s: int, directory: Path | None) -> None:
    """Move the estate's time forward by SPAN: `30d`, `12h`, `90m`, `1d12h`."""
    from keyless.lifecycle import clock

    _moved(directory, lambda store: clock.advance(store, by_s))


@command.command("set")
@click.argument("to_s", metavar="TIME", callback=_moment)
@click.option("--back", is_flag=True, help="Even where that is earlier than it is in the estate.")
@project_option
def set_time(to_s: int, back: bool, directory: Path | None) -> None:
    """Move the estate's time to TIME: `2027-01-31`, or `2027-01-31T12:00:00Z`.

    What was written later than that keeps its times, and what was purged, rotated or told stays so.
    """
    from keyless.lifecycle import clock

    _moved(directory, lambda store: clock.set_to(store, to_s, int(time.time()), back=back))


@command.command("reset")
@project_option
def reset(directory: Path | None) -> None:
    """Let the estate's time be this machine's again."""
    from keyless.lifecycle import clock

    was = _done(directory, clock.reset)
    say("the estate's time is this machine's")
    if was:
        say(
            f"it was {span_in_words(was)} ahead: what was written meanwhile keeps its times, and what was "
            "purged, rotated or told stays so; `keyless run --fresh` begins anew"
        )


def _moved(directory: Path | None, work: Work) -> None:
    ahead = _done(directory, work)
    say(f"the estate's time is {_utc(int(time.time()) + ahead)}, {_ahead_in_words(ahead)}")


def _done(directory: Path | None, work: Work) -> int:
    from keyless.lifecycle.clock import CannotMove

    async def done() -> int:
        with opened_store(chosen_project(directory)) as store:
            return await work(store)

    try:
        with explained():
            return asyncio.run(done())
    except CannotMove as error:
        raise Failure(str(error), 2) from error


def _utc(epoch_s: int) -> str:
    return f"{dt.datetime.fromtimestamp(epoch_s, dt.UTC):%Y-%m-%dT%H:%M:%SZ}"


def _ahead_in_words(ahead: int) -> str:
    return f"{span_in_words(ahead)} ahead of this machine's" if ahead else "as at this machine"
