"""Applying an estate.

Rules:
- what the estate names is created or brought up to date; what was made beside it stays;
- the rules that know workloads, and who is told of events, are the exception: nothing but a file makes them,
  and one that is taken out of it must let nobody in, and tell nobody, any more;
- a key that is there is left alone if it fits; one of another kind gets a new version;
- a secret or setting that already has the declared value is not written again, so that no version or
  revision comes of running twice;
- an identity that a resource is told to have no longer is deleted, and one that is declared again is made
  anew (see ``lifecycle/identities.py``);
- resources and assignments appear together, in one transaction, before their contents;
- what a file cannot say of a resource stays, and what lies deleted comes back (see ``kept.py``).
"""

from __future__ import annotations

import base64
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any, Protocol

from keyless.deploy.kept import Holding, bring_back, with_kept
from keyless.lifecycle.directory import principal_key
from keyless.lifecycle.events import note_policy_change
from keyless.lifecycle.identities import as_created, live_identities, settle_identities
from keyless.model.access_keys import AccessKey
from keyless.model.estate import (
    DeclaredAccessKey,
    DeclaredApplication,
    DeclaredSecret,
    DeclaredSetting,
    Estate,
)
from keyless.model.resources import Vault
from keyless.model.vault_keys import DeclaredKey
from keyless.store.clock import estate_time
from keyless.store.collections import (
    ACCESS_KEYS,
    ASSIGNMENTS,
    COMPUTE,
    DENY_ASSIGNMENTS,
    DIRECTORY_ROLE_ASSIGNMENTS,
    EVENT_SUBSCRIPTIONS,
    FEDERATED_CREDENTIALS,
    FEDERATION,
    GROUPS,
    IDENTITIES,
    MANAGEMENT_GROUPS,
    ROLE_DEFINITIONS,
    SECURITY_GROUPS,
    STORES,
    TENANT,
    TRUSTED_ISSUERS,
    USERS,
    VAULTS,
    WORKLOAD_RULES,
)
from keyless.store.ports import Collection, Key, Reader, Store, Transaction
from keyless.wire.errors import WireError
from keyless.wire.federation import FEDERATION_KEY

TENANT_KEY = ("tenant",)


class CannotApply(Exception):
    """An estate that a vault or store does not take; the message names the thing and says why."""


class Contents(Holding, Protocol):
    """The planes' own ways of writing what an estate declares."""

    async def ensure_secret(self, secret: DeclaredSecret) -> None:
        """Make sure that a vault holds a secret with this value."""
        ...

    async def ensure_key(self, key: DeclaredKey) -> None:
        """Make sure that a vault holds a key of this kind."""
        ...

    async def ensure_setting(self, setting: DeclaredSetting) -> None:
        """Make sure that a store holds a key-value with this value."""
        ...

    async def ensure_application(self, application: DeclaredApplication) -> None:
        """Make sure that an application is registered with just these credentials."""
        ...

    def now(self) -> int:
        """The machine's time, in epoch seconds."""
        ...


async def apply_estate(estate: Estate, store: Store, contents: Contents) -> None:
    """Bring the store up to what the estate declares.

    Raises:
        CannotApply: a vault or store does not take what is declared for it.
    """
    records = list(records_of(await as_created(store, estate)))
    left_over = await _left_over(estate, store)
    if left_over or any([await _differs(store, *record) for record in records]):
        async with store.transaction() as transaction:
            before = await live_identities(transaction)
            await bring_back(transaction, estate, contents, contents.now())
            now = await estate_time(transaction, contents.now())
            for collection, key, record in records:
                await _put(transaction, collection, key, record, now)
            for collection, key in left_over:
                await transaction.delete(collection, key)
            await settle_identities(transaction, before, contents.now())
    for application in estate.applications:
        await contents.ensure_application(application)
    for secret in estate.secrets:
        with _named(f"secret `{secret.name}` of vault `{secret.vault}`"):
            await contents.ensure_secret(secret)
    for declared in estate.keys:
        with _named(f"key `{declared.name}` of vault `{declared.vault}`"):
            await contents.ensure_key(declared)
    for setting in estate.settings:
        labelled = f" with the label `{setting.label}`" if setting.label else ""
        with _named(f"key-value `{setting.key}`{labelled} of store `{setting.store}`"):
            await contents.ensure_setting(setting)


