"""Applying an estate, giving it back, and knowing what apps want."""

from __future__ import annotations

import pytest
from msgspec import structs

from keyless.deploy.apply import CannotApply, apply_estate
from keyless.deploy.contents import PlaneContents, UnknownContainer
from keyless.deploy.export import stored_estate
from keyless.deploy.wanted import wanted_so_far
from keyless.estate.read import read_text
from keyless.evidence.recorder import WantKey
from keyless.lifecycle.clock import advance
from keyless.model.estate import DeclaredSecret, DeclaredSetting, Estate
from keyless.model.roles import Changed
from keyless.model.secret_text import SecretText
from keyless.planes.appconfig.key_values.records import Name
from keyless.planes.appconfig.key_values.service import KeyValues
from keyless.planes.keyvault.secrets.service import Secrets
from keyless.store.collections import (
    ASSIGNMENTS,
    COMPUTE,
    DENY_ASSIGNMENTS,
    ROLE_DEFINITIONS,
    VAULTS,
    WORKLOAD_RULES,
)
from keyless.store.ports import Store

TEXT = """
version: 1
tenant: t
subscription: s
resourceGroups:
  g:
    compute:
      web: {type: Microsoft.Web/sites, identity: {systemAssigned: true, userAssigned: [shared]}}
    identities:
      shared:
    vaults:
      contoso-orders:
        secrets: {db: {env: DB}}
    configurationStores:
      contoso-orders:
        settings: [{key: color, value: green}, {key: color, value: blue, label: prod}]
        accessKeys: {orders-key: "MDEyMzQ1Njc4OWFiY2RlZg=="}
        disableLocalAuth: true
        sku: standard
        revisionRetentionDays: 14
applications:
  legacy: {clientSecret: {env: DB}, clientSecretExpires: 2027-06-30, runsOn: on-premises}
roleAssignments:
  - principal: web
    role: Key Vault Secrets User
    scope: {vault: contoso-orders}
    condition: Exists @Request[a]
  - {principal: web, role: Orders Reader, scope: {managementGroup: platform}}
customRoles:
  Orders Reader: {actions: ["*/read"], assignableScopes: [{managementGroup: platform}]}
denyAssignments:
  - {name: Stop, scope: {resourceGroup: g}, permissions: [{actions: ["*"]}], principals: [{everyone: true}]}
managementGroups: {platform: {subscriptions: [s]}}
"""


@pytest.fixture
def estate() -> Estate:
    return read_text(TEXT, {"DB": "hunter2"})


@pytest.fixture
def contents(store: Store, now: int) -> PlaneContents:
    return PlaneContents(store, lambda: float(now))


async def test_what_is_declared_is_there_and_comes_back(
    store: Store, contents: PlaneContents, estate: Estate
) -> None:
    await apply_estate(estate, store, contents)
    back = await stored_estate(store, contents)
    for part in ("tenant", "groups", "compute", "identities", "vaults", "secrets", "stores"):
        assert getattr(back, part) == getattr(estate, part)
    for part in ("custom_roles", "denies", "management_groups"):
        assert getattr(back, part) == getattr(estate, part) != ()
    assert set(back.assignments) == set(estate.assignments)
    assert back.access_keys == estate.access_keys
    assert set(map(repr, back.settings)) == set(map(repr, estate.settings))
    assert [(one.name, one.client_id, one.secret_expires_at, one.runs_on) for one in back.applications] == [
        (one.name, one.client_id, one.secret_expires_at, one.runs_on) for one in estate.applications
    ]
    assert back.applications[0].client_secret == SecretText("")


async def test_what_is_declared_is_written_at_the_estates_time(
    store: Store, contents: PlaneContents, estate: Estate, now: int
) -> None:
    await advance(store, 86_400)
    await apply_estate(estate, store, contents)
    vault = await store.get(VAULTS, ("contoso-orders",))
    assert vault is not None
    secret = await Secrets(store).current(vault, "db")
    assert secret is not None
    assert secret.version.created == now + 86_400
    (setting, *_) = await KeyValues(store).list_all("contoso-orders")
    assert setting.modified_at == now + 86_400


async def test_applying_again_writes_nothing(store: Store, contents: PlaneContents, estate: Estate) -> None:
    await apply_estate(estate, store, contents)
    before = store.refresh()
    await apply_estate(estate, store, contents)
    assert store.refresh() == before


async def test_what_was_made_beside_it_stays(store: Store, contents: PlaneContents, estate: Estate) -> None:
    await apply_estate(estate, store, contents)
    await contents.ensure_secret(DeclaredSecret("contoso-orders", "other", SecretText("x")))
    await apply_estate(Estate(estate.tenant), store, contents)
    assert await contents.secret_names() == {"contoso-orders": ["db", "other"]}
    assert (len(await store.scan(ASSIGNMENTS)), len(await store.scan(COMPUTE))) == (2, 1)


