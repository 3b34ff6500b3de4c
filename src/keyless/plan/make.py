"""Makes a plan: from what identities were seen to do, the least-privileged roles that let them do it.

Pure: no clock, no store, no network. The same arguments give the same plan.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from keyless.catalog.limits import limits
from keyless.catalog.roles import built_in_roles, unlisted_roles
from keyless.catalog.services import APP_CONFIGURATION, service
from keyless.model.access_keys import store_and_key
from keyless.model.actions import AZURE_RBAC, ActionPlane
from keyless.model.estate import derived_guid
from keyless.model.evidence import Observation, Outcome, SignIn
from keyless.model.identities import ComputeResource
from keyless.model.resource_id import ResourceId
from keyless.model.resources import Vault
from keyless.model.roles import RoleAssignment, RoleDefinition
from keyless.plan.access_policies import (
    Afterwards,
    Entry,
    entries_of,
    migrations,
    vaults_of_policies,
    with_policies,
)
from keyless.plan.directory import directory_notes
from keyless.plan.index import Action, RankedRole, RoleIndex, role_index
from keyless.plan.legacy import credential_free, stored_credentials
from keyless.plan.places import Place, places
from keyless.plan.problem import Demand, Subject, SubjectKind, demands
from keyless.plan.reasons import alternatives, reason
from keyless.plan.removals import find_removals, triple_of, unknown_principals
from keyless.plan.result import GrantedAction, Plan, PlannedAssignment, ReplacingRole, Uncovered, UsedAction
from keyless.plan.vault_risks import find_risks
from keyless.plan.wording import counted, listed


@dataclass(frozen=True, slots=True)
class VaultPolicies:
    """The vaults whose access policies roles are to replace, and what is needed for it.

    ``others`` name principals that the plan is not made for and that may have policies (users, groups), and
    ``assignments`` are theirs; ``custom_roles`` are by id. With ``whole`` roles cover all that a policy
    gives, used or not.
    """

    vaults: tuple[Vault, ...] = ()
    tenant_id: str = ""
    others: tuple[Subject, ...] = ()
    assignments: tuple[RoleAssignment, ...] = ()
    custom_roles: Mapping[str, RoleDefinition] = field(default_factory=dict)
    whole: bool = False


NO_POLICIES = VaultPolicies()


def make_plan(
    subjects: Iterable[Subject],
    observations: Iterable[Observation],
    current_assignments: Sequence[RoleAssignment] = (),
    *,
    sign_ins: Iterable[SignIn] = (),
    compute: Sequence[ComputeResource] = (),
    policies: VaultPolicies = NO_POLICIES,
    object_scope: bool = False,
    include_denied: bool = False,
    roles: tuple[RoleDefinition, ...] | None = None,
) -> Plan:
    """The least-privileged role assignments for what was observed.

    ``current_assignments`` are compared with it: those of ``subjects`` that it does not keep are removals;
    what deleted ones did is left out.
    With ``object_scope`` roles go to single objects where Azure documents that; with ``include_denied``
    what was denied counts as needed. What was done with access keys needs no roles now, but gives those of
    the identities that replace them: ``sign_ins`` and ``compute`` say who, and where code runs. Vaults with
    access policies are moved to roles as ``policies`` has it. ``roles`` are what may be chosen from (all
    built-in roles; see ``keyless.plan.index.general_roles`` for those without preview and service roles).
    """
    known = {subject.principal_id.casefold(): subject for subject in subjects}
    about = [seen for seen in observations if not _is_gone(seen.principal_id, known)]
    observations, keyed = _apart(seen for seen in about if seen.plane is not ActionPlane.DIRECTORY)
    sign_ins = tuple(one for one in sign_ins if not _is_gone(one.principal_id, known))
    needed = demands(observations, object_scope=object_scope, include_denied=include_denied)
    needed_by_key = demands(keyed, object_scope=object_scope, include_denied=include_denied)
    entries = entries_of(policies.vaults, known, policies.tenant_id)
    seen, needed = needed, with_policies(needed, entries, whole=policies.whole)
    holders = {one.principal_id.casefold(): one for one in policies.others}
    strangers = unknown_principals(known | holders, needed)
    everyones = (*current_assignments, *policies.assignments)
    everyone = _everyone(known | holders, strangers, entries, everyones)
    index = role_index(
        frozenset(action for demand in (*needed, *needed_by_key) for action in demand.counts), roles
    )
    settled = places(index, needed)
    existing = {
        triple_of(one.principal_id, one.role_definition_id, one.scope_id): one.id
        for one in current_assignments
        if one.condition is None
    }
    planned = _in_order(
        _assignment(index, everyone, existing, place, role) for place, role in _choices(settled)
    )
    removed = find_removals(index, known, current_assignments, planned, needed)
    gone = {one.assignment_id for one in removed.removals}
    afterwards = Afterwards(planned, [one for one in everyones if one.id not in gone], _definitions(policies))
    return Plan(
        object_scope=object_scope,
        assignments=planned,
        uncovered=tuple(
            _uncovered(everyone, place, action, of_all=index.of_all)
            for place in settled
            for action in place.missing
        ),
        removals=removed.removals,
        stored_credentials=stored_credentials(
            sign_ins, everyone, compute, planned, _roles_by_key(places(index, needed_by_key))
        ),
        credential_free=credential_free(sign_ins, everyone),
        vaults_to_switch=tuple(vault.resource_id for vault in vaults_of_policies(policies.vaults)),
        migrations=migrations(index, policies.vaults, entries, seen, afterwards, everyone),
        risks=find_risks(policies.vaults, everyones, afterwards.known, everyone),
        notes=(
            *(() if include_denied else _about_denials(observations)),
            *_about_directory(about),
            *directory_notes(about, known),
            *_notes(planned, needed, strangers, object_scope=object_scope),
            *_about_roles(index, planned),
            *removed.notes,
        ),
    )


def _definitions(policies: VaultPolicies) -> dict[str, RoleDefinition]:
    """Every role that somebody may have, by id."""
    return {role.id: role for role in (*built_in_roles(), *unlisted_roles())} | dict(policies.custom_roles)


def _everyone(
    known: Mapping[str, Subject],
    strangers: Iterable[str],
    entries: Iterable[Entry],
    assignments: Iterable[RoleAssignment],
) -> dict[str, Subject]:
    """Everybody that the plan speaks of, by case-folded id; whom nobody has declared goes by the id."""
    ids = [*strangers, *(one.policy.object_id for one in entries), *(one.principal_id for one in assignments)]
    return {one.casefold(): Subject(one, one, SubjectKind.APPLICATION) for one in ids} | dict(known)


def _is_gone(principal_id: str, known: Mapping[str, Subject]) -> bool:
    """Whether a principal was deleted since: it needs nothing any more."""
    subject = known.get(principal_id.casefold())
    return subject is not None and subject.is_deleted


def _apart(observations: Iterable[Observation]) -> tuple[tuple[Observation, ...], tuple[Observation, ...]]:
    """What principals of the directory did, and what was done with access keys."""
    own: list[Observation] = []
    keyed: list[Observation] = []
    for one in observations:
        (keyed if store_and_key(one.principal_id) else own).append(one)
    return tuple(own), tuple(keyed)


def _roles_by_key(settled: Iterable[Place]) -> dict[str, list[ReplacingRole]]:
    """The least roles for what was done with each access key, by its principal id."""
    found: dict[str, list[ReplacingRole]] = {}
    for place, ranked in _choices(settled):
        role = ReplacingRole(ranked.role.id, ranked.role.name, place.scope.text)
        found.setdefault(place.principal_id, []).append(role)
    return found


def assignment_guid(principal_id: str, role_id: str, scope: ResourceId) -> str:
    """The GUID by which a planned assignment goes: the same as the estate derives for a declared one."""
    return derived_guid("roleAssignment", principal_id, role_id, scope.text)


def _choices(settled: Iterable[Place]) -> Iterable[tuple[Place, RankedRole]]:
    return ((place, role) for place in settled for role in place.cover.roles)


def _in_order(planned: Iterable[PlannedAssignment]) -> tuple[PlannedAssignment, ...]:
    return tuple(
        sorted(
            planned,
            key=lambda one: (
                one.principal.name.casefold(),
                one.principal.principal_id,
                one.scope_id.key,
                one.role_name.casefold(),
            ),
        )
    )


def _assignment(
    index: RoleIndex,
    subjects: Mapping[str, Subject],
    existing: Mapping[tuple[str, str, ResourceId], str],
    place: Place,
    ranked: RankedRole,
) -> PlannedAssignment:
    role, principal_id = ranked.role, place.principal_id
    nearest = alternatives(index, place, ranked)
    present = existing.get(triple_of(principal_id, role.id, place.scope))
    return PlannedAssignment(
        id=present or assignment_guid(principal_id, role.id, place.scope),
        principal=subjects[principal_id.casefold()],
        role_id=role.id,
        role_name=role.name,
        scope=place.scope.text,
        used=_used(index, place, ranked),
        excess=_actions(index, place.excess(index, ranked.bits)),
        alternatives=nearest,
        reason=reason(index, place, ranked, nearest),
        exists=present is not None,
    )


def _actions(index: RoleIndex, bits: int) -> tuple[GrantedAction, ...]:
    return tuple(
        GrantedAction(plane, name) for plane in AZURE_RBAC for name in index.universe.names(bits, plane)
    )


def _used(index: RoleIndex, place: Place, ranked: RankedRole) -> tuple[UsedAction, ...]:
    return tuple(
        UsedAction(plane, action, count)
        for (plane, action), count in sorted(place.counts.items())
        if index.bit((plane, action)) & ranked.bits
    )


def _uncovered(subjects: Mapping[str, Subject], place: Place, action: Action, *, of_all: bool) -> Uncovered:
    plane, name = action
    listed_as = "DataActions" if plane is ActionPlane.DATA else "Actions"
    none = "no built-in role" if of_all else "none of the roles to choose from"
    return Uncovered(
        principal=subjects[place.principal_id.casefold()],
        scope=place.scope.text,
        plane=plane,
        action=name,
        count=place.missing[action],
        advice=(
            f"{none} grants this: define a custom role with exactly `{name}` in `{listed_as}` "
            "(`az role definition create`), and assign it at this scope"
        ),
    )


def _about_directory(observations: Iterable[Observation]) -> list[str]:
    """What was done in the directory, whose roles are not Azure's."""
    count = sum(seen.count for seen in observations if seen.plane is ActionPlane.DIRECTORY)
    if not count:
        return []
    accesses = "access" if count == 1 else "accesses"
    return [f"{count:,} {accesses} to the directory left out: a plan gives no roles of Entra"]


