"""Who reads each reference, and whether they can read the secret that it points to.

Rules:
- whoever was seen to read the store, or the very key-value, reads its references; of a store that nobody was
  seen to read, those do whose roles let them;
- where the filters of somebody's lists are known, what they leave out is not read;
- what lies in a snapshot is read with that snapshot, and by no list of key-values;
- what an access key reads is nobody's: it is an identity's only when that has replaced it;
- of a reference that cannot be followed anyway nobody is asked whether he can.

Pure.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from keyless.model.access_keys import store_and_key
from keyless.model.evidence import Observation, Outcome
from keyless.model.guids import guid_key
from keyless.model.resource_id import ResourceId
from keyless.model.vault_references import Malformed
from keyless.plan.problem import Subject
from keyless.plan.references.access import READ_SETTING, READ_SNAPSHOT, Access
from keyless.plan.references.facts import HeldVault, ReferenceFacts, StoredReference
from keyless.plan.references.verdict import Verdict, verdict_of
from keyless.plan.results.references import ReferenceReader, ReferenceResult, Severity

ROLE = "Key Vault Secrets User"
_READS = (READ_SETTING.casefold(), READ_SNAPSHOT.casefold())


@dataclass(frozen=True, slots=True)
class SeenReading:
    """At which scopes (stores and key-values) each principal was seen to read settings, by key of its id."""

    scopes: Mapping[str, Collection[ResourceId]] = field(default_factory=dict)

    def anybody(self, store: ResourceId) -> bool:
        """Whether anybody was seen to read in a store."""
        return any(store.contains(scope) for scopes in self.scopes.values() for scope in scopes)

    def by(self, principal_id: str, one: StoredReference) -> bool:
        """Whether a principal was seen to read a reference, or to list in its store."""
        if one.snapshot:
            return self.by_name(principal_id, one)
        lies_at = one.lies_at
        return any(scope.contains(lies_at) for scope in self.scopes.get(guid_key(principal_id), ()))

    def by_name(self, principal_id: str, one: StoredReference) -> bool:
        """Whether a principal was seen to read the very reference, or the snapshot that it lies in."""
        return one.lies_at in self.scopes.get(guid_key(principal_id), ())


NOT_SEEN = SeenReading()


def seen_reading(observations: Iterable[Observation]) -> SeenReading:
    """Who was seen to read which stores; what was refused at the store itself gave nothing to read."""
    scopes: dict[str, dict[ResourceId, None]] = {}
    for one in observations:
        reads = one.action.casefold() in _READS and one.outcome is not Outcome.DENIED
        if reads and not store_and_key(one.principal_id):
            scopes.setdefault(guid_key(one.principal_id), {})[one.scope_id] = None
    return SeenReading(scopes)


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """What references are resolved in.

    ``today`` is what may be read now, ``planned`` what may be read when the plan is carried out: the same
    where there is no plan. ``follows`` are the pairs of a principal (by key of its id) and a reference of
    which it is sure that the one follows the other.
    """

    facts: ReferenceFacts
    subjects: Sequence[Subject]
    today: Access
    planned: Access
    seen: SeenReading = NOT_SEEN
    follows: Collection[tuple[str, StoredReference]] = ()


def resolved(world: World) -> tuple[ReferenceResult, ...]:
    """Every reference with its verdict and its readers, by store, key and label."""
    picked = _Picked(world.facts)
    found = (_result(world, picked, one) for one in world.facts.references)
    return tuple(sorted(found, key=lambda one: (one.store.casefold(), one.key, one.label, one.snapshot)))


class _Picked:
    """What lists select, as far as that is known."""

    def __init__(self, facts: ReferenceFacts) -> None:
        self._filtered = {(guid_key(who), store) for who, store in facts.filtered}
        self._selected = {(guid_key(one.principal_id), one.reference) for one in facts.selected}

    def leaves_out(self, principal_id: str, one: StoredReference) -> bool:
        """Whether the filters of a principal are known, and match a reference of its store not."""
        who = guid_key(principal_id)
        return (who, one.store) in self._filtered and (who, one) not in self._selected


def _result(world: World, picked: _Picked, one: StoredReference) -> ReferenceResult:
    verdict = verdict_of(one, world.facts)
    target = one.points_to
    spot = ("", "", "") if isinstance(target, Malformed) else (target.host, target.secret, target.version)
    return ReferenceResult(
        store=one.store.text,
        key=one.key,
        label=one.label,
        snapshot=one.snapshot,
        state=verdict.state,
        severity=verdict.severity,
        vault=spot[0],
        secret=spot[1],
        version=spot[2],
        why=verdict.why,
        how=verdict.how,
        line=one.line,
        readers=tuple(_readers(world, picked, one, verdict)),
    )


def _readers(
    world: World, picked: _Picked, one: StoredReference, verdict: Verdict
) -> Iterator[ReferenceReader]:
    target = one.points_to
    if isinstance(target, Malformed) or not verdict.can_be_followed:
        return
    vault = world.facts.vaults[target.vault]
    by_evidence = world.seen.anybody(one.store)
    for subject in world.subjects:
        if subject.is_deleted:
            continue
        who = subject.principal_id
        by_list = world.seen.by(who, one) and not picked.leaves_out(who, one)
        seen = by_list or world.seen.by_name(who, one)
        if seen or (not by_evidence and world.planned.reads_reference(who, one)):
            yield _reader(world, subject, one, vault, target.secret, seen=seen)


def _reader(
    world: World, subject: Subject, one: StoredReference, vault: HeldVault, secret: str, *, seen: bool
) -> ReferenceReader:
    planned = world.planned.reads_secret(subject.principal_id, vault, secret)
    as_today = world.today is world.planned
    return ReferenceReader(
        principal_id=subject.principal_id,
        name=subject.name,
        seen=seen,
        today=planned if as_today else world.today.reads_secret(subject.principal_id, vault, secret),
        planned=planned,
        follows=(guid_key(subject.principal_id), one) in world.follows,
        how="" if planned else _grant(world, subject, vault, secret),
    )


def _grant(world: World, subject: Subject, vault: HeldVault, secret: str) -> str:
    """What lets a principal read a secret: the narrowest role, or an access policy where those decide."""
    if world.planned.by_policies and not vault.vault.enable_rbac_authorization:
        return (
            f"give it `get` of secrets in the access policies of `{vault.vault.name}`: "
            f"`az keyvault set-policy --name {vault.vault.name} --object-id {subject.principal_id} "
            "--secret-permissions get`"
        )
    return (
        f'grant it `{ROLE}` at the secret: `az role assignment create --role "{ROLE}" '
        f"--assignee-object-id {subject.principal_id} --assignee-principal-type {subject.principal_type} "
        f"--scope {vault.scope(secret).text}`"
    )


def broken(results: Iterable[ReferenceResult]) -> tuple[ReferenceResult, ...]:
    """The references that nobody can follow."""
    return tuple(one for one in results if one.severity is Severity.ERROR)
