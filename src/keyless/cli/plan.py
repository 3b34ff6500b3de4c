"""`keyless plan`: the least-privileged roles for what was recorded."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path
from typing import TYPE_CHECKING

import click

from keyless.cli.failure import Failure, explained
from keyless.cli.options import chosen_project, project_option
from keyless.runtime.project import Project

if TYPE_CHECKING:
    from keyless.plan.result import Plan

FORMATS = ("json", "bicep", "terraform", "arm")


@click.command("plan")
@click.option(
    "--object-scope", is_flag=True, help="Assign at single secrets where possible, instead of the vault."
)
@click.option("--include-denied", is_flag=True, help="Count calls that were denied as needed, too.")
@click.option(
    "--format", "wanted", type=click.Choice(("table", *FORMATS)), default="table", show_default=True
)
@click.option(
    "--out",
    "folder",
    type=click.Path(file_okay=False, path_type=Path),
    help="Write the plan as JSON, Bicep, Terraform and ARM JSON into this directory.",
)
@project_option
def command(
    object_scope: bool, include_denied: bool, wanted: str, folder: Path | None, directory: Path | None
) -> None:
    """Choose, for every identity, the built-in roles that cover what it used with the least besides.

    The plan is the exact minimum: fewest excess permissions first, then fewest roles. It is kept in
    `.keyless/plan.json`, where `keyless prove` finds it.
    """
    project = chosen_project(directory)
    with explained():
        plan = asyncio.run(_make(project, object_scope=object_scope, include_denied=include_denied))
        _keep(project, plan)
    if wanted == "table":
        from keyless.plan.report import print_plan

        print_plan(plan)
    else:
        for _, text in write(plan, wanted):
            click.echo(text)
    if folder is not None:
        _write_all(plan, folder)


async def _make(project: Project, *, object_scope: bool, include_denied: bool) -> Plan:
    from keyless.app import open_evidence, open_store
    from keyless.plan.make import make_plan
    from keyless.plan.problem import Subject, SubjectKind
    from keyless.runtime.directory import read_directory
    from keyless.store.collections import ASSIGNMENTS

    if not project.evidence_file.exists():
        raise Failure(
            f"nothing was recorded in `{project.root}` yet: run your app first, with "
            "`keyless run --learn -- COMMAND`",
            2,
        )
    store = open_store(project)
    evidence = open_evidence(project)
    try:
        principals = await read_directory(store)
        assignments = [assignment for _, assignment in await store.scan(ASSIGNMENTS)]
        observations = evidence.observations()
    finally:
        evidence.close()
        store.close()
    subjects = [
        Subject(entry.principal_id, entry.name, SubjectKind(entry.kind), entry.resource_id)
        for entry in principals.entries
    ]
    return make_plan(
        subjects, observations, assignments, object_scope=object_scope, include_denied=include_denied
    )


def _keep(project: Project, plan: Plan) -> None:
    from keyless.plan.writers.json import write_json

    draft = project.plan_file.with_suffix(".draft")
    draft.write_text(write_json(plan))
    os.replace(draft, project.plan_file)


def write(plan: Plan, wanted: str) -> list[tuple[str, str]]:
    """The plan in one format, as file names and texts."""
    if wanted == "json":
        from keyless.plan.writers.json import write_json

        return [("plan.json", write_json(plan))]
    if wanted == "bicep":
        from keyless.plan.writers.bicep import write_bicep

        return list(write_bicep(plan).items())
    if wanted == "terraform":
        from keyless.plan.writers.terraform import write_terraform

        return list(write_terraform(plan).items())
    from keyless.plan.writers.arm import write_arm

    return list(write_arm(plan).items())


def _write_all(plan: Plan, folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for wanted in FORMATS:
            for name, text in write(plan, wanted):
                (folder / name).write_text(text)
                click.echo(f"wrote {folder / name}", err=True)
    except OSError as error:
        raise Failure(f"cannot write into `{folder}`: {error.strerror}", 2) from error
