"""How many role assignments the identities of the compute resources need: now, as chosen, and each alone."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence

from keyless.plan.identities.decisions import Decision, besides_of
from keyless.plan.identities.moves import Moves
from keyless.plan.identities.needs import Whose, whose
from keyless.plan.identities.seats import Seat, Seats
from keyless.plan.problem import Subject


def before(seats: Seats) -> int:
    """With the identities and applications as they are."""
    return _roles(seats, {(one.key,) for seat in seats.all for one in _all(seat)})


def after(seats: Seats, moves: Moves) -> int:
    """With the chosen identities: once all is moved."""
    sources: defaultdict[str, set[str]] = defaultdict(set)
    for one in {p.key for s in seats.all for p in _all(s)}:
        for to in moves.get(one, (one,)):
            sources[to.casefold()].add(one)
    return _roles(seats, [tuple(sorted(found)) for found in sources.values()])


def apart(decisions: Sequence[Decision], seats: Seats) -> int:
    """If each resource had identities of its own."""
    chosen = [whose(*one.seat.takes, *_used(one, (one.identity,))) for one in decisions]
    kept = [whose(found) for one in decisions for found in _used(one, besides_of(one))]
    return _roles(seats, [*chosen, *kept])


def _used(decision: Decision, identities: Iterable[Subject]) -> list[Subject]:
    """Those of them that were seen in use on the resource."""
    return [one for one in identities if one in decision.seat.host.used]


def _all(seat: Seat) -> tuple[Subject, ...]:
    return (*seat.host.used, *(one for one in seat.takes if one not in seat.host.used))


def _roles(seats: Seats, wanted: Collection[Whose]) -> int:
    seats.needs.prepare(wanted)
    return sum(seats.needs.of(one).roles for one in wanted)
