"""Pruning: what an estate does not name goes, what it names stays, and secrets can come back."""

from __future__ import annotations

import pytest

from keyless.deploy.apply import apply_estate
from keyless.deploy.contents import PlaneContents
from keyless.deploy.export import stored_estate
from keyless.deploy.prune import Pruned, prune
from keyless.estate.read import read_text
from keyless.lifecycle.delete import delete_resource
from keyless.model.estate import DeclaredSecret, DeclaredSetting, Estate
from keyless.model.management import GenericResource, ManagementGroup
from keyless.model.secret_text import SecretText
from keyless.planes.appconfig.key_values.records import Name
from keyless.planes.appconfig.key_values.service import KeyValues
from keyless.planes.keyvault.certificates.policy_schemas import (
    CertificatePolicy,
    IssuerParameters,
    KeyProperties,
    X509Properties,
)
from keyless.planes.keyvault.certificates.service import Certificates
from keyless.planes.keyvault.certificates.settling import Wanted
from keyless.planes.keyvault.objects.errors import ObjectIsManaged
from keyless.store.collections import (
    FEDERATED_CREDENTIALS,
    GROUPS,
    IDENTITIES,
    MANAGEMENT_GROUPS,
    RESOURCES,
    STORES,
    VAULTS,
)
from keyless.store.ports import Store

SMALL = """
version: 1
tenant: t
subscription: s
resourceGroups:
  g:
    compute: {web: {type: Microsoft.Web/sites, identity: {systemAssigned: true}}}
    vaults: {orders-vault: {secrets: {db: {env: DB}}}}
    configurationStores: {orders-store: {settings: [{key: color, value: green}]}}
applications:
  legacy: {clientSecret: {env: DB}}
roleAssignments:
  - {principal: web, role: Key Vault Secrets User, scope: {vault: orders-vault}}
"""
LARGE = """
version: 1
tenant: t
subscription: s
resourceGroups:
  g:
    compute:
      web: {type: Microsoft.Web/sites, identity: {systemAssigned: true}}
      worker: {type: Microsoft.Web/sites, identity: {userAssigned: [shared]}}
    identities: {shared: }
    vaults: {orders-vault: {secrets: {db: {env: DB}, Api-Key: {env: DB}}}}
    configurationStores:
      orders-store:
        settings: [{key: color, value: green}, {key: color, value: blue, label: prod}]
        accessKeys: {orders-key: "MDEyMzQ1Njc4OWFiY2RlZg=="}
  other:
    vaults: {other-vault: {secrets: {key: {env: DB}}}}
    configurationStores: {other-store: {settings: [{key: size, value: "1"}]}}
applications:
  legacy: {clientSecret: {env: DB}}
  older: {clientSecret: {env: DB}}
roleAssignments:
  - {principal: web, role: Key Vault Secrets User, scope: {vault: orders-vault}}
  - {principal: shared, role: Reader, scope: {resourceGroup: other}}
customRoles: {Orders Reader: {actions: ["*/read"]}}
denyAssignments:
  - {name: Stop, scope: {resourceGroup: g}, permissions: [{actions: ["*"]}], principals: [{everyone: true}]}
managementGroups: {platform: {subscriptions: [s]}}
"""


@pytest.fixture
def small() -> Estate:
    return read_text(SMALL, {"DB": "hunter2"})


@pytest.fixture
def large() -> Estate:
    return read_text(LARGE, {"DB": "hunter2"})


@pytest.fixture
def contents(store: Store, now: int) -> PlaneContents:
    return PlaneContents(store, lambda: float(now))


async def test_only_what_is_named_stays_and_all_that_goes_is_said(
    store: Store, contents: PlaneContents, small: Estate, large: Estate
) -> None:
    await apply_estate(small, store, contents)
    wanted = await stored_estate(store, contents)
    await apply_estate(large, store, contents)
    pruned = await prune(small, store, contents)
    assert await stored_estate(store, contents) == wanted
    group = "/subscriptions/" + small.tenant.subscription_id + "/resourceGroups/other"
    (identity,) = large.identities
    (assignment,) = (one for one in large.assignments if one not in small.assignments)
    assert {one.thing for one in pruned} == {
        "secret `Api-Key` of vault `orders-vault`",
        "secret `key` of vault `other-vault`",
        "key-value `color` with the label `prod` of store `orders-store`",
        "key-value `size` of store `other-store`",
        f"role assignment `{assignment.id}` of `{identity.principal_id}` at `{group}`",
        "workload `worker`",
        "identity `shared`",
        "application `older`",
        "access key `orders-key` of store `orders-store`",
        "vault `other-vault`",
        "store `other-store`",
        "resource group `other`",
        "custom role `Orders Reader`",
        "deny assignment `Stop`",
        "management group `platform`",
    }
    assert not any(one.kept for one in pruned)
    assert await prune(small, store, contents) == []


async def test_a_certificate_stays_with_its_key_and_its_secret_and_is_in_no_file(
    store: Store, contents: PlaneContents, small: Estate, now: int
) -> None:
    await apply_estate(small, store, contents)
    wanted = await stored_estate(store, contents)
    ((_, vault),) = await store.scan(VAULTS)
    certificates = Certificates(store)
    policy = CertificatePolicy(
        key_props=KeyProperties(kty="EC"),
        x509_props=X509Properties(subject="CN=tls"),
        issuer=IssuerParameters("Self"),
    )
    await certificates.operations.begin(vault, "tls", policy, Wanted(), now=now)
    await certificates.operations.settle(vault, "tls", now=now + 10)
    assert await prune(small, store, contents) == []
    assert await stored_estate(store, contents) == wanted
    assert (await certificates.find(vault, "tls", now=now)).version.is_finished
    with pytest.raises(ObjectIsManaged):
        await contents.ensure_secret(DeclaredSecret(vault.name, "tls", SecretText("other")))
    await certificates.deleted.delete(vault, "tls", now=now)
    with pytest.raises(ObjectIsManaged):
        await contents.ensure_secret(DeclaredSecret(vault.name, "tls", SecretText("other")))


