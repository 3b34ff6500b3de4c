"""`keyless explain`: why a principal may or may not do a thing, assignment by assignment."""

from __future__ import annotations

import asyncio
import difflib
from pathlib import Path
from urllib.parse import unquote, urlsplit

import click

from keyless.authz.decide import AccessRequest, Allowed
from keyless.authz.explain import Considered, Explanation, explain
from keyless.authz.snapshot import Snapshot
from keyless.cli.failure import Failure, explained
from keyless.cli.options import chosen_project, project_option
from keyless.cli.wording import scope_in_words
from keyless.model.actions import ActionPlane
from keyless.model.evidence import Outcome
from keyless.model.resource_id import InvalidResourceId, ResourceId
from keyless.model.resources import key_value_scope, secret_scope
from keyless.runtime.directory import Directory, UnknownPrincipal, read_directory
from keyless.runtime.project import Project
from keyless.store.collections import STORES, VAULTS
from keyless.store.ports import Store

PROOF = "proof"


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
    with explained():
        texts = asyncio.run(_explain(project.below(PROOF) if proof else project, who, action, scope))
    click.echo("\n\n".join(texts))


async def _explain(project: Project, who: str | None, action: str | None, scope: str | None) -> list[str]:
    from keyless.app import open_store
    from keyless.catalog.roles import built_in_roles
    from keyless.wire.authorize import current_snapshot

    if not project.store_file.exists():
        raise Failure(
            f"nothing has run in `{project.root}` yet: begin with `keyless run --learn -- COMMAND`", 2
        )
    store = open_store(project)
    try:
        principals = await read_directory(store)
        snapshot = await current_snapshot(store, {role.id: role for role in built_in_roles()})
        if who is None:
            return _recorded_denials(project, principals, snapshot)
        if action is None or scope is None:
            raise Failure("explain takes WHO, ACTION and SCOPE, or nothing to explain what was denied", 2)
        request = await _request(store, principals, who, action, scope)
        return [describe(explain(request, snapshot), principals)]
    finally:
        store.close()


def _recorded_denials(project: Project, principals: Directory, snapshot: Snapshot) -> list[str]:
    from keyless.app import open_evidence

    evidence = open_evidence(project)
    denied = [seen for seen in evidence.observations() if seen.outcome is Outcome.DENIED]
    evidence.close()
    if not denied:
        return ["nothing was denied"]
    return [
        describe(
            explain(
                AccessRequest(frozenset((seen.principal_id,)), seen.plane, seen.action, seen.scope_id),
                snapshot,
            ),
            principals,
        )
        for seen in denied
    ]


async def _request(store: Store, principals: Directory, who: str, action: str, scope: str) -> AccessRequest:
    try:
        entry = principals.find(who)
    except UnknownPrincipal as error:
        raise Failure(str(error), 2) from error
    plane, known = _known_action(action)
    return AccessRequest(frozenset((entry.principal_id,)), plane, known, await _scope(store, scope))


def _known_action(action: str) -> tuple[ActionPlane, str]:
    from keyless.catalog.operations import known_actions

    for plane in (ActionPlane.DATA, ActionPlane.CONTROL):
        by_folded = {name.casefold(): name for name in known_actions(plane)}
        if action.casefold() in by_folded:
            return plane, by_folded[action.casefold()]
    everything = [*known_actions(ActionPlane.DATA), *known_actions(ActionPlane.CONTROL)]
    near = difflib.get_close_matches(action, everything, n=3)
    hint = (
        f"the nearest are {', '.join(f'`{name}`' for name in near)}"
        if near
        else "see `docs/reference/operations.md`"
    )
    raise Failure(f"`{action}` is not a known action: {hint}", 2)


async def _scope(store: Store, text: str) -> ResourceId:
    """A scope from a resource id, or from the address of a vault, store, secret or key-value."""
    if text.startswith("/"):
        try:
            return ResourceId.parse(text)
        except InvalidResourceId as error:
            raise Failure(str(error), 2) from error
    parts = urlsplit(text if "://" in text else f"https://{text}")
    host, path = (
        (parts.hostname or "").lower(),
        [unquote(part) for part in parts.path.strip("/").split("/") if part],
    )
    name, _, suffix = host.partition(".")
    if suffix == "vault.azure.net" and (vault := await store.get(VAULTS, (name,))) is not None:
        vault_id = ResourceId.parse(vault.resource_id)
        return secret_scope(vault_id, path[1]) if path[:1] == ["secrets"] and len(path) > 1 else vault_id
    if suffix == "azconfig.io" and (found := await store.get(STORES, (name,))) is not None:
        store_id = ResourceId.parse(found.resource_id)
        label = dict(pair.split("=", 1) for pair in parts.query.split("&") if "=" in pair).get("label")
        return (
            key_value_scope(store_id, "/".join(path[1:]), label)
            if path[:1] == ["kv"] and path[1:]
            else store_id
        )
    raise Failure(f"`{text}` is no resource id, and no vault or store of this estate has that address", 2)


def describe(explanation: Explanation, principals: Directory) -> str:
    """An explanation as text."""
    request = explanation.request
    who = principals.name_of(min(request.principal_ids))
    verdict = "may" if isinstance(explanation.decision, Allowed) else "may not"
    lines = [f"{who} {verdict} `{request.action}` at {scope_in_words(request.scope)}"]
    if isinstance(explanation.decision, Allowed):
        grant = explanation.decision.by
        lines.append(f"  because it has `{grant.role.name}` at {scope_in_words(grant.scope)}")
    elif not explanation.considered:
        lines.append("  because no role assignment names it")
    else:
        lines.append("  because none of its role assignments grants it:")
    lines += [f"  - {_consideration(seen)}" for seen in explanation.considered]
    if not isinstance(explanation.decision, Allowed):
        lines.append(f"  {_remedy(request)}")
    return "\n".join(lines)


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
