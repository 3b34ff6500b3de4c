"""What conditions are told of operations on secrets."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from key_vault_caller import Caller, make_vault

from keyless.model.attributes import Attributes, AttributeSource
from keyless.wire.operation import Asked, Requires
from keyless.wire.routing import Router

VAULT = "Microsoft.KeyVault/vaults:name"
SECRET = "Microsoft.KeyVault/vaults/secrets:name"
OF_VAULT = {AttributeSource.RESOURCE: {VAULT: "contoso-orders"}}
TO_BE = {**OF_VAULT, AttributeSource.REQUEST: {SECRET: "Db-Password"}}
THERE = {AttributeSource.RESOURCE: {VAULT: "contoso-orders", SECRET: "Db-Password"}}


async def told(caller: Caller, method: str, path: str, body: Any = None) -> Attributes:
    match = Router(caller.plane.operations).match(method, path)
    assert match is not None
    operation = match.operation
    assert isinstance(operation.access, Requires)
    assert operation.access.attributes is not None
    given = msgspec.convert(body, operation.body) if body is not None else None
    return await operation.access.attributes(
        Asked(caller.vault, match.params, given, 0), caller.plane.service
    )


@pytest.fixture
async def backup(caller: Caller) -> str:
    """There is a secret, and a backup of it."""
    await caller.call("PUT", "/secrets/Db-Password", {"value": "first-horse"})
    return str((await caller.call("POST", "/secrets/Db-Password/backup")).body["value"])


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/secrets/db-password"),
        ("GET", "/secrets/DB-PASSWORD/0123"),
        ("PATCH", "/secrets/db-password"),
        ("DELETE", "/secrets/db-password"),
        ("POST", "/secrets/db-password/backup"),
        ("GET", "/secrets/db-password/versions"),
    ],
)
@pytest.mark.usefixtures("backup")
async def test_a_secret_is_told_of_by_its_own_name_whatever_the_case_of_the_path(
    caller: Caller, method: str, path: str
) -> None:
    assert await told(caller, method, path) == THERE


@pytest.mark.usefixtures("backup")
async def test_a_deleted_secret_is_told_of_as_it_was(caller: Caller) -> None:
    await caller.call("DELETE", "/secrets/db-password")
    for method, path in (("GET", ""), ("DELETE", ""), ("POST", "/recover")):
        assert await told(caller, method, f"/deletedsecrets/DB-password{path}") == THERE


async def test_a_secret_that_is_being_set_is_the_requests(caller: Caller) -> None:
    assert await told(caller, "PUT", "/secrets/Db-Password") == TO_BE


@pytest.mark.usefixtures("backup")
async def test_a_new_version_is_set_under_the_name_that_the_secret_has(caller: Caller) -> None:
    assert await told(caller, "PUT", "/secrets/DB-PASSWORD") == TO_BE


async def test_a_backup_is_told_of_by_the_name_within(caller: Caller, backup: str) -> None:
    assert await told(caller, "POST", "/secrets/restore", {"value": backup}) == TO_BE


@pytest.mark.parametrize("value", ["", "horse", "not base64!", "AAAA"])
async def test_a_backup_that_does_not_open_names_no_secret(caller: Caller, value: str) -> None:
    assert await told(caller, "POST", "/secrets/restore", {"value": value}) == OF_VAULT


async def test_lists_are_of_no_one_secret(caller: Caller) -> None:
    for path in ("/secrets", "/deletedsecrets"):
        assert await told(caller, "GET", path) == OF_VAULT
    other = await told(caller.of(make_vault("contoso-other")), "GET", "/secrets")
    assert other == {AttributeSource.RESOURCE: {VAULT: "contoso-other"}}
