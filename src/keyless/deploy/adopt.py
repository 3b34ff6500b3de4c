"""Existing state written to the store, as things that were made beside the estate file.

Rules:
- what is new is made, what differs is brought up to what was told; a field that no source told stays;
- nothing is taken away, but for what an import itself had made up: a principal of which only the id was known
  gives way to the one that is known now, or to nobody, where the lists say that there is nobody;
- so it stays when an estate file is applied, and goes with `estate apply --prune` where the file does not
  name it, as all that is made beside a file does;
- one assignment is one principal, role and scope: one that is there under another name is left alone;
- all of it is written in one transaction, or nothing.
"""

from __future__ import annotations

import enum
from collections.abc import Iterable
from contextlib import suppress
from typing import Any, NamedTuple

from msgspec import structs

from keyless.deploy.adopt_places import KINDS, PLACES, name_of
from keyless.deploy.apply import TENANT_KEY
from keyless.deploy.brought_up import brought_up
from keyless.deploy.kept import Holding, bring_back
from keyless.estate.imported import Existing, Known
from keyless.estate.imported.people import placeholder, placeholder_client_id
from keyless.lifecycle.identities import live_identities, settle_identities
from keyless.lifecycle.principals import all_principals
from keyless.model.derived_ids import tenant_called
from keyless.model.directory import Group, MissingPrincipal, User
from keyless.model.estate import Estate
from keyless.model.guids import guid_key
from keyless.model.identities import (
    Application,
    ManagedIdentity,
)
from keyless.model.resource_id import ResourceId
from keyless.model.resources import ConfigurationStore, ResourceGroup, Tenant, Vault
from keyless.model.roles import RoleAssignment, Triple
from keyless.store.collections import (
    APPLICATIONS,
    ASSIGNMENTS,
    MISSING_PRINCIPALS,
    ROLE_DEFINITIONS,
    TENANT,
)
from keyless.store.ports import Store, Transaction


class Change(enum.StrEnum):
    """What an import did with a thing."""

    NEW = "new"
    CHANGED = "changed"
    UNCHANGED = "unchanged"
    REMOVED = "removed"


class Adopted(NamedTuple):
    """One thing: of which kind, what it is called, and what was done with it."""

    kind: str
    name: str
    change: Change


class _Nothing(Exception):
    """Ends a transaction that is not to be kept."""


async def adopt(
    existing: Existing,
    store: Store,
    holding: Holding,
    now: int,
    *,
    keep: bool,
    tenant: Tenant | None = None,
) -> list[Adopted]:
    """Bring the store up to what was found; without ``keep``, only say what that would change.

    ``tenant`` is the project's own, where it has said so; else a new store is of the tenant that was found.
    """
    changes: list[Adopted] = []
    with suppress(_Nothing):
        async with store.transaction() as transaction:
            before = await live_identities(transaction)
            await _bring_back(transaction, existing, holding, now)
            changes += await _Writer(transaction, existing, tenant).write()
            await _note_missing(transaction, existing, now)
            await settle_identities(transaction, before, now)
            _check_worth(changes, keep=keep)
    return sorted(changes, key=lambda one: (KINDS.index(one.kind), one.name.casefold()))


async def _note_missing(transaction: Transaction, existing: Existing, now: int) -> None:
    """Keep whom the lists do not have, and forget that of those who are there (again)."""
    there = {guid_key(one.principal_id) for one in await all_principals(transaction)}
    for principal_id in existing.orphaned - there:
        place = (guid_key(principal_id),)
        if await transaction.get(MISSING_PRINCIPALS, place) is None:
            await transaction.put(MISSING_PRINCIPALS, place, MissingPrincipal(principal_id, now))
    for key, _ in await transaction.scan(MISSING_PRINCIPALS):
        if key[0] in there:
            await transaction.delete(MISSING_PRINCIPALS, key)


def _check_worth(changes: Iterable[Adopted], *, keep: bool) -> None:
    """End the transaction without a trace where nothing is to be kept."""
    if not keep or all(one.change is Change.UNCHANGED for one in changes):
        raise _Nothing


async def tenant_in(store: Store) -> Tenant | None:
    """The tenant that a store is of; none where it has come to none yet."""
    return await store.get(TENANT, TENANT_KEY)


async def known_identities(store: Store) -> dict[str, ManagedIdentity]:
    """The identities that there are, by the case-folded id of the resource that they are of."""
    return {one.resource_id.casefold(): one for one in (await live_identities(store)).values()}


async def known_roles(store: Store) -> list[str]:
    """The GUIDs of the custom roles that there are."""
    return [one.id for _, one in await store.scan(ROLE_DEFINITIONS)]


