"""`keyless prove`: a command under exactly the plan's roles."""

from __future__ import annotations

import asyncio
import os
import time
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click
from msgspec import structs

from keyless.cli.failure import Failure, own_failures
from keyless.cli.options import (
    chosen_project,
    declared_estate,
    host_kind_option,
    limits_option,
    project_option,
)
from keyless.cli.plan_files import loaded_plan
from keyless.cli.run import Finished, check_command, run_in
from keyless.cli.terminal import say
from keyless.cli.verdict import holds, report, seen_since, strangers, told, with_credentials
from keyless.cli.wording import counted
from keyless.cli.world import opened_store
from keyless.gateway.child import exit_like
from keyless.model.hosts import HostKind
from keyless.runtime.directory import Directory, read_directory
from keyless.runtime.messages import PROTOCOL, ChosenLimits, Hello, Mode
from keyless.runtime.project import Project
from keyless.runtime.proof import only_proof

if TYPE_CHECKING:
    from keyless.model.estate import Estate
    from keyless.model.evidence import Observation, SignIn
    from keyless.plan.result import Plan
    from keyless.store.ports import Transaction


@click.command(
    "prove",
    context_settings={"allow_interspersed_args": False},
    epilog="Exit code: 0 where the proof holds; else the command's own, or 1 where that is 0; 125 where "
    "Keyless itself fails, 126 and 127 as `env` has them.",
)
@click.option(
    "--as", "workload", metavar="NAME", help="The workload to run as (default: the only one there is)."
)
@click.option(
    "--plan",
    "plan_file",
    type=click.Path(dir_okay=False, path_type=Path),
    help="The plan to prove (default: the last one that `keyless plan` made).",
)
@host_kind_option
@click.option("--offline", is_flag=True, help="Refuse connections beyond the local plane and this machine.")
@limits_option
@project_option
@click.argument("argv", metavar="COMMAND...", nargs=-1, type=click.UNPROCESSED)
def command(
    workload: str | None,
    plan_file: Path | None,
    host_kind: HostKind | None,
    offline: bool,
    limits: ChosenLimits | None,
    directory: Path | None,
    argv: tuple[str, ...],
) -> None:
    """Run COMMAND in a copy of the world whose identities and role assignments are exactly the plan's.

    The proof holds only if the command succeeds and nothing is denied. What the command writes stays in the
    copy. Permissions that the plan grants and the command never used are listed.
    """
    with own_failures():
        check_command(argv, "keyless prove -- pytest")
        project = chosen_project(directory)
        plan = _load(project, plan_file)
        if plan_file is None:
            _say_what_is_newer(project)
        hello = Hello(PROTOCOL, workload, Mode.ENFORCE, offline, None, host_kind, limits=limits)
        proof = _prove(project, plan, hello, list(argv))
    still = with_credentials(plan, proof.sign_ins)
    report(plan, proof.finished, proof.observations, proof.principals, still)
    if not holds(proof.finished, proof.observations, still) and proof.finished.status.succeeded:
        raise SystemExit(1)
    exit_like(proof.finished.status)


@dataclass(frozen=True, slots=True)
class _Proof:
    """A command that ran in a copy of the world, and what was seen there."""

    finished: Finished
    observations: list[Observation]
    sign_ins: list[SignIn]
    principals: Directory


def _load(project: Project, given: Path | None) -> Plan:
    if given is None and not project.plan_file.exists():
        raise Failure("there is no plan to prove yet: make one with `keyless plan`")
    file = given or project.plan_file
    return loaded_plan(file)


def _say_what_is_newer(project: Project) -> None:
    """Say where more was recorded since the plan was made."""
    from keyless.app import open_evidence

    if not project.evidence_file.exists():
        return
    made_at = int(project.plan_file.stat().st_mtime)
    with closing(open_evidence(project)) as evidence, opened_store(project) as store:
        principals = asyncio.run(read_directory(store))
        newer = seen_since(made_at, principals.without_people(evidence.observations()))
    if newer:
        accesses = counted(newer, "access was", "accesses were")
        say(f"{accesses} recorded for the first time after the plan was made: `keyless plan` takes them in")


def _prove(project: Project, plan: Plan, hello: Hello, argv: list[str]) -> _Proof:
    from keyless.app import open_evidence

    estate = declared_estate(project)
    with only_proof(project) as copy:
        principals, changed = asyncio.run(_copy_world(project, copy, estate, plan, hello.workload))
        for stranger in strangers(plan, principals):
            say(f"the plan has roles for `{stranger}`, which is no identity of this estate", bad=True)
        for line in told(changed):
            say(line)
        finished = run_in(copy, hello, argv, quiet=True, added=changed)
        with closing(open_evidence(copy)) as evidence:
            return _Proof(finished, evidence.observations(), evidence.sign_ins(), principals)


async def _copy_world(
    project: Project, copy: Project, estate: Estate | None, plan: Plan, workload: str | None
) -> tuple[Directory, dict[str, str | None]]:
    """Copy the store, with the plan's assignments and identities in the place of its own, and its roles.

    It returns who there is then, and what that changes in the environment of the workload.
    """
    from keyless.app import deploy_estate, open_store
    from keyless.runtime.chosen_identities import client_id_variable, give_chosen_identities
    from keyless.runtime.refused_plans import refused
    from keyless.store.collections import ASSIGNMENTS, EVENTS_WAITING, ROLE_DEFINITIONS

    with closing(open_store(project)) as original:
        if estate is not None:
            await deploy_estate(original, estate)
        original.backup_to(copy.store_file)
    with closing(open_store(copy)) as store:
        why = refused(
            plan, await read_directory(store), [one for _, one in await store.scan(ROLE_DEFINITIONS)]
        )
        if why:
            raise Failure(f"the plan cannot be proved: {why}; plan again")
        async with store.transaction() as transaction:
            for key, _ in await transaction.scan(ASSIGNMENTS):
                await transaction.delete(ASSIGNMENTS, key)
            for role in plan.proposed_roles:
                await transaction.put(ROLE_DEFINITIONS, (role.definition.id,), role.definition)
            for assignment in plan.role_assignments():
                await transaction.put(ASSIGNMENTS, (assignment.id,), assignment)
            await _let_roles_decide(transaction, plan)
            for key, _ in await transaction.scan(EVENTS_WAITING):  # the world itself tells of them
                await transaction.delete(EVENTS_WAITING, key)
            await give_chosen_identities(transaction, plan, int(time.time()))
        return await read_directory(store), await client_id_variable(store, plan, workload, os.environ)


async def _let_roles_decide(transaction: Transaction, plan: Plan) -> None:
    """Put the vaults that the plan moves from access policies to roles into RBAC mode."""
    from keyless.store.collections import VAULTS

    switched = {vault.casefold() for vault in plan.vaults_to_switch}
    for key, vault in await transaction.scan(VAULTS):
        if vault.resource_id.casefold() in switched:
            await transaction.put(VAULTS, key, structs.replace(vault, enable_rbac_authorization=True))
