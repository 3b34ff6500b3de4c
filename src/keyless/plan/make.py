"""Makes a plan: from what identities were seen to do, the least-privileged roles that let them do it.

Pure: no clock, no store, no network. The same arguments give the same plan.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from msgspec import structs

from keyless.plan.access_policies import Afterwards, migrations, vaults_of_policies
from keyless.plan.assignments import choices, planned_assignments, uncovered
from keyless.plan.basis import Basis, basis_of
from keyless.plan.certificates import about_certificates, certificates
from keyless.plan.completeness import completeness, visibility_of
from keyless.plan.current import current_grants
from keyless.plan.directory import directory_notes
from keyless.plan.given import Given
from keyless.plan.identities.sureness import of_chosen
from keyless.plan.legacy import credential_free, stored_credentials
from keyless.plan.native.grants import native_grants
from keyless.plan.needs import of_principals
from keyless.plan.notes import (
    about_denials,
    about_directory,
    about_keeping,
    about_limits,
    about_proposed,
    about_roles,
    general_notes,
)
from keyless.plan.places import Place
from keyless.plan.policy.policy import DEFAULT_POLICY, PlanPolicy
from keyless.plan.proof import with_proof
from keyless.plan.references.access import access_under
from keyless.plan.references.follow import as_observations, pairs
from keyless.plan.references.readers import World, resolved, seen_reading
from keyless.plan.references.reasons import with_reasons
from keyless.plan.removal_reasons import Seen
from keyless.plan.removals import Removals, find_removals
from keyless.plan.result import Plan, PlannedAssignment, ReplacingRole
from keyless.plan.results.completeness import Completeness
from keyless.plan.secrets.decide import secret_decisions
from keyless.plan.secrets.reading import readings
from keyless.plan.secrets.reads import object_reads
from keyless.plan.secrets.transitional import transitional
from keyless.plan.settle import settle
from keyless.plan.vault_risks import find_risks
from keyless.plan.window import speaking_of_nothing


def make_plan(given: Given, policy: PlanPolicy = DEFAULT_POLICY) -> Plan:
    """The least-privileged role assignments for what was observed.

    The assignments that there are today are compared with it: those of its subjects that it does not keep are
    removals; what deleted ones did is left out. What was done with access keys gives the roles of the
    identities that replace them. Vaults with access policies are moved to roles.
    """
    basis = basis_of(given, policy)
    complete = completeness(basis.as_it_is, of_principals(basis.about), basis.everybody, basis.definitions)
    planned = _planned(basis)
    removed = _removed(basis, planned, complete)
    plan = _with_roles(Plan(identities=basis.chosen.plan), basis, planned)
    plan = _with_today(plan, basis, removed)
    plan = _with_secrets(plan, basis)
    plan = _with_services(plan, basis)
    plan = _with_references(plan, basis)
    plan = structs.replace(
        plan,
        completeness=_completeness(basis, complete),
        notes=(*_notes(basis, plan), *removed.notes, *plan.notes),
    )
    seen_and_moved = (
        *basis.before.observations,
        *basis.needs.observations,
        *as_observations(basis.needs.follows),
    )
    return with_proof(
        plan, basis.given, policy, seen_and_moved, basis.about_chosen, basis.index, basis.definitions
    )


def _planned(basis: Basis) -> tuple[PlannedAssignment, ...]:
    existing = {one.triple: one.id for one in basis.given.assignments if one.condition is None}
    planned = planned_assignments(basis.index, basis.everyone, existing, basis.settled.places)
    return with_reasons(planned, basis.needs.follows)


def _removed(basis: Basis, planned: Sequence[PlannedAssignment], complete: Completeness) -> Removals:
    seen = Seen(
        basis.needs.needed,
        basis.needs.dropped,
        visibility_of(basis.as_it_is, of_principals(basis.about)),
        complete,
        basis.now,
        basis.chosen.taken_over,
    )
    return find_removals(basis.index, basis.given, basis.known, basis.definitions, planned, seen)


def _with_roles(plan: Plan, basis: Basis, planned: tuple[PlannedAssignment, ...]) -> Plan:
    """What was chosen, and what no role grants."""
    places = basis.settled.places
    return structs.replace(
        plan,
        assignments=planned,
        proposed_roles=basis.settled.proposed,
        uncovered=uncovered(basis.index, basis.everyone, places),
        certificates=certificates(basis.index, places),
        dropped=basis.needs.dropped,
    )


def _with_today(plan: Plan, basis: Basis, removed: Removals) -> Plan:
    """What there is today beside that: grants, what is to go, vaults that access policies decide on."""
    given, index, definitions = basis.given, basis.index, basis.definitions
    vaults, everyones = given.policies.vaults, basis.everyones
    gone = {one.assignment_id for one in removed.removals}
    kept = [one for one in everyones if one.id not in gone]
    afterwards = Afterwards(plan.assignments, kept, definitions, given.hierarchy)
    today = current_grants(
        index, definitions, basis.known, given.assignments, basis.before.seen, given.groups
    )
    needs = basis.needs
    return structs.replace(
        plan,
        removals=removed.removals,
        today=today,
        vaults_to_switch=tuple(vault.resource_id for vault in vaults_of_policies(vaults)),
        migrations=migrations(index, vaults, needs.entries, needs.seen, afterwards, basis.everyone),
        risks=find_risks(vaults, everyones, afterwards.known, basis.everyone, given.hierarchy),
    )


def _with_secrets(plan: Plan, basis: Basis) -> Plan:
    """What becomes of stored credentials and of secrets."""
    given, policy = basis.given, basis.policy
    by_key = settle(basis.index, policy, basis.needs.by_key, propose=False).places
    credentials = stored_credentials(
        basis.sign_ins,
        basis.everyone,
        given.compute,
        plan.assignments,
        _roles_by_key(by_key),
        plan.identities,
    )
    runs = () if given.imports else given.runs
    read = readings(basis.about, basis.everyone, given.secrets.paces, runs)
    return structs.replace(
        plan,
        stored_credentials=credentials,
        credential_free=credential_free(basis.sign_ins, basis.everyone),
        secrets=secret_decisions(given.secrets, read, policy.secrets),
        reads=object_reads(read, given.secrets.places),
        transitional=transitional(credentials, given.subjects, policy.secrets, basis.now),
    )


def _with_services(plan: Plan, basis: Basis) -> Plan:
    """Grants in services' own terms, with the notes on them."""
    given = basis.given
    native = native_grants(
        basis.needs.native, basis.sign_ins, basis.everyone, given.resources, basis.policy, given.cosmos
    )
    return structs.replace(plan, native=native.grants, notes=native.notes)


