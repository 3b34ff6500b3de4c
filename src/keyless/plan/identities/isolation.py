"""Which resources may share an identity, and which must not, whatever they need.

Whoever runs code on one of the resources that share an identity has all that any of them has. Rules:
- what shares lies within one subscription, environment, trust zone and, unless the policy says otherwise,
  region: a user-assigned identity can be bound to its region, and one for each is the advice;
- where an environment is not known, the resource group stands for it;
- an identity is shared across a boundary where two of its resources are known to be of different
  environments or zones. What is not known parts nobody;
- then it stays with one side: that of its own resource group or name, else the one with the most resources,
  else the first by name.

Source: https://learn.microsoft.com/entra/identity/managed-identities-azure-resources/managed-identities-isolation-scope
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence

from keyless.model.resource_id import ResourceId
from keyless.plan.identities.environments import environment_in
from keyless.plan.identities.hosts import Host
from keyless.plan.policy.identities import IdentityRules
from keyless.plan.problem import Subject, SubjectKind

Boundary = tuple[str, ...]
Side = tuple[str, str]


def boundary_of(host: Host, rules: IdentityRules) -> Boundary:
    """What a host shares with all that it may share an identity with."""
    resource = ResourceId.parse(host.compute.resource_id)
    traits = host.traits
    group = "" if traits.environment else (resource.resource_group or "").casefold()
    region = "" if rules.across_regions else traits.region
    return ((resource.subscription_id or "").casefold(), traits.environment, group, traits.zone, region)


def misplaced(hosts: Sequence[Host]) -> dict[str, Subject]:
    """The user-assigned identity that each host shares across a boundary and has to leave, by host id.

    Where there are several, the first by id; the next plan finds the others.
    """
    found: dict[str, Subject] = {}
    for identity, holders in _shared(hosts):
        for host in _leaving(identity, holders):
            found.setdefault(host.id, identity)
    return found


def _shared(hosts: Iterable[Host]) -> Iterable[tuple[Subject, list[Host]]]:
    """Each user-assigned identity that was seen in use, with those who have it."""
    holders: defaultdict[str, list[Host]] = defaultdict(list)
    identities: dict[str, Subject] = {}
    for host in hosts:
        for one in host.used:
            if one.kind is SubjectKind.USER_ASSIGNED:
                holders[one.resource_id.casefold()].append(host)
                identities[one.resource_id.casefold()] = one
    return ((identities[key], holders[key]) for key in sorted(holders))


def _leaving(identity: Subject, holders: Sequence[Host]) -> list[Host]:
    sides = {_side(host) for host in holders}
    if not any(conflict(one, other) for one in sides for other in sides):
        return []
    home = _home(identity, holders)
    return [host for host in holders if conflict(_side(host), home)]


def _side(host: Host) -> Side:
    return (host.traits.environment, host.traits.zone)


def conflict(one: Side, other: Side) -> bool:
    """Whether two sides are known to be apart."""
    return any(mine and theirs and mine != theirs for mine, theirs in zip(one, other, strict=True))


def _home(identity: Subject, holders: Sequence[Host]) -> Side:
    """The side that an identity stays with."""
    resource = ResourceId.parse(identity.resource_id)
    own = environment_in((resource.resource_group or "", identity.name))
    counts: defaultdict[Side, int] = defaultdict(int)
    for host in holders:
        counts[_side(host)] += 1
    at_home = [side for side in counts if own and side[0] == own] or [side for side in counts if any(side)]
    return min(at_home, key=lambda side: (-counts[side], side))
