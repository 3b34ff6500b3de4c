"""The core of a plan: from demands to the roles that each principal gets at each scope.

It is a function of its own so that a forecast can plan on a part of the evidence in the very same way.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from keyless.model.roles import RoleDefinition
from keyless.plan.given import Given
from keyless.plan.index import RoleIndex, general_roles, role_index
from keyless.plan.places import Place, places
from keyless.plan.policy.policy import PlanPolicy
from keyless.plan.problem import Demand


@dataclass(frozen=True, slots=True)
class Settled:
    """The roles that could be chosen from, and those that were, by place."""

    index: RoleIndex
    places: tuple[Place, ...]


def index_for(given: Given, policy: PlanPolicy, demands: Sequence[Demand]) -> RoleIndex:
    """The roles that the policy allows, over all actions that are known or demanded."""
    return role_index(
        frozenset(action for one in demands for action in one.counts), _candidates(given, policy)
    )


def settle(index: RoleIndex, policy: PlanPolicy, demands: Sequence[Demand]) -> Settled:
    """The best roles for each demand."""
    return Settled(index, tuple(places(index, demands)))


def _candidates(given: Given, policy: PlanPolicy) -> tuple[RoleDefinition, ...] | None:
    """What may be chosen from; none for all built-in roles."""
    if given.choose_from is not None:
        return given.choose_from
    return general_roles() if policy.roles.general_only else None
