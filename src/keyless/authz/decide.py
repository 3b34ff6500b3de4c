"""The access decision: may this principal do this action at this scope, and what says so?

Rules, in this order:
- a deny assignment that bears on the request beats every grant. It bears on its principals (or everyone),
  less those that it excludes, for what its permissions list, at its scope and below, or at exactly its scope
  with ``do_not_apply_to_child_scopes``;
- without a grant the answer is no: some role assignment of the caller's (or of its groups) must cover the
  scope, and its role must grant the action;
- a role grants an action by any one of its permission blocks; `NotActions` and `NotDataActions` take away
  only inside their own block; control-plane actions and data actions never mix;
- a role assignment or block with a condition grants only where the condition is true. A deny with a condition
  spares only where the condition is false: what cannot be evaluated denies, on either side.

Where several assignments would do, one without a condition is named before one with, and otherwise the first
in the given order.

Source: https://learn.microsoft.com/azure/role-based-access-control/overview#how-azure-rbac-determines-if-a-user-has-access-to-a-resource
Source: https://learn.microsoft.com/azure/role-based-access-control/deny-assignments
Left to others: expanding groups into principal ids, verifying who calls, recording the outcome.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field

import msgspec
from msgspec.structs import force_setattr

from keyless.authz.conditions import Facts, Outcome
from keyless.authz.groups import PrincipalIds
from keyless.authz.guards import Guard
from keyless.authz.hierarchy import FLAT, Hierarchy
from keyless.authz.permissions import UNGUARDED, Permissions, Ways
from keyless.model.actions import AZURE_RBAC, ActionPlane
from keyless.model.attributes import NO_ATTRIBUTES, Attributes
from keyless.model.denies import DenyAssignment
from keyless.model.resource_id import ROOT, ResourceId
from keyless.model.roles import RoleAssignment, RoleDefinition

NO_GRANT = "DeniedWithNoValidRBAC"
BY_DENY = "DeniedByDenyAssignment"


class AccessRequest(msgspec.Struct, frozen=True):
    """What is asked: the principal's ids (its own and its groups'), one action, where.

    ``attributes`` are what conditions look at, ``sub_operations`` what the call does beyond its action.
    """

    principal_ids: frozenset[str]
    plane: ActionPlane
    action: str
    scope: ResourceId
    attributes: Attributes = NO_ATTRIBUTES
    sub_operations: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Write the ids as they compare: a deny whose principal was not found would spare it."""
        if not isinstance(self.principal_ids, PrincipalIds):
            force_setattr(self, "principal_ids", PrincipalIds.of(self.principal_ids))

    def facts(self) -> Facts:
        """What conditions are evaluated on."""
        return Facts(self.action, self.sub_operations, self.attributes)


@dataclass(frozen=True, slots=True)
class Role:
    """A role definition, ready to be asked; two are equal if their definitions are."""

    definition: RoleDefinition
    permissions: Permissions = field(compare=False, repr=False)

    @classmethod
    def of(cls, definition: RoleDefinition) -> Role:
        """Make a definition ready."""
        return cls(definition, Permissions(definition.permissions))

    @property
    def name(self) -> str:
        """What the role is called."""
        return self.definition.name


class Grant(msgspec.Struct, frozen=True, gc=False):
    """A role assignment joined with its role, ready to be asked; there may be a million of them.

    ``principal_key`` is whom it names, as ids compare.
    """

    assignment: RoleAssignment
    role: Role
    scope: ResourceId
    principal_key: str
    guard: Guard | None = None


class Deny(msgspec.Struct, frozen=True):
    """A deny assignment, ready to be asked. ``principal_keys`` is none where it names everyone."""

    assignment: DenyAssignment
    permissions: Permissions
    scope: ResourceId
    principal_keys: frozenset[str] | None
    excluded_keys: frozenset[str]
    guard: Guard | None = None

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Deny) and self.assignment == other.assignment

    def __hash__(self) -> int:
        return hash(self.assignment.id)

    def names(self, principal_ids: frozenset[str]) -> bool:
        """Whether it is about whoever has these ids: named, and not excluded, itself or by a group."""
        named = self.principal_keys is None or not self.principal_keys.isdisjoint(principal_ids)
        return named and self.excluded_keys.isdisjoint(principal_ids)

    def reaches(self, scope: ResourceId, hierarchy: Hierarchy) -> bool:
        """Whether it counts at a scope."""
        if self.assignment.do_not_apply_to_child_scopes:
            return self.scope == scope
        return hierarchy.covers(self.scope, scope)


