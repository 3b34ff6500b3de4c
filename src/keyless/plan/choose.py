"""The best cover at one scope, among the roles that may be assigned there; each question is answered once.

Most roles are far too wide for what is asked for. What a cover of the lightest roles weighs is known at once,
and so is what each role weighs at least beyond what is asked for, so that those that weigh more than that
cover are never looked at: no cover with one of them could be the best.
"""

from __future__ import annotations

from keyless.model.resource_id import ResourceId
from keyless.plan.index import RankedRole, RoleIndex
from keyless.plan.reduce import actions_in
from keyless.plan.solve import Cover, TooFewRoles, coverable, minimum_cover, union_of_bits


def grantable(index: RoleIndex, demand: int, scope: ResourceId) -> int:
    """The part of a demand that the roles which may be chosen at the scope can grant."""
    limited = index.limited_at(scope)
    everywhere = index.memo.get("union")
    if everywhere is None:
        everywhere = index.memo["union"] = union_of_bits(index.roles)
    return coverable(demand, limited) | demand & everywhere


def best_cover(
    index: RoleIndex, demand: int, scope: ResourceId, *, held: int = 0, most: int | None = None
) -> Cover:
    """The best roles for a demand at a scope, at most so many.

    Raises:
        NotCoverable: part of the demand is in no role that may be chosen there.
        TooFewRoles: no cover has so few roles.
    """
    key = ("cover", demand, held, most, tuple(one.role.id for one in index.limited_at(scope)))
    if key not in index.memo:
        index.memo[key] = _solved(index, demand, scope, held, most)
    found: Cover | None = index.memo[key]
    if found is None:
        raise TooFewRoles
    return found


def worthwhile(
    index: RoleIndex,
    demand: int,
    scope: ResourceId,
    held: int,
    *,
    usual: bool = False,
    odd: int | None = None,
) -> list[RankedRole]:
    """The roles that can be in a best cover of a demand; ``usual``: among those that are not odd for it.

    ``odd`` is what each of those weighs, if not what the index says. Part of the demand may be in no role.
    """
    limited = [(index.cost(one.bits), one) for one in index.limited_at(scope)]
    useful = demand | held
    odd = index.weigher.odd if odd is None else odd
    found: dict[str, tuple[int, RankedRole]] = {}
    lightest: dict[str, int] = {}
    for action in actions_in(demand):
        granting = [
            one
            for one in (*index.granting(action), *(each for each in limited if each[1].bits & action))
            if not (usual and one[1].is_odd_for(useful))
        ]
        if granting:
            weight, role = min(granting, key=lambda one: one[0] + odd * one[1].is_odd_for(useful))
            lightest[role.role.id] = weight + odd * role.is_odd_for(useful)
        found.update((one[1].role.id, one) for one in granting)
    most = sum(lightest.values()) + index.cost(useful)
    return [role for weight, role in found.values() if weight + odd * role.is_odd_for(useful) <= most]


def _solved(index: RoleIndex, demand: int, scope: ResourceId, held: int, most: int | None) -> Cover | None:
    roles = index.roles_at(scope) if most is not None else worthwhile(index, demand, scope, held)
    try:
        return minimum_cover(demand, roles, held=held, weigher=index.weigher, effort=index.effort, most=most)
    except TooFewRoles:
        return None