async def test_what_the_management_api_says_of_a_resource_goes_with_it(
    store: Store, contents: PlaneContents, small: Estate, large: Estate
) -> None:
    await apply_estate(large, store, contents)
    disk = f"{large.groups[0].resource_id}/providers/Microsoft.Compute/disks/d"
    written = {one.name: one.resource_id for one in large.compute} | {"d": disk}
    async with store.transaction() as transaction:
        for resource_id in written.values():
            record = GenericResource(resource_id, "westeurope", body={"kind": "app"})
            await transaction.put(RESOURCES, (resource_id.casefold(),), record)
    pruned = {one.thing for one in await prune(small, store, contents)}
    assert {"workload `worker`", "resource `d`"} <= pruned
    assert [one.resource_id for _, one in await store.scan(RESOURCES)] == [written["web"]]
    await delete_resource(store, "web", 0)
    assert await store.scan(RESOURCES) == []


async def test_a_secret_that_went_comes_back_when_it_is_declared_again(
    store: Store, contents: PlaneContents, small: Estate, large: Estate
) -> None:
    await apply_estate(large, store, contents)
    await prune(small, store, contents)
    await apply_estate(large, store, contents)
    assert await contents.secret_names() == {"orders-vault": ["Api-Key", "db"], "other-vault": ["key"]}


async def test_the_secrets_of_a_vault_that_went_are_not_in_a_new_one_of_its_name(
    store: Store, contents: PlaneContents, small: Estate, large: Estate
) -> None:
    await apply_estate(large, store, contents)
    await prune(small, store, contents)
    empty = Estate(large.tenant, vaults=large.vaults)
    await apply_estate(empty, store, contents)
    assert (await contents.secret_names())["other-vault"] == []


async def test_what_is_named_in_another_casing_is_named(
    store: Store, contents: PlaneContents, small: Estate
) -> None:
    await apply_estate(small, store, contents)
    await contents.ensure_secret(DeclaredSecret("ORDERS-VAULT", "DB", SecretText("x")))
    assert await prune(small, store, contents) == []


async def test_what_is_locked_stays_with_all_that_holds_it(
    store: Store, contents: PlaneContents, small: Estate, large: Estate, now: int
) -> None:
    await apply_estate(large, store, contents)
    await KeyValues(store).lock("other-store", Name("size"), now, locked=True)
    pruned = await prune(small, store, contents)
    assert [one for one in pruned if one.kept] == [
        Pruned("key-value `size` of store `other-store`", "it is locked"),
        Pruned("store `other-store`", "something in it is locked"),
        Pruned("resource group `other`", "something in it is locked"),
    ]
    assert len(await store.scan(STORES)) == len(await store.scan(GROUPS)) == 2
    assert [one.key for one in await contents.settings() if one.store == "other-store"] == ["size"]


async def test_a_locked_one_that_is_named_is_no_trouble(
    store: Store, contents: PlaneContents, small: Estate, now: int
) -> None:
    await apply_estate(small, store, contents)
    await KeyValues(store).lock("orders-store", Name("color"), now, locked=True)
    await contents.ensure_setting(DeclaredSetting("orders-store", "color", "red", "prod"))
    assert await prune(small, store, contents) == [
        Pruned("key-value `color` with the label `prod` of store `orders-store`")
    ]


FEDERATED = """
version: 1
tenant: t
subscription: s
resourceGroups:
  g:
    identities:
      shared:
        federatedCredentials:
          github:
            issuer: "https://token.actions.githubusercontent.com"
            subject: "repo:a/b:ref:refs/heads/main"
    compute:
      pod: {type: Microsoft.Web/sites, hostKind: aks, identity: {userAssigned: [shared]}}
applications:
  deploy: {federatedCredentials: {spire: {issuer: "https://spire.example.org", subject: "spiffe://a/b"}}}
issuers:
  "https://spire.example.org": {loopback: true}
"""


async def test_federated_credentials_go_with_their_owner_or_alone(
    store: Store, contents: PlaneContents
) -> None:
    declared = read_text(FEDERATED, {})
    await apply_estate(declared, store, contents)
    kept = await stored_estate(store, contents)
    assert set(kept.federated_credentials) == set(declared.federated_credentials)
    assert (kept.issuers, len(kept.federated_credentials)) == (declared.issuers, 3)
    assert (kept.applications[0].client_secret, kept.applications[0].certificates) == (None, ())
    assert await prune(declared, store, contents) == []
    without = FEDERATED.partition("        federatedCredentials:")[0]
    gone = await prune(read_text(without, {}), store, contents)
    assert {one.thing for one in gone} >= {
        "federated credential `github` of `shared`",
        "federated credential `aks-pod` of `shared`",
        f"federated credential `spire` of `{declared.applications[0].client_id}`",
        "trusted issuer `https://spire.example.org`",
        "application `deploy`",
    }
    assert await store.scan(FEDERATED_CREDENTIALS) == []
    assert len(await store.scan(IDENTITIES)) == 1


async def test_the_root_management_group_stays(store: Store, contents: PlaneContents, small: Estate) -> None:
    await apply_estate(small, store, contents)
    name = small.tenant.tenant_id
    async with store.transaction() as transaction:
        await transaction.put(MANAGEMENT_GROUPS, (name,), ManagementGroup(name, "Tenant Root Group"))
    assert await prune(small, store, contents) == []
    assert await store.get(MANAGEMENT_GROUPS, (name,)) is not None
