"""`keyless explain`: why a principal may or may not do a thing, assignment by assignment."""

from __future__ import annotations

import asyncio
from pathlib import Path

import click

from keyless.authz.decide import AccessRequest, Allowed
from keyless.authz.explain import Considered, Explanation, explain
from keyless.authz.snapshot import Snapshot
from keyless.cli.asked import known_action, known_scope
from keyless.cli.failure import Failure, explained
from keyless.cli.options import chosen_project, project_option
from keyless.cli.wording import scope_in_words
from keyless.cli.world import opened_store
from keyless.model.evidence import Outcome
from keyless.runtime.directory import Directory, UnknownPrincipal, read_directory
from keyless.runtime.project import PROOF, Project
from keyless.store.ports import Store


@click.command("explain")
@click.argument("who", required=False)
@click.argument("action", required=False)
@click.argument("scope", required=False)
@click.option("--proof", is_flag=True, help="In the world of the last proof, instead of the project's own.")
@project_option
def command(
    who: str | None, action: str | None, scope: str | None, proof: bool, directory: Path | None
) -> None:
    """Say why WHO may or may not do ACTION at SCOPE.

    WHO is a workload's or identity's name or id; ACTION an action such as
    Microsoft.KeyVault/vaults/secrets/getSecret/action; SCOPE a resource id, or an address such as
    https://contoso.vault.azure.net/secrets/db-password. Without arguments, every denial that was recorded
    is explained.
    """
    project = chosen_project(directory)
    if proof:
        project = project.below(PROOF)
        if not project.store_file.exists():
            raise Failure(
                "nothing was proved here yet: begin with `keyless plan` and `keyless prove -- COMMAND`", 2
            )
    with explained():
        texts = asyncio.run(_explain(project, who, action, scope))
    click.echo("\n\n".join(texts))


async def _explain(project: Project, who: str | None, action: str | None, scope: str | None) -> list[str]:
    from keyless.app import known_roles
    from keyless.wire.authorize import current_snapshot

    with opened_store(project) as store:
        principals = await read_directory(store)
        snapshot = await current_snapshot(store, known_roles())
        if who is None:
            return _recorded_denials(project, principals, snapshot)
        if action is None or scope is None:
            raise Failure("explain takes WHO, ACTION and SCOPE, or nothing to explain what was denied", 2)
        request = await _request(store, principals, who, action, scope)
        return [describe(explain(request, snapshot), principals)]


def _recorded_denials(project: Project, principals: Directory, snapshot: Snapshot) -> list[str]:
    from keyless.app import open_evidence

    evidence = open_evidence(project)
    denied = dict.fromkeys(
        (seen.principal_id, seen.plane, seen.action, seen.scope_id)
        for seen in evidence.observations()
        if seen.outcome is Outcome.DENIED
    )
    evidence.close()
    if not denied:
        return ["nothing was denied"]
    requests = [
        AccessRequest(snapshot.principal_ids(who), plane, action, scope)
        for who, plane, action, scope in denied
    ]
    return [describe(explain(request, snapshot), principals) for request in requests]


async def _request(store: Store, principals: Directory, who: str, action: str, scope: str) -> AccessRequest:
    try:
        entry = principals.find(who)
    except UnknownPrincipal as error:
        raise Failure(str(error), 2) from error
    plane, known = known_action(action)
    return AccessRequest(frozenset((entry.principal_id,)), plane, known, await known_scope(store, scope))


def describe(explanation: Explanation, principals: Directory) -> str:
    """An explanation as text."""
    request = explanation.request
    who = principals.name_of(min(request.principal_ids))
    allowed = isinstance(explanation.decision, Allowed)
    lines = [f"{who} {'may' if allowed else 'may not'} `{request.action}` at {scope_in_words(request.scope)}"]
    if principals.is_deleted(min(request.principal_ids)):
        lines.append(
            "  it was deleted: no token of it holds, and what it has is orphaned (Identity not found)"
        )
    lines.append(f"  {_because(explanation)}")
    lines += [f"  - {_consideration(seen)}" for seen in explanation.considered]
    if not allowed:
        lines.append(f"  {_remedy(request)}")
    return "\n".join(lines)


def _because(explanation: Explanation) -> str:
    if isinstance(explanation.decision, Allowed):
        grant = explanation.decision.by
        return f"because it has `{grant.role.name}` at {scope_in_words(grant.scope)}"
    if not explanation.considered:
        return "because no role assignment names it"
    return "because none of its role assignments grants it:"


def _consideration(seen: Considered) -> str:
    head = f"`{seen.grant.role.name}` at {scope_in_words(seen.grant.scope)}"
    if seen.settles:
        return f"{head}: grants it"
    if seen.conditional:
        return f"{head}: has a condition, and a condition that is not evaluated grants nothing"
    if not seen.in_scope:
        return f"{head}: is for another scope"
    if seen.other_plane:
        return f"{head}: grants it on the other plane only; control and data actions never mix"
    return f"{head}: does not grant this action"


def _remedy(request: AccessRequest) -> str:
    from keyless.plan.suggest import roles_for

    roles = roles_for(request.plane, request.action)
    if not roles:
        return "no built-in role grants it: a custom role would"
    return f"the built-in role with the fewest other permissions that grants it is `{roles[0][0].name}`"
