"""From access policies to roles: what is needed where a vault's policies go, and what that changes for whom.

Rules:
- it is about the vaults that access policies decide on; in those with RBAC policies have no effect;
- whoever was seen to use such a vault needs roles for what was used, as everybody does; whoever has a policy
  and was not seen there needs roles for all that it gives; so does everybody where that is asked for;
- whose use of such a vault is not needed any more, by the plan's policy, needs no roles for it either;
- an entry of another tenant gives nothing and needs nothing; one that binds a user to an application has no
  counterpart among roles, and is left to its owner to decide;
- what counts afterwards are the plan's roles and those that there are already and that it does not remove,
  at the vault, above it and within it.

Source: https://learn.microsoft.com/azure/key-vault/general/rbac-migration
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from keyless.authz.decide import role_grants
from keyless.authz.hierarchy import FLAT, Hierarchy
from keyless.catalog.vault_permissions import actions_of, every_permission, permissions_given
from keyless.model.access_policies import AccessPolicy
from keyless.model.actions import ActionPlane
from keyless.model.guids import guid_key
from keyless.model.resource_id import ResourceId
from keyless.model.resources import Vault
from keyless.model.roles import RoleAssignment, RoleDefinition
from keyless.plan.index import Action, RoleIndex
from keyless.plan.problem import Demand, Subject
from keyless.plan.result import Basis, PlannedAssignment, PolicyMigration, ReplacingRole
from keyless.plan.results.proof import Dropped

_OF_VAULTS = "microsoft.keyvault/vaults/"
_THROUGH = "roles cannot bind a user to an application: decide yourself whether the user needs a role here"
_FOREIGN = "the policy is of another tenant and gives nothing"
_GONE = "its identity was deleted"
_LAPSED = "what it used here is dropped by the plan's rules, so nothing replaces its policy"
_BY_ROLE = "it has no policy here: its role begins to count when roles decide"


@dataclass(frozen=True, slots=True)
class Entry:
    """One access policy of a vault that policies decide on. ``remark`` says why it needs no roles, if so."""

    vault: ResourceId
    policy: AccessPolicy
    remark: str = ""

    @property
    def whose(self) -> str:
        """The principal's case-folded id."""
        return self.policy.object_id.casefold()


def vaults_of_policies(vaults: Iterable[Vault]) -> list[Vault]:
    """Those that access policies decide on."""
    return [vault for vault in vaults if not vault.enable_rbac_authorization]


def entries_of(vaults: Iterable[Vault], subjects: Mapping[str, Subject], tenant_id: str) -> tuple[Entry, ...]:
    """Every entry of the vaults that policies decide on; ``subjects`` are by case-folded principal id."""
    return tuple(
        Entry(ResourceId.parse(vault.resource_id), policy, _remark(policy, subjects, tenant_id))
        for vault in vaults_of_policies(vaults)
        for policy in vault.access_policies
    )


def with_policies(needed: Iterable[Demand], entries: Iterable[Entry], *, whole: bool) -> list[Demand]:
    """What is needed, with what the policies give to whoever was not seen to use them, or ``whole``.

    What no evidence speaks for is counted as used 0 times.
    """
    gathered = {
        (guid_key(one.principal_id), one.scope): replace(one, counts=dict(one.counts)) for one in needed
    }
    seen = tuple(gathered)
    for entry in entries:
        if entry.remark or (not whole and _is_seen(seen, entry)):
            continue
        demand = gathered.setdefault(
            (entry.whose, entry.vault), Demand(entry.policy.object_id, entry.vault, {})
        )
        for action in _actions(permissions_given(entry.policy.permissions)):
            demand.counts.setdefault(action, 0)
    return [gathered[place] for place in sorted(gathered, key=lambda place: (place[0], place[1].key))]


def without_lapsed(
    entries: Iterable[Entry], needed: Iterable[Demand], dropped: Iterable[Dropped]
) -> tuple[Entry, ...]:
    """The entries, with a remark on those of whom all use was dropped: they are not unseen, but done."""
    seen = [(guid_key(one.principal_id), one.scope) for one in needed]
    fallen = [(guid_key(one.principal_id), ResourceId.parse(one.scope)) for one in dropped]

    def is_lapsed(entry: Entry) -> bool:
        return not entry.remark and _is_seen(fallen, entry) and not _is_seen(seen, entry)

    return tuple(replace(one, remark=_LAPSED) if is_lapsed(one) else one for one in entries)


def _remark(policy: AccessPolicy, subjects: Mapping[str, Subject], tenant_id: str) -> str:
    subject = subjects.get(policy.object_id.casefold())
    if tenant_id and policy.tenant_id.casefold() != tenant_id.casefold():
        return _FOREIGN
    if subject is not None and subject.is_deleted:
        return _GONE
    return "" if policy.application_id is None else _THROUGH


def _is_seen(seen: Iterable[tuple[str, ResourceId]], entry: Entry) -> bool:
    return any(whose == entry.whose and entry.vault.contains(scope) for whose, scope in seen)


def _actions(permissions: Iterable[str]) -> Iterator[Action]:
    return ((ActionPlane.DATA, action) for one in permissions for action in actions_of(one))