async def _bring_back(transaction: Transaction, existing: Existing, holding: Holding, now: int) -> None:
    """Vaults and stores that lie deleted here, and are there in Azure."""
    records = [one.record for one in existing.records]
    wanted = Estate(
        tenant_called(),
        vaults=tuple(one for one in records if isinstance(one, Vault)),
        stores=tuple(one for one in records if isinstance(one, ConfigurationStore)),
    )
    await bring_back(transaction, wanted, holding, now)


class _Writer:
    """Writes into one transaction."""

    def __init__(self, transaction: Transaction, existing: Existing, tenant: Tenant | None) -> None:
        self._transaction, self._existing = transaction, existing
        self._tenant = tenant or existing.tenant
        self._triples: dict[Triple, RoleAssignment] = {}
        self._principals: frozenset[str] = frozenset()

    async def write(self) -> list[Adopted]:
        """Write everything; what was done with each thing."""
        if self._tenant and await self._transaction.get(TENANT, TENANT_KEY) is None:
            await self._transaction.put(TENANT, TENANT_KEY, self._tenant)
        for _, one in await self._transaction.scan(ASSIGNMENTS):
            self._triples[one.triple] = one
        self._principals = frozenset(await self._holders())
        changes = [await self._write(one) for one in (*self._groups(), *self._existing.records)]
        return [one for one in changes if one is not None] + await self._without_made_up()

    def _groups(self) -> Iterable[Known]:
        """The resource groups that resources lie in and no source lists."""
        listed = {one.record.resource_id.casefold() for one in self._existing.records if _is_group(one)}
        missing: dict[str, Known] = {}
        for one in self._existing.records:
            place = _group_of(one.record)
            if place is not None and place.casefold() not in listed:
                there = missing.get(place.casefold())
                if there is None or not there.record.location:
                    location = getattr(one.record, "location", "")
                    missing[place.casefold()] = Known(ResourceGroup(place, location), ())
        return missing.values()

    async def _write(self, known: Known) -> Adopted | None:
        record = known.record
        kind, collection, key_of = PLACES[type(record)]
        if self._is_made_up(known) and guid_key(record.principal_id) in self._principals:
            return None
        if isinstance(record, RoleAssignment):
            record = self._under_its_name(record)
        key = key_of(record)
        there = await self._transaction.get(collection, key)
        wanted = brought_up(there, record, known.said)
        if wanted == there:
            return Adopted(kind, name_of(record), Change.UNCHANGED)
        await self._transaction.put(collection, key, wanted)
        return Adopted(kind, name_of(record), Change.NEW if there is None else Change.CHANGED)

    def _is_made_up(self, known: Known) -> bool:
        return not known.said and isinstance(known.record, User | Group | Application)

    def _under_its_name(self, record: RoleAssignment) -> RoleAssignment:
        """The assignment by the name that it has here already, if it has one."""
        there = self._triples.get(record.triple)
        return record if there is None else structs.replace(record, id=there.id)

    async def _without_made_up(self) -> list[Adopted]:
        """Take away what earlier imports made up for principals that are known now, or known to be gone."""
        gone: list[Adopted] = []
        holders = await self._holders()
        for key, one in await self._transaction.scan(APPLICATIONS):
            principal_id = guid_key(one.principal_id)
            is_known = holders.get(principal_id, 0) > 1 or principal_id in self._existing.orphaned
            if is_known and one.client_id == placeholder_client_id(principal_id):
                await self._transaction.delete(APPLICATIONS, key)
                gone.append(Adopted(PLACES[Application][0], one.name, Change.REMOVED))
        return gone + await self._without_made_up_people()

    async def _holders(self) -> dict[str, int]:
        """How many records say that they are a principal, by its id."""
        counted: dict[str, int] = {}
        for one in await all_principals(self._transaction):
            principal_id = guid_key(one.principal_id)
            counted[principal_id] = counted.get(principal_id, 0) + 1
        return counted

    async def _without_made_up_people(self) -> list[Adopted]:
        gone: list[Adopted] = []
        for principal_id in sorted(self._existing.orphaned):
            for kind in ("User", "Group"):
                made_up = placeholder(principal_id, kind).record
                noun, collection, key_of = PLACES[type(made_up)]
                if await self._transaction.get(collection, key_of(made_up)) == made_up:
                    await self._transaction.delete(collection, key_of(made_up))
                    gone.append(Adopted(noun, name_of(made_up), Change.REMOVED))
        return gone


def _is_group(known: Known) -> bool:
    return isinstance(known.record, ResourceGroup)


def _group_of(record: Any) -> str | None:  # noqa: ANN401  # a record of any collection
    """The resource group that a resource lies in."""
    if isinstance(record, ResourceGroup) or not getattr(record, "resource_id", ""):
        return None
    place = ResourceId.parse(record.resource_id)
    return ResourceId(place.segments[:4]).text if place.resource_group else None