async def test_what_a_store_does_not_take_is_named(
    store: Store, contents: PlaneContents, estate: Estate, now: int
) -> None:
    await apply_estate(estate, store, contents)
    await KeyValues(store).lock("contoso-orders", Name("color", "prod"), now, locked=True)
    changed = Estate(estate.tenant, settings=(DeclaredSetting("contoso-orders", "color", "red", "prod"),))
    with pytest.raises(
        CannotApply, match="key-value `color` with the label `prod` of store `contoso-orders` can"
    ):
        await apply_estate(changed, store, contents)
    too_long = Estate(
        estate.tenant, secrets=(DeclaredSecret("contoso-orders", "db", SecretText("hunter2" * 10_000)),)
    )
    with pytest.raises(CannotApply, match="secret `db` of vault `contoso-orders` cannot") as raised:
        await apply_estate(too_long, store, contents)
    assert "hunter2" not in str(raised.value)


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("contoso-order", "did you mean `contoso-orders`?"),
        ("zzz", "declare it in `keyless.yaml`, or run your app"),
    ],
)
async def test_what_is_not_there_is_answered_with_the_nearest(
    store: Store, contents: PlaneContents, estate: Estate, name: str, hint: str
) -> None:
    await apply_estate(estate, store, contents)
    with pytest.raises(UnknownContainer) as raised:
        await contents.ensure_secret(DeclaredSecret(name, "db", SecretText("x")))
    assert str(raised.value).startswith(f"there is no vault `{name}`: {hint}")
    with pytest.raises(UnknownContainer) as raised:
        await contents.ensure_setting(DeclaredSetting(name, "color", "x"))
    assert str(raised.value).startswith(f"there is no store `{name}`: {hint}")


async def test_apps_want_what_is_there_and_what_they_asked_for_in_vain(
    store: Store, contents: PlaneContents, estate: Estate
) -> None:
    await apply_estate(estate, store, contents)
    assert len(await store.scan(VAULTS)) == 1
    wanted = await wanted_so_far(
        contents,
        [
            WantKey("p", "secret", "contoso-orders", "api-key", ""),
            WantKey("q", "secret", "contoso-orders", "api-key", ""),
            WantKey("p", "secret", "fabrikam", "db", ""),
            WantKey("p", "key-value", "contoso-orders", "size", "\0"),
            WantKey("p", "key-value", "contoso-orders", "size", "prod"),
        ],
    )
    assert wanted.vaults == {"contoso-orders": ("api-key", "db"), "fabrikam": ("db",)}
    assert set(wanted.stores["contoso-orders"]) == {
        ("color", None),
        ("color", "prod"),
        ("size", None),
        ("size", "prod"),
    }


RULES = """
version: 1
tenant: t
subscription: s
resourceGroups:
  g:
    compute: {web: {type: Microsoft.Compute/virtualMachines, identity: {systemAssigned: true}}}
workloads:
  orders: {runsAs: web, user: orders}
  billing: {runsAs: web, user: billing}
"""


async def test_a_workload_rule_that_is_taken_out_of_the_file_is_taken_out_of_the_store(store: Store) -> None:
    contents = PlaneContents(store, lambda: 0.0)
    declared = read_text(RULES, {})
    await apply_estate(declared, store, contents)
    assert {rule.name for rule in (await stored_estate(store, contents)).workloads} == {"orders", "billing"}
    revision = store.revision(WORKLOAD_RULES)
    await apply_estate(declared, store, contents)
    assert store.revision(WORKLOAD_RULES) == revision
    await apply_estate(read_text(RULES.replace("billing:", "invoices:"), {}), store, contents)
    assert {rule.name for rule in (await stored_estate(store, contents)).workloads} == {"orders", "invoices"}
    await apply_estate(read_text(RULES.partition("workloads:")[0], {}), store, contents)
    found = await stored_estate(store, contents)
    assert found.workloads == ()
    assert [compute.name for compute in found.compute] == ["web"]


async def test_who_made_and_changed_a_thing_outlasts_its_being_declared(
    store: Store, contents: PlaneContents, estate: Estate
) -> None:
    history = Changed(1, 2, "someone", "someone else")
    role, assignment, deny = estate.custom_roles[0], estate.assignments[0], estate.denies[0]
    made = structs.replace(role, changed=history, description="as it was")
    async with store.transaction() as transaction:
        await transaction.put(ROLE_DEFINITIONS, (role.id,), made)
        await transaction.put(ASSIGNMENTS, (assignment.id,), structs.replace(assignment, changed=history))
        await transaction.put(DENY_ASSIGNMENTS, (deny.id,), structs.replace(deny, changed=history))
    await apply_estate(estate, store, contents)
    assert await store.get(ROLE_DEFINITIONS, (role.id,)) == structs.replace(role, changed=history)
    assert await store.get(ASSIGNMENTS, (assignment.id,)) == structs.replace(assignment, changed=history)
    assert await store.get(DENY_ASSIGNMENTS, (deny.id,)) == structs.replace(deny, changed=history)
