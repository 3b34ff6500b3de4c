"""What is needed, of all that was seen: the start of every plan, also of one that a forecast makes.

Rules:
- what the policy's window and its rules drop is not needed;
- what was done with access keys needs no roles now, and is kept apart; so is what services' own roles decide;
- vaults with access policies add what those give to whoever was not seen to use them;
- so does following Key Vault references, where that is sure.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from keyless.model.access_keys import store_and_key
from keyless.model.actions import ActionPlane
from keyless.model.evidence import Observation
from keyless.plan.access_policies import Entry, entries_of, with_policies, without_lapsed
from keyless.plan.given import Given
from keyless.plan.native.apart import by_roles, by_services
from keyless.plan.policy.policy import PlanPolicy
from keyless.plan.problem import Demand, Subject, demands
from keyless.plan.references.follow import Followed, followed, with_followed
from keyless.plan.results.proof import Dropped
from keyless.plan.window import in_window


@dataclass(frozen=True, slots=True)
class Needs:
    """What counts: ``observations`` of principals, ``seen`` and ``needed`` at the places of roles (with what
    access policies give), ``by_key`` what was done with access keys; and what was ``dropped``. ``native`` are
    the observations that services' own roles decide on, ``follows`` the references that are followed."""

    observations: tuple[Observation, ...]
    seen: list[Demand]
    needed: list[Demand]
    by_key: list[Demand]
    entries: tuple[Entry, ...]
    dropped: tuple[Dropped, ...]
    native: tuple[Observation, ...] = ()
    follows: tuple[Followed, ...] = ()


def needs_of(
    given: Given,
    policy: PlanPolicy,
    observations: Iterable[Observation],
    now: int,
    known: Mapping[str, Subject],
) -> Needs:
    """The needs in ``observations`` at ``now`` (epoch seconds); ``known`` are subjects by case-folded id."""
    of_azure = [seen for seen in observations if seen.plane is not ActionPlane.DIRECTORY]
    used = in_window(of_azure, policy, now, known)
    ours = of_principals(used.observations)
    own = by_roles(ours)
    keyed = [one for one in used.observations if store_and_key(one.principal_id)]
    seen = demands(own, policy)
    entries = _entries(given, policy, known, seen, used.dropped)
    follows = followed(given.references, own, given.runs)
    needed = with_policies(seen, entries, whole=policy.vaults.whole_policies)
    return Needs(
        observations=own,
        seen=seen,
        needed=with_followed(needed, follows, policy),
        by_key=demands(keyed, policy),
        entries=entries,
        dropped=used.dropped,
        native=by_services(ours),
        follows=follows,
    )


def _entries(
    given: Given,
    policy: PlanPolicy,
    known: Mapping[str, Subject],
    seen: Sequence[Demand],
    dropped: Iterable[Dropped],
) -> tuple[Entry, ...]:
    entries = entries_of(given.policies.vaults, known, given.policies.tenant_id)
    return entries if policy.vaults.whole_policies else without_lapsed(entries, seen, dropped)


def of_principals(observations: Iterable[Observation]) -> tuple[Observation, ...]:
    """What principals did in Azure: neither in the directory itself, nor with access keys."""
    return tuple(
        one
        for one in observations
        if one.plane is not ActionPlane.DIRECTORY and not store_and_key(one.principal_id)
    )
