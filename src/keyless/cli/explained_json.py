"""Explanations as JSON: the same as in words, for programs; ids are Azure's own."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from keyless.authz.decide import Allowed, Denied, Grant
from keyless.authz.explain import Able, Checked, Considered, ConsideredDeny, Explanation
from keyless.cli.explained_world import ExplainedWorld
from keyless.cli.held import Powers
from keyless.cli.remedies import Remedies
from keyless.model.resource_id import ResourceId


def explanation_json(
    explanation: Explanation, world: ExplainedWorld, remedies: Remedies | None
) -> dict[str, Any]:
    """One decision, and everything that was looked at for it."""
    request, decision = explanation.request, explanation.decision
    return {
        "principalId": explanation.principal_id,
        "principal": world.name_of(explanation.principal_id),
        "action": request.action,
        "plane": request.plane.value,
        "scope": request.scope.text,
        "allowed": explanation.allowed,
        "reason": decision.reason if isinstance(decision, Denied) else "Allowed",
        "roleAssignmentId": decision.by.assignment.id if isinstance(decision, Allowed) else None,
        "denyAssignmentId": _deny_id(decision) if isinstance(decision, Denied) else None,
        "conditional": decision.conditional,
        "denyAssignments": [_deny(one) for one in explanation.denies],
        "roleAssignments": [_considered(one) for one in explanation.considered],
        "wouldAllow": _remedies(remedies),
    }


def able_json(action: str, scope: ResourceId, able: Sequence[Able], world: ExplainedWorld) -> dict[str, Any]:
    """Who may do a thing."""
    return {
        "action": action,
        "scope": scope.text,
        "principals": [
            {
                "principalId": one.principal_id,
                "principal": world.name_of(one.principal_id),
                **_grant(one.grant, one.through),
                "ifConditionHolds": one.if_holds,
            }
            for one in able
        ],
    }


def powers_json(powers: Powers, world: ExplainedWorld) -> dict[str, Any]:
    """What an identity can do."""
    return {
        "principalId": powers.principal_id,
        "principal": world.name_of(powers.principal_id),
        "roleAssignments": [
            {
                **_grant(one.grant, one.through),
                "condition": one.grant.assignment.condition,
                "actions": one.actions,
                "dataActions": one.data_actions,
            }
            for one in powers.held
        ],
        "denyAssignments": [
            {"id": one.assignment.id, "name": one.assignment.name, "scope": one.scope.text}
            for one in powers.denies
        ],
    }


def _grant(grant: Grant, through: tuple[str, ...]) -> dict[str, Any]:
    return {
        "roleAssignmentId": grant.assignment.id,
        "roleDefinitionId": grant.role.definition.id,
        "roleName": grant.role.name,
        "scope": grant.scope.text,
        "throughGroups": through,
    }


def _considered(seen: Considered) -> dict[str, Any]:
    return {
        **_grant(seen.grant, seen.through),
        "inScope": seen.in_scope,
        "grantsAction": seen.grants_action,
        "onOtherPlane": seen.other_plane,
        "conditions": _checked(seen.checked),
        "grants": seen.settles,
    }


def _deny(seen: ConsideredDeny) -> dict[str, Any]:
    return {
        "denyAssignmentId": seen.deny.assignment.id,
        "name": seen.deny.assignment.name,
        "scope": seen.deny.scope.text,
        "throughGroups": seen.through,
        "excluded": seen.excluded,
        "inScope": seen.in_scope,
        "listsAction": seen.lists_action,
        "conditions": _checked(seen.checked),
        "denies": seen.settles,
    }


def _checked(checked: Iterable[Checked]) -> list[dict[str, Any]]:
    return [
        {
            "condition": one.text,
            "ofRole": one.of_role,
            "outcome": one.outcome.value,
            "problem": one.problem or None,
            "clauses": [
                {
                    "clause": clause.text,
                    "outcome": clause.outcome.value,
                    "reason": clause.reason,
                    "found": {f.attribute: [str(v) for v in f.values or ()] for f in clause.found},
                }
                for clause in one.clauses
            ],
        }
        for one in checked
    ]


def _remedies(remedies: Remedies | None) -> dict[str, Any] | None:
    if remedies is None:
        return None
    return {
        "scope": remedies.scope.text,
        "roles": [
            {"id": role.id, "name": role.name, "custom": role.custom, "otherPermissions": excess}
            for role, excess in remedies.roles
        ],
        "deniedBy": remedies.deny,
    }


def _deny_id(decision: Denied) -> str | None:
    return None if decision.by is None else decision.by.assignment.id