def _about_denials(observations: Iterable[Observation]) -> list[str]:
    """What to say where something was denied, never let pass, and is therefore not planned for."""
    asked: dict[bool, set[tuple[str, Action, ResourceId]]] = {True: set(), False: set()}
    for seen in observations:
        action = (seen.plane, seen.action.casefold())
        asked[seen.outcome is Outcome.DENIED].add((seen.principal_id.casefold(), action, seen.scope_id))
    denied = len(asked[True] - asked[False])
    if not denied:
        return []
    accesses = "access" if denied == 1 else "accesses"
    return [f"{denied:,} denied {accesses} left out; `--include-denied` plans for what was denied too"]


def _about_roles(index: RoleIndex, planned: Sequence[PlannedAssignment]) -> list[str]:
    """What to say of the choice: that it was a narrower one, or that a role may not be meant for anyone."""
    if not index.of_all:
        return [f"chosen among {counted(len(index.roles), 'role')}, not among all that are built in"]
    odd = {one.role.id: one.role.name for one in index.roles if not one.for_all}
    names = sorted({odd[one.role_id] for one in planned if one.role_id in odd})
    if not names:
        return []
    who, says = listed([f"`{name}`" for name in names]), "name" if len(names) == 1 else "names"
    return [
        (
            f"{who}: preview, deprecated or some service's own, by the {says}; check that you may use this, "
            "or plan with `--general-roles`, which leaves such roles out"
        )
    ]


def _notes(
    planned: Sequence[PlannedAssignment],
    needed: Sequence[Demand],
    strangers: Sequence[str],
    *,
    object_scope: bool,
) -> list[str]:
    notes = [
        f"`{one}` is no identity of the estate; its principal id stands for its name" for one in strangers
    ]
    if not needed:
        notes.append(
            "nothing was let pass, so nothing is planned: run the workload with `keyless run --learn`"
        )
    store = service(APP_CONFIGURATION).arm_type
    if object_scope and store and any(demand.scope.is_type(store) for demand in needed):
        notes.append(
            "App Configuration takes role assignments at the store: Azure documents no narrower scope"
        )
    if any(not one.exists for one in planned):
        notes.append(
            f"a new assignment can take {limits().rbac.propagation_minutes} minutes to work in Azure, "
            f"{limits().app_configuration.rbac_propagation_minutes} for App Configuration"
        )
    return notes
