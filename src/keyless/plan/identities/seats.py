"""A compute resource that is to be given an identity: what it has, what it takes along, what it needs.

Rules:
- the log cannot tell which of its resources used a user-assigned identity, so that each is taken to need all
  that it was seen to do;
- a resource is left as it is, with the rule that says so, where several of its identities are in use,
  where nothing was seen of it, and where a vault's access policies name its identity, because they have to be
  moved to roles first;
- what an application did is taken along, unless access policies name it; and nobody else who has the
  identity may get it by that: then the application stays where it is.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass

from keyless.plan.identities.hosts import Host
from keyless.plan.identities.isolation import Boundary, boundary_of
from keyless.plan.identities.needs import Need, Needs, whose
from keyless.plan.policy.identities import IdentityRules
from keyless.plan.problem import Subject, SubjectKind
from keyless.plan.results.identities import IdentityRule


@dataclass(frozen=True, slots=True)
class Seat:
    """A host, with ``main``, the identity that it has and the choice is about, if it has any.

    ``takes`` are the principals whose access its identity is to have; ``leaves`` says that it has to leave
    its identity; ``fixed`` is the rule by which it is left as it is.
    """

    host: Host
    main: Subject | None
    takes: tuple[Subject, ...]
    need: Need
    boundary: Boundary
    leaves: bool = False
    fixed: IdentityRule | None = None

    @property
    def shares(self) -> bool:
        """Whether its identity is one that several resources can have."""
        return self.main is not None and self.main.kind is SubjectKind.USER_ASSIGNED


@dataclass(frozen=True, slots=True)
class Seats:
    """All of them, by host id.

    ``keeping`` are those that have an identity, by its case-folded principal id, and do not have to leave it;
    ``elsewhere`` are the case-folded resource ids of identities that are used outside of them, too.
    """

    all: tuple[Seat, ...]
    needs: Needs
    keeping: Mapping[str, Sequence[Seat]]
    elsewhere: Set[str]

    def suits(self, identity: Subject, need: Need) -> bool:
        """Whether nobody who has a user-assigned identity would get more if it had a need."""
        if self.needs.of(whose(identity)).key == need.key:
            return True
        key = identity.key
        return identity.resource_id.casefold() not in self.elsewhere and all(
            one.main is not None and one.main.key == key and one.need.key == need.key
            for one in self.keeping.get(key, ())
        )

    def is_spanning(self, identity: Subject) -> bool:
        """Whether an identity is shared more widely than one that is chosen here may be."""
        wide = len({one.boundary for one in self.keeping.get(identity.key, ())}) > 1
        return wide or identity.resource_id.casefold() in self.elsewhere


def seats_of(
    hosts: Sequence[Host],
    needs: Needs,
    rules: IdentityRules,
    misplaced: Mapping[str, Subject],
    in_policies: Set[str],
    elsewhere: Set[str],
) -> Seats:
    """A seat for each host; ``in_policies`` are the case-folded principal ids that access policies name."""
    holders: defaultdict[str, int] = defaultdict(int)
    for host in hosts:
        for one in host.given:
            holders[one.resource_id.casefold()] += 1
    shared = {key for key, count in holders.items() if count > 1} | elsewhere
    prepared = [_taking(host, misplaced.get(host.id), in_policies, shared) for host in hosts]
    needs.prepare(whose(*takes) for _, _, takes, _ in prepared)
    seats = tuple(
        Seat(
            host,
            main,
            takes,
            needs.of(whose(*takes)),
            boundary_of(host, rules),
            leaves=host.id in misplaced,
            fixed=fixed,
        )
        for host, main, takes, fixed in prepared
    )
    return Seats(seats, needs, _keeping(seats), elsewhere)


def _keeping(seats: Iterable[Seat]) -> dict[str, list[Seat]]:
    found: defaultdict[str, list[Seat]] = defaultdict(list)
    for seat in seats:
        for one in seat.host.identities:
            if not (seat.leaves and one == seat.main):
                found[one.key].append(seat)
    return found


def _taking(
    host: Host, misplaced: Subject | None, in_policies: Set[str], shared: Set[str]
) -> tuple[Host, Subject | None, tuple[Subject, ...], IdentityRule | None]:
    main = misplaced or host.main
    own = (main,) if main is not None and main in host.used else ()
    others = tuple(one for one in host.applications if one.key not in in_policies)
    fixed = _fixed(host, main, misplaced, (*own, *others), in_policies)
    if fixed and main is not None and main.resource_id.casefold() in shared:
        others = ()
    return host, main, (*own, *others), fixed


def _fixed(
    host: Host,
    main: Subject | None,
    misplaced: Subject | None,
    takes: Sequence[Subject],
    in_policies: Set[str],
) -> IdentityRule | None:
    if main is None:
        return None
    if main.key in in_policies:
        return IdentityRule.ACCESS_POLICIES_FIRST
    if len(host.used) > 1 and misplaced is None:
        return IdentityRule.SEVERAL_IN_USE
    return None if takes else IdentityRule.NOTHING_SEEN
