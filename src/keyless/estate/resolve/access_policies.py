"""The access policies of vaults: each principal found by name, which may be declared further down."""

from __future__ import annotations

from contextlib import suppress

from msgspec import structs

from keyless.estate.declared.estate import EstateEntry
from keyless.estate.declared.vaults import AccessPolicyEntry, PermissionsEntry
from keyless.estate.problems import At
from keyless.estate.reading import Reading, Rejected
from keyless.estate.resolve.principals import Principals
from keyless.model.access_policies import AccessPolicy, PolicyPermissions
from keyless.model.resources import Vault


def with_access_policies(estate: EstateEntry, principals: Principals, reading: Reading) -> tuple[Vault, ...]:
    """The estate's vaults, each with its policies; those that are refused are reported and left out."""
    entries = {
        name.value.casefold(): entry.access_policies
        for _, group in estate.resource_groups.items
        for name, entry in group.vaults.items
    }
    return tuple(
        structs.replace(
            vault, access_policies=_policies(entries.get(vault.name.casefold(), ()), principals, reading)
        )
        for vault in principals.resources.vaults.things
    )


def _policies(
    entries: tuple[AccessPolicyEntry, ...], principals: Principals, reading: Reading
) -> tuple[AccessPolicy, ...]:
    found: list[AccessPolicy] = []
    first: dict[object, At] = {}
    for entry in entries:
        with suppress(Rejected):
            policy = _policy(entry, principals, reading)
            whose = (policy.tenant_id, policy.name)
            if whose in first:
                raise reading.reject(
                    entry.at,
                    "the vault has another policy for the same principal",
                    f"it is on line {first[whose].line}: give it these permissions too",
                )
            first[whose] = entry.at
            found.append(policy)
    return tuple(found)


def _policy(entry: AccessPolicyEntry, principals: Principals, reading: Reading) -> AccessPolicy:
    tenant_id, through = entry.tenant_id, entry.application_id
    return AccessPolicy(
        tenant_id=tenant_id.value.lower() if tenant_id else principals.resources.tenant.tenant_id,
        object_id=principals.find(entry.principal, reading),
        permissions=_permissions(entry.permissions),
        application_id=through.value.lower() if through else None,
    )


def _permissions(entry: PermissionsEntry) -> PolicyPermissions:
    return PolicyPermissions(
        keys=entry.keys, secrets=entry.secrets, certificates=entry.certificates, storage=entry.storage
    )
