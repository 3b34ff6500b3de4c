"""Who an object id is, and of which type."""

from __future__ import annotations

import pytest

from keyless.lifecycle.principals import (
    PrincipalType,
    all_principals,
    find_principal,
    principal_type_of,
)
from keyless.model.directory import Group, User
from keyless.model.identities import Application, ComputeResource, IdentityKind, ManagedIdentity
from keyless.store.collections import APPLICATIONS, COMPUTE, IDENTITIES, SECURITY_GROUPS, USERS
from keyless.store.ports import Store


def identity(kind: IdentityKind, name: str) -> ManagedIdentity:
    return ManagedIdentity(kind, name, f"/x/{name}", f"client-{name}", f"Principal-{name}")


@pytest.fixture
async def everybody(store: Store) -> Store:
    """A store with a principal of every sort."""
    own = identity(IdentityKind.SYSTEM_ASSIGNED, "web")
    async with store.transaction() as made:
        await made.put(APPLICATIONS, ("c",), Application("billing", "c", "Principal-billing"))
        await made.put(IDENTITIES, ("/x/shared",), identity(IdentityKind.USER_ASSIGNED, "shared"))
        await made.put(COMPUTE, ("/x/web",), ComputeResource("/x/web", "web", "westeurope", own))
        await made.put(COMPUTE, ("/x/bare",), ComputeResource("/x/bare", "bare", "westeurope"))
        await made.put(USERS, ("principal-ada",), User("Principal-ada", "ada@t", "Ada"))
        await made.put(SECURITY_GROUPS, ("principal-devs",), Group("Principal-devs", "devs"))
    return store


@pytest.mark.parametrize(
    ("name", "wanted"),
    [
        ("billing", PrincipalType.SERVICE_PRINCIPAL),
        ("shared", PrincipalType.SERVICE_PRINCIPAL),
        ("web", PrincipalType.SERVICE_PRINCIPAL),
        ("ada", PrincipalType.USER),
        ("devs", PrincipalType.GROUP),
    ],
)
async def test_a_principal_is_known_with_its_type_in_any_casing(
    everybody: Store, name: str, wanted: PrincipalType
) -> None:
    assert await principal_type_of(everybody, f"PRINCIPAL-{name}") is wanted
    found = await find_principal(everybody, f"principal-{name}")
    assert found is not None
    assert found.principal_id == f"Principal-{name}"


async def test_an_id_that_nobody_has_is_nobodys(everybody: Store) -> None:
    assert await find_principal(everybody, "principal-eve") is None
    assert await principal_type_of(everybody, "") is None


async def test_everybody_is_listed_by_name(everybody: Store) -> None:
    names = [one.name for one in await all_principals(everybody)]
    assert names == ["billing", "shared", "Ada", "devs", "web"]
