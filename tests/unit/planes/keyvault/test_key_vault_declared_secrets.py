"""What a deployment and the command line do with secrets, without a request."""

from __future__ import annotations

import pytest
from key_vault_caller import make_vault

from keyless.model.resources import Vault
from keyless.model.secret_text import SecretText
from keyless.planes.keyvault.secrets.properties import SecretProperties
from keyless.planes.keyvault.secrets.records import SECRET_VERSIONS
from keyless.planes.keyvault.secrets.service import Declared, Secrets
from keyless.planes.keyvault.vaults import purge_time
from keyless.store.sqlite.store import SqliteStore
from keyless.wire.errors import InvalidRequest

NAME = "db-password"
VALUE = SecretText("s3cret")


async def versions(store: SqliteStore) -> int:
    return len(await store.scan(SECRET_VERSIONS))


async def test_a_declared_secret_is_made_once(
    secrets: Secrets, vault: Vault, store: SqliteStore, now: int
) -> None:
    assert await secrets.declare(vault, NAME, VALUE, now=now) is Declared.CREATED
    assert await secrets.declare(vault, NAME, VALUE, now=now + 1) is Declared.UNCHANGED
    assert await versions(store) == 1
    assert await secrets.current_value(vault, NAME) == VALUE


async def test_another_value_makes_a_new_version(
    secrets: Secrets, vault: Vault, store: SqliteStore, now: int
) -> None:
    await secrets.declare(vault, NAME, VALUE, now=now)
    assert await secrets.declare(vault, NAME, SecretText("other"), now=now) is Declared.UPDATED
    assert await versions(store) == 2
    assert await secrets.current_value(vault, NAME) == SecretText("other")


async def test_another_content_type_or_tag_changes_the_newest_version(
    secrets: Secrets, vault: Vault, store: SqliteStore, now: int
) -> None:
    described = SecretProperties(content_type="password", tags={"k": "1"})
    await secrets.declare(vault, NAME, VALUE, described, now=now)
    assert await secrets.declare(vault, NAME, VALUE, described, now=now) is Declared.UNCHANGED
    assert await secrets.declare(vault, NAME, VALUE, now=now + 1) is Declared.UPDATED
    assert await versions(store) == 1
    version = (await secrets.get(vault, NAME, now=now)).version
    assert (version.content_type, version.tags, version.updated) == (None, None, now + 1)


async def test_a_declared_secret_that_was_deleted_is_recovered(
    secrets: Secrets, vault: Vault, store: SqliteStore, now: int
) -> None:
    await secrets.declare(vault, NAME, VALUE, now=now)
    await secrets.deleted.delete(vault, NAME, now=now)
    assert await secrets.declare(vault, NAME, VALUE, now=now) is Declared.RECOVERED
    assert await versions(store) == 1
    await secrets.deleted.delete(vault, NAME, now=now)
    assert await secrets.declare(vault, NAME, SecretText("other"), now=now) is Declared.RECOVERED
    assert await secrets.current_value(vault, NAME) == SecretText("other")


async def test_a_declared_secret_begins_anew_where_the_deleted_one_is_gone(
    secrets: Secrets, vault: Vault, store: SqliteStore, now: int
) -> None:
    await secrets.declare(vault, NAME, VALUE, now=now)
    await secrets.deleted.delete(vault, NAME, now=now)
    assert await secrets.declare(vault, NAME, VALUE, now=purge_time(vault, now)) is Declared.CREATED
    assert await versions(store) == 1


async def test_a_declared_secret_stays_disabled(secrets: Secrets, vault: Vault, now: int) -> None:
    await secrets.declare(vault, NAME, VALUE, now=now)
    await secrets.update(vault, NAME, None, SecretProperties(enabled=False), now=now)
    assert await secrets.declare(vault, NAME, VALUE, now=now) is Declared.UNCHANGED
    assert await secrets.current_value(vault, NAME) == VALUE


@pytest.mark.parametrize(("name", "value"), [("a_b", "v"), (NAME, "x" * 25_601), (NAME, "\udc80")])
async def test_a_declared_secret_keeps_the_limits(
    secrets: Secrets, vault: Vault, now: int, name: str, value: str
) -> None:
    for write in (secrets.declare, secrets.set):
        with pytest.raises(InvalidRequest):
            await write(vault, name, SecretText(value), now=now)
    assert await secrets.list_names(vault) == []


async def test_names_are_listed_for_one_vault(secrets: Secrets, vault: Vault, now: int) -> None:
    for name in ("Zeta", "alpha"):
        await secrets.set(vault, name, VALUE, now=now)
    await secrets.set(make_vault("contoso-billing"), "other", VALUE, now=now)
    assert await secrets.list_names(vault) == ["alpha", "Zeta"]


async def test_there_is_no_value_of_a_secret_that_is_not_there(secrets: Secrets, vault: Vault) -> None:
    assert await secrets.current_value(vault, NAME) is None


async def test_version_ids_come_from_the_entropy_given(store: SqliteStore, vault: Vault, now: int) -> None:
    secrets = Secrets(store, lambda size: bytes(range(size)))
    secret = await secrets.set(vault, NAME, VALUE, now=now)
    assert secret.version.id == "000102030405060708090a0b0c0d0e0f"
