"""The core of a plan: from demands to the roles that each principal gets at each scope.

It is a function of its own so that a forecast can plan on a part of the evidence in the very same way.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from keyless.plan.candidates import candidates
from keyless.plan.given import Given
from keyless.plan.index import RoleIndex
from keyless.plan.places import Place, places
from keyless.plan.policy.policy import PlanPolicy
from keyless.plan.problem import Demand


@dataclass(frozen=True, slots=True)
class Settled:
    """The roles that could be chosen from, and those that were, by place."""

    index: RoleIndex
    places: tuple[Place, ...]


def index_for(given: Given, policy: PlanPolicy, demands: Sequence[Demand]) -> RoleIndex:
    """The roles that the policy allows, over all actions that are known or demanded.

    Raises:
        CannotFollow: the policy forbids a role that there is not.
    """
    return candidates(given, policy, demands)


def settle(index: RoleIndex, policy: PlanPolicy, demands: Sequence[Demand]) -> Settled:
    """The best roles for each demand."""
    return Settled(index, tuple(places(index, demands)))
