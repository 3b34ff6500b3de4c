"""The best cover at one scope, among the roles that may be assigned there; each question is answered once."""

from __future__ import annotations

from keyless.model.resource_id import ResourceId
from keyless.plan.index import RoleIndex
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


def _solved(index: RoleIndex, demand: int, scope: ResourceId, held: int, most: int | None) -> Cover | None:
    try:
        return minimum_cover(
            demand,
            index.roles_at(scope),
            held=held,
            weigher=index.weigher,
            effort=index.effort,
            most=most,
        )
    except TooFewRoles:
        return None
