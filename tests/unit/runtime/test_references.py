"""References of a store, and what its vaults hold of what they point to: names, states and times alone."""

from __future__ import annotations

import json

from keyless.lifecycle.clock import advance
from keyless.model.estate import DeclaredSecret, DeclaredSetting, Estate
from keyless.model.resource_id import group_scope, resource_scope
from keyless.model.resources import (
    STORE_TYPE,
    VAULT_TYPE,
    ConfigurationStore,
    DeletedVault,
    Tenant,
    Vault,
)
from keyless.model.secret_text import SecretText
from keyless.model.vault_references import REFERENCE_MEDIA_TYPE, Target
from keyless.plan.references.facts import ReferenceFacts
from keyless.plan.references.verdict import verdict_of
from keyless.planes.appconfig.key_values.service import KeyValues
from keyless.planes.appconfig.snapshots.records import Filter
from keyless.planes.appconfig.snapshots.rules import NewSnapshot
from keyless.planes.appconfig.snapshots.service import Snapshots
from keyless.planes.keyvault.secrets.properties import SecretProperties
from keyless.planes.keyvault.secrets.service import Secrets
from keyless.runtime.references import declared_references, read_references
from keyless.store.collections import DELETED_VAULTS, STORES, VAULTS
from keyless.store.ports import Store

NOW = 1_800_000_000
DAY = 24 * 60 * 60
RG = group_scope("s", "rg")


def vault(name: str) -> Vault:
    return Vault(resource_scope(RG, VAULT_TYPE, name).text, name, "westeurope")


def reference(key: str, uri: str, label: str | None = None) -> DeclaredSetting:
    return DeclaredSetting(
        "contoso-settings", key, json.dumps({"uri": uri}), label, REFERENCE_MEDIA_TYPE, line=7
    )


ORDERS, SHARED = vault("contoso-orders"), vault("contoso-shared")
SETTINGS = ConfigurationStore(
    resource_scope(RG, STORE_TYPE, "contoso-settings").text, "contoso-settings", "westeurope"
)
AT = "https://contoso-orders.vault.azure.net/secrets"


async def filled(store: Store, *settings: DeclaredSetting) -> Secrets:
    async with store.transaction() as transaction:
        await transaction.put(VAULTS, (ORDERS.name,), ORDERS)
        await transaction.put(STORES, (SETTINGS.name,), SETTINGS)
        gone = vault("contoso-gone")
        await transaction.put(DELETED_VAULTS, (gone.name,), DeletedVault(gone, NOW, NOW + DAY))
    for one in settings:
        await KeyValues(store).declared(SETTINGS.name, one, NOW)
    secrets = Secrets(store)
    for name in ("db", "db", "api"):
        await secrets.set(ORDERS, name, SecretText("PLANTED"), now=NOW)
    return secrets


def states(facts: ReferenceFacts) -> dict[str, str]:
    assert "PLANTED" not in repr(facts)
    return {
        f"{one.key}{one.label and '@'}{one.label}": verdict_of(one, facts).state.value
        for one in facts.references
    }


async def test_references_are_followed_to_what_vaults_hold(store: Store) -> None:
    secrets = await filled(store)
    api = (await secrets.get(ORDERS, "api", now=NOW)).version.id
    newest = (await secrets.get(ORDERS, "db", now=NOW)).version.id
    for name, properties in {
        "off": SecretProperties(enabled=False),
        "late": SecretProperties(not_before=NOW + DAY),
        "over": SecretProperties(expires=NOW - 1),
    }.items():
        await secrets.set(ORDERS, name, SecretText("PLANTED"), properties, now=NOW)
    await secrets.set(ORDERS, "gone", SecretText("PLANTED"), now=NOW)
    await secrets.deleted.delete(ORDERS, "gone", now=NOW)
    for key, uri in {
        "live": f"{AT}/DB",
        "newest": f"{AT}/db/{newest}",
        "others": f"{AT}/db/{api}",
        "nobodys": f"{AT}/db/{'0' * 32}",
        "off": f"{AT}/off",
        "late": f"{AT}/late",
        "over": f"{AT}/over",
        "gone": f"{AT}/gone",
        "none": f"{AT}/none",
        "vault": "https://contoso-gone.vault.azure.net/secrets/x",
        "far": "https://contoso-far.vault.azure.net/secrets/x",
    }.items():
        await KeyValues(store).declared(SETTINGS.name, reference(key, uri), NOW)
    await KeyValues(store).declared(SETTINGS.name, DeclaredSetting(SETTINGS.name, "plain", "PLANTED"), NOW)
    assert states(await read_references(store, NOW)) == {
        "far": "elsewhere",
        "gone": "deleted",
        "late": "not-yet-valid",
        "live": "fine",
        "newest": "fine",
        "nobodys": "no-version",
        "none": "no-secret",
        "off": "disabled",
        "others": "other-secret",
        "over": "expired",
        "vault": "vault-deleted",
    }


