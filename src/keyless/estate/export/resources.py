"""Resource groups and what is in them, as an exported file writes them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from keyless.estate.export.access_policies import policies_document
from keyless.estate.export.events import events_document
from keyless.estate.export.federation import credentials_document
from keyless.estate.export.keys import keys_document
from keyless.estate.export.labels import compute_name, group_of
from keyless.estate.export.references import References
from keyless.estate.export.settings import settings_document
from keyless.estate.key_values import vault_host
from keyless.lifecycle.store_tiers import revision_retention_s, tier_of
from keyless.model.derived_ids import system_assigned_identity, user_assigned_identity
from keyless.model.estate import DeclaredSecret, Estate
from keyless.model.identities import ComputeResource, ManagedIdentity
from keyless.model.resource_id import ResourceId
from keyless.model.resources import ConfigurationStore, ResourceGroup, Vault

_DAY_S = 24 * 60 * 60
Document = dict[str, Any]
"""A part of the file: mappings, lists and scalars, as YAML has them."""


class GroupWriter:
    """Writes resource groups.

    ``variables`` are the names of the variables for ``estate.secrets``, ``of_keys`` those for its access
    keys.
    """

    def __init__(
        self, estate: Estate, references: References, variables: Iterable[str], of_keys: Iterable[str]
    ) -> None:
        self._estate, self._references = estate, references
        self._resources = references.resources
        self._keys = list(zip(estate.access_keys, of_keys, strict=True))
        self._secrets = list(zip(estate.secrets, variables, strict=True))
        self._vaults_by_host = {vault_host(vault.name): vault.name for vault in estate.vaults}

    def write(self, group: ResourceGroup) -> Document:
        """One resource group with everything in it."""

        def mine(resource_id: str) -> bool:
            return group_of(resource_id, self._resources) is group

        parts = {
            "identities": self._identities(mine),
            "compute": self._compute(group, mine),
            "vaults": self._vaults(group, mine),
            "configurationStores": self._stores(group, mine),
        }
        return {"location": group.location, **{key: part for key, part in parts.items() if part}}

    def _identities(self, mine: Callable[[str], bool]) -> Document:
        return {
            identity.name: _ids_unlike(identity, _derived(identity))
            | credentials_document(identity.resource_id, self._estate)
            for identity in self._estate.identities
            if mine(identity.resource_id)
        }

    def _compute(self, group: ResourceGroup, mine: Callable[[str], bool]) -> Document:
        return {
            self._resources.compute.label(compute): self._one_compute(compute, group)
            for compute in self._estate.compute
            if mine(compute.resource_id)
        }

    def _one_compute(self, compute: ComputeResource, group: ResourceGroup) -> Document:
        document: Document = {"type": ResourceId.parse(compute.resource_id).resource_type}
        name = compute_name(compute)
        if self._resources.compute.label(compute) != name:
            document["name"] = name
        document |= _location(compute, group)
        if compute.host_kind is not None:
            document["hostKind"] = compute.host_kind.value
        if compute.service_account is not None:
            document["serviceAccount"] = compute.service_account
        identity: Document = {}
        if compute.system_assigned is not None:
            host = ResourceId.parse(compute.resource_id)
            derived = system_assigned_identity(host, host.name)
            identity["systemAssigned"] = _ids_unlike(compute.system_assigned, derived) or True
        if compute.user_assigned:
            identity["userAssigned"] = [self._identity_name(given) for given in compute.user_assigned]
        return {**document, "identity": identity} if identity else document

    def _identity_name(self, resource_id: str) -> str:
        identity = self._resources.identities.get(resource_id)
        return resource_id if identity is None else self._resources.identities.clear_name(identity)

    def _vaults(self, group: ResourceGroup, mine: Callable[[str], bool]) -> Document:
        return {
            vault.name: self._one_vault(vault, group)
            for vault in self._estate.vaults
            if mine(vault.resource_id)
        }

    def _one_vault(self, vault: Vault, group: ResourceGroup) -> Document:
        document = _location(vault, group)
        if vault.soft_delete_retention_days != 90:
            document["softDeleteRetentionDays"] = vault.soft_delete_retention_days
        if vault.purge_protection:
            document["purgeProtection"] = True
        document |= policies_document(vault, self._references)
        document |= events_document(vault, self._estate.event_subscriptions)
        if vault.sku.lower() == "premium":
            document["sku"] = "premium"
        document |= keys_document(vault, self._estate.keys)
        secrets = {
            secret.name: secret_document(secret, variable)
            for secret, variable in self._secrets
            if secret.vault.casefold() == vault.name.casefold()
        }
        return {**document, "secrets": secrets} if secrets else document

    def _stores(self, group: ResourceGroup, mine: Callable[[str], bool]) -> Document:
        return {
            store.name: self._one_store(store, group)
            for store in self._estate.stores
            if mine(store.resource_id)
        }

    def _one_store(self, store: ConfigurationStore, group: ResourceGroup) -> Document:
        settings = [one for one in self._estate.settings if one.store.casefold() == store.name.casefold()]
        document = {**_location(store, group), **_tier(store)}
        if settings:
            document["settings"] = settings_document(settings, self._vaults_by_host)
        keys = self._access_keys(store)
        if keys:
            document["accessKeys"] = keys
        if store.replicas:
            document["replicas"] = {one.name: {"location": one.location} for one in store.replicas}
        if store.disable_local_auth:
            document["disableLocalAuth"] = True
        return document

    def _access_keys(self, store: ConfigurationStore) -> Document:
        return {
            key.id: {"env": variable} | ({"readOnly": True} if key.read_only else {})
            for key, variable in self._keys
            if key.store.casefold() == store.name.casefold()
        }


def secret_document(secret: DeclaredSecret, variable: str) -> Document:
    """A secret, as the environment variable that its value is to come from."""
    document: Document = {"env": variable}
    if secret.content_type is not None:
        document["contentType"] = secret.content_type
    return {**document, "tags": dict(secret.tags)} if secret.tags else document


def _location(resource: ComputeResource | Vault | ConfigurationStore, group: ResourceGroup) -> Document:
    return {} if resource.location == group.location else {"location": resource.location}


def _tier(store: ConfigurationStore) -> Document:
    """A store's tier, and how long it keeps history where that is not what the tier does.

    The tier is written even where it is standard: a file that does not say leaves it as it is there.
    """
    document: Document = {"sku": store.sku} if store.sku else {}
    days = revision_retention_s(store) // _DAY_S
    if days and days != tier_of(store).revision_retention_s // _DAY_S:
        document["revisionRetentionDays"] = days
    return document


def _derived(identity: ManagedIdentity) -> ManagedIdentity:
    """What the identity would be if the file said nothing of its ids."""
    group = ResourceId(ResourceId.parse(identity.resource_id).segments[:4])
    return user_assigned_identity(group, identity.name)


def _ids_unlike(identity: ManagedIdentity, derived: ManagedIdentity) -> Document:
    document = {}
    if identity.client_id != derived.client_id:
        document["clientId"] = identity.client_id
    if identity.principal_id != derived.principal_id:
        document["principalId"] = identity.principal_id
    return document
