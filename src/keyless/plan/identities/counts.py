"""How many role assignments the identities of the compute resources need: now, as chosen, and each alone."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence

from keyless.plan.identities.decisions import Decision, besides_of
from keyless.plan.identities.moves import Moves
from keyless.plan.identities.needs import Whose
from keyless.plan.identities.seats import Seat, Seats
from keyless.plan.problem import Subject


def before(seats: Seats) -> int:
    """With the identities and applications as they are."""
    return _roles(seats, {(_id(one),) for seat in seats.all for one in _all(seat)})


def after(seats: Seats, moves: Moves) -> int:
    """With the chosen identities: once all is moved."""
    sources: defaultdict[str, set[str]] = defaultdict(set)
    for one in {_id(p) for s in seats.all for p in _all(s)}:
        for to in moves.get(one, (one,)):
            sources[to.casefold()].add(one)
    return _roles(seats, [tuple(sorted(found)) for found in sources.values()])


def apart(decisions: Sequence[Decision], seats: Seats) -> int:
    """If each resource had identities of its own."""
    kept = [(_id(p),) for one in decisions for p in besides_of(one) if p in one.seat.host.used]
    return sum(seat.need.roles for seat in seats.all) + _roles(seats, kept)


def _all(seat: Seat) -> tuple[Subject, ...]:
    return (*seat.host.used, *(one for one in seat.takes if one not in seat.host.used))


def _roles(seats: Seats, wanted: Collection[Whose]) -> int:
    seats.needs.prepare(wanted)
    return sum(seats.needs.of(one).roles for one in wanted)


def _id(subject: Subject) -> str:
    return subject.principal_id.casefold()
