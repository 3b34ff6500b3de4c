"""What a plan is made from, read from a project's store and evidence.

What people did is left out: what they need is for them to say. Where vaults have access policies people and
groups count, but for the person at this machine, whom the plane itself has made.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from keyless.authz.hierarchy import Hierarchy
from keyless.evidence.database import EvidenceDatabase
from keyless.model.resource_id import ResourceId
from keyless.model.roles import RoleAssignment
from keyless.plan.given import Given, VaultPolicies
from keyless.plan.native.today import cosmos_assignments
from keyless.plan.problem import Subject, SubjectKind
from keyless.plan.window import last_moment
from keyless.runtime.directory import Directory, Entry, read_directory
from keyless.runtime.reference_selections import with_selections
from keyless.runtime.references import read_references
from keyless.runtime.stored_values import read_secret_facts
from keyless.store.collections import (
    ASSIGNMENTS,
    COMPUTE,
    DENY_ASSIGNMENTS,
    FEDERATED_CREDENTIALS,
    MANAGEMENT_GROUPS,
    MISSING_PRINCIPALS,
    RESOURCES,
    ROLE_DEFINITIONS,
    SECURITY_GROUPS,
    TENANT,
    USERS,
    VAULTS,
)
from keyless.store.ports import Store


async def read_given(store: Store, evidence: EvidenceDatabase, now: int = 0) -> Given:
    """What is recorded, and what the store knows of who and what there is.

    ``now`` (epoch seconds) counts only where evidence is of a later time: a log whose clock was ahead would
    otherwise make everything else look old.
    """
    principals = await read_directory(store)
    observations = principals.without_people(evidence.observations())
    return replace(
        await standing(store, principals),
        observations=observations,
        sign_ins=principals.without_people(evidence.sign_ins()),
        secrets=await read_secret_facts(store, evidence),
        references=with_selections(await read_references(store, now), evidence.selections()),
        made_at=now if now and last_moment(observations) > now else 0,
        runs=evidence.runs(),
        imports=evidence.imports(),
        unmapped=evidence.unmapped(),
    )


async def standing(store: Store, principals: Directory) -> Given:
    """What a store knows of who and what there is, without anything that was recorded."""
    assignments = [assignment for _, assignment in await store.scan(ASSIGNMENTS)]
    resources = [one for _, one in await store.scan(RESOURCES)]
    return Given(
        subjects=subjects_of(principals),
        assignments=principals.without_people(assignments),
        compute=[found for _, found in await store.scan(COMPUTE)],
        federated_credentials=[found for _, found in await store.scan(FEDERATED_CREDENTIALS)],
        policies=await _policies(store, principals, assignments),
        custom_roles={one.id: one for _, one in await store.scan(ROLE_DEFINITIONS)},
        groups=[group for _, group in await store.scan(SECURITY_GROUPS)],
        denies=[deny for _, deny in await store.scan(DENY_ASSIGNMENTS)],
        hierarchy=await _hierarchy(store),
        not_found=frozenset(key[0] for key, _ in await store.scan(MISSING_PRINCIPALS)),
        resources=[ResourceId.parse(one.resource_id) for one in resources],
        cosmos=tuple(cosmos_assignments(resources)),
    )


async def _hierarchy(store: Store) -> Hierarchy:
    tenant = await store.get(TENANT, ("tenant",))
    groups = [group for _, group in await store.scan(MANAGEMENT_GROUPS)]
    return Hierarchy(groups, tenant.tenant_id if tenant else "")


def subjects_of(principals: Directory) -> list[Subject]:
    """The principals of an estate as the planner knows them."""
    return [
        *(_subject(entry) for entry in principals.entries),
        *(_subject(entry, is_deleted=True) for entry in principals.deleted),
    ]


def _subject(entry: Entry, *, is_deleted: bool = False) -> Subject:
    return Subject(
        entry.principal_id,
        entry.name,
        SubjectKind(entry.kind),
        entry.resource_id,
        is_deleted=is_deleted,
        runs_on=entry.runs_on,
        compute=entry.compute,
    )


async def _policies(
    store: Store, principals: Directory, assignments: Iterable[RoleAssignment]
) -> VaultPolicies:
    """The vaults, and the people and groups that may have policies in them."""
    own = {user.principal_id for _, user in await store.scan(USERS) if user.local}
    people = {user.principal_id.casefold() for user in principals.users} - own
    tenant = await store.get(TENANT, ("tenant",))
    users = (Subject(one.principal_id, one.name, SubjectKind.USER) for one in principals.users)
    groups = (
        Subject(one.principal_id, one.display_name, SubjectKind.GROUP)
        for _, one in await store.scan(SECURITY_GROUPS)
    )
    return VaultPolicies(
        vaults=tuple(vault for _, vault in await store.scan(VAULTS)),
        tenant_id=tenant.tenant_id if tenant else "",
        others=(*users, *groups),
        assignments=tuple(one for one in assignments if one.principal_id.casefold() in people),
    )
