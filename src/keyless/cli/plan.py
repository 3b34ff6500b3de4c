"""`keyless plan`: the least-privileged roles for what was recorded."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path
from typing import TYPE_CHECKING

import click

from keyless.cli.failure import explained
from keyless.cli.options import chosen_project, project_option
from keyless.cli.plan_files import FORMATS, print_as, write_all
from keyless.cli.plan_policy import PolicyOptions, chosen_policy, policy_kept, policy_options
from keyless.cli.world import opened_evidence, opened_store
from keyless.runtime.project import Project

if TYPE_CHECKING:
    from keyless.plan.given import Given
    from keyless.plan.result import Plan


@click.command("plan")
@policy_options
@click.option(
    "--format", "wanted", type=click.Choice(("table", *FORMATS)), default="table", show_default=True
)
@click.option(
    "--out",
    "folder",
    type=click.Path(file_okay=False, path_type=Path),
    help="Write the plan in every format into this directory.",
)
@project_option
def command(decided: PolicyOptions, wanted: str, folder: Path | None, directory: Path | None) -> None:
    """Choose, for every identity, the built-in roles that cover what it used with the least besides.

    Then it names every stored credential that was signed in with, and what replaces it; and for vaults with
    access policies who can let himself in, and what everybody gains and loses when roles decide there.

    The plan is the exact minimum: fewest excess permissions first, then fewest roles. It is kept in
    `.keyless/plan.json`, where `keyless prove` finds it.
    """
    from keyless.plan.make import make_plan

    with explained():
        project = chosen_project(directory)
        read = chosen_policy(project, decided)
        with policy_kept(read):
            plan = make_plan(asyncio.run(given_in(project)), read.policy)
        _keep(project, plan)
    if folder is not None:
        write_all(plan, folder)
    if wanted == "table":
        from keyless.plan.reports.terminal import print_plan

        print_plan(plan)
    else:
        print_as(plan, wanted)


async def given_in(project: Project) -> Given:
    """What is known in a project; raises Failure where nothing ran or was recorded."""
    from keyless.runtime.plan_given import read_given

    with opened_evidence(project) as evidence, opened_store(project) as store:
        return await read_given(store, evidence, int(time.time()))


def _keep(project: Project, plan: Plan) -> None:
    from keyless.gateway.owner_files import write_owner_only
    from keyless.plan.writers.json import write_json

    write_owner_only(project.plan_file, write_json(plan).encode())
