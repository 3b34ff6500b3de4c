"""Taking out of the store what an estate does not name.

Rules:
- what the estate names stays as it is;
- a secret or key is deleted as a vault deletes it: with its versions, and so that it can be recovered;
  declaring it again recovers it. So it is with what a vault that goes holds: it comes back, deleted, with it;
- the tenant's root management group stays, named or not, as it cannot be deleted;
- a key-value that is locked is not deleted, nor its store, nor the group that this is in;
- an identity that goes is deleted as ``lifecycle/identities.py`` has it, and the tokens of an application
  that goes are refused;
- the role assignments of the local user stay: no file can name them;
- contents go first, one by one; then resources, identities and assignments, in one transaction.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple, Protocol

from msgspec import structs

from keyless.deploy.apply import records_of
from keyless.deploy.kept import beside, replicas_beside
from keyless.lifecycle.applications import application_key, find_application
from keyless.lifecycle.directory import forget_principal, principal_key
from keyless.lifecycle.identities import as_created, live_identities, settle_identities
from keyless.lifecycle.local_user import local_user_ids
from keyless.model.access_keys import AccessKey
from keyless.model.directory import DirectoryRoleAssignment, Group, User
from keyless.model.estate import DeclaredApplication, DeclaredSetting, Estate
from keyless.model.identities import (
    Application,
    ComputeResource,
    FederatedCredential,
    Federation,
    TrustedIssuer,
)
from keyless.model.management import GenericResource
from keyless.model.resource_id import ResourceId
from keyless.model.resources import ConfigurationStore, ResourceGroup, Vault
from keyless.model.roles import RoleAssignment
from keyless.model.vault_keys import DeclaredKey
from keyless.store.collections import (
    ACCESS_KEYS,
    APPLICATIONS,
    ASSIGNMENTS,
    COMPUTE,
    DENY_ASSIGNMENTS,
    DIRECTORY_ROLE_ASSIGNMENTS,
    FEDERATED_CREDENTIALS,
    FEDERATION,
    GROUPS,
    IDENTITIES,
    MANAGEMENT_GROUPS,
    RESOURCES,
    ROLE_DEFINITIONS,
    SECURITY_GROUPS,
    STORES,
    TRUSTED_ISSUERS,
    USERS,
    VAULTS,
)
from keyless.store.ports import Collection, Store, Transaction

_WORDS: tuple[tuple[Collection[Any], str], ...] = (
    (ASSIGNMENTS, "role assignment"),
    (DENY_ASSIGNMENTS, "deny assignment"),
    (DIRECTORY_ROLE_ASSIGNMENTS, "directory role"),
    (ROLE_DEFINITIONS, "custom role"),
    (MANAGEMENT_GROUPS, "management group"),
    (FEDERATED_CREDENTIALS, "federated credential"),
    (TRUSTED_ISSUERS, "trusted issuer"),
    (FEDERATION, "federation as"),
    (COMPUTE, "workload"),
    (RESOURCES, "resource"),
    (IDENTITIES, "identity"),
    (APPLICATIONS, "application"),
    (SECURITY_GROUPS, "group"),
    (USERS, "user"),
    (ACCESS_KEYS, "access key"),
    (VAULTS, "vault"),
    (STORES, "store"),
    (GROUPS, "resource group"),
)


class Pruned(NamedTuple):
    """A thing that an estate does not name, in words; ``kept`` says why it is still there, if it is."""

    thing: str
    kept: str = ""


class PrunedContents(Protocol):
    """The planes' own ways of listing and deleting what vaults and stores hold."""

    def now(self) -> int:
        """The machine's time, in epoch seconds."""
        ...

    async def secret_names(self) -> dict[str, list[str]]:
        """The names of every live secret that stands behind no certificate, by vault."""
        ...

    async def settings(self) -> list[DeclaredSetting]:
        """Every key-value."""
        ...

    async def remove_secret(self, vault: str, name: str) -> None:
        """Delete a live secret, so that it can be recovered."""
        ...

    async def keys(self) -> list[DeclaredKey]:
        """Every live key that stands behind no certificate."""
        ...

    async def remove_key(self, vault: str, name: str) -> None:
        """Delete a live key, so that it can be recovered."""
        ...

    async def remove_setting(self, setting: DeclaredSetting) -> bool:
        """Delete a key-value; false where it is locked."""
        ...


