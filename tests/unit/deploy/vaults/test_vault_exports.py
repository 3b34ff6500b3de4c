"""A vault's contents in a sealed file, and out of it in another estate, to the letter."""

from __future__ import annotations

import base64
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from keyless.deploy.contents import PlaneContents, UnknownContainer
from keyless.deploy.sources import Choice, NotASource
from keyless.deploy.vaults.export import read_export
from keyless.deploy.vaults.found import Found, Making
from keyless.deploy.vaults.sealed import FileKey, seal
from keyless.model.resources import Vault
from keyless.model.secret_text import SecretText
from keyless.planes.keyvault.arrivals import Outcome
from keyless.planes.keyvault.contents import HELD
from keyless.planes.keyvault.keys.material.make import KeySpec
from keyless.planes.keyvault.keys.material.types import KeyType
from keyless.planes.keyvault.keys.records import LifetimeAction, RotationAction
from keyless.planes.keyvault.secrets.properties import SecretProperties
from keyless.planes.keyvault.service import KeyVault
from keyless.store.collections import VAULTS
from keyless.store.ports import Store
from keyless.store.sealing import RootKey
from keyless.store.sqlite.store import SqliteStore

KEY = FileKey(base64.b64encode(bytes(range(32))).decode())
ALL = Choice()


def vault_of(subscription: str, sku: str = "premium") -> Vault:
    resource_id = f"/subscriptions/{subscription}/resourceGroups/g/providers/Microsoft.KeyVault/vaults/v"
    return Vault(resource_id, "v", "here", sku=sku)


async def put(store: Store, vault: Vault) -> None:
    async with store.transaction() as transaction:
        await transaction.put(VAULTS, (vault.name,), vault)


@pytest.fixture
def other(tmp_path: Path) -> Iterator[Store]:
    opened = SqliteStore(tmp_path / "other.db", RootKey(bytes(32), "another estate"))
    yield opened
    opened.close()


async def fill(store: Store, now: int) -> None:
    vault = vault_of("a")
    await put(store, vault)
    vaults = KeyVault(store)
    await vaults.secrets.set(vault, "db", SecretText("PLANTED1"), now=now)
    await vaults.secrets.set(vault, "db", SecretText("PLANTED2"), SecretProperties("text"), now=now + 1)
    await vaults.secrets.set(vault, "gone", SecretText("PLANTED3"), now=now)
    await vaults.secrets.deleted.delete(vault, "gone", now=now)
    await vaults.keys.create(vault, "sign", KeySpec(KeyType.EC, curve="P-256"), now=now)
    await vaults.keys.create(vault, "hard", KeySpec(KeyType.EC_HSM, curve="P-256"), now=now)
    await vaults.keys.set_rotation_policy(
        vault, "sign", (LifetimeAction(RotationAction.ROTATE, "P90D"),), None, now=now
    )


async def contents(store: Store) -> dict[tuple[str, ...], Any]:
    return {
        (collection.name, *key): record for collection in HELD for key, record in await store.scan(collection)
    }


async def bring(
    store: Store, data: bytes, choice: Choice = ALL, *, renew: bool = False
) -> dict[str, Outcome]:
    async def read(vault: Vault, making: Making) -> Found:
        return read_export(data, KEY, vault, choice)

    _, arrived = await PlaneContents(store, lambda: 1_900_000_000).take_in("v", read, renew=renew, keep=True)
    return {one.arrival.name: one.outcome for one in arrived}


async def test_an_export_restores_everything_that_lives_in_another_estate(
    store: Store, other: Store, now: int
) -> None:
    await fill(store, now)
    data, copies = await PlaneContents(store, lambda: now).export("v", KEY, os.urandom)
    assert (len(copies), b"PLANTED" in data) == (3, False)
    await put(other, vault_of("b"))
    assert await bring(other, data) == dict.fromkeys(("db", "sign", "hard"), Outcome.NEW)
    wanted = {place: record for place, record in (await contents(store)).items() if "gone" not in place}
    assert await contents(other) == wanted
    assert len(wanted) == 8
    assert set((await bring(other, data)).values()) == {Outcome.UNCHANGED}
    assert await contents(other) == wanted


async def test_what_was_changed_since_is_refused_until_it_is_renewed(store: Store, now: int) -> None:
    await fill(store, now)
    data, _ = await PlaneContents(store, lambda: now).export("v", KEY, os.urandom)
    before = await contents(store)
    vault, vaults = vault_of("a"), KeyVault(store)
    await vaults.secrets.set(vault, "db", SecretText("PLANTED4"), now=now)
    await vaults.keys.set_rotation_policy(vault, "sign", (), None, now=now)
    outcomes = await bring(store, data)
    assert (outcomes["db"], outcomes["sign"], outcomes["hard"]) == ("differs", "differs", "unchanged")
    await bring(store, data, renew=True)
    after = await contents(store)
    assert {place: after[place] for place in before} == before
    assert len(after) == len(before) + 1


async def test_keys_of_hardware_stay_out_of_standard_vaults_and_are_named(
    store: Store, other: Store, now: int
) -> None:
    await fill(store, now)
    data, _ = await PlaneContents(store, lambda: now).export("v", KEY, os.urandom)
    found = read_export(data, KEY, vault_of("b", "standard"), ALL)
    assert [(one.what, "premium" in one.why) for one in found.left] == [("key hard", True)]
    assert [one.name for one in read_export(data, KEY, vault_of("b"), Choice(["d*"])).arrivals] == ["db"]


@pytest.mark.parametrize(
    ("content", "why"),
    [
        ({"vault": "v"}, "is not what a vault held"),
        ([{"kind": "storage", "head": {"name": "x", "current": "1"}, "versions": []}], "kind `storage`"),
        ([{"kind": "secret", "head": {"name": "x", "current": "1"}, "versions": []}], "`x` is missing"),
        (
            [{"kind": "secret", "head": {"name": "x", "current": "1"}, "versions": [3]}],
            "not one of this version",
        ),
    ],
)
def test_content_that_is_not_sound_is_refused(content: Any, why: str) -> None:
    whole = {"vault": "v", "exported_at": 1, "objects": content} if isinstance(content, list) else content
    with pytest.raises(NotASource, match=why):
        read_export(seal(msgspec.msgpack.encode(whole), KEY, os.urandom), KEY, vault_of("a"), ALL)


async def test_a_vault_that_is_not_there_is_told(store: Store) -> None:
    with pytest.raises(UnknownContainer):
        await PlaneContents(store, lambda: 0).export("v", KEY, os.urandom)
