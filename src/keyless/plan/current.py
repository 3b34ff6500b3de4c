"""What is granted today, role by role, and how much of it nothing used.

Only what principals have that the plan is made for, directly or through a group; what is used counts for
every assignment that grants it. What a group has is used by its members: where others are in it, nobody knows
what they use, and nothing of it is said to be unused.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache, reduce
from operator import or_

from keyless.model.directory import Group
from keyless.model.guids import guid_key
from keyless.model.resource_id import ResourceId
from keyless.model.roles import RoleAssignment, RoleDefinition
from keyless.plan.group_grants import GroupOf, groups_of
from keyless.plan.index import RoleIndex
from keyless.plan.places import bits_of
from keyless.plan.problem import Demand, Subject
from keyless.plan.results.today import CurrentGrant, RiskCount
from keyless.plan.risk import risk_counts

Used = Callable[[str, ResourceId], int]
"""What a principal (case-folded id) used within a scope, as a set."""


def current_grants(
    index: RoleIndex,
    known: Mapping[str, RoleDefinition],
    subjects: Mapping[str, Subject],
    assignments: Iterable[RoleAssignment],
    demands: Sequence[Demand],
    groups: Sequence[Group] = (),
) -> tuple[CurrentGrant, ...]:
    """Today's assignments of ``subjects`` (by case-folded id), in the order of names, scopes and roles.

    ``known`` are role definitions by id.
    """
    grouped = groups_of(groups, subjects) if groups else {}
    used = _through(grouped, _used_by(index, demands))
    holders = {**{key: one.subject for key, one in grouped.items()}, **subjects}

    @cache
    def granted(role_id: str) -> int:
        role = known.get(role_id)
        return index.bits_of(role) if role else 0

    @cache
    def risks(unused: int) -> tuple[RiskCount, ...]:
        return risk_counts(index.universe, unused)

    grants = (
        _grant(
            holders[guid_key(one.principal_id)],
            known.get(one.role_definition_id),
            one,
            granted,
            used,
            risks,
        )
        for one in assignments
        if guid_key(one.principal_id) in holders
    )
    return tuple(sorted(grants, key=_order))


def _order(one: CurrentGrant) -> tuple[object, ...]:
    who = one.principal
    return (who.name.casefold(), who.principal_id, one.scope_id.key, one.role_name.casefold(), one.role_id)


def _used_by(index: RoleIndex, demands: Iterable[Demand]) -> Used:
    by_principal: defaultdict[str, list[tuple[ResourceId, int]]] = defaultdict(list)
    for demand in demands:
        by_principal[guid_key(demand.principal_id)].append((demand.scope, bits_of(index, demand.counts)))

    def used(principal_id: str, scope: ResourceId) -> int:
        bits = 0
        for at, here in by_principal.get(principal_id, ()):
            bits |= here if index.hierarchy.covers(scope, at) else 0
        return bits

    return used


def _through(grouped: Mapping[str, GroupOf], used: Used) -> Used:
    """What is used, of a group by its members; everything where not all of them are known."""

    def of_all(principal_id: str, scope: ResourceId) -> int:
        group = grouped.get(principal_id)
        if group is None:
            return used(principal_id, scope)
        if not group.whole:
            return -1
        return reduce(or_, (used(guid_key(one.principal_id), scope) for one in group.members), 0)

    return of_all


def _grant(
    subject: Subject,
    role: RoleDefinition | None,
    one: RoleAssignment,
    granted: Callable[[str], int],
    used: Used,
    risks: Callable[[int], tuple[RiskCount, ...]],
) -> CurrentGrant:
    bits = granted(one.role_definition_id)
    unused = bits & ~used(guid_key(one.principal_id), one.scope_id)
    return CurrentGrant(
        assignment_id=one.id,
        principal=subject,
        role_id=one.role_definition_id,
        role_name=role.name if role else one.role_definition_id,
        scope=one.scope,
        granted=bits.bit_count(),
        unused=unused.bit_count(),
        risks=risks(unused),
        conditional=one.condition is not None,
    )
