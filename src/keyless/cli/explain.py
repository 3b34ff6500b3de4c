"""`keyless explain`: why a principal may or may not do a thing, who may, and what an identity can do."""

from __future__ import annotations

import asyncio
import json
import os
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

from keyless.authz.decide import AccessRequest
from keyless.authz.explain import explain, who_can
from keyless.cli.asked import known_action, known_scope
from keyless.cli.denial_texts import DeniedByPolicy, DeniedCall, denials_in
from keyless.cli.explained import describe, describe_able, describe_policies
from keyless.cli.explained_json import able_json, explanation_json, powers_json
from keyless.cli.explained_world import ExplainedWorld, read_world
from keyless.cli.failure import Failure, explained
from keyless.cli.given_attributes import attributes_of, given_attributes
from keyless.cli.held import describe_powers, powers_of
from keyless.cli.options import chosen_project, project_option
from keyless.cli.remedies import remedies_for
from keyless.cli.world import opened_store
from keyless.model.actions import AZURE_RBAC, ActionPlane
from keyless.model.attributes import Attributes
from keyless.model.evidence import Outcome
from keyless.model.reading import SECRET_READ
from keyless.model.resource_id import InvalidResourceId, ResourceId
from keyless.model.visible import visible
from keyless.runtime.project import PROOF, Project
from keyless.store.ports import Store

_FORMS = (
    "explain takes WHO, ACTION and SCOPE; WHO alone for what it can do; `--who-can ACTION SCOPE`; "
    "`--error FILE` for an error's text; or nothing to explain what was denied"
)
_LONGEST_ERROR = 1 << 20
_MOST_REFERENCES = 5
"""How many of the references that point to a secret are named; JSON has all of them."""


