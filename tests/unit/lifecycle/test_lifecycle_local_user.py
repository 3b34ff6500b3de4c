"""Who is made the owner of an estate, once, and what that comes to."""

from __future__ import annotations

import itertools

import pytest

from keyless.lifecycle.local_user import OWNER, local_user, local_user_ids
from keyless.model.directory import GLOBAL_ADMINISTRATOR, User
from keyless.model.resources import Tenant
from keyless.store.collections import ASSIGNMENTS, DIRECTORY_ROLE_ASSIGNMENTS, USERS
from keyless.store.ports import Store

TENANT = Tenant("t", "Contoso", "s", "dev")


async def made(store: Store, account: str = "ada", tenant: Tenant = TENANT) -> User:
    numbers = itertools.count(1)
    return await local_user(store, tenant, account, lambda: f"user-{next(numbers)}")


async def test_the_person_is_made_owner_of_everything_and_global_administrator(store: Store) -> None:
    user = await made(store)
    assert user == User("user-1", "ada@contoso.onmicrosoft.com", "ada", local=True)
    ((_, owner),) = await store.scan(ASSIGNMENTS)
    assert (owner.principal_id, owner.role_definition_id, owner.scope) == ("user-1", OWNER, "/")
    assert owner.principal_type == "User"
    ((_, role),) = await store.scan(DIRECTORY_ROLE_ASSIGNMENTS)
    assert (role.principal_id, role.role_definition_id) == ("user-1", GLOBAL_ADMINISTRATOR)


async def test_the_person_is_made_once_and_a_role_that_was_taken_away_is_not_given_back(
    store: Store,
) -> None:
    await made(store)
    async with store.transaction() as transaction:
        for key, _ in await transaction.scan(ASSIGNMENTS):
            await transaction.delete(ASSIGNMENTS, key)
    assert (await made(store)).principal_id == "user-1"
    assert await store.scan(ASSIGNMENTS) == []


async def test_in_a_tenant_of_another_name_the_person_stays_the_same(store: Store) -> None:
    await made(store)
    renamed = await made(store, tenant=Tenant("t", "fabrikam.com", "s", "dev"))
    assert renamed == User("user-1", "ada@fabrikam.com", "ada", local=True)
    assert [user for _, user in await store.scan(USERS)] == [renamed]


@pytest.mark.parametrize(
    ("account", "name"),
    [("Ada Lovelace", "ada-lovelace"), ("CORP\\ada", "corp-ada"), (".ada.", "ada"), ("愛達", "owner")],
)
async def test_an_account_of_any_name_makes_a_user_principal_name(
    store: Store, account: str, name: str
) -> None:
    assert (await made(store, account)).user_principal_name == f"{name}@contoso.onmicrosoft.com"


async def test_only_the_person_at_the_keyboard_is_local(store: Store) -> None:
    async with store.transaction() as transaction:
        await transaction.put(USERS, ("other",), User("other", "bob@contoso.onmicrosoft.com", "Bob"))
    user = await made(store)
    assert user.principal_id == "user-1"
    assert await local_user_ids(store) == {"user-1"}
