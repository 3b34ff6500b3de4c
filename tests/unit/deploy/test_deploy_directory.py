"""The directory that a file declares, applied to one in which tools have made more, pruned and exported."""

from __future__ import annotations

import pytest
from msgspec import structs

from keyless.deploy.apply import apply_estate
from keyless.deploy.contents import PlaneContents
from keyless.deploy.export import stored_estate
from keyless.deploy.prune import prune
from keyless.estate.export import export_text
from keyless.estate.read import read_text
from keyless.lifecycle.applications import find_application
from keyless.lifecycle.delete import delete_resource
from keyless.lifecycle.directory import principal_key
from keyless.model.directory import GLOBAL_ADMINISTRATOR, DirectoryRoleAssignment, User
from keyless.model.estate import Estate
from keyless.model.identities import ApplicationPassword
from keyless.store.collections import (
    APPLICATIONS,
    DIRECTORY_ROLE_ASSIGNMENTS,
    SECURITY_GROUPS,
    USERS,
)
from keyless.store.ports import Store

TEXT = """
version: 1
tenant: t
subscription: s
resourceGroups:
  g:
    identities: {shared: }
applications:
  legacy: {clientSecret: {env: DB}}
users:
  Ada: {userPrincipalName: ada@t}
  Bob: {userPrincipalName: bob@t}
groups:
  devs: {members: [Ada, shared]}
directoryRoles:
  - {principal: shared, role: Directory Readers}
"""
ME = "0ca10000-0000-4000-8000-000000000001"


def estate(text: str = TEXT) -> Estate:
    return read_text(text, {"DB": "s3cret"})


@pytest.fixture
async def contents(store: Store, now: int) -> PlaneContents:
    """A store with the estate in it, the person at the keyboard, and what tools have added."""
    made = PlaneContents(store, lambda: now)
    await apply_estate(estate(), store, made)
    (devs,) = [group for _, group in await store.scan(SECURITY_GROUPS)]
    async with store.transaction() as transaction:
        await transaction.put(USERS, (ME,), User(ME, "me@t", "Me", local=True))
        given = DirectoryRoleAssignment("mine", ME, GLOBAL_ADMINISTRATOR)
        await transaction.put(DIRECTORY_ROLE_ASSIGNMENTS, ("mine",), given)
        changed = structs.replace(devs, members=(*devs.members, ME, "stranger"), owners=(ME,))
        await transaction.put(SECURITY_GROUPS, principal_key(devs.principal_id), changed)
        key, legacy = (await transaction.scan(APPLICATIONS))[0]
        added = ApplicationPassword("k1", b"hash", "rotation", ends_at=now + 100)
        await transaction.put(APPLICATIONS, key, structs.replace(legacy, passwords=(added,), owners=(ME,)))
    return made


async def test_what_was_added_beside_the_file_stays_when_it_is_applied_again(
    store: Store, contents: PlaneContents
) -> None:
    await apply_estate(estate(), store, contents)
    (devs,) = [group for _, group in await store.scan(SECURITY_GROUPS)]
    assert devs.members[-2:] == (ME, "stranger")
    assert devs.owners == (ME,)
    legacy = await find_application(store, estate().applications[0].client_id)
    assert legacy is not None
    assert [one.key_id for one in legacy.passwords] == ["k1"]
    assert legacy.owners == (ME,)


async def test_pruning_takes_out_what_was_added_but_nothing_of_who_is_at_the_keyboard(
    store: Store, contents: PlaneContents
) -> None:
    without_bob = estate(TEXT.replace("  Bob: {userPrincipalName: bob@t}\n", ""))
    gone = {one.thing for one in await prune(without_bob, store, contents)}
    assert gone == {
        "user `Bob`",
        "member `stranger` of group `devs`",
        "client secret `rotation` of application `legacy`",
    }
    assert await store.get(USERS, (ME,)) is not None
    assert await store.get(DIRECTORY_ROLE_ASSIGNMENTS, ("mine",)) is not None
    (devs,) = [group for _, group in await store.scan(SECURITY_GROUPS)]
    assert ME in devs.members
    assert await prune(without_bob, store, contents) == []


async def test_pruning_a_group_and_a_role_removes_them(store: Store, contents: PlaneContents) -> None:
    bare = estate(TEXT[: TEXT.index("groups:\n  devs")])
    gone = sorted(one.thing for one in await prune(bare, store, contents))
    assert [thing.split(" `")[0] for thing in gone] == ["client secret", "directory role", "group"]
    assert await store.scan(SECURITY_GROUPS) == []


async def test_the_exported_file_names_nobody_at_the_keyboard(store: Store, contents: PlaneContents) -> None:
    text = export_text(await stored_estate(store, contents))
    assert "Me" not in text
    assert ME not in text
    assert "rotation" not in text
    assert "Ada" in text


async def test_an_identity_that_is_made_again_is_in_its_groups_and_has_its_roles(
    store: Store, contents: PlaneContents, now: int
) -> None:
    before = estate().identities[0].principal_id
    await delete_resource(store, "shared", now)
    await apply_estate(estate(), store, contents)
    there = (await stored_estate(store, contents)).identities[0].principal_id
    assert there != before
    (devs,) = [group for _, group in await store.scan(SECURITY_GROUPS)]
    assert there in devs.members
    assert before not in devs.members
    given = [one.principal_id for _, one in await store.scan(DIRECTORY_ROLE_ASSIGNMENTS)]
    assert there in given
    assert before not in given
