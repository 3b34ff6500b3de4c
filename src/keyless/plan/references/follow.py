"""Who follows which references, as far as that is sure: what needs a role though nobody saw it read yet.

Rules:
- a principal follows references of a store where its client said so, as providers do that were given a way to
  read from Key Vault; or where it asked, in one run and after it had read in the store, for a secret that a
  reference which it selects points to: let pass or refused, the asking counts;
- it then follows all those that it selects there: what its lists' filters match, and each key-value that it
  read by name. What its filters leave out, behind another label say, it needs not;
- what cannot be followed, because nothing is there, needs no role;
- who was not seen to read the store within the policy's window follows nothing.

Pure. Source: https://learn.microsoft.com/azure/azure-app-configuration/reference-python-provider
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from keyless.catalog.services import KEY_VAULT, container_of
from keyless.model.actions import ActionPlane
from keyless.model.evidence import Observation, Outcome, Run
from keyless.model.guids import guid_key
from keyless.model.reading import SECRET_READ
from keyless.model.resource_id import ResourceId
from keyless.model.vault_references import Target
from keyless.plan.policy.policy import PlanPolicy
from keyless.plan.policy.scopes import ScopeLevel
from keyless.plan.problem import Demand
from keyless.plan.references.access import READ_SECRET
from keyless.plan.references.facts import ReferenceFacts, StoredReference
from keyless.plan.references.readers import SeenReading, seen_reading
from keyless.plan.references.verdict import verdict_of

_WRITTEN_BEHIND_S = 2
"""Evidence is written a second late, so that what was done at a run's end may bear a time after it."""


@dataclass(frozen=True, slots=True)
class Followed:
    """A reference that a principal follows for sure; ``secret`` is the scope of what it points to.

    ``told`` says that its client said so, else it was seen to.
    """

    principal_id: str
    reference: StoredReference
    secret: ResourceId
    told: bool


def followed(
    facts: ReferenceFacts, observations: Sequence[Observation], runs: Iterable[Run]
) -> tuple[Followed, ...]:
    """Every reference that somebody follows for sure, by principal and in the order of references."""
    if not facts.references:
        return ()
    seen = seen_reading(observations)
    asked = _Asked(observations, runs)
    selected = _selected(facts, seen)
    found: list[Followed] = []
    for who in sorted(selected):
        own = selected[who]
        told = {one.store for one, says in own.items() if says}
        shown = {one.store for one in own if asked.after_reading(who, one, secret_of(facts, one))}
        for one in own:
            secret = secret_of(facts, one)
            if secret is not None and one.store in told | shown:
                found.append(Followed(asked.spelled(who), one, secret, one.store in told))
    return tuple(found)


def _selected(facts: ReferenceFacts, seen: SeenReading) -> dict[str, dict[StoredReference, bool]]:
    """What each principal selects, by key of its id, and whether its client said that it follows that."""
    found: dict[str, dict[StoredReference, bool]] = {}
    for one in facts.selected:
        if seen.by(one.principal_id, one.reference):
            own = found.setdefault(guid_key(one.principal_id), {})
            own[one.reference] = own.get(one.reference, False) or one.told
    for who in seen.scopes:
        for reference in facts.references:
            if seen.by_name(who, reference):
                found.setdefault(who, {}).setdefault(reference, False)
    return found


def secret_of(facts: ReferenceFacts, one: StoredReference) -> ResourceId | None:
    """The scope of what a reference points to, where that can be read by whoever may."""
    target = one.points_to
    if not isinstance(target, Target) or not verdict_of(one, facts).can_be_followed:
        return None
    return facts.vaults[target.vault].scope(target.secret)


