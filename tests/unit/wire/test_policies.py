"""What decisions rest on: at once by default, each change on its own clock with a delay, little read anew."""

from __future__ import annotations

import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from keyless.authz.decide import AccessRequest, Allowed
from keyless.model.actions import ActionPlane
from keyless.model.denies import DeniedPrincipal, DenyAssignment
from keyless.model.directory import Group
from keyless.model.management import ManagementGroup, management_group_scope
from keyless.model.resource_id import ResourceId
from keyless.model.resources import Tenant
from keyless.model.roles import Permission, RoleAssignment, RoleDefinition
from keyless.store.collections import (
    ASSIGNMENTS,
    DENY_ASSIGNMENTS,
    MANAGEMENT_GROUPS,
    ROLE_DEFINITIONS,
    SECURITY_GROUPS,
    TENANT,
)
from keyless.store.ports import Collection
from keyless.store.sealing import RootKey
from keyless.store.sqlite.store import SqliteStore
from keyless.wire.policies import Policies

GROUP = "/subscriptions/s/resourceGroups/g"
READER = RoleDefinition("reader", "Reader", (Permission(actions=("*/read",)),))
WRITER = RoleDefinition("writer", "Writer", (Permission(actions=("*/write",)),), custom=True)
ROLES = {READER.id: READER}
DENY = DenyAssignment("d", "deny", GROUP, (Permission(actions=("*",)),), (DeniedPrincipal("p"),))


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqliteStore]:
    made = SqliteStore(tmp_path / "store.db", RootKey(bytes(range(32)), "the test"))
    yield made
    made.close()


async def put(store: SqliteStore, collection: Collection[Any], record: Any, key: str | None = None) -> None:
    async with store.transaction() as transaction:
        await transaction.put(collection, (key or record.id,), record)


async def remove(store: SqliteStore, collection: Collection[Any], key: str) -> None:
    async with store.transaction() as transaction:
        await transaction.delete(collection, (key,))


async def may(policies: Policies, now: float, action: str = "a/read", who: str = "p") -> bool:
    snapshot = await policies.snapshot(now)
    ids = snapshot.principal_ids(who)
    request = AccessRequest(ids, ActionPlane.CONTROL, action, ResourceId.parse(GROUP))
    return isinstance(snapshot.decide(request), Allowed)


def assignment(role: str = "reader", who: str = "p", id_: str = "a", scope: str = GROUP) -> RoleAssignment:
    return RoleAssignment(id_, who, role, scope)


async def test_a_change_takes_effect_at_once_by_default(store: SqliteStore) -> None:
    policies = Policies(store, ROLES)
    assert not await may(policies, 0)
    await put(store, ASSIGNMENTS, assignment())
    assert await may(policies, 0)
    await put(store, DENY_ASSIGNMENTS, DENY)
    assert not await may(policies, 0)
    await remove(store, DENY_ASSIGNMENTS, "d")
    assert await may(policies, 0)
    await remove(store, ASSIGNMENTS, "a")
    assert not await may(policies, 0)
    assert policies.changes_at == math.inf


async def test_custom_roles_and_groups_and_management_groups_count(store: SqliteStore) -> None:
    policies = Policies(store, ROLES)
    await put(store, TENANT, Tenant("t", "t", "s", "s"), "tenant")
    above = management_group_scope("platform").text
    await put(store, ASSIGNMENTS, assignment("WRITER", "team", scope=above))
    assert not await may(policies, 0, "a/write")
    await put(store, ROLE_DEFINITIONS, WRITER)
    assert not await may(policies, 0, "a/write")
    await put(store, SECURITY_GROUPS, Group("team", "team", members=("p",)), "team")
    assert not await may(policies, 0, "a/write")
    await put(store, MANAGEMENT_GROUPS, ManagementGroup("platform", "P", None, ("s",)), "platform")
    assert await may(policies, 0, "a/write")
    await remove(store, ROLE_DEFINITIONS, "writer")
    assert not await may(policies, 0, "a/write")


