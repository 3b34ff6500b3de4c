"""The access decision: may this principal do this action at this scope, and which assignment says so?

Rules:
- the answer is no unless a role assignment says yes;
- an assignment counts for its own principals, at its scope and everything below, compared by whole segments;
- control-plane actions and data actions are decided on separate lists and never mix;
- `NotActions` and `NotDataActions` take away only inside their own permission block;
- every action that a request needs must be granted (by one assignment or by several);
- a permission block or an assignment with a condition grants nothing, because a condition that is not
  evaluated denies.

Source: https://learn.microsoft.com/azure/role-based-access-control/overview#how-azure-rbac-determines-if-a-user-has-access-to-a-resource
Left to others: expanding groups into principal ids, verifying who calls, recording the outcome.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from keyless.model.actions import ActionPlane
from keyless.model.attributes import NO_ATTRIBUTES, Attributes
from keyless.model.resource_id import ResourceId
from keyless.model.roles import RoleAssignment, RoleDefinition


@dataclass(frozen=True, slots=True)
class AccessRequest:
    """What is asked: the principal's ids (its own and its groups'), one action, where.

    ``attributes`` are what conditions look at, ``sub_operations`` what the call does beyond its action.
    """

    principal_ids: frozenset[str]
    plane: ActionPlane
    action: str
    scope: ResourceId
    attributes: Attributes = field(default_factory=lambda: NO_ATTRIBUTES, compare=False)
    sub_operations: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Grant:
    """A role assignment joined with its role, ready to be asked."""

    assignment: RoleAssignment
    role: RoleDefinition
    scope: ResourceId

    def allows(self, request: AccessRequest) -> bool:
        """Whether this one assignment settles the request."""
        return (
            self.assignment.principal_id in request.principal_ids
            and self.scope.contains(request.scope)
            and self.assignment.condition is None
            and role_grants(self.role, request.plane, request.action)
        )


@dataclass(frozen=True, slots=True)
class Allowed:
    """The request is granted, by this assignment.

    ``conditional`` says that a condition was looked at, so that other attributes could mean another decision.
    """

    by: Grant
    conditional: bool = False


@dataclass(frozen=True, slots=True)
class Denied:
    """The request is not granted; ``reason`` is Azure's own word for why. ``conditional`` as of a grant."""

    reason: str = "DeniedWithNoValidRBAC"
    conditional: bool = False


Decision = Allowed | Denied


def role_grants(role: RoleDefinition, plane: ActionPlane, action: str) -> bool:
    """Whether a role, on its own, grants the action: some unconditional block lists it and keeps it."""
    return any(block.condition is None and block.grants(plane, action) for block in role.permissions)


def decide(request: AccessRequest, grants: Iterable[Grant]) -> Decision:
    """Decide one request against role assignments, naming the one that settled it.

    Pure: no clock, store or log; groups are already expanded into ``principal_ids``.
    Where several assignments would do, the first in the given order is named.
    """
    for grant in grants:
        if grant.allows(request):
            return Allowed(by=grant)
    return Denied()
