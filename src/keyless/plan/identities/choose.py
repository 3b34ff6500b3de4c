"""Chooses the identity of every compute resource, before roles are chosen for it.

Rules:
- every compute resource gets exactly one choice, by the table in `table`, and nobody's access is widened: who
  shares an identity needs all that it is granted;
- an identity that works is not changed without a rule that says so;
- the roles go to the chosen identity: what was seen of those that it takes over is put down to it.

Pure; the same arguments give the same choices.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from keyless.model.guids import guid_key
from keyless.model.hosts import HostKind
from keyless.model.nearest import nearest, quoted_list
from keyless.plan.given import Given
from keyless.plan.identities.choices import choices_of
from keyless.plan.identities.counts import after, apart, before
from keyless.plan.identities.decisions import Decision, besides_of, decisions
from keyless.plan.identities.groups import can_share, groups_of
from keyless.plan.identities.hosts import hosts_of
from keyless.plan.identities.isolation import misplaced
from keyless.plan.identities.moves import Moves, moved
from keyless.plan.identities.near import Alike, near_groups
from keyless.plan.identities.needs import Needs
from keyless.plan.identities.seats import Seat, Seats, seats_of
from keyless.plan.identities.traits import names_unknown, sites_with_slots, traits_of
from keyless.plan.policy.identities import IdentityRules
from keyless.plan.policy.policy import PlanPolicy
from keyless.plan.policy.problems import CannotFollow
from keyless.plan.problem import Demand, Subject
from keyless.plan.results.identities import IdentityPlan


@dataclass(frozen=True, slots=True)
class Chosen:
    """What is chosen; ``given`` has the chosen identities in the place of those that they take over.

    ``taken_over`` says by case-folded principal id who has the access of those who get no role any more.
    """

    plan: IdentityPlan
    given: Given
    taken_over: Mapping[str, tuple[Subject, ...]] = field(default_factory=dict)
    moves: Moves = field(default_factory=dict)


def choose_identities(given: Given, policy: PlanPolicy, needed: Sequence[Demand]) -> Chosen:
    """The identity of each compute resource, and what is given with these in place.

    ``needed`` is what counts of what was seen, at the places of roles.

    Raises:
        CannotFollow: the policy has hints for a compute resource that is not there.
    """
    rules = policy.identities
    _check_names(given, rules)
    if rules.keep or not given.compute:
        return Chosen(IdentityPlan(), given)
    seats = _seats(given, policy, needed)
    decided = decisions(seats, groups_of(seats), _taken(given))
    moves = _moves(decided, seats)
    proposed = _proposed(decided)
    subjects = {one.key: one for one in (*given.subjects, *proposed)}
    return Chosen(
        IdentityPlan(
            choices=choices_of(decided, seats),
            near=near_groups(_alike(decided), seats.needs, rules.near),
            assignments_before=before(seats),
            assignments_after=after(seats, moves),
            assignments_apart=apart(decided, seats),
        ),
        moved(given, moves, proposed),
        {
            whom: tuple(subjects[one.casefold()] for one in to if one.casefold() in subjects)
            for whom, to in moves.items()
            if whom not in {one.casefold() for one in to}
        },
        moves,
    )


def _check_names(given: Given, rules: IdentityRules) -> None:
    for name in names_unknown(given.compute, rules):
        known = [one.name for one in given.compute]
        near = nearest(name, known)
        hint = f"did you mean {quoted_list(near)}?" if near else ""
        raise CannotFollow(f"identities.compute.{name}", "no compute resource is called that", hint)


def _seats(given: Given, policy: PlanPolicy, needed: Sequence[Demand]) -> Seats:
    rules = policy.identities
    slots = sites_with_slots(given.compute)
    traits = {one.resource_id.casefold(): traits_of(one, rules, slots) for one in given.compute}
    hosts = hosts_of(
        given.compute,
        given.subjects,
        traits,
        frozenset(guid_key(one.principal_id) for one in needed),
        given.sign_ins,
    )
    policies = {
        entry.object_id.casefold()
        for vault in given.policies.vaults
        if not vault.enable_rbac_authorization
        for entry in vault.access_policies
    }
    in_clusters = {
        one.resource_id.casefold()
        for host in hosts
        if host.traits.host_kind is HostKind.AKS
        for one in host.given
    }
    federated = {one.owner.casefold() for one in given.federated_credentials} - in_clusters
    return seats_of(
        hosts, Needs(given, policy, needed), rules, misplaced(hosts), policies, frozenset(federated)
    )


def _taken(given: Given) -> frozenset[str]:
    return frozenset(one.resource_id.casefold() for one in given.subjects if one.resource_id)


def _moves(decisions: Iterable[Decision], seats: Seats) -> Moves:
    """What each principal did, put down to those that are to have its access."""
    to: defaultdict[str, dict[str, None]] = defaultdict(dict)
    for one in decisions:
        for taken in one.seat.takes:
            to[taken.key][one.identity.principal_id] = None
        for kept in besides_of(one):
            if kept in one.seat.host.used:
                to[kept.key][kept.principal_id] = None
        for identity in one.seat.host.given:
            if identity.resource_id.casefold() in seats.elsewhere:
                to[identity.key][identity.principal_id] = None
    return {
        whom: tuple(sorted(found))
        for whom, found in to.items()
        if [one.casefold() for one in found] != [whom]
    }


def _proposed(decisions: Iterable[Decision]) -> list[Subject]:
    made = {one.identity.key: one.identity for one in decisions if one.identity.is_proposed}
    return [made[key] for key in sorted(made)]


def _alike(decisions: Iterable[Decision]) -> list[Alike]:
    """The resources that may share, by the identity that they get."""
    found: defaultdict[str, list[Seat]] = defaultdict(list)
    for one in decisions:
        if can_share(one.seat):
            found[one.identity.key].append(one.seat)
    return [Alike(tuple(seats), seats[0].need) for seats in found.values()]
