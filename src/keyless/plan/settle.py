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
from keyless.plan.policy.roles import CustomRoles
from keyless.plan.problem import Demand
from keyless.plan.propose import Proposer, proposed_roles, with_room
from keyless.plan.results.custom_roles import ProposedRole


@dataclass(frozen=True, slots=True)
class Settled:
    """The roles that could be chosen from, those that were, by place, and which of them are to be made."""

    index: RoleIndex
    places: tuple[Place, ...]
    proposed: tuple[ProposedRole, ...] = ()


def index_for(
    given: Given, policy: PlanPolicy, demands: Sequence[Demand], like: RoleIndex | None = None
) -> RoleIndex:
    """The roles that the policy allows, over all actions that are known or demanded.

    ``like`` is an index that was made before of the same things for other demands: where it knows all that is
    demanded, it stands, with what it remembers.

    Raises:
        CannotFollow: the policy forbids a role that there is not.
    """
    if like is not None and all(like.bit(action) for one in demands for action in one.counts):
        return like
    return candidates(given, policy, demands)


def settle(
    index: RoleIndex, policy: PlanPolicy, demands: Sequence[Demand], *, propose: bool = True
) -> Settled:
    """The best roles for each demand; some may be proposed where the policy and ``propose`` say so."""
    if not propose or policy.roles.custom is not CustomRoles.PROPOSED:
        return Settled(index, tuple(places(index, demands)))
    found = places(index, demands, Proposer(index, policy.roles.custom_saves).better)
    allowed = with_room(index, found)
    if allowed is not None:
        found = places(index, demands, Proposer(index, policy.roles.custom_saves, allowed).better)
    return Settled(index, tuple(found), proposed_roles(index, found))
