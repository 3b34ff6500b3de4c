"""Makes a plan: from what identities were seen to do, the least-privileged roles that let them do it.

Pure: no clock, no store, no network. The same arguments give the same plan.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from keyless.catalog.roles import built_in_roles, unlisted_roles
from keyless.model.evidence import Observation
from keyless.model.roles import RoleAssignment, RoleDefinition
from keyless.plan.access_policies import (
    Afterwards,
    Entry,
    migrations,
    vaults_of_policies,
)
from keyless.plan.assignments import choices, planned_assignments, uncovered
from keyless.plan.certificates import about_certificates, certificates
from keyless.plan.completeness import completeness, visibility_of
from keyless.plan.current import current_grants
from keyless.plan.directory import directory_notes
from keyless.plan.given import Given
from keyless.plan.identities.choose import choose_identities
from keyless.plan.identities.sureness import of_chosen
from keyless.plan.legacy import credential_free, stored_credentials
from keyless.plan.native.grants import native_grants
from keyless.plan.needs import Needs, needs_of, of_principals
from keyless.plan.notes import (
    about_denials,
    about_directory,
    about_limits,
    about_proposed,
    about_roles,
    general_notes,
)
from keyless.plan.places import Place
from keyless.plan.policy.policy import DEFAULT_POLICY, PlanPolicy
from keyless.plan.problem import Subject, SubjectKind, demands
from keyless.plan.proof import with_proof
from keyless.plan.removal_reasons import Seen
from keyless.plan.removals import find_removals, triple_of, unknown_principals
from keyless.plan.result import Plan, ReplacingRole
from keyless.plan.secrets.decide import secret_decisions
from keyless.plan.secrets.transitional import transitional
from keyless.plan.settle import index_for, settle
from keyless.plan.vault_risks import find_risks
from keyless.plan.window import last_moment


def make_plan(given: Given, policy: PlanPolicy = DEFAULT_POLICY) -> Plan:
    """The least-privileged role assignments for what was observed.

    The assignments that there are today are compared with it: those of its subjects that it does not keep are
    removals; what deleted ones did is left out. What was done with access keys needs no roles now, but gives
    those of the identities that replace them. Vaults with access policies are moved to roles.
    """
    now = given.made_at or last_moment(given.observations, given.sign_ins)
    as_it_is = given
    about, before = _seen(given, policy, now)
    seen_before = demands((*before.observations, *before.native), policy)
    chosen = choose_identities(given, policy, (*seen_before, *before.by_key))
    given = chosen.given
    about_chosen, needs = _seen(given, policy, now)
    known = _known(given)
    needed, entries = needs.needed, needs.entries
    sign_ins = tuple(one for one in given.sign_ins if not is_gone(one.principal_id, known))
    policies = given.policies
    holders = {one.principal_id.casefold(): one for one in policies.others}
    of_services = demands(needs.native, policy)
    strangers = unknown_principals(known | holders, (*needed, *of_services))
    everyones = (*given.assignments, *policies.assignments)
    everyone = _everyone(known | holders, strangers, entries, everyones)
    index = index_for(given, policy, (*needed, *needs.by_key))
    settled = settle(index, policy, needed)
    existing = {
        triple_of(one.principal_id, one.role_definition_id, one.scope_id): one.id
        for one in given.assignments
        if one.condition is None
    }
    proved = certificates(index, settled.places)
    planned = planned_assignments(index, everyone, existing, settled.places)
    definitions = definitions_of(given) | {one.definition.id: one.definition for one in settled.proposed}
    ours = of_principals(about)
    everybody = known | _named(strangers)
    complete = completeness(as_it_is, ours, everybody, definitions)
    seen = Seen(needed, needs.dropped, visibility_of(as_it_is, ours), complete, now, chosen.taken_over)
    removed = find_removals(index, given, known, definitions, planned, seen)
    gone = {one.assignment_id for one in removed.removals}
    kept = [one for one in everyones if one.id not in gone]
    afterwards = Afterwards(planned, kept, definitions, given.hierarchy)
    credentials = stored_credentials(
        sign_ins,
        everyone,
        given.compute,
        planned,
        _roles_by_key(settle(index, policy, needs.by_key, propose=False).places),
        chosen.plan,
    )
    native = native_grants(needs.native, sign_ins, everyone, given.resources, policy, given.cosmos)
    plan = Plan(
        identities=chosen.plan,
        assignments=planned,
        proposed_roles=settled.proposed,
        native=native.grants,
        uncovered=uncovered(index, everyone, settled.places),
        removals=removed.removals,
        today=current_grants(index, definitions, known, given.assignments, before.seen, given.groups),
        stored_credentials=credentials,
        credential_free=credential_free(sign_ins, everyone),
        vaults_to_switch=tuple(vault.resource_id for vault in vaults_of_policies(policies.vaults)),
        migrations=migrations(index, policies.vaults, entries, needs.seen, afterwards, everyone),
        risks=find_risks(policies.vaults, everyones, afterwards.known, everyone, given.hierarchy),
        secrets=secret_decisions(
            given.secrets, about, everyone, policy.secrets, () if given.imports else given.runs
        ),
        transitional=transitional(credentials, given.subjects, policy.secrets, now),
        certificates=proved,
        dropped=needs.dropped,
        completeness=of_chosen(
            complete, completeness(given, of_principals(about_chosen), everybody, definitions), chosen
        ),
        notes=(
            *(() if policy.evidence.include_denied else about_denials(needs.observations)),
            *about_directory(about),
            *directory_notes(about_chosen, known),
            *general_notes(planned, (*needed, *of_services), strangers, scopes=policy.scopes),
            *about_roles(index, planned),
            *about_proposed(settled.proposed),
            *about_limits(policy.roles.most_assignments, settled.too_many, settled.places, everyone),
            *about_certificates(proved),
            *removed.notes,
            *native.notes,
        ),
    )
    seen_and_moved = (*before.observations, *needs.observations)
    return with_proof(plan, given, policy, seen_and_moved, about_chosen, index, definitions)


def _known(given: Given) -> dict[str, Subject]:
    return {subject.principal_id.casefold(): subject for subject in given.subjects}


def _seen(given: Given, policy: PlanPolicy, now: int) -> tuple[list[Observation], Needs]:
    """What was seen of whoever is there, and what is needed of it."""
    known = _known(given)
    about = [seen for seen in given.observations if not is_gone(seen.principal_id, known)]
    return about, needs_of(given, policy, about, now, known)


def definitions_of(given: Given) -> dict[str, RoleDefinition]:
    """Every role that somebody may have, by id."""
    return {role.id: role for role in (*built_in_roles(), *unlisted_roles())} | dict(given.custom_roles)


def _everyone(
    known: Mapping[str, Subject],
    strangers: Iterable[str],
    entries: Iterable[Entry],
    assignments: Iterable[RoleAssignment],
) -> dict[str, Subject]:
    """Everybody that the plan speaks of, by case-folded id; whom nobody has declared goes by the id."""
    ids = [*strangers, *(one.policy.object_id for one in entries), *(one.principal_id for one in assignments)]
    return _named(ids) | dict(known)


def _named(ids: Iterable[str]) -> dict[str, Subject]:
    """Principals that go by their ids."""
    return {one.casefold(): Subject(one, one, SubjectKind.APPLICATION) for one in ids}


def is_gone(principal_id: str, known: Mapping[str, Subject]) -> bool:
    """Whether a principal was deleted since: it needs nothing any more."""
    subject = known.get(principal_id.casefold())
    return subject is not None and subject.is_deleted


def _roles_by_key(settled: Iterable[Place]) -> dict[str, list[ReplacingRole]]:
    """The least roles for what was done with each access key, by its principal id."""
    found: dict[str, list[ReplacingRole]] = {}
    for place, ranked in choices(settled):
        role = ReplacingRole(ranked.role.id, ranked.role.name, place.scope.text)
        found.setdefault(place.principal_id, []).append(role)
    return found
