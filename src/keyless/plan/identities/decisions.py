"""Decides each seat: by the table, with the others around it, down to the very identity.

Rules:
- an identity is kept where the outcome allows it and nobody who has it would get more;
- those of one group get the same identity; who must be alone gets a new one, unless it is alone already.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass

from keyless.plan.identities.groups import Group, identity_of, members_of
from keyless.plan.identities.proposed import proposed_system_assigned, proposed_user_assigned
from keyless.plan.identities.seats import Seat, Seats
from keyless.plan.identities.table import Outcome, decide
from keyless.plan.problem import Subject
from keyless.plan.results.identities import IdentityRule


@dataclass(frozen=True, slots=True)
class Decision:
    """One seat's outcome, identity, and the rules by which it got it; ``group`` is empty for one alone."""

    seat: Seat
    outcome: Outcome | None
    identity: Subject
    rules: tuple[IdentityRule, ...]
    group: Group


def decisions(seats: Seats, groups: Mapping[str, Group], taken: Set[str]) -> list[Decision]:
    """One for each seat; ``taken`` are the case-folded ids of identities whose names are not free."""
    names = set(taken)
    made: dict[tuple[str, ...], Subject] = {}
    found = []
    for seat in seats.all:
        group = groups.get(seat.host.id, ())
        outcome, rules = _outcome(seat, seats, group)
        identity = _identity(seat, seats, outcome, group, made, names)
        found.append(Decision(seat, outcome, identity, rules, group))
    return found


def besides_of(decision: Decision) -> tuple[Subject, ...]:
    """The other identities that the resource keeps."""
    gone = {decision.identity.key}
    if decision.seat.main is not None:
        gone.add(decision.seat.main.key)
    return tuple(one for one in decision.seat.host.identities if one.key not in gone)


def keeping(seat: Seat, seats: Seats) -> Sequence[Seat]:
    """All that have the identity that a seat has, and do not have to leave it."""
    return seats.keeping.get(seat.main.key, ()) if seat.main is not None else ()


def _outcome(seat: Seat, seats: Seats, group: Group) -> tuple[Outcome | None, tuple[IdentityRule, ...]]:
    if seat.fixed is not None:
        return None, (seat.fixed,)
    facts = set(seat.host.traits.speaking)
    if group:
        facts.add(IdentityRule.SAME_PERMISSIONS)
    if seat.main is not None:
        facts.discard(IdentityRule.INSTANCES_COME_AND_GO)
    if _works(seat, seats):
        facts.add(IdentityRule.WORKS_AS_IT_IS)
    outcome, rules = decide(facts)
    parts = seat.leaves or (outcome is not Outcome.SHARED and seat.shares and not _works(seat, seats))
    return outcome, ((IdentityRule.ISOLATION, *rules) if parts else rules)


def _works(seat: Seat, seats: Seats) -> bool:
    """Whether it has a user-assigned identity that may have what it needs."""
    return seat.main is not None and seat.shares and not seat.leaves and seats.suits(seat.main, seat.need)


def _identity(
    seat: Seat,
    seats: Seats,
    outcome: Outcome | None,
    group: Group,
    made: dict[tuple[str, ...], Subject],
    names: set[str],
) -> Subject:
    if seat.main is not None and outcome in {None, Outcome.AS_IT_IS}:
        return seat.main
    if outcome is Outcome.SYSTEM:
        return seat.host.own or proposed_system_assigned(seat.host.compute)
    if outcome is Outcome.ALONE:
        if seat.main is not None and _works(seat, seats) and len(keeping(seat, seats)) == 1:
            return seat.main
        return _made((seat,), names)
    key = members_of(group)
    if key not in made:
        made[key] = identity_of(group, seats) or _made(group, names)
    return made[key]


def _made(group: Sequence[Seat], names: set[str]) -> Subject:
    identity = proposed_user_assigned([one.host.compute for one in group], names)
    names.add(identity.resource_id.casefold())
    return identity