async def _left_over(estate: Estate, store: Store) -> list[tuple[Collection[Any], Key]]:
    """The workload rules and event subscriptions that the estate does not name."""
    rules = {(rule.name.casefold(),) for rule in estate.workloads}
    told = {(one.vault.casefold(),) for one in estate.event_subscriptions}
    return [
        *((WORKLOAD_RULES, key) for key, _ in await store.scan(WORKLOAD_RULES) if key not in rules),
        *((EVENT_SUBSCRIPTIONS, key) for key, _ in await store.scan(EVENT_SUBSCRIPTIONS) if key not in told),
    ]


@contextmanager
def _named(what: str) -> Iterator[None]:
    """Say of an error which thing it is about."""
    try:
        yield
    except WireError as error:
        raise CannotApply(f"{what} cannot be brought up to what is declared: {error}") from error


async def _differs(reader: Reader, collection: Collection[Any], key: Key, record: object) -> bool:
    before = await reader.get(collection, key)
    return bool(before != with_kept(before, record))


async def _put(
    transaction: Transaction, collection: Collection[Any], key: Key, record: object, now: int
) -> None:
    before = await transaction.get(collection, key)
    wanted = with_kept(before, record)
    if before != wanted:
        await transaction.put(collection, key, wanted)
    if isinstance(before, Vault) and isinstance(wanted, Vault):
        await note_policy_change(transaction, before, wanted, now)


def records_of(estate: Estate) -> Iterable[tuple[Collection[Any], Key, object]]:
    """Every record that an estate asks for, and where it lies, but for applications and contents."""
    yield TENANT, TENANT_KEY, estate.tenant
    yield from _identity_records(estate)
    for group in estate.groups:
        yield GROUPS, (group.resource_id.casefold(),), group
    for vault in estate.vaults:
        yield VAULTS, (vault.name.casefold(),), vault
    for configuration_store in estate.stores:
        yield STORES, (configuration_store.name.casefold(),), configuration_store
    for access_key in estate.access_keys:
        yield ACCESS_KEYS, (access_key.store.casefold(), access_key.id), access_key_record(access_key)
    for subscription in estate.event_subscriptions:
        yield EVENT_SUBSCRIPTIONS, (subscription.vault.casefold(),), subscription
    yield from _policy_records(estate)


def _identity_records(estate: Estate) -> Iterable[tuple[Collection[Any], Key, object]]:
    """Who there is, and what may speak as whom."""
    for identity in estate.identities:
        yield IDENTITIES, (identity.resource_id.casefold(),), identity
    for compute in estate.compute:
        yield COMPUTE, (compute.resource_id.casefold(),), compute
    for user in estate.users:
        yield USERS, principal_key(user.principal_id), user
    for group in estate.security_groups:
        yield SECURITY_GROUPS, principal_key(group.principal_id), group
    for given in estate.directory_roles:
        yield DIRECTORY_ROLE_ASSIGNMENTS, (given.id,), given
    for credential in estate.federated_credentials:
        yield FEDERATED_CREDENTIALS, (credential.owner.casefold(), credential.name.casefold()), credential
    for issuer in estate.issuers:
        yield TRUSTED_ISSUERS, (issuer.issuer,), issuer
    if estate.federation is not None:
        yield FEDERATION, FEDERATION_KEY, estate.federation
    for rule in estate.workloads:
        yield WORKLOAD_RULES, (rule.name.casefold(),), rule


def _policy_records(estate: Estate) -> Iterable[tuple[Collection[Any], Key, object]]:
    """What roles there are, who has them and who is denied what, and the scopes above the subscription."""
    for above in estate.management_groups:
        yield MANAGEMENT_GROUPS, (above.name.casefold(),), above
    for role in estate.custom_roles:
        yield ROLE_DEFINITIONS, (role.id,), role
    for assignment in estate.assignments:
        yield ASSIGNMENTS, (assignment.id,), assignment
    for deny in estate.denies:
        yield DENY_ASSIGNMENTS, (deny.id,), deny


def access_key_record(declared: DeclaredAccessKey) -> AccessKey:
    """An access key as the store keeps it, ready to sign with."""
    secret = base64.b64decode(declared.secret.reveal())
    return AccessKey(declared.store.casefold(), declared.id, secret, declared.read_only)