async def prune(estate: Estate, store: Store, contents: PrunedContents) -> list[Pruned]:
    """Remove everything that the estate does not name; what was removed, or had to stay."""
    estate = await as_created(store, estate)
    objects = [Pruned(thing) for thing in await _prune_secrets(estate, contents)]
    objects += [Pruned(thing) for thing in await _prune_keys(estate, contents)]
    settings, in_use = await _prune_settings(estate, contents)
    return [*objects, *settings, *await _prune_records(estate, store, in_use, contents.now())]


async def _prune_secrets(estate: Estate, contents: PrunedContents) -> list[str]:
    named = {(one.vault.casefold(), one.name.casefold()) for one in estate.secrets}
    gone = []
    for vault, names in (await contents.secret_names()).items():
        for name in names:
            if (vault.casefold(), name.casefold()) not in named:
                await contents.remove_secret(vault, name)
                gone.append(f"secret `{name}` of vault `{vault}`")
    return gone


async def _prune_keys(estate: Estate, contents: PrunedContents) -> list[str]:
    named = {(one.vault.casefold(), one.name.casefold()) for one in estate.keys}
    gone = []
    for one in await contents.keys():
        if (one.vault.casefold(), one.name.casefold()) not in named:
            await contents.remove_key(one.vault, one.name)
            gone.append(f"key `{one.name}` of vault `{one.vault}`")
    return gone


async def _prune_settings(estate: Estate, contents: PrunedContents) -> tuple[list[Pruned], set[str]]:
    """Delete key-values; also the stores (names, case-folded) that a locked one is left in."""
    named = {(one.store.casefold(), one.key, one.label or None) for one in estate.settings}
    gone, in_use = [], set()
    for one in await contents.settings():
        if (one.store.casefold(), one.key, one.label or None) in named:
            continue
        labelled = f" with the label `{one.label}`" if one.label else ""
        thing = f"key-value `{one.key}`{labelled} of store `{one.store}`"
        if await contents.remove_setting(one):
            gone.append(Pruned(thing))
        else:
            gone.append(Pruned(thing, "it is locked"))
            in_use.add(one.store.casefold())
    return gone, in_use


async def _prune_records(estate: Estate, store: Store, in_use: set[str], now: int) -> list[Pruned]:
    named = {(collection.name, key) for collection, key, _ in records_of(estate)}
    named |= {(APPLICATIONS.name, (one.client_id.casefold(),)) for one in estate.applications}
    named |= {(RESOURCES.name, (one.resource_id.casefold(),)) for one in estate.compute}
    named.add((MANAGEMENT_GROUPS.name, (estate.tenant.tenant_id.casefold(),)))
    found: list[Pruned] = []
    kept_within: list[ResourceId] = []
    async with store.transaction() as transaction:
        before = await live_identities(transaction)
        own = await local_user_ids(transaction)
        for collection, noun in _WORDS:
            for key, record in await transaction.scan(collection):
                if (collection.name, key) in named or _is_of(own, record):
                    continue
                if _holds_what_stays(record, in_use, kept_within):
                    kept_within.append(ResourceId.parse(record.resource_id))
                    found.append(Pruned(_in_words(noun, record), "something in it is locked"))
                    continue
                await transaction.delete(collection, key)
                found.append(Pruned(_in_words(noun, record)))
                if isinstance(record, Application | User | Group) and record.principal_id:
                    await forget_principal(transaction, record.principal_id, now)
                if isinstance(record, ComputeResource):
                    await transaction.delete(RESOURCES, key)
        found += await _pare(estate, transaction, own)
        await settle_identities(transaction, before, now)
    return found


