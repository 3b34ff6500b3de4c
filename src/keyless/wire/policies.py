"""What decisions rest on, as it is in effect: kept in memory, and brought up to date by what changes.

Rules:
- what is there when it is first read is in effect at once; what changes later takes effect ``delay_s``
  seconds after it was noticed, each change on its own clock, in the order in which it was made;
- only collections whose revision has risen are looked at, and of those only the records that changed,
  where the store can tell;
- a new snapshot shares with the last one whatever did not change.

Left to others: the time, and noticing that anything was committed (`Store.refresh`).
"""

from __future__ import annotations

import math
from bisect import bisect_right, insort
from collections.abc import Iterable, Mapping
from typing import Any, Generic, NamedTuple, TypeVar

from keyless.authz.decide import Role
from keyless.authz.groups import Memberships
from keyless.authz.hierarchy import Hierarchy
from keyless.authz.snapshot import Snapshot, compile_roles
from keyless.model.roles import RoleDefinition
from keyless.store.collections import (
    ASSIGNMENTS,
    DENY_ASSIGNMENTS,
    MANAGEMENT_GROUPS,
    ROLE_DEFINITIONS,
    SECURITY_GROUPS,
    TENANT,
)
from keyless.store.ports import Collection, Key, Store

T = TypeVar("T")

RESTS_ON: tuple[Collection[Any], ...] = (
    ASSIGNMENTS,
    DENY_ASSIGNMENTS,
    MANAGEMENT_GROUPS,
    ROLE_DEFINITIONS,
    SECURITY_GROUPS,
    TENANT,
)


class _Change(NamedTuple, Generic[T]):
    """A record that was replaced, made or removed."""

    before: T | None
    after: T | None


class _Pending(NamedTuple, Generic[T]):
    due: float
    key: Key
    record: T | None


class _Watched(Generic[T]):
    """The records of one collection that are in effect, and those that will be."""

    def __init__(self, collection: Collection[T]) -> None:
        self._collection = collection
        self._revision = -1
        self._records: dict[Key, T] = {}
        self._pending: list[_Pending[T]] = []
        self._expected: dict[Key, T | None] = {}

    @property
    def records(self) -> Iterable[T]:
        """The records in effect."""
        return self._records.values()

    @property
    def changes_at(self) -> float:
        """When the next change takes effect (epoch seconds)."""
        return self._pending[0].due if self._pending else math.inf

    async def refresh(self, store: Store, now: float, delay_s: float) -> list[_Change[T]]:
        """Notice what the store has come to; what took effect since the last time."""
        revision = store.revision(self._collection)
        if self._revision < 0:
            self._records = dict(await store.scan(self._collection))
            self._revision = revision
            return [_Change(None, record) for record in self._records.values()]
        if revision != self._revision:
            for key, record in await self._news(store):
                self._expect(_Pending(now + delay_s, key, record))
            self._revision = revision
        return self._take_effect(now)

    async def _news(self, store: Store) -> list[tuple[Key, T | None]]:
        """The records that are no longer as they were last noticed."""
        keys = store.changed_since(self._collection, self._revision)
        if keys is None:
            there = dict(await store.scan(self._collection))
            gone = {key: None for key in (*self._records, *self._expected) if key not in there}
            found: dict[Key, T | None] = {**there, **gone}
        else:
            found = {}
            found = {}
            for key in keys:
                record = await store.get(self._collection, key)
                found[key] = record
        return [(key, record) for key, record in found.items() if record != self._last_noticed(key)]

    def _last_noticed(self, key: Key) -> T | None:
        return self._expected[key] if key in self._expected else self._records.get(key)

    def _expect(self, change: _Pending[T]) -> None:
        """Put a change in the queue; older ones of its record that would come after it are void."""
        if change.key in self._expected:
            self._pending = [one for one in self._pending if one.key != change.key or one.due < change.due]
        insort(self._pending, change, key=lambda one: one.due)
        self._expected[change.key] = change.record

    def _take_effect(self, now: float) -> list[_Change[T]]:
        due = bisect_right(self._pending, now, key=lambda one: one.due)
        if not due:
            return []
        changes = []
        for _, key, record in self._pending[:due]:
            changes.append(_Change(self._records.pop(key, None), record))
            if record is not None:
                self._records[key] = record
        self._pending = self._pending[due:]
        self._expected = {one.key: one.record for one in self._pending}
        return changes


class Policies:
    """Roles, assignments, denies, groups and management groups in effect, and the snapshot of them.

    ``roles`` are the built-in ones. ``delay_s`` may be changed while it is used.
    """

    def __init__(self, store: Store, roles: Mapping[str, RoleDefinition], delay_s: float = 0) -> None:
        self.delay_s = delay_s
        self._store = store
        self._built_in = roles
        self._assignments = _Watched(ASSIGNMENTS)
        self._definitions = _Watched(ROLE_DEFINITIONS)
        self._denies = _Watched(DENY_ASSIGNMENTS)
        self._groups = _Watched(SECURITY_GROUPS)
        self._management_groups = _Watched(MANAGEMENT_GROUPS)
        self._tenant = _Watched(TENANT)
        self._roles: dict[str, Role] = {}
        self._snapshot = Snapshot({})

    @property
    def changes_at(self) -> float:
        """When something takes effect by itself (epoch seconds)."""
        return min(one.changes_at for one in self._delayed)

    async def snapshot(self, now: float, *, at_once: bool = False) -> Snapshot:
        """What is in effect, given what the store has come to; with ``at_once`` nothing new waits."""
        delay_s = 0 if at_once else self.delay_s
        roles = await self._definitions.refresh(self._store, now, delay_s)
        assignments = await self._assignments.refresh(self._store, now, delay_s)
        if roles or not self._roles:
            self._roles = compile_roles((*self._built_in.values(), *self._definitions.records))
            self._snapshot = self._snapshot.with_all_assignments(self._assignments.records, self._roles)
        elif assignments:
            self._snapshot = self._snapshot.with_assignments(
                [one.before for one in assignments if one.before is not None],
                [one.after for one in assignments if one.after is not None],
                self._roles,
            )
        if await self._denies.refresh(self._store, now, delay_s):
            self._snapshot = self._snapshot.with_denies(self._denies.records)
        if await self._groups.refresh(self._store, now, delay_s):
            self._snapshot = self._snapshot.with_memberships(Memberships(self._groups.records))
        await self._place(now)
        return self._snapshot

    @property
    def _delayed(self) -> tuple[_Watched[Any], ...]:
        return (self._assignments, self._definitions, self._denies, self._groups)

    async def _place(self, now: float) -> None:
        """Management groups hold at once: where a subscription lies is no grant."""
        tenants = await self._tenant.refresh(self._store, now, 0)
        groups = await self._management_groups.refresh(self._store, now, 0)
        if tenants or groups:
            root = next((tenant.tenant_id for tenant in self._tenant.records), "")
            self._snapshot = self._snapshot.with_hierarchy(Hierarchy(self._management_groups.records, root))
