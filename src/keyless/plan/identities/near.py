"""Resources that need nearly the same: what sharing would give to each of them, for a person to weigh.

Nothing is done about them: a shared identity would give each member what only others need. Rules:
- those of one group are within one boundary, may share, and each needs at least a stated part (the policy's
  ``near``) of what the shared identity would be granted;
- a group takes in whoever comes next in the order of ids, as long as that holds for all of its members; in
  what it would be granted the least roles for all of them count, not only the sum of theirs.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import reduce
from operator import and_

from keyless.plan.identities.isolation import Boundary
from keyless.plan.identities.needs import Need, Needs, Scope, whose
from keyless.plan.identities.seats import Seat
from keyless.plan.problem import Subject
from keyless.plan.results.identities import NearGroup
from keyless.plan.wording import counted, listed


@dataclass(frozen=True, slots=True)
class Alike:
    """Resources that have, or get, one identity; ``need`` is that of each of them."""

    seats: tuple[Seat, ...]
    need: Need

    @property
    def takes(self) -> tuple[Subject, ...]:
        """All whose access they take over."""
        return tuple(one for seat in self.seats for one in seat.takes)


def near_groups(alike: Iterable[Alike], needs: Needs, near: float) -> tuple[NearGroup, ...]:
    """Every near group of two or more identities."""
    within: defaultdict[Boundary, list[Alike]] = defaultdict(list)
    for one in alike:
        within[one.seats[0].boundary].append(one)
    gathered = [group for boundary in sorted(within) for group in _gathered(within[boundary], near)]
    needs.prepare(_whose(group) for group in gathered)
    found = [(group, needs.of(_whose(group))) for group in gathered]
    return tuple(
        _near_group(group, together)
        for group, together in found
        if all(one.need.size >= near * together.size for one in group)
    )


def _gathered(alike: Sequence[Alike], near: float) -> list[list[Alike]]:
    """The groups of two or more, each of whom needs enough of what all of it would get."""
    groups: list[_Group] = []
    at_scope: defaultdict[Scope, list[int]] = defaultdict(list)
    for one in alike:
        candidates = sorted({at for scope in one.need.granted for at in at_scope[scope]})
        found = next((at for at in candidates if groups[at].takes_in(one, near)), None)
        if found is None:
            found = len(groups)
            groups.append(_Group([one], dict(one.need.granted), one.need.size, one.need.size))
        for scope in one.need.granted:
            if found not in at_scope[scope]:
                at_scope[scope].append(found)
    return [group.members for group in groups if len(group.members) > 1]


@dataclass(slots=True)
class _Group:
    """Those who are near so far: what they would get together, how much that is, and the least of theirs."""

    members: list[Alike]
    together: dict[Scope, int]
    size: int
    least: int

    def takes_in(self, one: Alike, near: float) -> bool:
        """Take another one in, if all of them need enough of what they would get then."""
        size, least = one.need.size, min(self.least, one.need.size)
        if least < near * max(self.size, size):
            return False
        joined = self.size + one.need.beyond(Need(self.together))
        if least < near * joined:
            return False
        for scope, bits in one.need.granted.items():
            self.together[scope] = self.together.get(scope, 0) | bits
        self.members.append(one)
        self.size, self.least = joined, least
        return True


def _whose(group: Iterable[Alike]) -> tuple[str, ...]:
    return whose(*(subject for one in group for subject in one.takes))


def _near_group(group: Sequence[Alike], together: Need) -> NearGroup:
    seats = [(seat, one.need) for one in group for seat in one.seats]
    seats.sort(key=lambda entry: entry[0].host.id)
    widened = tuple(together.beyond(need) for _, need in seats)
    saved = sum(one.need.roles for one in group) - together.roles
    return NearGroup(
        members=tuple(seat.host.compute.resource_id for seat, _ in seats),
        common=_common([one.need for one in group]),
        widened=widened,
        assignments_saved=saved,
        remark=_remark(seats, widened, saved),
    )


def _common(needs: Sequence[Need]) -> int:
    scopes = needs[0].granted
    shared = (reduce(and_, (one.granted.get(scope, 0) for one in needs)) for scope in scopes)
    return sum(bits.bit_count() for bits in shared)


def _remark(seats: Sequence[tuple[Seat, Need]], widened: Sequence[int], saved: int) -> str:
    more = [
        f"`{seat.host.compute.name}` {counted(number, 'permission')}"
        for (seat, _), number in zip(seats, widened, strict=True)
        if number
    ]
    return (
        f"not shared: one identity for all would save {counted(saved, 'role assignment')}, and give to "
        f"{listed(more)} that it does not need"
    )
