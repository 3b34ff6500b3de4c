"""What an estate's file does not say of a resource, and so does not take from one that is there.

Rules:
- who made and changed roles and assignments, and when, stays with them;
- the owners of a group stay, and who was made a member of it beside the file; so do a vault's access policies
  for whom the file names none, and a store's replicas that it does not name;
- purge protection, once on, is never switched off, and a premium vault stays one;
- a store's tier, and how long it keeps history, are what the file says; where it does not, they stay;
- tags and whatever else only the management API is given stay as they are;
- a vault or store that lies deleted and is declared comes back as it was, with what it held. One whose time
  to come back is over is made anew, with nothing in it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Protocol

from msgspec import structs

from keyless.lifecycle.store_tiers import STANDARD
from keyless.model.access_keys import AccessKey
from keyless.model.access_policies import AccessPolicy
from keyless.model.denies import DenyAssignment
from keyless.model.directory import Group
from keyless.model.estate import Estate
from keyless.model.identities import ComputeResource, FederatedCredential, ManagedIdentity
from keyless.model.resources import ConfigurationStore, Replica, ResourceGroup, Vault
from keyless.model.roles import RoleAssignment, RoleDefinition
from keyless.store.clock import estate_time
from keyless.store.collections import ACCESS_KEYS, DELETED_STORES, DELETED_VAULTS, STORES, VAULTS
from keyless.store.ports import Transaction

_KEPT: Mapping[type, tuple[str, ...]] = {
    ResourceGroup: ("tags", "managed_by"),
    ManagedIdentity: ("location", "tags"),
    ComputeResource: ("tags", "body"),
    RoleAssignment: ("changed",),
    RoleDefinition: ("changed",),
    DenyAssignment: ("changed",),
    Group: ("mail_nickname", "owners"),
    FederatedCredential: ("description",),
    Vault: ("tags", "created_on", "updated_on", "body"),
    ConfigurationStore: (
        "tags",
        "soft_delete_retention_days",
        "purge_protection",
        "system_assigned",
        "user_assigned",
        "created_on",
    ),
}


class Holding(Protocol):
    """The planes' own ways of taking away what vaults and stores held."""

    async def forget_vault(self, transaction: Transaction, name: str) -> None:
        """Take away everything that a vault held."""
        ...

    async def forget_store(self, transaction: Transaction, name: str) -> None:
        """Take away everything that a store held."""
        ...


def with_kept(before: object, record: object) -> Any:  # noqa: ANN401  # a record of any collection
    """A declared record, with what is kept of the one that is there."""
    if isinstance(record, AccessKey):
        return before if isinstance(before, AccessKey) and _same_key(before, record) else record
    if isinstance(record, Group) and isinstance(before, Group):
        record = structs.replace(record, members=tuple(dict.fromkeys((*record.members, *before.members))))
    if isinstance(record, Vault) and isinstance(before, Vault):
        record = structs.replace(
            record,
            access_policies=(*record.access_policies, *beside(record, before)),
            purge_protection=record.purge_protection or before.purge_protection,
            sku=before.sku if record.sku == "standard" else record.sku,
        )
    if isinstance(record, ConfigurationStore) and isinstance(before, ConfigurationStore):
        record = structs.replace(record, replicas=_replicas(record, before))
    if isinstance(record, ConfigurationStore):
        record = _store_with_kept(before if isinstance(before, ConfigurationStore) else None, record)
    names = _KEPT.get(type(record), ())
    if not names or type(before) is not type(record):
        return record
    return structs.replace(record, **{name: getattr(before, name) for name in names})  # type: ignore[type-var]


def _store_with_kept(before: ConfigurationStore | None, record: ConfigurationStore) -> ConfigurationStore:
    """A declared store with the tier and the further properties that its declaration does not name."""
    tier, body = (STANDARD, {}) if before is None else (before.sku, before.body)
    return structs.replace(record, sku=record.sku or tier, body={**body, **record.body})


def beside(declared: Vault, there: Vault) -> tuple[AccessPolicy, ...]:
    """The access policies of a vault for whom its declaration names none."""
    named = {one.name.casefold() for one in declared.access_policies}
    return tuple(one for one in there.access_policies if one.name.casefold() not in named)


def replicas_beside(declared: ConfigurationStore, there: ConfigurationStore) -> tuple[Replica, ...]:
    """The replicas of a store that its declaration does not name."""
    named = {one.name.casefold() for one in declared.replicas}
    return tuple(one for one in there.replicas if one.name.casefold() not in named)


def _replicas(declared: ConfigurationStore, there: ConfigurationStore) -> tuple[Replica, ...]:
    """All of a store's replicas: who has made one that is declared where it is stays with it."""
    made = {(one.name.casefold(), one.location): one for one in there.replicas}
    kept = (made.get((one.name.casefold(), one.location), one) for one in declared.replicas)
    return (*kept, *replicas_beside(declared, there))


def _same_key(before: AccessKey, record: AccessKey) -> bool:
    return (before.secret, before.read_only) == (record.secret, record.read_only)


async def bring_back(transaction: Transaction, estate: Estate, holding: Holding, now: int) -> None:
    """Bring back the vaults and stores that lie deleted and are declared; ``now`` is the machine's time."""
    now = await estate_time(transaction, now)
    for name in _names(estate.vaults):
        vault = await transaction.get(DELETED_VAULTS, (name,))
        if vault is None:
            continue
        await transaction.delete(DELETED_VAULTS, (name,))
        if vault.purge_at > now:
            await transaction.put(VAULTS, (name,), vault.vault)
        else:
            await holding.forget_vault(transaction, name)
    for name in _names(estate.stores):
        store = await transaction.get(DELETED_STORES, (name,))
        if store is None:
            continue
        await transaction.delete(DELETED_STORES, (name,))
        if store.purge_at > now:
            await transaction.put(STORES, (name,), store.store)
        else:
            await holding.forget_store(transaction, name)
            for key, _ in await transaction.scan(ACCESS_KEYS, (name,)):
                await transaction.delete(ACCESS_KEYS, key)


def _names(declared: Iterable[Vault | ConfigurationStore]) -> list[str]:
    return [one.name.casefold() for one in declared]