@dataclass(frozen=True, slots=True)
class Afterwards:
    """The roles that there are when the plan is carried out: ``known`` are definitions by id."""

    planned: Sequence[PlannedAssignment]
    kept: Sequence[RoleAssignment]
    known: Mapping[str, RoleDefinition]
    hierarchy: Hierarchy = FLAT

    def at(self, whose: str, vault: ResourceId) -> list[tuple[ReplacingRole, RoleDefinition]]:
        """The roles that a principal (case-folded id) has at a vault, above it and within it."""
        held = [
            *((one.role_id, one.scope_id) for one in self.planned if _is(one.principal.principal_id, whose)),
            *((one.role_definition_id, one.scope_id) for one in self.kept if _is(one.principal_id, whose)),
        ]
        return [
            (ReplacingRole(role.id, role.name, scope.text), role)
            for role_id, scope in dict.fromkeys(held)
            if (role := self.known.get(role_id)) is not None
            and (self.hierarchy.covers(scope, vault) or vault.contains(scope))
        ]

    def principals(self) -> dict[str, str]:
        """The principals that have roles: case-folded id to the id as it is."""
        ids = [one.principal.principal_id for one in self.planned]
        ids += [one.principal_id for one in self.kept]
        return {one.casefold(): one for one in ids}


def migrations(
    index: RoleIndex,
    vaults: Iterable[Vault],
    entries: Sequence[Entry],
    needed: Sequence[Demand],
    afterwards: Afterwards,
    subjects: Mapping[str, Subject],
) -> tuple[PolicyMigration, ...]:
    """What becomes of everybody's access to the vaults that policies decide on.

    ``needed`` is what was seen, without what policies give; ``subjects`` name everybody.
    """
    found = [_of_entry(index, one, needed, afterwards, subjects) for one in entries]
    for vault in vaults_of_policies(vaults):
        scope = ResourceId.parse(vault.resource_id)
        with_policy = {one.whose for one in entries if one.vault == scope and not one.remark}
        found.extend(_by_role_alone(index, scope, with_policy, afterwards, subjects))
    return tuple(sorted(found, key=lambda one: (one.vault_id.key, one.principal.name.casefold())))


def _of_entry(
    index: RoleIndex,
    entry: Entry,
    needed: Sequence[Demand],
    afterwards: Afterwards,
    subjects: Mapping[str, Subject],
) -> PolicyMigration:
    given = () if entry.remark == _FOREIGN else permissions_given(entry.policy.permissions)
    used = _used(entry, needed)
    counts = [] if entry.remark else afterwards.at(entry.whose, entry.vault)
    granted = _granted(counts)
    basis = Basis.EVIDENCE if used else Basis.POLICY
    return PolicyMigration(
        vault=entry.vault.text,
        principal=subjects[entry.whose],
        application_id=entry.policy.application_id,
        basis=Basis.NOTHING if entry.remark else basis,
        roles=tuple(role for role, _ in counts),
        kept=tuple(one for one in given if one in granted),
        gained=(*(one for one in granted if one not in given), *_nameless(index, counts)),
        lost=tuple(one for one in given if one not in granted),
        used=tuple(one for one in given if used & set(actions_of(one))),
        remark=entry.remark,
    )


def _by_role_alone(
    index: RoleIndex,
    vault: ResourceId,
    with_policy: set[str],
    afterwards: Afterwards,
    subjects: Mapping[str, Subject],
) -> Iterator[PolicyMigration]:
    """Those who have no policy, and whom a role lets in as soon as roles decide."""
    for whose in sorted(afterwards.principals().keys() - with_policy):
        counts = afterwards.at(whose, vault)
        gained = (*_granted(counts), *_nameless(index, counts))
        if gained:
            yield PolicyMigration(
                vault=vault.text,
                principal=subjects[whose],
                application_id=None,
                basis=Basis.NOTHING,
                roles=tuple(role for role, _ in counts),
                kept=(),
                gained=gained,
                lost=(),
                used=(),
                remark=_BY_ROLE,
            )


def _used(entry: Entry, needed: Iterable[Demand]) -> set[str]:
    """The data actions that the entry's principal was seen to use in its vault."""
    mine = (d for d in needed if _is(d.principal_id, entry.whose) and entry.vault.contains(d.scope))
    return {action for one in mine for (plane, action) in one.counts if plane is ActionPlane.DATA}


def _granted(counts: Iterable[tuple[ReplacingRole, RoleDefinition]]) -> tuple[str, ...]:
    """The permissions all of whose actions some role grants."""
    roles = [role for _, role in counts]

    def is_granted(action: str) -> bool:
        return any(role_grants(role, ActionPlane.DATA, action) for role in roles)

    return tuple(one for one in every_permission() if all(is_granted(action) for action in actions_of(one)))


def _nameless(index: RoleIndex, counts: Iterable[tuple[ReplacingRole, RoleDefinition]]) -> tuple[str, ...]:
    """The data actions on vaults that roles grant and no permission stands for."""
    named = {action.casefold() for one in every_permission() for action in actions_of(one)}
    granted = {
        name
        for _, role in counts
        for name in index.universe.names(index.bits_of(role), ActionPlane.DATA)
        if name.casefold().startswith(_OF_VAULTS)
    }
    return tuple(sorted(one for one in granted if one.casefold() not in named))


def _is(principal_id: str, whose: str) -> bool:
    return guid_key(principal_id) == whose