async def test_what_a_secret_comes_to_is_judged_at_the_estates_time(store: Store) -> None:
    secrets = await filled(store, reference("a", f"{AT}/short"))
    await secrets.set(
        ORDERS, "short", SecretText("PLANTED"), SecretProperties(expires=NOW + 90 * DAY), now=NOW
    )
    assert states(await read_references(store, NOW)) == {"a": "fine"}
    await advance(store, 61 * DAY)
    assert states(await read_references(store, NOW)) == {"a": "expiring"}
    await advance(store, 30 * DAY)
    assert states(await read_references(store, NOW)) == {"a": "expired"}


async def test_a_version_that_is_not_the_newest_is_seen_through_a_rotation(store: Store) -> None:
    secrets = await filled(store)
    pinned = (await secrets.get(ORDERS, "api", now=NOW)).version.id
    await KeyValues(store).declared(SETTINGS.name, reference("a", f"{AT}/api/{pinned}"), NOW)
    assert states(await read_references(store, NOW)) == {"a": "fine"}
    await secrets.set(ORDERS, "api", SecretText("PLANTED2"), now=NOW)
    assert states(await read_references(store, NOW)) == {"a": "pinned"}


async def test_what_lies_in_a_snapshot_that_is_ready_is_found_too(store: Store) -> None:
    secrets = await filled(store, reference("a", f"{AT}/api"))
    snapshots = Snapshots(store)
    new = NewSnapshot(name="before", filters=(Filter("*"),), retention_s=DAY)
    await snapshots.create(SETTINGS, new, NOW)
    await KeyValues(store).declared(SETTINGS.name, reference("a", f"{AT}/db"), NOW)
    await secrets.deleted.delete(ORDERS, "api", now=NOW)
    found = await read_references(store, NOW)
    assert [(one.key, one.snapshot, verdict_of(one, found).state.value) for one in found.references] == [
        ("a", "", "fine"),
        ("a", "before", "deleted"),
    ]
    await snapshots.archive(SETTINGS.name, "before", NOW)
    assert len((await read_references(store, NOW)).references) == 1


async def test_what_a_file_declares_counts_as_deployed(store: Store) -> None:
    secrets = await filled(
        store,
        reference("kept", f"{AT}/api"),
        reference("changed", f"{AT}/none"),
        reference("plain", f"{AT}/none"),
    )
    await secrets.deleted.delete(ORDERS, "api", now=NOW)
    declared = Estate(
        Tenant("t", "Contoso", "s", "Contoso"),
        vaults=(ORDERS, SHARED),
        stores=(SETTINGS,),
        secrets=(
            DeclaredSecret("contoso-orders", "API", SecretText("PLANTED")),
            DeclaredSecret("contoso-shared", "new", SecretText("PLANTED")),
        ),
        settings=(
            reference("changed", f"{AT}/db"),
            reference("new", "https://contoso-shared.vault.azure.net/secrets/new", "prod"),
            reference("missing", "https://contoso-shared.vault.azure.net/secrets/neww"),
            reference("pinned", f"https://contoso-shared.vault.azure.net/secrets/new/{'0' * 32}"),
            DeclaredSetting("contoso-settings", "plain", "no reference any more"),
        ),
    )
    facts = await read_references(store, NOW, declared)
    assert states(facts) == {
        "kept": "fine",
        "changed": "fine",
        "new@prod": "fine",
        "missing": "no-secret",
        "pinned": "no-version",
    }
    assert [one.line for one in facts.references] == [0, 7, 7, 7, 7]
    assert states(declared_references(declared, NOW)) == {
        "changed": "no-secret",
        "new@prod": "fine",
        "missing": "no-secret",
        "pinned": "no-version",
    }


async def test_a_secret_of_a_vault_that_only_the_store_has_is_found_for_a_declared_reference(
    store: Store,
) -> None:
    await filled(store)
    declared = Estate(
        Tenant("t", "Contoso", "s", "Contoso"),
        stores=(SETTINGS,),
        settings=(reference("a", f"{AT}/db"), reference("b", f"{AT}/none")),
    )
    facts = await read_references(store, NOW, declared)
    assert facts.references[0].points_to == Target("contoso-orders.vault.azure.net", "contoso-orders", "db")
    assert states(facts) == {"a": "fine", "b": "no-secret"}
