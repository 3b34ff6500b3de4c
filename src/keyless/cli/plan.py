"""`keyless plan`: the least-privileged roles for what was recorded."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING

import click

from keyless.cli.failure import Failure, explained
from keyless.cli.files import write_whole
from keyless.cli.options import chosen_project, project_option
from keyless.cli.terminal import say
from keyless.cli.world import opened_evidence, opened_store
from keyless.runtime.directory import Directory, read_directory
from keyless.runtime.project import Project

if TYPE_CHECKING:
    from keyless.model.roles import RoleAssignment
    from keyless.plan.given import Given, VaultPolicies
    from keyless.plan.policy.policy import PlanPolicy
    from keyless.plan.problem import Subject
    from keyless.plan.result import Plan
    from keyless.store.ports import Store

FORMATS = ("json", "bicep", "terraform", "arm", "estate")


@click.command("plan")
@click.option(
    "--object-scope", is_flag=True, help="Assign at single secrets where possible, instead of the vault."
)
@click.option(
    "--general-roles",
    is_flag=True,
    help="Choose among roles for general use alone: none that its name marks as preview, deprecated or some "
    "service's own. The excess may be larger.",
)
@click.option("--include-denied", is_flag=True, help="Count calls that were denied as needed, too.")
@click.option(
    "--whole-policies",
    is_flag=True,
    help="In vaults with access policies, give the roles for all that a policy gives, used or not.",
)
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
def command(
    object_scope: bool,
    general_roles: bool,
    include_denied: bool,
    whole_policies: bool,
    wanted: str,
    folder: Path | None,
    directory: Path | None,
) -> None:
    """Choose, for every identity, the built-in roles that cover what it used with the least besides.

    Then it names every stored credential that was signed in with, and what replaces it; and for vaults with
    access policies who can let himself in, and what everybody gains and loses when roles decide there.

    The plan is the exact minimum: fewest excess permissions first, then fewest roles. It is kept in
    `.keyless/plan.json`, where `keyless prove` finds it.
    """
    from keyless.plan.policy.evidence import EvidenceRules
    from keyless.plan.policy.policy import PlanPolicy
    from keyless.plan.policy.roles import RoleRules
    from keyless.plan.policy.scopes import ScopeLevel, ScopeRules
    from keyless.plan.policy.vaults import VaultRules

    with explained():
        project = chosen_project(directory)
        policy = PlanPolicy(
            roles=RoleRules(general_only=general_roles),
            scopes=ScopeRules(ScopeLevel.OBJECT if object_scope else ScopeLevel.CONTAINER),
            evidence=EvidenceRules(include_denied=include_denied),
            vaults=VaultRules(whole_policies),
        )
        plan = _make(project, policy)
        _keep(project, plan)
    if folder is not None:
        _write_all(plan, folder)
    if wanted == "table":
        from keyless.plan.report import print_plan

        print_plan(plan)
    else:
        _print_as(plan, wanted)


def _print_as(plan: Plan, wanted: str) -> None:
    """Print one format; several files of it only where they mean the same as one (as in Terraform)."""
    files = written_as(plan, wanted)
    if len(files) > 1 and wanted != "terraform":
        names = ", ".join(f"`{name}`" for name, _ in files)
        raise Failure(
            f"as {wanted}, this plan takes several files ({names}): write them with `--out DIRECTORY`", 2
        )
    click.echo("\n".join(text for _, text in files), nl=False)


def _make(project: Project, policy: PlanPolicy) -> Plan:
    from keyless.plan.make import make_plan

    return make_plan(asyncio.run(_given(project)), policy)


async def _given(project: Project) -> Given:
    """What is recorded, and what the store knows of who and what there is."""
    from keyless.plan.given import Given
    from keyless.store.collections import ASSIGNMENTS, COMPUTE, ROLE_DEFINITIONS

    with opened_evidence(project) as evidence:
        observations, sign_ins = evidence.observations(), evidence.sign_ins()
    with opened_store(project) as store:
        principals = await read_directory(store)
        assignments = [assignment for _, assignment in await store.scan(ASSIGNMENTS)]
        return Given(
            subjects=subjects_of(principals),
            observations=principals.without_people(observations),
            assignments=principals.without_people(assignments),
            sign_ins=principals.without_people(sign_ins),
            compute=[found for _, found in await store.scan(COMPUTE)],
            policies=await _policies(store, principals, assignments),
            custom_roles={one.id: one for _, one in await store.scan(ROLE_DEFINITIONS)},
        )


async def _policies(store: Store, principals: Directory, assignments: list[RoleAssignment]) -> VaultPolicies:
    """The vaults, and the people and groups that may have policies in them; but for this machine's owner."""
    from keyless.plan.given import VaultPolicies
    from keyless.plan.problem import Subject, SubjectKind
    from keyless.store.collections import SECURITY_GROUPS, TENANT, USERS, VAULTS

    own = {user.principal_id for _, user in await store.scan(USERS) if user.local}
    people = {user.principal_id.casefold() for user in principals.users} - own
    tenant = await store.get(TENANT, ("tenant",))
    users = (Subject(one.principal_id, one.name, SubjectKind.USER) for one in principals.users)
    groups = (
        Subject(one.principal_id, one.display_name, SubjectKind.GROUP)
        for _, one in await store.scan(SECURITY_GROUPS)
    )
    return VaultPolicies(
        vaults=tuple(vault for _, vault in await store.scan(VAULTS)),
        tenant_id=tenant.tenant_id if tenant else "",
        others=(*users, *groups),
        assignments=tuple(one for one in assignments if one.principal_id.casefold() in people),
    )


def subjects_of(principals: Directory) -> list[Subject]:
    """The principals of an estate as the planner knows them."""
    from keyless.plan.problem import Subject, SubjectKind

    return [
        *(
            Subject(
                entry.principal_id,
                entry.name,
                SubjectKind(entry.kind),
                entry.resource_id,
                runs_on=entry.runs_on,
            )
            for entry in principals.entries
        ),
        *(
            Subject(
                entry.principal_id, entry.name, SubjectKind(entry.kind), entry.resource_id, is_deleted=True
            )
            for entry in principals.deleted
        ),
    ]


def _keep(project: Project, plan: Plan) -> None:
    from keyless.gateway.owner_files import write_owner_only
    from keyless.plan.writers.json import write_json

    write_owner_only(project.plan_file, write_json(plan).encode())


def written_as(plan: Plan, wanted: str) -> list[tuple[str, str]]:
    """The plan in one of ``FORMATS``, as file names and texts."""
    if wanted == "json":
        from keyless.plan.writers.json import write_json

        return [("plan.json", write_json(plan))]
    if wanted == "bicep":
        from keyless.plan.writers.bicep import write_bicep

        return list(write_bicep(plan).items())
    if wanted == "terraform":
        from keyless.plan.writers.terraform import write_terraform

        return list(write_terraform(plan).items())
    if wanted == "estate":
        from keyless.plan.writers.estate import write_estate

        return [("role-assignments.yaml", write_estate(plan))]
    from keyless.plan.writers.arm import write_arm

    return list(write_arm(plan).items())


def _write_all(plan: Plan, folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise Failure(f"cannot make `{folder}`: {(error.strerror or str(error)).lower()}", 2) from error
    for wanted in FORMATS:
        for name, text in written_as(plan, wanted):
            write_whole(folder / name, text)
            say(f"wrote {folder / name}")