class Allowed(msgspec.Struct, frozen=True):
    """The request is granted, by this assignment.

    ``conditional`` says that a condition was looked at, so that other attributes could mean another decision.
    """

    by: Grant
    conditional: bool = False


class Denied(msgspec.Struct, frozen=True):
    """The request is not granted; ``reason`` is Azure's own word for why, ``by`` the deny assignment if any.

    ``conditional`` as of a grant.
    """

    reason: str = NO_GRANT
    conditional: bool = False
    by: Deny | None = None


Decision = Allowed | Denied


def role_grants(role: RoleDefinition, plane: ActionPlane, action: str) -> bool:
    """Whether a role, on its own, grants the action: some unconditional block lists it and keeps it."""
    return any(block.condition is None and block.grants(plane, action) for block in role.permissions)


def decide(
    request: AccessRequest, denies: Collection[Deny], grants: Iterable[Grant], hierarchy: Hierarchy = FLAT
) -> Decision:
    """Decide one request against deny and role assignments, naming the one that settled it.

    Pure: no clock, store or log; groups are already expanded into ``principal_ids``.
    """
    inquiry = Inquiry(request) if denies else NOT_ASKED
    for deny in denies:
        if inquiry.is_denied_by(deny, hierarchy):
            return Denied(BY_DENY, inquiry.conditional, deny)
    if request.plane not in AZURE_RBAC:
        return Denied(NO_GRANT, inquiry.conditional)
    guarded: list[tuple[Grant, Ways]] = []
    action, scope, data = request.action, request.scope, request.plane is ActionPlane.DATA
    for grant in grants:
        permissions = grant.role.permissions
        ways = (permissions.data if data else permissions.control).get(action)
        if ways is None:
            ways = permissions.ways(request.plane, action)
        if ways and grant.principal_key in request.principal_ids and hierarchy.covers(grant.scope, scope):
            if grant.guard is None and ways is UNGUARDED:
                return Allowed(grant, inquiry.conditional)
            guarded.append((grant, ways))
    return _under_conditions(request, guarded, inquiry) if guarded else Denied(NO_GRANT, inquiry.conditional)


def _under_conditions(
    request: AccessRequest, guarded: Iterable[tuple[Grant, Ways]], inquiry: Inquiry
) -> Decision:
    """Decide by assignments that count where their conditions, or those of their roles, hold."""
    inquiry = Inquiry(request) if inquiry is NOT_ASKED else inquiry
    for grant, ways in guarded:
        if inquiry.outcome(grant.guard) is Outcome.TRUE and inquiry.any_of(ways) is Outcome.TRUE:
            return Allowed(grant, inquiry.conditional)
    return Denied(NO_GRANT, inquiry.conditional)


class Inquiry:
    """The conditions of one request; it remembers whether any was looked at."""

    __slots__ = ("_facts", "_request", "conditional")

    def __init__(self, request: AccessRequest) -> None:
        self._request = request
        self._facts: Facts | None = None
        self.conditional = False

    def is_denied_by(self, deny: Deny, hierarchy: Hierarchy) -> bool:
        """Whether a deny assignment settles the request: unless a condition of it is false, it does."""
        request = self._request
        ways = deny.permissions.ways(request.plane, request.action)
        if not (ways and deny.names(request.principal_ids) and deny.reaches(request.scope, hierarchy)):
            return False
        return self.outcome(deny.guard) is not Outcome.FALSE and self.any_of(ways) is not Outcome.FALSE

    def outcome(self, guard: Guard | None) -> Outcome:
        """Whether a condition holds of the request; no condition does."""
        if guard is None:
            return Outcome.TRUE
        if guard.condition is None:
            return Outcome.UNKNOWN
        self.conditional = True
        if self._facts is None:
            self._facts = self._request.facts()
        return guard.outcome(self._facts)

    def any_of(self, ways: Ways) -> Outcome:
        """Whether the action is spoken of: under some condition that holds, or perhaps holds."""
        outcomes = [self.outcome(way) for way in ways]
        if Outcome.TRUE in outcomes:
            return Outcome.TRUE
        return Outcome.UNKNOWN if Outcome.UNKNOWN in outcomes else Outcome.FALSE


NOT_ASKED = Inquiry(AccessRequest(frozenset(), ActionPlane.CONTROL, "", ROOT))
"""Stands for the conditions of a request as long as none is asked about; it is asked nothing itself."""
