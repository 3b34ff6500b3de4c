"""A plan's assignments, written out: which role for whom, what it is used for, what it grants besides."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from keyless.model.actions import AZURE_RBAC, ActionPlane
from keyless.model.estate import derived_guid
from keyless.model.guids import guid_key
from keyless.model.resource_id import ResourceId
from keyless.model.roles import Triple, triple_of
from keyless.plan.index import Action, RankedRole, RoleIndex
from keyless.plan.places import Place
from keyless.plan.problem import Subject
from keyless.plan.reasons import alternatives, reason
from keyless.plan.result import PlannedAssignment, Uncovered, UsedAction
from keyless.plan.results.actions import GrantedAction
from keyless.plan.results.risk import RiskyPermission
from keyless.plan.risk import risks_in


def planned_assignments(
    index: RoleIndex,
    subjects: Mapping[str, Subject],
    existing: Mapping[Triple, str],
    settled: Iterable[Place],
) -> tuple[PlannedAssignment, ...]:
    """What was settled, as assignments.

    ``subjects`` are by case-folded id, ``existing`` the ids of the assignments that there are.
    """
    return _in_order(_assignment(index, subjects, existing, place, role) for place, role in choices(settled))


def choices(settled: Iterable[Place]) -> Iterable[tuple[Place, RankedRole]]:
    """Each role that was chosen, with its place."""
    return ((place, role) for place in settled for role in place.cover.roles)


def uncovered(
    index: RoleIndex, subjects: Mapping[str, Subject], settled: Iterable[Place]
) -> tuple[Uncovered, ...]:
    """What no role grants."""
    return tuple(
        _uncovered(subjects, place, action, of_all=index.of_all)
        for place in settled
        for action in place.missing
    )


def assignment_guid(principal_id: str, role_id: str, scope: ResourceId) -> str:
    """The GUID by which a planned assignment goes: the same as the estate derives for a declared one."""
    return derived_guid("roleAssignment", principal_id, role_id, scope.text)


def _in_order(planned: Iterable[PlannedAssignment]) -> tuple[PlannedAssignment, ...]:
    return tuple(
        sorted(
            planned,
            key=lambda one: (
                one.principal.name.casefold(),
                one.principal.principal_id,
                one.scope_id.key,
                one.role_name.casefold(),
            ),
        )
    )


def _assignment(
    index: RoleIndex,
    subjects: Mapping[str, Subject],
    existing: Mapping[tuple[str, str, ResourceId], str],
    place: Place,
    ranked: RankedRole,
) -> PlannedAssignment:
    role, principal_id = ranked.role, place.principal_id
    nearest = alternatives(index, place, ranked)
    excess, risks = _excess(index, place.excess(index, ranked.bits))
    present = existing.get(triple_of(principal_id, role.id, place.scope))
    return PlannedAssignment(
        id=present or assignment_guid(principal_id, role.id, place.scope),
        principal=subjects[guid_key(principal_id)],
        role_id=role.id,
        role_name=role.name,
        scope=place.scope.text,
        used=_used(index, place, ranked),
        excess=excess,
        alternatives=nearest,
        reason=reason(index, place, ranked, nearest),
        exists=present is not None,
        risks=risks,
    )


def granted_actions(index: RoleIndex, bits: int) -> tuple[GrantedAction, ...]:
    """A set of permissions, written out."""
    return tuple(
        GrantedAction(plane, name) for plane in AZURE_RBAC for name in index.universe.names(bits, plane)
    )


def _excess(index: RoleIndex, bits: int) -> tuple[tuple[GrantedAction, ...], tuple[RiskyPermission, ...]]:
    """The permissions of a set, and those of them that have a risk."""
    key = ("excess", bits)
    if key not in index.memo:
        actions = granted_actions(index, bits)
        index.memo[key] = (actions, risks_in(index.universe, bits))
    found: tuple[tuple[GrantedAction, ...], tuple[RiskyPermission, ...]] = index.memo[key]
    return found


def _used(index: RoleIndex, place: Place, ranked: RankedRole) -> tuple[UsedAction, ...]:
    return tuple(
        UsedAction(plane, action, count)
        for (plane, action), count in sorted(place.counts.items())
        if index.bit((plane, action)) & ranked.bits
    )


def _uncovered(subjects: Mapping[str, Subject], place: Place, action: Action, *, of_all: bool) -> Uncovered:
    plane, name = action
    listed_as = "DataActions" if plane is ActionPlane.DATA else "Actions"
    none = "no built-in role" if of_all else "none of the roles to choose from"
    return Uncovered(
        principal=subjects[guid_key(place.principal_id)],
        scope=place.scope.text,
        plane=plane,
        action=name,
        count=place.missing[action],
        advice=(
            f"{none} grants this: define a custom role with exactly `{name}` in `{listed_as}` "
            "(`az role definition create`), and assign it at this scope"
        ),
    )
