"""Which resources need the same and may share an identity, and which identity that is.

Rules:
- the same is granted at the same scopes, within one boundary, and nothing about any of them speaks against;
- those who share an identity more widely already, and rightly, are a group of their own, so that nobody new
  joins them;
- the identity of a group is one that some of them have already, if its other holders need the same: the one
  with the most of them, else the first by id. Otherwise it is a new one.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence

from keyless.plan.identities.seats import Seat, Seats
from keyless.plan.identities.table import may_share
from keyless.plan.problem import Subject

Group = tuple[Seat, ...]


def groups_of(seats: Seats) -> dict[str, Group]:
    """The group of each seat that is not alone, by host id."""
    gathered: defaultdict[object, list[Seat]] = defaultdict(list)
    for seat in seats.all:
        if can_share(seat):
            gathered[_alike(seat, seats)].append(seat)
    return {seat.host.id: tuple(group) for group in gathered.values() if len(group) > 1 for seat in group}


def can_share(seat: Seat) -> bool:
    """Whether a seat may share its identity with others at all."""
    return seat.fixed is None and not seat.need.is_empty and may_share(seat.host.traits.speaking)


def identity_of(group: Group, seats: Seats) -> Subject | None:
    """The identity that a group shares already, with some of it; none where it needs a new one."""
    held: Mapping[Subject, int] = Counter(
        seat.main for seat in group if seat.main is not None and seat.shares and not seat.leaves
    )
    suiting = [one for one in held if seats.suits(one, group[0].need)]
    return min(suiting, key=lambda one: (-held[one], one.resource_id.casefold()), default=None)


def _alike(seat: Seat, seats: Seats) -> object:
    """What is equal for those of one group."""
    kept = seat.main if seat.shares and not seat.leaves else None
    if kept is not None and seats.is_spanning(kept):
        return kept, seat.need.key
    return seat.boundary, seat.need.key


def members_of(group: Sequence[Seat]) -> tuple[str, ...]:
    """The resources' ids, as they are written."""
    return tuple(seat.host.compute.resource_id for seat in group)
