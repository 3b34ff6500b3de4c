"""The core of a plan: from demands to the roles that each principal gets at each scope.

It is a function of its own so that a forecast can plan on a part of the evidence in the very same way.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from keyless.plan.candidates import candidates
from keyless.plan.fewer import with_fewer
from keyless.plan.given import Given
from keyless.plan.index import RoleIndex
from keyless.plan.places import Better, Place, places
from keyless.plan.policy.policy import PlanPolicy
from keyless.plan.policy.roles import CustomRoles, RoleRules
from keyless.plan.problem import Demand
from keyless.plan.propose import Proposer, proposed_roles, with_room
from keyless.plan.results.custom_roles import ProposedRole


@dataclass(frozen=True, slots=True)
class Settled:
    """The roles that could be chosen from, those that were, by place, and which of them are to be made."""

    index: RoleIndex
    places: tuple[Place, ...]
    proposed: tuple[ProposedRole, ...] = ()
    too_many: Mapping[str, int] = field(default_factory=dict)
    """The smallest number of assignments of each principal (by id) for which the policy allows fewer."""


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
    rules = policy.roles
    if not propose or rules.custom is not CustomRoles.PROPOSED:
        return _limited(index, rules, places(index, demands))
    proposer = Proposer(index, rules.custom_saves)
    found = places(index, demands, proposer.better)
    allowed = with_room(index, found)
    if allowed is not None:
        proposer = Proposer(index, rules.custom_saves, allowed)
        found = places(index, demands, proposer.better)
    return _limited(index, rules, found, replace(proposer, always=True).better)


def _limited(
    index: RoleIndex, rules: RoleRules, found: Sequence[Place], better: Better | None = None
) -> Settled:
    """What was found, with no more assignments for anyone than the policy allows."""
    if rules.most_assignments is None:
        return Settled(index, tuple(found), proposed_roles(index, found))
    kept, too_many = with_fewer(index, found, rules.most_assignments, better)
    return Settled(index, tuple(kept), proposed_roles(index, kept), too_many)