def _with_references(plan: Plan, basis: Basis) -> Plan:
    """How Key Vault references stand, and who can follow them today and when the plan is carried out."""
    given, needs = basis.given, basis.needs
    if not given.references.references:
        return plan
    gone = {one.assignment_id for one in plan.removals}
    afterwards = (*plan.role_assignments(), *(one for one in given.assignments if one.id not in gone))
    world = World(
        facts=given.references,
        subjects=given.subjects,
        today=access_under(given, given.assignments, basis.definitions, by_policies=True),
        planned=access_under(given, afterwards, basis.definitions, by_policies=False),
        seen=seen_reading(needs.observations),
        follows=pairs(needs.follows),
    )
    return structs.replace(plan, references=resolved(world))


def _completeness(basis: Basis, as_it_was: Completeness) -> Completeness:
    about = of_principals(basis.about_chosen)
    with_chosen = completeness(basis.given, about, basis.everybody, basis.definitions)
    return of_chosen(as_it_was, with_chosen, basis.chosen)


def _notes(basis: Basis, plan: Plan) -> Iterator[str]:
    policy, needs, settled = basis.policy, basis.needs, basis.settled
    if not policy.evidence.include_denied:
        yield from about_denials(needs.observations)
    if needs.dropped:
        yield from about_keeping(speaking_of_nothing(policy.evidence.keep, basis.about, basis.known))
    yield from about_directory(basis.about)
    yield from directory_notes(basis.about_chosen, basis.known)
    needed = (*needs.needed, *basis.of_services)
    yield from general_notes(plan.assignments, needed, basis.strangers, scopes=policy.scopes)
    yield from about_roles(basis.index, plan.assignments)
    yield from about_proposed(settled.proposed)
    most = policy.roles.most_assignments
    yield from about_limits(most, settled.too_many, settled.places, basis.everyone)
    yield from about_certificates(plan.certificates)


def _roles_by_key(settled: Iterable[Place]) -> dict[str, list[ReplacingRole]]:
    """The least roles for what was done with each access key, by its principal id."""
    found: dict[str, list[ReplacingRole]] = {}
    for place, ranked in choices(settled):
        role = ReplacingRole(ranked.role.id, ranked.role.name, place.scope.text)
        found.setdefault(place.principal_id, []).append(role)
    return found
