"""An immutable picture of who may do what, compiled from role definitions and assignments.

A snapshot never changes: when an assignment does, a new one is made and swapped in whole. Decisions may
therefore be remembered for as long as a snapshot lives, and never across two.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import replace

from keyless.authz.decide import AccessRequest, Allowed, Decision, Denied, Grant, decide
from keyless.model.roles import RoleAssignment, RoleDefinition


class Snapshot:
    """Assignments indexed by principal; asks ``decide`` only about those that name the caller."""

    def __init__(self, grants: Iterable[Grant]) -> None:
        by_principal: defaultdict[str, list[Grant]] = defaultdict(list)
        for grant in sorted(grants, key=lambda grant: grant.assignment.id):
            by_principal[grant.assignment.principal_id].append(grant)
        self._by_principal = dict(by_principal)

    def grants_of(self, principal_ids: Iterable[str]) -> list[Grant]:
        """Every assignment that names one of the principals, in the order in which they are asked."""
        return [grant for pid in sorted(principal_ids) for grant in self._by_principal.get(pid, ())]

    def decide(self, request: AccessRequest) -> Decision:
        """The decision on one request."""
        grants = self.grants_of(request.principal_ids)
        return decide(request, grants) if grants else Denied()

    def allows_below(self, request: AccessRequest) -> bool:
        """Whether the action is granted at the scope, or at some scope below it."""
        if isinstance(self.decide(request), Allowed):
            return True
        below = [
            grant for grant in self.grants_of(request.principal_ids) if request.scope.contains(grant.scope)
        ]
        return any(
            isinstance(decide(replace(request, scope=grant.scope), [grant]), Allowed) for grant in below
        )


def compile_snapshot(assignments: Iterable[RoleAssignment], roles: Mapping[str, RoleDefinition]) -> Snapshot:
    """Join assignments with their roles (by GUID); an assignment of an unknown role grants nothing."""
    return Snapshot(
        Grant(assignment, role, assignment.scope_id)
        for assignment in assignments
        if (role := roles.get(assignment.role_definition_id)) is not None
    )
