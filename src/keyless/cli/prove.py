"""`keyless prove`: a command under exactly the plan's roles."""

from __future__ import annotations

import asyncio
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import click

from keyless.cli.explain import PROOF
from keyless.cli.failure import OWN_FAILURE, Failure, explained
from keyless.cli.options import chosen_project, declared_estate, project_option
from keyless.cli.run import Finished, run_in
from keyless.cli.terminal import say
from keyless.cli.wording import counted, scope_in_words
from keyless.gateway.child import exit_like
from keyless.model.evidence import Observation, Outcome
from keyless.runtime.directory import Directory, read_directory
from keyless.runtime.messages import PROTOCOL, Hello, Mode
from keyless.runtime.project import Project

if TYPE_CHECKING:
    from keyless.model.estate import Estate
    from keyless.plan.result import Plan

_SHOWN_ACTIONS = 8


@click.command(
    "prove",
    context_settings={"ignore_unknown_options": True, "allow_interspersed_args": False},
    epilog="Exit code: 0 where the proof holds; else the command's own, or 1 where it had none but 0.",
)
@click.option(
    "--as", "workload", metavar="NAME", help="The workload to run as (default: the only one there is)."
)
@click.option(
    "--plan",
    "plan_file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="The plan to prove (default: the last one that `keyless plan` made).",
)
@click.option("--offline", is_flag=True, help="Refuse connections to anything but the local plane.")
@project_option
@click.argument("argv", metavar="COMMAND...", nargs=-1, type=click.UNPROCESSED)
def command(
    workload: str | None, plan_file: Path | None, offline: bool, directory: Path | None, argv: tuple[str, ...]
) -> None:
    """Run COMMAND in a copy of the world whose role assignments are exactly the plan's.

    The proof holds only if the command succeeds and nothing is denied. What the command writes stays in the
    copy. Permissions that the plan grants and the command never used are listed.
    """
    if not argv:
        raise Failure(
            "there is no command to prove: write it after `--`, as in `keyless prove -- pytest`", OWN_FAILURE
        )
    with explained(OWN_FAILURE):
        project = chosen_project(directory)
        plan = _load(plan_file or project.plan_file)
        copy = project.below(PROOF)
        principals = asyncio.run(_copy_world(project, copy, declared_estate(project, OWN_FAILURE), plan))
        hello = Hello(PROTOCOL, workload, Mode.ENFORCE, offline, None)
        finished = run_in(copy, hello, list(argv), port=0, keep_credentials=False, quiet=True)
        observations = _observations(copy)
    held = _report(plan, finished, observations, principals)
    if not held and finished.status.succeeded:
        raise SystemExit(1)
    exit_like(finished.status)


def _load(file: Path) -> Plan:
    from keyless.plan.result import UnreadablePlan, read_plan

    if not file.exists():
        raise Failure("there is no plan to prove yet: make one with `keyless plan`", OWN_FAILURE)
    try:
        return read_plan(file.read_bytes())
    except UnreadablePlan as error:
        raise Failure(f"{file}: {error}", OWN_FAILURE) from error


async def _copy_world(project: Project, copy: Project, estate: Estate | None, plan: Plan) -> Directory:
    """Copy the store, and put the plan's assignments in the place of its own."""
    from keyless.app import deploy_estate, open_store
    from keyless.store.collections import ASSIGNMENTS

    project.prepare()
    if copy.state.exists():
        _refuse_while_running(copy)
        shutil.rmtree(copy.state)
    copy.prepare()
    original = open_store(project)
    try:
        if estate is not None:
            await deploy_estate(original, estate)
        original.backup_to(copy.store_file)
    finally:
        original.close()
    store = open_store(copy)
    try:
        async with store.transaction() as transaction:
            for key, _ in await transaction.scan(ASSIGNMENTS):
                await transaction.delete(ASSIGNMENTS, key)
            for assignment in plan.role_assignments():
                await transaction.put(ASSIGNMENTS, (assignment.id,), assignment)
        return await read_directory(store)
    finally:
        store.close()


def _refuse_while_running(copy: Project) -> None:
    from keyless.runtime.client import plane_runs

    if plane_runs(copy):
        raise Failure("another proof runs in this project: wait until it has ended", OWN_FAILURE)


def _observations(copy: Project) -> list[Observation]:
    from keyless.app import open_evidence

    evidence = open_evidence(copy)
    try:
        return evidence.observations()
    finally:
        evidence.close()


def _report(plan: Plan, finished: Finished, observations: list[Observation], principals: Directory) -> bool:
    """Say how the proof went; whether it holds."""
    from keyless.plan.unused import unused

    denied = [seen for seen in observations if seen.outcome is Outcome.DENIED]
    held = finished.status.succeeded and not denied and finished.summary is not None
    for seen in denied:
        where = scope_in_words(seen.scope_id)
        say(
            f"denied {seen.count}x: {principals.name_of(seen.principal_id)} `{seen.action}` at {where}",
            bad=True,
        )
    for rest in unused(plan, observations):
        role = f"`{rest.assignment.role_name}` of {rest.assignment.principal.name}"
        names = [action.action for action in rest.actions]
        more = f" and {len(names) - _SHOWN_ACTIONS} more" if len(names) > _SHOWN_ACTIONS else ""
        what = (
            "was not used at all"
            if rest.wholly
            else f"grants, unused: {', '.join(names[:_SHOWN_ACTIONS])}{more}"
        )
        say(f"{role} at {scope_in_words(rest.assignment.scope_id)} {what}")
    if held:
        used = sum(seen.count for seen in observations)
        roles = counted(len(plan.assignments), "role assignment", "role assignments")
        say(f"the proof holds: {counted(used, 'call', 'calls')} allowed by {roles}, none denied")
    else:
        say(f"the proof fails: {_why(finished, len(denied))}", bad=True)
    return held


def _why(finished: Finished, denied: int) -> str:
    if denied:
        return f"{counted(denied, 'access', 'accesses')} denied; `keyless explain --proof` says why"
    if finished.summary is None:
        return "the plane did not last until the end"
    status = finished.status
    how = f"signal {status.signal}" if status.signal is not None else f"exit code {status.code}"
    return f"the command did not succeed ({how})"
