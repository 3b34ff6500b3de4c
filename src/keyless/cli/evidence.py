"""`keyless evidence`: what was recorded, and forgetting it."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING

import click

from keyless.cli.commands import Commands
from keyless.cli.evidence_kql import command as kql_command
from keyless.cli.evidence_logs import import_command, imports_command
from keyless.cli.failure import explained
from keyless.cli.limit_words import amount, limited
from keyless.cli.options import chosen_project, project_option
from keyless.cli.terminal import say
from keyless.cli.wording import counted, moment, scope_in_words, with_what
from keyless.cli.world import opened_evidence, opened_store
from keyless.model.evidence import (
    LaterReads,
    Observation,
    Peak,
    SignIn,
    SignInMethod,
    SignInOutcome,
    Throttling,
)
from keyless.model.resource_id import ResourceId
from keyless.model.visible import visible
from keyless.runtime.directory import Directory, read_directory
from keyless.runtime.project import Project

if TYPE_CHECKING:
    from keyless.evidence.database import EvidenceDatabase


@click.group("evidence", cls=Commands)
def command() -> None:
    """Show, import or clear evidence: who did what, where, how often, and how it was settled."""


command.add_command(import_command)
command.add_command(imports_command)
command.add_command(kql_command)


@command.command("show")
@click.option("--json", "as_json", is_flag=True, help="As JSON, one object for each line of evidence.")
@project_option
def show(as_json: bool, directory: Path | None) -> None:
    """Print every line of evidence: who signed in with what, did what, how fast, what it read again after its
    start, and what was throttled.
    """
    project = chosen_project(directory)
    with explained():
        with opened_evidence(project) as evidence:
            sign_ins, observations = evidence.sign_ins(), evidence.observations()
            paces, later, throttled = evidence.peaks(), evidence.later_reads(), evidence.throttled()
        principals = asyncio.run(_directory(project))
    if not observations and not sign_ins:
        say("nothing is recorded")
    for one in sign_ins:
        click.echo(_as_json(one) if as_json else sign_in_line(one, principals))
    for seen in observations:
        click.echo(_as_json(seen) if as_json else as_line(seen, principals))
    for pace in paces:
        if as_json or pace.per_window > 1:
            click.echo(_as_json(pace) if as_json else peak_line(pace, principals))
    for read in later:
        click.echo(_as_json(read) if as_json else later_line(read, principals))
    for refused in throttled:
        click.echo(_as_json(refused) if as_json else throttled_line(refused, principals))


def _as_json(seen: Observation | SignIn | Peak | LaterReads | Throttling) -> str:
    import msgspec

    return msgspec.json.encode(seen).decode()


def as_line(seen: Observation, principals: Directory) -> str:
    """One line of evidence: when last, how often, how it was settled, who, what, where."""
    when = moment(seen.last_seen)
    who = principals.name_of(seen.principal_id)
    where = scope_in_words(seen.scope_id)
    return f"{when}  {seen.count:>6}x  {seen.outcome.value:<8} {who}  {seen.action}  {where}"


def sign_in_line(one: SignIn, principals: Directory) -> str:
    """One line of sign-ins: when last, how often, whether it succeeded, who, with what, for what."""
    when = moment(one.last_seen)
    how = "sign-in" if one.outcome is SignInOutcome.SUCCEEDED else "refused"
    by = f" ({visible(one.by)})" if one.by and one.method is not SignInMethod.ACCESS_KEY else ""
    what = f"with {with_what(one.method)}{by}"
    who, rest = principals.name_of(one.principal_id), visible(one.target or one.error)
    return f"{when}  {one.count:>6}x  {how:<8} {who}  {what}  {rest}"


def peak_line(one: Peak, principals: Directory) -> str:
    """How fast somebody asked for something: when, how often at most, who, what, where."""
    who, where = principals.name_of(one.principal_id), scope_in_words(ResourceId.parse(one.scope))
    most = f"at most {one.per_second:,} in a second, {one.per_window:,} in ten"
    return f"{moment(one.seen)}  {most}  {who}  {one.action}  {where}"


def later_line(one: LaterReads, principals: Directory) -> str:
    """What somebody read after its starts: how often, how often it only looked for changes, who, where."""
    who, where = principals.name_of(one.principal_id), scope_in_words(ResourceId.parse(one.scope))
    again = ", again and again" if one.again else ""
    checks = f", looked {counted(one.checks, 'time', 'times')} for changes" if one.checks else ""
    runs, start = counted(one.runs, "run", "runs"), counted(one.at_start, "time", "times")
    later = counted(one.later, "time", "times")
    return f"in {runs}  read {start} at the start, {later} later{again}{checks}  {who}  {where}"


def throttled_line(one: Throttling, principals: Directory) -> str:
    """What was refused at a limit: when last, how often, who, where, and which limit."""
    who, scope = principals.name_of(one.principal_id), ResourceId.parse(one.scope)
    whose = limited(scope, of_subscription=one.of_subscription)
    limit = f"limit of the {whose}: {amount(one.units, one.pool, one.window_s)}"
    return f"{moment(one.last_seen)}  {one.count:>6}x  throttled {who}  {scope_in_words(scope)}  {limit}"


@command.command("clear")
@click.option("--imported", is_flag=True, help="Only what was imported from logs; what was recorded stays.")
@project_option
def clear(imported: bool, directory: Path | None) -> None:
    """Forget all evidence; vaults, stores and assignments stay."""
    with explained(), opened_evidence(chosen_project(directory)) as evidence:
        before = _lines(evidence)
        (evidence.clear_imported if imported else evidence.clear)()
        lines = before - _lines(evidence)
    say(f"forgot {counted(lines, 'line', 'lines')} of evidence")


def _lines(evidence: EvidenceDatabase) -> int:
    return len(evidence.observations()) + len(evidence.sign_ins())


async def _directory(project: Project) -> Directory:
    with opened_store(project) as store:
        return await read_directory(store)