async def _pare(estate: Estate, transaction: Transaction, own: frozenset[str]) -> list[Pruned]:
    """Take from what is named what was added to it: members, access policies, replicas, secrets, keys."""
    found: list[Pruned] = []
    for group in estate.security_groups:
        key = principal_key(group.principal_id)
        there = await transaction.get(SECURITY_GROUPS, key) or group
        named = {member.casefold() for member in group.members} | own
        kept = tuple(member for member in there.members if member.casefold() in named)
        gone = set(there.members) - set(kept)
        found += [Pruned(f"member `{one}` of group `{group.display_name}`") for one in sorted(gone)]
        if gone:
            await transaction.put(SECURITY_GROUPS, key, structs.replace(there, members=kept))
    for vault in estate.vaults:
        found += await _pare_vault(vault, transaction)
    for store in estate.stores:
        found += await _pare_store(store, transaction)
    for declared in estate.applications:
        found += await _pare_application(declared, transaction)
    return found


async def _pare_vault(declared: Vault, transaction: Transaction) -> list[Pruned]:
    key = (declared.name.casefold(),)
    there = await transaction.get(VAULTS, key) or declared
    gone = beside(declared, there)
    if gone:
        kept = tuple(one for one in there.access_policies if one not in gone)
        await transaction.put(VAULTS, key, structs.replace(there, access_policies=kept))
    return [Pruned(f"access policy of `{one.object_id}` of vault `{declared.name}`") for one in gone]


async def _pare_store(declared: ConfigurationStore, transaction: Transaction) -> list[Pruned]:
    key = (declared.name.casefold(),)
    there = await transaction.get(STORES, key) or declared
    gone = replicas_beside(declared, there)
    if gone:
        kept = tuple(one for one in there.replicas if one not in gone)
        await transaction.put(STORES, key, structs.replace(there, replicas=kept))
    return [Pruned(f"replica `{one.name}` of store `{declared.name}`") for one in gone]


async def _pare_application(declared: DeclaredApplication, transaction: Transaction) -> list[Pruned]:
    there = await find_application(transaction, declared.client_id)
    if there is None:
        return []
    certificates = tuple(one for one in there.certificates if not one.key_id)
    pared = structs.replace(there, passwords=(), certificates=certificates)
    if pared == there:
        return []
    await transaction.put(APPLICATIONS, application_key(declared.client_id), pared)
    secrets = [f"client secret `{one.display_name or one.key_id}`" for one in there.passwords]
    keys = [f"certificate `{one.display_name or one.key_id}`" for one in there.certificates if one.key_id]
    return [Pruned(f"{thing} of application `{declared.name}`") for thing in (*secrets, *keys)]


def _is_of(principal_ids: frozenset[str], record: object) -> bool:
    """Whether a record is one of these principals (case-folded ids), or something given to one of them."""
    if not isinstance(record, RoleAssignment | DirectoryRoleAssignment | User):
        return False
    return record.principal_id.casefold() in principal_ids


def _holds_what_stays(record: object, in_use: set[str], kept_within: Iterable[ResourceId]) -> bool:
    """Whether a store has a locked key-value, or a group such a store."""
    if isinstance(record, ConfigurationStore):
        return record.name.casefold() in in_use
    if isinstance(record, ResourceGroup):
        return any(ResourceId.parse(record.resource_id).contains(kept) for kept in kept_within)
    return False


def _given(record: RoleAssignment | DirectoryRoleAssignment) -> str:
    if isinstance(record, RoleAssignment):
        return f"`{record.id}` of `{record.principal_id}` at `{record.scope}`"
    return f"`{record.role_definition_id}` of `{record.principal_id}`"


def _in_words(noun: str, record: Any) -> str:  # noqa: ANN401  # a record of any of the collections above
    if isinstance(record, RoleAssignment | DirectoryRoleAssignment):
        return f"{noun} {_given(record)}"
    if isinstance(record, AccessKey):
        return f"{noun} `{record.id}` of store `{record.store}`"
    if isinstance(record, FederatedCredential):
        return f"{noun} `{record.name}` of `{record.owner.rpartition('/')[2]}`"
    if isinstance(record, TrustedIssuer | Federation):
        return f"{noun} `{record.issuer}`"
    if isinstance(record, GenericResource):
        return f"{noun} `{ResourceId.parse(record.resource_id).name}`"
    name = (
        getattr(record, "name", None)
        or getattr(record, "display_name", None)
        or ResourceId.parse(record.resource_id).resource_group
    )
    return f"{noun} `{name}`"