async def test_with_a_delay_each_change_takes_effect_on_its_own_clock(store: SqliteStore) -> None:
    policies = Policies(store, ROLES, delay_s=60)
    await put(store, ASSIGNMENTS, assignment(id_="first"))
    assert await may(policies, 1000)  # what was there before anyone asked
    await put(store, ASSIGNMENTS, assignment(who="q", id_="second"))
    assert not await may(policies, 1000, who="q")
    await remove(store, ASSIGNMENTS, "first")
    assert await may(policies, 1030)
    assert policies.changes_at == 1060
    assert not await may(policies, 1059.9, who="q")
    assert await may(policies, 1060, who="q")
    assert await may(policies, 1089)
    assert policies.changes_at == 1090
    assert not await may(policies, 1090)
    assert policies.changes_at == math.inf


async def test_with_a_delay_denies_roles_and_groups_wait_too(store: SqliteStore) -> None:
    policies = Policies(store, ROLES, delay_s=60)
    await put(store, ASSIGNMENTS, assignment("writer", "team"))
    await put(store, ASSIGNMENTS, assignment(id_="b"))
    assert await may(policies, 0)
    await put(store, DENY_ASSIGNMENTS, DENY)
    assert await may(policies, 0)
    assert not await may(policies, 60)
    await remove(store, DENY_ASSIGNMENTS, "d")
    await put(store, ROLE_DEFINITIONS, WRITER)
    assert not await may(policies, 100)
    await put(store, SECURITY_GROUPS, Group("team", "team", members=("p",)), "team")
    assert not await may(policies, 159, "a/write")
    assert not await may(policies, 160, "a/write")
    assert await may(policies, 220, "a/write")


async def test_a_record_that_changes_twice_goes_through_both_states(store: SqliteStore) -> None:
    policies = Policies(store, ROLES, delay_s=60)
    assert not await may(policies, 0)
    await put(store, ASSIGNMENTS, assignment())
    assert not await may(policies, 0)
    await remove(store, ASSIGNMENTS, "a")
    assert not await may(policies, 30)
    assert await may(policies, 60)
    assert not await may(policies, 90)


async def test_what_is_applied_at_once_is_not_undone_by_what_was_waiting(store: SqliteStore) -> None:
    policies = Policies(store, ROLES, delay_s=60)
    assert not await may(policies, 0)
    await put(store, ASSIGNMENTS, assignment(who="q", id_="waits"))
    await put(store, ASSIGNMENTS, assignment("unknown"))
    await policies.snapshot(0)
    await put(store, ASSIGNMENTS, assignment())
    await policies.snapshot(10, at_once=True)
    assert await may(policies, 10)
    assert not await may(policies, 59, who="q")
    assert await may(policies, 60, who="q")
    assert await may(policies, 60)


async def test_what_another_process_commits_is_found_by_reading_everything(
    store: SqliteStore, tmp_path: Path
) -> None:
    policies = Policies(store, ROLES)
    await put(store, ASSIGNMENTS, assignment())
    assert await may(policies, 0)
    other = SqliteStore(tmp_path / "store.db", RootKey(bytes(range(32)), "the test"))
    await remove(other, ASSIGNMENTS, "a")
    await put(other, ASSIGNMENTS, assignment(who="q", id_="b"))
    other.close()
    store.refresh()
    assert store.changed_since(ASSIGNMENTS, 1) is None
    assert not await may(policies, 0)
    assert await may(policies, 0, who="q")


async def test_of_a_collection_that_changed_only_what_changed_is_read(
    store: SqliteStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    policies = Policies(store, ROLES)
    await put(store, ASSIGNMENTS, assignment())
    assert await may(policies, 0)

    async def never(*arguments: object, **more: object) -> None:
        raise AssertionError("everything was read anew")

    monkeypatch.setattr(store, "scan", never)
    await put(store, ASSIGNMENTS, assignment(who="q", id_="b"))
    await put(store, DENY_ASSIGNMENTS, DENY)
    assert await may(policies, 0, who="q")
    assert not await may(policies, 0)
