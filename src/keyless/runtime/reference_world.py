"""The world that a check resolves references in: what an estate file declares, on top of what there is here.

Rules:
- what the file declares counts as deployed, and what the store has besides stays, as `keyless run` has it;
- identities and applications are asked about, and no people: what these read is for them to say;
- where evidence is kept it says who reads which store; else role assignments do.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from typing import TypeVar

from keyless.authz.hierarchy import Hierarchy
from keyless.lifecycle.identities import as_created
from keyless.model.estate import Estate
from keyless.model.evidence import Observation, Selection
from keyless.model.guids import guid_key
from keyless.model.identities import ManagedIdentity
from keyless.plan.basis import definitions_of
from keyless.plan.given import Given, VaultPolicies
from keyless.plan.problem import Subject, SubjectKind
from keyless.plan.references.access import access_under
from keyless.plan.references.facts import ReferenceFacts
from keyless.plan.references.readers import World, seen_reading
from keyless.runtime.directory import read_directory
from keyless.runtime.plan_given import standing
from keyless.runtime.reference_selections import with_selections
from keyless.runtime.references import declared_references, read_references
from keyless.store.ports import Store

T = TypeVar("T")


def declared_world(estate: Estate, machine_time: int) -> World:
    """The world of an estate file alone; ``machine_time`` is in epoch seconds."""
    return _world(Given(), declared_references(estate, machine_time), estate, ())


async def world_with_declared(
    store: Store,
    estate: Estate,
    observations: Iterable[Observation],
    selections: Iterable[Selection],
    machine_time: int,
) -> World:
    """The world of a store with an estate file on top of it; ``machine_time`` is in epoch seconds."""
    principals = await read_directory(store)
    declared = await as_created(store, estate)
    facts = with_selections(await read_references(store, machine_time, declared), selections)
    given = await standing(store, principals)
    return _world(given, facts, declared, principals.without_people(observations))


def _world(given: Given, facts: ReferenceFacts, estate: Estate, observations: Iterable[Observation]) -> World:
    whole = _with(given, estate)
    access = access_under(whole, whole.assignments, definitions_of(whole), by_policies=True)
    return World(
        facts=facts,
        subjects=whole.subjects,
        today=access,
        planned=access,
        seen=seen_reading(observations),
    )


def _with(given: Given, estate: Estate) -> Given:
    """What there is, with what a file declares in place of what goes by the same id."""
    return replace(
        given,
        subjects=_merged(given.subjects, _subjects(estate), lambda one: guid_key(one.principal_id)),
        assignments=_merged(given.assignments, estate.assignments, lambda one: one.id),
        custom_roles={**given.custom_roles, **{one.id: one for one in estate.custom_roles}},
        groups=_merged(given.groups, estate.security_groups, lambda one: guid_key(one.principal_id)),
        denies=_merged(given.denies, estate.denies, lambda one: one.id),
        hierarchy=Hierarchy(estate.management_groups, estate.tenant.tenant_id),
        policies=VaultPolicies(tenant_id=estate.tenant.tenant_id),
    )


def _merged(there: Iterable[T], declared: Iterable[T], key: Callable[[T], str]) -> list[T]:
    return list({**{key(one): one for one in there}, **{key(one): one for one in declared}}.values())


def _subjects(estate: Estate) -> Iterator[Subject]:
    for compute in estate.compute:
        if compute.system_assigned is not None:
            yield _managed(compute.system_assigned)
    yield from map(_managed, estate.identities)
    for one in estate.applications:
        if one.principal_id:
            yield Subject(one.principal_id, one.name, SubjectKind.APPLICATION)


def _managed(identity: ManagedIdentity) -> Subject:
    return Subject(
        identity.principal_id, identity.name, SubjectKind(identity.kind.value), identity.resource_id
    )