class _Asked:
    """When each principal read in stores and asked for secrets, within its runs."""

    def __init__(self, observations: Iterable[Observation], runs: Iterable[Run]) -> None:
        self._runs: dict[str, list[Run]] = {}
        for run in runs:
            for who in run.principal_ids:
                self._runs.setdefault(guid_key(who), []).append(run)
        self._spelled: dict[str, str] = {}
        self._stores: dict[str, list[Observation]] = {}
        self._secrets: dict[tuple[str, ResourceId], list[Observation]] = {}
        self._read: dict[tuple[str, ResourceId], Sequence[tuple[Run, int]]] = {}
        for one in observations:
            who = guid_key(one.principal_id)
            self._spelled.setdefault(who, one.principal_id)
            if one.action.casefold() == SECRET_READ:
                self._secrets.setdefault((who, one.scope_id), []).append(one)
            elif one.outcome is not Outcome.DENIED:
                self._stores.setdefault(who, []).append(one)

    def spelled(self, who: str) -> str:
        """A principal's id as it was seen first."""
        return self._spelled.get(who, who)

    def after_reading(self, who: str, one: StoredReference, secret: ResourceId | None) -> bool:
        """Whether a principal asked for a secret after it had read in the reference's store, in one run."""
        asked = () if secret is None else self._secrets.get((who, secret), ())
        return any(
            _within(run, then) and first <= then
            for line in asked
            for then in _moments(line)
            for run, first in self._first_reads(who, one.store)
        )

    def _first_reads(self, who: str, store: ResourceId) -> Sequence[tuple[Run, int]]:
        """The runs in which a principal read in a store, each with when it did so first."""
        found = self._read.get((who, store))
        if found is None:
            lines = [line for line in self._stores.get(who, ()) if store.contains(line.scope_id)]
            moments = sorted(moment for line in lines for moment in _moments(line))
            began = ((run, bisect_left(moments, run.started)) for run in self._runs.get(who, ()))
            there = [(run, moments[at]) for run, at in began if at < len(moments)]
            found = self._read[who, store] = [(run, first) for run, first in there if _within(run, first)]
        return found


def _moments(line: Observation) -> Collection[int]:
    """When something was seen for sure."""
    return {line.first_seen, line.last_seen}


def _within(run: Run, moment: int) -> bool:
    return run.started <= moment <= run.ended + _WRITTEN_BEHIND_S


def with_followed(needed: Iterable[Demand], follows: Iterable[Followed], policy: PlanPolicy) -> list[Demand]:
    """What is needed, with what following references needs: counted as used 0 times where nobody saw it.

    That is needed at the secret, and at the vault only where the policy says so of vaults; nowhere, where it
    was seen to be needed at either.
    """
    gathered = {
        (guid_key(one.principal_id), one.scope): replace(one, counts=dict(one.counts)) for one in needed
    }
    for one in follows:
        who = guid_key(one.principal_id)
        if any(_reads(gathered.get((who, scope))) for scope in (one.secret, container_of(one.secret))):
            continue
        scope = scope_of(one, policy)
        demand = gathered.setdefault((who, scope), Demand(one.principal_id, scope, {}))
        demand.counts[ActionPlane.DATA, READ_SECRET] = 0
    return [gathered[place] for place in sorted(gathered, key=lambda place: (place[0], place[1].key))]


def _reads(demand: Demand | None) -> bool:
    return demand is not None and any(action.casefold() == SECRET_READ for _, action in demand.counts)


def scope_of(one: Followed, policy: PlanPolicy) -> ResourceId:
    """Where a role for a followed reference goes."""
    widened = policy.scopes.services.get(KEY_VAULT) is ScopeLevel.CONTAINER
    return container_of(one.secret) if widened else one.secret


def as_observations(follows: Iterable[Followed]) -> Iterator[Observation]:
    """What following needs, as something that a proof can ask about."""
    for one in follows:
        yield Observation(
            one.principal_id,
            "KeyVaultReference",
            ActionPlane.DATA,
            READ_SECRET,
            one.secret.text,
            Outcome.LEARNED,
            "",
            0,
            0,
            0,
        )


def pairs(follows: Iterable[Followed]) -> frozenset[tuple[str, StoredReference]]:
    """Who follows what, by key of the principal's id."""
    return frozenset((guid_key(one.principal_id), one.reference) for one in follows)
