"""What is proved of the roles at each scope: that no choice has less excess, or how much less."""

from __future__ import annotations

from collections.abc import Iterable

from keyless.model.guids import guid_key
from keyless.plan.index import RoleIndex
from keyless.plan.places import Place
from keyless.plan.results.proof import Certificate, Method
from keyless.plan.wording import counted


def certificates(index: RoleIndex, settled: Iterable[Place]) -> tuple[Certificate, ...]:
    """One for each principal at each scope, in the order of principals and scopes."""
    found = (_certificate(index, place) for place in settled if place.cover.roles)
    return tuple(sorted(found, key=lambda one: (guid_key(one.principal_id), one.scope.casefold())))


def about_certificates(made: Iterable[Certificate]) -> list[str]:
    """What to say where it is not proved that the choice is the best one."""
    open_ones = [one for one in made if not one.optimal and one.method is not Method.WIDENED]
    if not open_ones:
        return []
    gap = sum(one.cost - one.bound for one in open_ones)
    where = counted(len(open_ones), "scope")
    return [
        f"the search was stopped at {where}: the excess may weigh {gap:,} more than the least; raise `effort`"
    ]


def _certificate(index: RoleIndex, place: Place) -> Certificate:
    """What turned out to be used at narrower scopes takes as much off the bound as off the cost."""
    cost = place.weight(index, place.cover.roles)
    gap = place.cover.cost - place.cover.bound
    method, bound = place.cover.method, max(0, cost - gap)
    if place.widened:
        method, bound = Method.WIDENED, _bound_of_parts(index, place)
    return Certificate(
        principal_id=place.principal_id, scope=place.scope.text, method=method, cost=cost, bound=bound
    )


def _bound_of_parts(index: RoleIndex, place: Place) -> int:
    """Nothing, where a role was proposed to keep a limit: the parts may do without one, and weigh more."""
    if place.instead is not None:
        return 0
    return sum(_certificate(index, part).bound for part in place.widened)
