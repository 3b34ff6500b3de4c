"""`keyless evidence import` and `imports`: logs of the cloud, read into the evidence."""

from __future__ import annotations

import asyncio
import sys
import time
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import click

from keyless.cli.failure import Failure, explained
from keyless.cli.options import chosen_project, project_option
from keyless.cli.terminal import say
from keyless.cli.wording import counted, moment
from keyless.cli.world import opened_evidence
from keyless.model.visible import visible
from keyless.runtime.directory import read_directory
from keyless.runtime.project import Project

if TYPE_CHECKING:
    from keyless.evidence.logs.importer import Report
    from keyless.model.evidence import LogImport, UnmappedOperation

INCOMPLETE = 3
_LISTED = 20
_EVERY_S = 0.2
_MEGA = 1_000_000


@click.command("import")
@click.argument("paths", nargs=-1, required=True, metavar="PATH...")
@click.option("--json", "as_json", is_flag=True, help="What was imported as JSON.")
@project_option
def import_command(paths: tuple[str, ...], as_json: bool, directory: Path | None) -> None:
    """Read logs of the cloud into the evidence, so that plans are made from them.

    PATH is a file, a directory with files below it, or a pattern. What is in a file decides: JSON, JSON
    Lines, CSV or Parquet, also in gzip; the activity log, resource logs, sign-ins; from a storage account,
    an event hub, Log Analytics or the portal. Exit code 3: something could not be read; the rest was
    imported.
    """
    with explained():
        project = chosen_project(directory)
        project.prepare()
        report = _import(project, paths)
    if as_json:
        click.echo(_as_json({"imports": report.imports, "unmapped": report.unmapped}))
    else:
        _print_report(report)
    _say_what_was_not_read(report)
    if not report.is_whole:
        raise Failure("the import is incomplete: see above", INCOMPLETE)


def _import(project: Project, paths: tuple[str, ...]) -> Report:
    from keyless.app import open_evidence
    from keyless.evidence.logs.importer import Settings, import_logs

    progress = _Progress()
    with closing(open_evidence(project)) as evidence:
        settings = Settings(
            now=int(time.time()),
            directory=project.state,
            known=asyncio.run(_known(project)),
            begin=progress.begin,
            progress=progress.tell,
        )
        try:
            return import_logs(paths, evidence, settings)
        finally:
            progress.end()


async def _known(project: Project) -> Mapping[str, str]:
    """The principals that the project knows, by any of their ids, in lower case.

    Without an estate there is none to wait for: a plan is then made of the logs alone.
    """
    from keyless.app import open_store

    if project.estate_file.exists() and not project.store_file.exists():
        say(
            "`keyless.yaml` is not applied yet (`keyless estate apply`): its identities are not known by name"
        )
        return {}
    with closing(open_store(project)) as store:
        everybody = await read_directory(store)
    return {
        name.lower(): entry.principal_id
        for entry in (*everybody.deleted, *everybody.entries)
        for name in (
            entry.client_id,
            entry.principal_id,  # a registry's log names callers by either kind of id
            entry.resource_id if entry.kind == "UserAssigned" else "",
        )
        if name
    }


class _Progress:
    """One line on a terminal that is written anew, at most five times a second; elsewhere nothing."""

    def __init__(self) -> None:
        self._shown = sys.stderr is not None and sys.stderr.isatty()
        self._size = 0
        self._last = 0.0

    def begin(self, size: int) -> None:
        """Told how many bytes there are."""
        self._size = size
        self._write(f"reading {size / _MEGA:,.0f} MB of logs")

    def tell(self, size: int, events: int) -> None:
        """Told how many bytes were read, and the events in them."""
        if time.monotonic() - self._last >= _EVERY_S:
            self._last = time.monotonic()
            share = 100 * size // self._size if self._size else 100
            self._write(
                f"read {size / _MEGA:,.0f} of {self._size / _MEGA:,.0f} MB ({share} %), {events:,} events"
            )

    def end(self) -> None:
        """Take the line away."""
        self._write("")

    def _write(self, text: str) -> None:
        if self._shown:
            sys.stderr.write(f"\r\x1b[K{text}")
            sys.stderr.flush()


@click.command("imports")
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
@project_option
def imports_command(as_json: bool, directory: Path | None) -> None:
    """Show which logs were imported, and what in them could not be mapped to actions, with the reason."""
    with explained(), opened_evidence(chosen_project(directory)) as evidence:
        imports, unmapped = evidence.imports(), evidence.unmapped()
    if as_json:
        click.echo(_as_json({"imports": imports, "unmapped": unmapped}))
    elif not imports:
        say("no logs were imported: `keyless evidence import PATH`")
    else:
        _print_imports(imports)
        _print_unmapped(unmapped, len(unmapped))


def _as_json(found: object) -> str:
    import msgspec

    return msgspec.json.encode(found).decode()


def _print_report(report: Report) -> None:
    for path in report.known:
        say(f"`{path}` was imported before: left out")
    if not report.imports:
        say("no events were imported")
        return
    _print_imports(report.imports)
    _print_unmapped(report.unmapped, _LISTED)


def _print_imports(imports: list[LogImport]) -> None:
    for one in imports:
        name = visible(one.category) or "(not readable)"
        click.echo(f"{moment(one.imported_at)}  {name:<28} {one.events:>10,} events  {_parts(one)}")
        if one.mapped:
            click.echo(
                f"{'':21}from {moment(one.first_seen)} to {moment(one.last_seen)}, of {visible(one.source)}"
            )


def _parts(one: LogImport) -> str:
    unmapped = one.events - one.mapped - one.people - one.out_of_time - one.malformed
    numbers = (
        (one.mapped, "mapped"),
        (one.people, "people's, left out"),
        (unmapped, "not mapped"),
        (one.out_of_time, "out of time, left out"),
        (one.malformed, "malformed"),
        (one.duplicates, "more were duplicates"),
        (one.steps, "more were steps of calls"),
    )
    return ", ".join(f"{number:,} {what}" for number, what in numbers if number)


def _print_unmapped(unmapped: list[UnmappedOperation], most: int) -> None:
    if unmapped:
        click.echo("not mapped:")
    for one in unmapped[:most]:
        operation = visible(one.operation or "(no operation)")
        click.echo(f"{one.count:>10,}x  {visible(one.category) or '-'}  {operation}: {visible(one.why)}")
    if len(unmapped) > most:
        click.echo(f"{'':12}and {len(unmapped) - most} more: `keyless evidence imports`")


def _say_what_was_not_read(report: Report) -> None:
    for path, why in (*report.read.unread, *report.read.broken):
        say(f"`{path}`: {why}", bad=True)
    malformed = sum(one.malformed for one in report.imports)
    if malformed:
        say(f"{counted(malformed, 'line was', 'lines were')} malformed", bad=True)
