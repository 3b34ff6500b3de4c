"""The Key Vault references of a project's world, and what its vaults hold of what they point to.

Rules:
- from the store: every key-value by its content type, those in snapshots that are ready among them, and of
  the vaults that are named the secrets that are;
- of a version that a secret does not have, the others of its vault are looked through for whose it is;
- from an estate file: what it declares on top of that. A secret that is only declared has one version, which
  is not known yet.

A value is read for where it points to, and dropped; of secrets no value is looked at.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import replace

from keyless.model.estate import DeclaredSetting, Estate
from keyless.model.resource_id import ResourceId
from keyless.model.resources import ConfigurationStore, Vault
from keyless.model.vault_references import Target, is_reference, read_target
from keyless.plan.references.facts import (
    HeldSecret,
    HeldVault,
    ReferenceFacts,
    SecretState,
    StoredReference,
)
from keyless.planes.appconfig.key_values.records import KeyValue, store_key
from keyless.planes.appconfig.key_values.service import KeyValues
from keyless.planes.appconfig.snapshots.records import READY, SNAPSHOT_PAGES, SNAPSHOTS
from keyless.planes.keyvault.held import SecretHeld, secret_held, secret_of_version
from keyless.planes.keyvault.secrets.service import Secrets
from keyless.store.clock import estate_time
from keyless.store.collections import DELETED_VAULTS, STORES, VAULTS
from keyless.store.ports import Store


async def read_references(store: Store, machine_time: int, declared: Estate | None = None) -> ReferenceFacts:
    """All references of a store's configuration stores, with what its vaults hold of what they point to.

    What is ``declared`` counts as deployed on it. ``machine_time`` is in epoch seconds.
    """
    now = await estate_time(store, machine_time)
    there = [one for _, found in await store.scan(STORES) for one in await _of_store(store, found, now)]
    references = there if declared is None else _with_declared_references(there, declared)
    deleted = [one for _, one in await store.scan(DELETED_VAULTS) if one.purge_at > now]
    found = ReferenceFacts(
        references=references,
        vaults=await _vaults(store, references, now),
        deleted_vaults=frozenset(one.vault.name.casefold() for one in deleted),
        now=now,
    )
    return found if declared is None else _with_declared_vaults(found, declared)


def declared_references(estate: Estate, machine_time: int) -> ReferenceFacts:
    """The references of an estate file, with the vaults and secrets that it declares: nothing has run yet."""
    references = _with_declared_references((), estate)
    return _with_declared_vaults(ReferenceFacts(references=references, now=machine_time), estate)


async def _of_store(store: Store, found: ConfigurationStore, now: int) -> list[StoredReference]:
    lies_in = ResourceId.parse(found.resource_id)
    live = [_reference(lies_in, one) for one in await KeyValues(store).list_all(found.name) if _refers(one)]
    kept = [
        _reference(lies_in, one, snapshot.name)
        for place, snapshot in await store.scan(SNAPSHOTS, store_key(found.name))
        if snapshot.status == READY and snapshot.there(now)
        for _, page in await store.scan(SNAPSHOT_PAGES, place)
        for one in page.items
        if _refers(one)
    ]
    return [*live, *kept]


def _refers(one: KeyValue) -> bool:
    return is_reference(one.content_type)


def _reference(store: ResourceId, one: KeyValue, snapshot: str = "") -> StoredReference:
    return StoredReference(
        store=store,
        key=one.key,
        label=one.label or "",
        content_type=one.content_type or "",
        tags=tuple(sorted(one.tags.items())),
        points_to=read_target(one.value),
        snapshot=snapshot,
    )


async def _vaults(store: Store, references: Iterable[StoredReference], now: int) -> dict[str, HeldVault]:
    wanted = _wanted(references)
    return {
        vault.name.casefold(): await _vault(store, vault, wanted.get(vault.name.casefold(), {}), now)
        for _, vault in await store.scan(VAULTS)
    }


def _wanted(references: Iterable[StoredReference]) -> Mapping[str, Mapping[str, set[str]]]:
    """The versions that are asked for, by vault and secret, both in lower case."""
    found: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    for one in references:
        if isinstance(one.points_to, Target) and one.points_to.vault:
            found[one.points_to.vault][one.points_to.secret.casefold()].add(one.points_to.version)
    return found


async def _vault(store: Store, vault: Vault, wanted: Mapping[str, set[str]], now: int) -> HeldVault:
    secrets: dict[str, HeldSecret] = {}
    elsewhere: dict[str, str] = {}
    for name, versions in wanted.items():
        held = await secret_held(store, vault, name, now)
        if held is None:
            continue
        secrets[name] = _secret(held)
        for version in versions - {"", *(one.id for one in held.versions)}:
            owner = await secret_of_version(store, vault, version, now)
            if owner is not None:
                elsewhere[version] = owner
    names = await Secrets(store).list_names(vault) if wanted else ()
    return HeldVault(vault=vault, secrets=secrets, versions_elsewhere=elsewhere, names=names)


def _secret(held: SecretHeld) -> HeldSecret:
    return HeldSecret(
        name=held.name,
        current=held.current,
        versions=tuple(
            SecretState(id=one.id, enabled=one.enabled, not_before=one.not_before, expires=one.expires)
            for one in held.versions
        ),
        purge_at=held.purge_at,
        managed=held.managed,
    )


def _with_declared_references(there: Iterable[StoredReference], estate: Estate) -> list[StoredReference]:
    """What there is, and what is declared in its place and besides."""
    stores = {one.name.casefold(): ResourceId.parse(one.resource_id) for one in estate.stores}
    declared = {_place(stores[one.store.casefold()], one.key, one.label) for one in estate.settings}
    kept = [one for one in there if one.snapshot or _place(one.store, one.key, one.label) not in declared]
    mine = (one for one in estate.settings if is_reference(one.content_type))
    return [*kept, *(_declared(stores[one.store.casefold()], one) for one in mine)]


def _place(store: ResourceId, key: str, label: str | None) -> tuple[ResourceId, str, str]:
    return store, key, label or ""


def _declared(store: ResourceId, one: DeclaredSetting) -> StoredReference:
    return StoredReference(
        store=store,
        key=one.key,
        label=one.label or "",
        content_type=one.content_type or "",
        tags=tuple(sorted(one.tags.items())),
        points_to=read_target(one.value),
        line=one.line,
    )


def _with_declared_vaults(facts: ReferenceFacts, estate: Estate) -> ReferenceFacts:
    found = dict(facts.vaults)
    for vault in estate.vaults:
        known = found.get(vault.name.casefold())
        found[vault.name.casefold()] = replace(known, vault=vault) if known else HeldVault(vault=vault)
    for secret in estate.secrets:
        held = found[secret.vault.casefold()]
        found[secret.vault.casefold()] = replace(
            held, secrets=_with_secret(held.secrets, secret.name), names=(*held.names, secret.name)
        )
    return replace(facts, vaults=found, deleted_vaults=facts.deleted_vaults - found.keys())


NOT_YET = (SecretState(id=""),)
"""The versions of a secret that is declared, and not there yet."""


def _with_secret(there: Mapping[str, HeldSecret], name: str) -> Mapping[str, HeldSecret]:
    """What is there, with a declared secret: one that was deleted is recovered when it is deployed."""
    known = there.get(name.casefold())
    if known is not None:
        return {**there, name.casefold(): replace(known, purge_at=None)}
    return {**there, name.casefold(): HeldSecret(name=name, current="", versions=NOT_YET)}
