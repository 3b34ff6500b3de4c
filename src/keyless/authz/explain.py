"""Why a principal may or may not do a thing: every assignment that could matter, and what it fell short of.

The verdict is ``decide``'s own; the explanation only lays out the same comparisons one by one.
"""

from __future__ import annotations

from dataclasses import dataclass

from keyless.authz.decide import AccessRequest, Decision, Grant, role_grants
from keyless.authz.hierarchy import Hierarchy
from keyless.authz.snapshot import Snapshot
from keyless.model.actions import ActionPlane


@dataclass(frozen=True, slots=True)
class Considered:
    """One assignment of the principal's, and how it bears on the request.

    ``in_scope`` and ``grants_action`` are the two tests that it must pass; ``other_plane`` is true where
    the role lists the action among those of the other plane, which never counts.
    """

    grant: Grant
    in_scope: bool
    grants_action: bool
    conditional: bool
    other_plane: bool

    @property
    def settles(self) -> bool:
        """Whether this assignment alone allows the request."""
        return self.in_scope and self.grants_action and not self.conditional


@dataclass(frozen=True, slots=True)
class Explanation:
    """The decision on a request, with all that was looked at for it."""

    request: AccessRequest
    decision: Decision
    considered: tuple[Considered, ...]


def explain(request: AccessRequest, snapshot: Snapshot) -> Explanation:
    """Decide a request and say, assignment by assignment, why."""
    considered = tuple(
        _consider(grant, request, snapshot.hierarchy) for grant in snapshot.grants_of(request.principal_ids)
    )
    return Explanation(request, snapshot.decide(request), considered)


def _consider(grant: Grant, request: AccessRequest, hierarchy: Hierarchy) -> Considered:
    other = ActionPlane.CONTROL if request.plane is ActionPlane.DATA else ActionPlane.DATA
    return Considered(
        grant=grant,
        in_scope=hierarchy.covers(grant.scope, request.scope),
        grants_action=role_grants(grant.role.definition, request.plane, request.action),
        conditional=grant.assignment.condition is not None,
        other_plane=role_grants(grant.role.definition, other, request.action),
    )
