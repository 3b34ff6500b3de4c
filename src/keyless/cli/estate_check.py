"""`keyless estate check`: every mistake in the file, and every Key Vault reference that does not hold."""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import click
import msgspec

from keyless.cli.failure import Failure, explained
from keyless.cli.options import chosen_project, project_option
from keyless.cli.terminal import say
from keyless.cli.wording import counted
from keyless.model.visible import inert_json
from keyless.runtime.project import ESTATE_FILE, Project

if TYPE_CHECKING:
    from keyless.estate.problems import EstateProblem
    from keyless.model.estate import Estate
    from keyless.model.evidence import Observation, Selection
    from keyless.plan.references.readers import World
    from keyless.plan.results.references import ReferenceResult

BROKEN = 1
"""The exit code where the file is in order and some reference cannot be followed."""
MISTAKEN = 2
"""The exit code where the file is not in order."""


@click.command(
    "check",
    epilog="Exit code: 0 where the file is in order, 1 where some Key Vault reference cannot be followed, 2 "
    "where the file has mistakes or is not there. Warnings and notices change nothing.",
)
@click.option("--json", "as_json", is_flag=True, help="Print what was found as JSON.")
@project_option
def check(as_json: bool, directory: Path | None) -> None:
    """Name every mistake in the file: where it is, what is wrong, what to write instead.

    Then it follows every Key Vault reference of every configuration store, those in the file and those that
    this project's store has besides: to a secret that is there, enabled and in its time, and that whoever
    reads the reference may read. No value is shown.
    """
    project = chosen_project(directory)
    with explained():
        estate, problems = _read(project)
        results = () if estate is None else asyncio.run(_resolved(project, estate))
    if as_json:
        click.echo(_json(project, estate, problems, results))
    elif estate is None:
        raise Failure("\n".join(map(str, problems)), MISTAKEN)
    else:
        _tell(project, estate, results)
    _end(problems, results)


def _read(project: Project) -> tuple[Estate | None, tuple[EstateProblem, ...]]:
    """What the file declares, or what is wrong with it."""
    from keyless.estate.problems import InvalidEstate
    from keyless.estate.read import read_estate

    if not project.estate_file.exists() and not project.estate_file.is_symlink():
        raise Failure(
            f"there is no `{ESTATE_FILE}` in `{project.root}`: `keyless estate init` writes one", MISTAKEN
        )
    try:
        return read_estate(project.estate_file, os.environ), ()
    except InvalidEstate as error:
        return None, error.problems


async def _resolved(project: Project, estate: Estate) -> tuple[ReferenceResult, ...]:
    from keyless.plan.references.readers import resolved

    return resolved(await _world(project, estate))


async def _world(project: Project, estate: Estate) -> World:
    from keyless.app import open_store
    from keyless.runtime.reference_world import declared_world, world_with_declared

    now = int(time.time())
    if not project.store_file.exists():
        return declared_world(estate, now)
    with closing(open_store(project)) as store:
        return await world_with_declared(store, estate, *_recorded(project), now)


def _recorded(project: Project) -> tuple[list[Observation], list[Selection]]:
    """What was recorded, where anything was; a check makes no file."""
    from keyless.app import open_evidence

    if not project.evidence_file.exists():
        return [], []
    with closing(open_evidence(project)) as evidence:
        return evidence.observations(), evidence.selections()


def _tell(project: Project, estate: Estate, results: tuple[ReferenceResult, ...]) -> None:
    from keyless.estate.warnings import warnings_of
    from keyless.plan.references.readers import broken
    from keyless.plan.reports.references import to_tell
    from keyless.plan.results.references import Severity

    lost = broken(results)
    say(f"{ESTATE_FILE} is in order: {', '.join(_counts(estate, results))}")
    for warning in warnings_of(estate, resolved=True):
        say(f"warning: {warning}")
    for one in to_tell(results):
        where = f"{project.estate_file}:{one.first.line}: " if one.first.line else ""
        say(f"{where}{one.sentence}", bad=one.severity is Severity.ERROR)
    if lost:
        say(f"{counted(len(lost), 'reference', 'references')} cannot be followed", bad=True)


def _counts(estate: Estate, results: tuple[ReferenceResult, ...]) -> Iterator[str]:
    yield counted(len(estate.compute), "workload", "workloads")
    yield counted(len(estate.vaults), "vault", "vaults")
    yield counted(len(estate.stores), "configuration store", "configuration stores")
    yield counted(len(estate.assignments), "role assignment", "role assignments")
    if results:
        yield counted(len(results), "Key Vault reference", "Key Vault references")


def _json(
    project: Project,
    estate: Estate | None,
    problems: tuple[EstateProblem, ...],
    results: tuple[ReferenceResult, ...],
) -> str:
    from keyless.estate.warnings import warnings_of

    found = {
        "schema": "keyless.estate-check/1",
        "file": str(project.estate_file),
        "problems": problems,
        "warnings": () if estate is None else tuple(warnings_of(estate, resolved=True)),
        "references": results,
    }
    return inert_json(msgspec.json.format(msgspec.json.encode(found), indent=2).decode())


def _end(problems: tuple[EstateProblem, ...], results: tuple[ReferenceResult, ...]) -> None:
    from keyless.plan.references.readers import broken

    code = MISTAKEN if problems else BROKEN if broken(results) else 0
    if code:
        raise SystemExit(code)