@click.command("explain")
@click.argument("who", required=False)
@click.argument("action", required=False)
@click.argument("scope", required=False)
@click.option("--who-can", is_flag=True, help="Say who may do ACTION at SCOPE: `--who-can ACTION SCOPE`.")
@click.option(
    "--error",
    metavar="FILE",
    help="Explain the denials that a text tells of: a file with errors, `-` for standard input, or the text.",
)
@click.option(
    "--attribute",
    "attributes",
    multiple=True,
    metavar="@SOURCE[NAME]=VALUE",
    help="What conditions look at, as in `@Request[Microsoft.KeyVault/vaults/secrets:name]=db`.",
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.option("--proof", is_flag=True, help="In the world of the last proof, instead of the project's own.")
@project_option
def command(
    who: str | None,
    action: str | None,
    scope: str | None,
    who_can: bool,
    error: str | None,
    attributes: tuple[str, ...],
    as_json: bool,
    proof: bool,
    directory: Path | None,
) -> None:
    """Say why WHO may or may not do ACTION at SCOPE.

    WHO is a workload's, identity's, user's or group's name or id; ACTION an action such as
    Microsoft.KeyVault/vaults/secrets/getSecret/action; SCOPE a resource id, or an address such as
    https://contoso.vault.azure.net/secrets/db-password. WHO alone is told with all that it can do. Without
    arguments, every denial that was recorded is explained.
    """
    project = chosen_project(directory)
    if proof:
        project = project.below(PROOF)
        if not project.store_file.exists():
            raise Failure(
                "nothing was proved here yet: begin with `keyless plan` and `keyless prove -- COMMAND`", 2
            )
    arguments = tuple(one for one in (who, action, scope) if one is not None)
    asked = _Asked(arguments, who_can, error, given_attributes(attributes))
    with explained():
        told = asyncio.run(_tell(project, asked))
    if as_json:
        click.echo(json.dumps([one.as_json for one in told], indent=2, ensure_ascii=False))
    else:
        click.echo("\n\n".join(one.text for one in told) or "nothing was denied")


@dataclass(frozen=True, slots=True)
class _Asked:
    """What the command line says."""

    arguments: tuple[str, ...]
    who_can: bool
    error: str | None
    attributes: Attributes


@dataclass(frozen=True, slots=True)
class _Told:
    """One thing explained, in both forms."""

    text: str
    as_json: dict[str, Any]


async def _tell(project: Project, asked: _Asked) -> list[_Told]:
    from keyless.app import known_roles

    with opened_store(project) as store:
        world = await read_world(store, known_roles())
        if asked.error is not None:
            return [_of_denial(found, world, asked) for found in _denials(asked)]
        if asked.who_can:
            return [await _of_ability(store, world, asked)]
        if not asked.arguments:
            return [_of_denial(found, world, asked) for found in _recorded_denials(project)]
        if len(asked.arguments) == 1:
            powers = powers_of(world.find(asked.arguments[0]), world)
            return [_Told(describe_powers(powers, world), powers_json(powers, world))]
        if len(asked.arguments) != 3:
            raise Failure(_FORMS, 2)
        who, action, scope = asked.arguments
        principal_id = world.find(who)
        plane, known = known_action(action)
        return [_of_decision(principal_id, plane, known, await known_scope(store, scope), world, asked)]


def _of_decision(
    principal_id: str,
    plane: ActionPlane,
    action: str,
    scope: ResourceId,
    world: ExplainedWorld,
    asked: _Asked,
) -> _Told:
    if plane not in AZURE_RBAC:
        return _of_directory(principal_id, action, world)
    vault = world.policy_vault(scope) if plane is ActionPlane.DATA else None
    if vault is not None:
        return _of_policy(principal_id, permission_of(action), vault.name, world)
    explanation = explain(principal_id, _request(plane, action, scope, asked), world.snapshot)
    remedies = remedies_for(explanation, world)
    told = _Told(describe(explanation, world, remedies), explanation_json(explanation, world, remedies))
    pointing = world.references.get(scope, ()) if action.casefold() == SECRET_READ else ()
    return told if explanation.allowed or not pointing else _pointed_to(told, pointing)


def _pointed_to(told: _Told, pointing: Sequence[str]) -> _Told:
    """A refused read of a secret, with the references that may have led there."""
    lines = (f"  reference {visible(one)} points there" for one in pointing[:_MOST_REFERENCES])
    rest = len(pointing) - _MOST_REFERENCES
    more = (f"  and {rest} more",) if rest > 0 else ()
    return _Told("\n".join((told.text, *lines, *more)), told.as_json | {"references": list(pointing)})


def _of_directory(principal_id: str, action: str, world: ExplainedWorld) -> _Told:
    name = world.name_of(principal_id)
    text = (
        f"{visible(name)} may not `{visible(action)}` in the directory\n  because no role of Entra's gives it"
    )
    said = {"principalId": principal_id, "principal": name, "action": action, "allowed": False}
    return _Told(text, said | {"decidedBy": "directoryRoles"})


def _of_policy(principal_id: str, permission: str | None, name: str, world: ExplainedWorld) -> _Told:
    vault = world.vaults.get(name.casefold())
    if vault is None:
        raise Failure(f"there is no vault `{name}` in this estate", 2)
    allowed, text = describe_policies(principal_id, permission, vault, world)
    said = {
        "principalId": principal_id,
        "principal": world.name_of(principal_id),
        "permission": permission,
        "vault": vault.name,
        "allowed": allowed,
        "decidedBy": "accessPolicies",
    }
    return _Told(text, said)


def permission_of(action: str) -> str | None:
    """The permission of access policies, such as `secrets/get`, that goes with a data action."""
    from keyless.planes.keyvault.plane import OPERATIONS
    from keyless.wire.operation import Requires

    for operation in OPERATIONS:
        access = operation.access
        if isinstance(access, Requires) and action.casefold() in {one.casefold() for one in access.actions}:
            return access.access_policy
    return None


def _request(plane: ActionPlane, action: str, scope: ResourceId, asked: _Asked) -> AccessRequest:
    from keyless.wire.authorize import utc_text

    attributes = attributes_of(action, scope, utc_text(time.time()), asked.attributes)
    return AccessRequest(frozenset(), plane, action, scope, attributes)


async def _of_ability(store: Store, world: ExplainedWorld, asked: _Asked) -> _Told:
    if len(asked.arguments) != 2:
        raise Failure("`--who-can` takes an ACTION and a SCOPE", 2)
    plane, action = known_action(asked.arguments[0])
    scope = await known_scope(store, asked.arguments[1])
    if plane is ActionPlane.DATA and (vault := world.policy_vault(scope)) is not None:
        raise Failure(
            f"the vault `{vault.name}` is not in the mode of role-based access control: its access policies "
            "say who may do what with its data",
            2,
        )
    able = who_can(_request(plane, action, scope, asked), world.everybody(), world.snapshot)
    return _Told(describe_able(action, scope, able, world), able_json(action, scope, able, world))


def _of_denial(found: DeniedCall | DeniedByPolicy, world: ExplainedWorld, asked: _Asked) -> _Told:
    if isinstance(found, DeniedByPolicy):
        return _of_policy(found.principal_id, found.permission, found.vault, world)
    try:
        scope = ResourceId.parse(found.scope)
    except InvalidResourceId as error:
        raise Failure(str(error), 2) from error
    return _of_decision(found.principal_id, found.plane, found.action, scope, world, asked)


def _denials(asked: _Asked) -> Sequence[DeniedCall | DeniedByPolicy]:
    """The denials in the text that ``--error`` names or is."""
    found = denials_in(_error_text(asked.error or ""))
    if not found:
        raise Failure(
            "no denial of Key Vault, App Configuration or Azure Resource Manager was found in the text: give "
            "the whole message of the error",
            2,
        )
    return found


def _error_text(given: str) -> str:
    if given == "-":
        return sys.stdin.read(_LONGEST_ERROR)
    if os.path.isfile(given):  # a text that is no path is no error to it
        with Path(given).open(encoding="utf-8", errors="replace") as file:
            return file.read(_LONGEST_ERROR)
    if " " not in given:
        raise Failure(f"there is no file `{given}`", 2)
    return given


def _recorded_denials(project: Project) -> Sequence[DeniedCall]:
    from keyless.app import open_evidence

    evidence = open_evidence(project)
    denied = dict.fromkeys(
        DeniedCall(seen.principal_id, seen.plane, seen.action, seen.scope_id.text)
        for seen in evidence.observations()
        if seen.outcome is Outcome.DENIED
    )
    evidence.close()
    return list(denied)
