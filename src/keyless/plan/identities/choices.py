"""A choice as the plan states it: what changes, for whom, why, and what would change it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence

from keyless.model.clusters import service_account
from keyless.model.hosts import HostKind
from keyless.model.identities import IdentityKind
from keyless.plan.identities.decisions import Decision, besides_of, keeping
from keyless.plan.identities.groups import members_of
from keyless.plan.identities.seats import Seat, Seats
from keyless.plan.identities.table import Outcome
from keyless.plan.identities.words import Around, reason, would_change
from keyless.plan.problem import Subject, SubjectKind
from keyless.plan.results.identities import IdentityChange, IdentityChoice, IdentityRule


def choices_of(decisions: Sequence[Decision], seats: Seats) -> tuple[IdentityChoice, ...]:
    """A choice for each decision."""
    members: defaultdict[str, list[Seat]] = defaultdict(list)
    for one in decisions:
        for identity in (one.identity, *besides_of(one)):
            members[identity.key].append(one.seat)
    equal = _equal(seats)
    return tuple(_choice(one, seats, members, equal) for one in decisions)


def _choice(
    one: Decision,
    seats: Seats,
    members: Mapping[str, Sequence[Seat]],
    equal: Mapping[object, Sequence[Seat]],
) -> IdentityChoice:
    seat, identity = one.seat, one.identity
    besides = besides_of(one)
    around = _around(one, seats, equal.get(seat.need.key, ()))
    mine = members[identity.key]
    return IdentityChoice(
        resource=seat.host.compute.resource_id,
        name=seat.host.compute.name,
        change=_change(one, seats),
        chosen=IdentityKind(identity.kind.value),
        identity=identity,
        members=members_of(mine),
        replaces=_replaced(one),
        besides=besides,
        rules=one.rules,
        reason=reason(seat, one.rules, around),
        would_change=would_change(seat, one.rules, around),
        location=mine[0].host.compute.location,
        names_client_id=_names_client_id(one, besides),
        service_account=service_account(seat.host.compute) if _is_pods(seat) else "",
    )


def _around(one: Decision, seats: Seats, equal: Sequence[Seat]) -> Around:
    seat = one.seat
    alike = [other for other in equal if other is not seat and not seat.need.is_empty]
    within = [other for other in alike if other.boundary == seat.boundary]
    holders = [
        other for other in seats.all if seat.leaves and seat.main is not None and other.host.has(seat.main)
    ]
    return Around(
        outcome=one.outcome,
        peers=one.group,
        equal=within if one.outcome is not Outcome.SHARED else (),
        beyond=next((other for other in alike if other.boundary != seat.boundary), None),
        others=holders,
    )


def _equal(seats: Seats) -> dict[object, list[Seat]]:
    found: defaultdict[object, list[Seat]] = defaultdict(list)
    for seat in seats.all:
        found[seat.need.key].append(seat)
    return found


def _change(one: Decision, seats: Seats) -> IdentityChange:
    main = one.seat.main
    if main is None:
        return IdentityChange.ADD
    if main.key == one.identity.key:
        return IdentityChange.KEEP
    if IdentityRule.ISOLATION in one.rules or (one.seat.shares and len(keeping(one.seat, seats)) > 1):
        return IdentityChange.SEPARATE
    return IdentityChange.SHARE if one.outcome is Outcome.SHARED else IdentityChange.REPLACE


def _replaced(one: Decision) -> tuple[Subject, ...]:
    before = (*((one.seat.main,) if one.seat.main else ()), *one.seat.takes)
    found = {subject.key: subject for subject in before if subject.key != one.identity.key}
    return tuple(found.values())


def _names_client_id(one: Decision, besides: Sequence[Subject]) -> bool:
    """Whether code gets the identity only by its client id; a lone one is meant, but on App Service."""
    if one.identity.kind is not SubjectKind.USER_ASSIGNED:
        return False
    return bool(besides) or one.seat.host.traits.host_kind is HostKind.APP_SERVICE


def _is_pods(seat: Seat) -> bool:
    return seat.host.traits.host_kind is HostKind.AKS
