"""Certificates on their way between vaults: with their keys, secrets and policies, all or nothing."""

from __future__ import annotations

import base64
import json
import os

import msgspec
import pytest
from imports_made import chain, pfx
from x509_made import NOW

from keyless.deploy.contents import PlaneContents
from keyless.deploy.sources import Choice
from keyless.deploy.vaults.certificates import certificate_arrival
from keyless.deploy.vaults.export import read_export
from keyless.deploy.vaults.found import Making
from keyless.deploy.vaults.read import File, read_file
from keyless.deploy.vaults.sealed import FileKey
from keyless.model.resources import Vault
from keyless.model.secret_text import SecretText
from keyless.planes.keyvault.arrivals import Arrivals, Outcome
from keyless.planes.keyvault.certificates.imported import Content
from keyless.planes.keyvault.certificates.records import CERTIFICATE, POLICIES
from keyless.planes.keyvault.contents import HELD
from keyless.planes.keyvault.service import KeyVault
from keyless.store.collections import VAULTS
from keyless.store.ports import Store

AT = int(NOW.timestamp()) if not isinstance(NOW, int) else NOW
VAULT = Vault("/subscriptions/s/resourceGroups/g/providers/Microsoft.KeyVault/vaults/v", "v", "here")
OTHER = msgspec.structs.replace(VAULT, resource_id=VAULT.resource_id[:-1] + "w", name="w")
KEY = FileKey(base64.b64encode(bytes(32)).decode())
MAKING = Making(AT + 60, lambda: "c" * 32)


async def bring(store: Store, *, renew: bool = False) -> Outcome:
    coming = certificate_arrival("web", Content(pfx()), VAULT, MAKING, tags={"a": "b"})
    return (await Arrivals(store).take_in(VAULT, [coming], renew=renew, keep=True, now=AT))[0].outcome


async def test_a_certificate_comes_with_its_key_its_secret_and_its_policy(store: Store) -> None:
    assert await bring(store) is Outcome.NEW
    vaults = KeyVault(store)
    for objects in (vaults.certificates, vaults.keys, vaults.secrets):
        live = await objects.current(VAULT, "web")
        assert live is not None
        assert (live.version.id, live.version.tags) == ("c" * 32, {"a": "b"})
        assert live.version.managed is (objects.kind is not CERTIFICATE)
    assert await store.get(POLICIES, ("v", "web")) is not None
    assert await bring(store) is Outcome.UNCHANGED


async def test_a_name_that_a_secret_has_is_not_taken_from_it(store: Store) -> None:
    secrets = KeyVault(store).secrets
    await secrets.set(VAULT, "web", SecretText("own"), now=AT)
    assert await bring(store, renew=True) is Outcome.MANAGED
    assert await secrets.current_value(VAULT, "web") == SecretText("own")


async def test_a_deleted_certificate_comes_back_with_all_that_is_behind_it(store: Store) -> None:
    await bring(store)
    vaults = KeyVault(store)
    await vaults.certificates.deleted.delete(VAULT, "web", now=AT)
    assert await bring(store) is Outcome.DELETED
    assert await bring(store, renew=True) is Outcome.RECOVERED
    assert [await one.list_names(VAULT) for one in (vaults.keys, vaults.secrets)] == [["web"], ["web"]]


async def test_a_sealed_export_has_certificates_to_the_letter(store: Store) -> None:
    await bring(store)
    async with store.transaction() as transaction:
        for vault in (VAULT, OTHER):
            await transaction.put(VAULTS, (vault.name,), vault)
    data, copies = await PlaneContents(store, lambda: float(AT)).export("v", KEY, os.urandom)
    assert sorted(copy.kind for copy in copies) == ["certificate", "key", "secret"]
    arrivals = read_export(data, KEY, OTHER, Choice()).arrivals
    await Arrivals(store).take_in(OTHER, arrivals, renew=False, keep=True, now=AT)
    for collection in HELD:
        found = {key[0]: record for key, record in await store.scan(collection)}
        assert found.get("v") == found.get("w"), collection.name


def test_a_certificate_of_a_lowkey_export_comes_by_its_newest_version() -> None:
    version = {"entityVersion": "d" * 32, "value": pfx(), "pwd": "", "keyVersion": "d" * 32}
    vault = {"baseUri": "https://localhost:8443", "certificates": {"web": {"versions": [version]}}}
    text = json.dumps({"vaults": [vault]}).encode()
    found = read_file(File(text), VAULT, Choice(), MAKING)
    assert not found.left
    assert (found.arrivals[0].current.id, found.arrivals[0].kind) == ("d" * 32, CERTIFICATE)


@pytest.mark.parametrize("value", ["PLANTED", base64.b64encode(b"PLANTED").decode()])
def test_what_is_no_certificate_is_left_out_and_not_told(value: str) -> None:
    versions = {"versions": [{"entityVersion": "d" * 32, "value": value}]}
    vault = {"baseUri": "https://localhost:8443", "certificates": {"web": versions}}
    found = read_file(File(json.dumps({"vaults": [vault]}).encode()), VAULT, Choice(), MAKING)
    assert not found.arrivals
    assert value not in found.left[0].why


def test_the_chain_comes_too() -> None:
    secret = certificate_arrival("web", Content(pfx()), VAULT, MAKING).behind[1].current
    from keyless.planes.keyvault.certificates.x509.bundles import read_pfx

    assert len(read_pfx(base64.b64decode(secret.value), None).chain) == len(chain()) - 1
