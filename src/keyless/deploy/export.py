"""The world in a store as an estate again, so that it can be shown, or written as a file.

What cannot be given back is a client secret: the store holds a hash of it alone.
"""

from __future__ import annotations

import base64

from msgspec import structs

from keyless.deploy.apply import TENANT_KEY
from keyless.deploy.contents import PlaneContents
from keyless.lifecycle.local_user import local_user_ids
from keyless.model.access_keys import AccessKey
from keyless.model.derived_ids import tenant_called
from keyless.model.directory import DirectoryRoleAssignment, Group
from keyless.model.estate import DeclaredAccessKey, DeclaredApplication, Estate
from keyless.model.identities import Application, ApplicationCertificate
from keyless.model.roles import RoleAssignment
from keyless.model.secret_text import SecretText
from keyless.store.collections import (
    ACCESS_KEYS,
    APPLICATIONS,
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
from keyless.store.ports import Store
from keyless.wire.federation import FEDERATION_KEY


async def stored_estate(store: Store, contents: PlaneContents) -> Estate:
    """Everything that the store holds, as an estate."""
    applications = [
        DeclaredApplication(
            one.name,
            one.client_id,
            one.principal_id,
            SecretText("") if one.secrets else None,
            tuple(ApplicationCertificate(kept.der) for kept in one.certificates),
            one.identifier_uris,
            one.token_version,
            _last_expiry(one),
            one.runs_on,
            one.compute,
        )
        for _, one in await store.scan(APPLICATIONS)
    ]
    federation = await store.get(FEDERATION, FEDERATION_KEY)
    return Estate(
        tenant=await store.get(TENANT, TENANT_KEY) or tenant_called(),
        groups=tuple(group for _, group in await store.scan(GROUPS)),
        compute=tuple(compute for _, compute in await store.scan(COMPUTE)),
        identities=tuple(identity for _, identity in await store.scan(IDENTITIES)),
        applications=tuple(applications),
        federated_credentials=tuple(one for _, one in await store.scan(FEDERATED_CREDENTIALS)),
        issuers=tuple(issuer for _, issuer in await store.scan(TRUSTED_ISSUERS)),
        vaults=tuple(vault for _, vault in await store.scan(VAULTS)),
        secrets=tuple(await contents.secrets()),
        keys=tuple(await contents.keys()),
        stores=tuple(found for _, found in await store.scan(STORES)),
        settings=tuple(await contents.settings()),
        access_keys=await _declared_access_keys(store),
        event_subscriptions=tuple(one for _, one in await store.scan(EVENT_SUBSCRIPTIONS)),
        assignments=await _declared_assignments(store),
        custom_roles=tuple(role for _, role in await store.scan(ROLE_DEFINITIONS)),
        denies=tuple(deny for _, deny in await store.scan(DENY_ASSIGNMENTS)),
        management_groups=tuple(above for _, above in await store.scan(MANAGEMENT_GROUPS)),
        workloads=tuple(rule for _, rule in await store.scan(WORKLOAD_RULES)),
        users=tuple(user for _, user in await store.scan(USERS) if not user.local),
        security_groups=await _declared_groups(store),
        directory_roles=await _declared_directory_roles(store),
        federation=federation,
    )


def _last_expiry(application: Application) -> int | None:
    """When the last of an application's secrets ends, as a file has only one; none where one does not."""
    ends = [kept.ends_at for kept in application.secrets]
    return max((end for end in ends if end is not None), default=None) if None not in ends else None


async def _declared_groups(store: Store) -> tuple[Group, ...]:
    """Every group, without the local user among its members."""
    own = await local_user_ids(store)
    groups = [group for _, group in await store.scan(SECURITY_GROUPS)]
    return tuple(
        structs.replace(one, members=tuple(member for member in one.members if member.casefold() not in own))
        for one in groups
    )


async def _declared_directory_roles(store: Store) -> tuple[DirectoryRoleAssignment, ...]:
    """Every role of the directory but the local user's own."""
    own = await local_user_ids(store)
    found = [given for _, given in await store.scan(DIRECTORY_ROLE_ASSIGNMENTS)]
    return tuple(one for one in found if one.principal_id.casefold() not in own)


async def _declared_assignments(store: Store) -> tuple[RoleAssignment, ...]:
    """Every role assignment but the local user's own, whom no file can name."""
    own = await local_user_ids(store)
    found = [assignment for _, assignment in await store.scan(ASSIGNMENTS)]
    return tuple(one for one in found if one.principal_id.casefold() not in own)


async def _declared_access_keys(store: Store) -> tuple[DeclaredAccessKey, ...]:
    """The access keys of the stores that are there: a deleted one keeps its own, and no file can name it."""
    there = {key[0] for key, _ in await store.scan(STORES)}
    found = [key for _, key in await store.scan(ACCESS_KEYS)]
    return tuple(_access_key(key) for key in found if key.store in there)


def _access_key(key: AccessKey) -> DeclaredAccessKey:
    secret = SecretText(base64.b64encode(key.secret).decode())
    return DeclaredAccessKey(key.store, key.id, secret, key.read_only)
