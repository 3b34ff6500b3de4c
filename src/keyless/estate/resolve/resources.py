"""Resource groups and what is in them, with their ids, each findable by name."""

from __future__ import annotations

from msgspec import structs

from keyless.estate.declared.estate import EstateEntry
from keyless.estate.declared.groups import GroupEntry
from keyless.estate.declared.identities import (
    ComputeEntry,
    HostedIdentities,
    IdentityEntry,
    SystemAssignedEntry,
)
from keyless.estate.declared.stores import StoreEntry
from keyless.estate.declared.vaults import VaultEntry
from keyless.estate.reading import Located, Reading
from keyless.estate.resolve.directory import Directory
from keyless.estate.resolve.guids import GuidRegister
from keyless.estate.resolve.replicas import read_replicas
from keyless.estate.shapes.containers import Entries
from keyless.lifecycle.store_tiers import FREE, REVISION_RETENTION, STANDARD, tier_named
from keyless.model import derived_ids as ids
from keyless.model.hosts import HostKind
from keyless.model.identities import ComputeResource, ManagedIdentity
from keyless.model.management import ManagementGroup
from keyless.model.nearest import quoted_list
from keyless.model.resource_id import InvalidResourceId, ResourceId, group_scope, resource_scope
from keyless.model.resources import (
    STORE_TYPE,
    USER_ASSIGNED_IDENTITY_TYPE,
    VAULT_TYPE,
    ConfigurationStore,
    ResourceGroup,
    Tenant,
    Vault,
)

DAY_S = 24 * 60 * 60


class Resources:
    """Everything that lies in the estate's resource groups, and the management groups above them."""

    def __init__(self, tenant: Tenant) -> None:
        self.tenant = tenant
        self.groups: Directory[ResourceGroup] = Directory("resource group", "`resourceGroups`")
        self.identities: Directory[ManagedIdentity] = Directory(
            "user-assigned identity", "the `identities` of a resource group"
        )
        self.compute: Directory[ComputeResource] = Directory(
            "compute resource", "the `compute` of a resource group"
        )
        self.vaults: Directory[Vault] = Directory("vault", "the `vaults` of a resource group")
        self.stores: Directory[ConfigurationStore] = Directory(
            "configuration store", "the `configurationStores` of a resource group"
        )
        self.management_groups: Directory[ManagementGroup] = Directory(
            "management group", "`managementGroups`"
        )
        self.guids = GuidRegister()

    def mark_incomplete(self, estate: EstateEntry) -> None:
        """Note what was refused, so that nobody is told that it is unknown as well."""
        groups = estate.resource_groups
        lost = bool(groups.broken) or estate.lost(EstateEntry.resource_groups)
        self.groups.incomplete = estate.lost(EstateEntry.resource_groups)
        self.groups.miss(groups.broken)
        for directory, field in (
            (self.identities, GroupEntry.identities),
            (self.compute, GroupEntry.compute),
            (self.vaults, GroupEntry.vaults),
            (self.stores, GroupEntry.configuration_stores),
        ):
            directory.incomplete = lost or any(group.lost(field) for _, group in groups.items)


def read_resources(estate: EstateEntry, tenant: Tenant, reading: Reading) -> Resources:
    """Everything in the resource groups; compute comes last, since it names identities of any group."""
    resources = Resources(tenant)
    resources.mark_incomplete(estate)
    for name, entry in estate.resource_groups.items:
        group = ResourceGroup(
            group_scope(tenant.subscription_id, name.value).text, entry.location or estate.location
        )
        resources.groups.add(group, name.value)
        _GroupReader(resources, group, name.value, reading).read(entry)
    for name, entry in estate.resource_groups.items:
        found = resources.groups.get(name.value)
        if found is not None:
            _ComputeReader(resources, found, name.value, reading).read(entry.compute)
    return resources


class _GroupReader:
    """Reads the identities, vaults and stores of one group."""

    def __init__(self, resources: Resources, group: ResourceGroup, name: str, reading: Reading) -> None:
        self.resources, self.group, self.name, self.reading = resources, group, name, reading
        self.scope = ResourceId.parse(group.resource_id)

    def read(self, entry: GroupEntry) -> None:
        """Read what compute may refer to."""
        for name, identity in entry.identities.items:
            self._identity(name, identity)
        for name, vault in entry.vaults.items:
            self._vault(name, vault)
        for name, store in entry.configuration_stores.items:
            self._store(name, store)
        self.resources.identities.miss(self._qualified(entry.identities))
        self.resources.vaults.miss(entry.vaults.broken)
        self.resources.stores.miss(entry.configuration_stores.broken)

    def _qualified(self, entries: Entries[IdentityEntry]) -> list[str]:
        return [*entries.broken, *(f"{self.name}/{name}" for name in entries.broken)]

    def _identity(self, name: Located[str], entry: IdentityEntry) -> None:
        guids = self.resources.guids.take(entry.client_id, entry.principal_id, name.value, self.reading)
        identity = ids.user_assigned_identity(self.scope, name.value, *guids)
        self.resources.identities.add(identity, name.value, f"{self.name}/{name.value}", identity.resource_id)

    def _vault(self, name: Located[str], entry: VaultEntry) -> None:
        if not self._is_first(self.resources.vaults, name):
            return
        vault = Vault(
            resource_id=resource_scope(self.scope, VAULT_TYPE, name.value).text,
            name=name.value,
            location=entry.location or self.group.location,
            soft_delete_retention_days=entry.soft_delete_retention_days,
            purge_protection=entry.purge_protection,
            enable_rbac_authorization=entry.enable_rbac_authorization,
            sku=entry.sku or "standard",
        )
        self.resources.vaults.add(vault, name.value)

    def _store(self, name: Located[str], entry: StoreEntry) -> None:
        if not self._is_first(self.resources.stores, name):
            return
        store = ConfigurationStore(
            resource_id=resource_scope(self.scope, STORE_TYPE, name.value).text,
            name=name.value,
            location=entry.location or self.group.location,
            disable_local_auth=entry.disable_local_auth,
            sku="" if entry.sku is None else entry.sku.value,
            body=self._history(entry),
        )
        store = structs.replace(store, replicas=read_replicas(store, entry.replicas, self.reading))
        self.resources.stores.add(store, name.value)

    def _history(self, entry: StoreEntry) -> dict[str, int]:
        """How long a store keeps revisions, where that is said; no longer than its tier can."""
        days, tier = entry.revision_retention_days, entry.sku.value if entry.sku is not None else STANDARD
        if days is None:
            return {}
        longest = tier_named(tier).revision_retention_s // DAY_S
        if tier == FREE and days.value != longest:
            problem = f"a free store keeps its history for {longest} days, neither more nor less"
            self.reading.report(days.at, problem, "leave it out, or write another `sku`")
        elif days.value > longest:
            problem = f"a store of the {tier} tier keeps its history for at most {longest} days"
            self.reading.report(days.at, problem, "write fewer, or another `sku`")
        return {REVISION_RETENTION: days.value * DAY_S}

    def _is_first(
        self, directory: Directory[Vault] | Directory[ConfigurationStore], name: Located[str]
    ) -> bool:
        """Whether no other group has the name: it is a host name, and so unique in the world."""
        if not directory.has(name.value):
            return True
        self.reading.report(
            name.at,
            f"another resource group has a {directory.noun} called `{name.value}` already",
            "its name is a host name, of which there is one in the world: choose another",
        )
        return False


class _ComputeReader:
    """Reads the compute resources of one group, and which identities they host."""

    def __init__(self, resources: Resources, group: ResourceGroup, name: str, reading: Reading) -> None:
        self.resources, self.group, self.name, self.reading = resources, group, name, reading
        self.scope = ResourceId.parse(group.resource_id)

    def read(self, entries: Entries[ComputeEntry]) -> None:
        """Read the compute resources."""
        for label, entry in entries.items:
            self._compute(label, entry)
        qualified = (f"{self.name}/{name}" for name in entries.broken)
        self.resources.compute.miss([*entries.broken, *qualified])

    def _compute(self, label: Located[str], entry: ComputeEntry) -> None:
        resource_id = self._resource_id(entry.name or label, entry)
        if resource_id is None:
            self.resources.compute.miss([label.value, f"{self.name}/{label.value}"])
            return
        hosted = entry.identity or HostedIdentities(entry.at, {})
        compute = ComputeResource(
            resource_id=resource_id.text,
            name=(entry.name or label).value,
            location=entry.location or self.group.location,
            system_assigned=self._system_assigned(resource_id, label.value, hosted.system_assigned),
            user_assigned=self._user_assigned(hosted),
            host_kind=HostKind(entry.host_kind) if entry.host_kind else None,
            service_account=entry.service_account,
        )
        self.resources.compute.add(compute, label.value, f"{self.name}/{label.value}", compute.resource_id)

    def _resource_id(self, name: Located[str], entry: ComputeEntry) -> ResourceId | None:
        depth, names = entry.type.value.count("/"), name.value.split("/")
        if len(names) != depth:
            self.reading.report(
                name.at,
                f"`{name.value}` cannot name a `{entry.type.value}`",
                f"write {depth} name{'s' if depth > 1 else ''}: `{'/'.join(['name'] * depth)}`",
            )
            return None
        resource_id = resource_scope(self.scope, entry.type.value, *names)
        if self.resources.compute.has(resource_id.text):
            self.reading.report(
                name.at, f"the group has a `{entry.type.value}` called `{name.value}` already", "rename one"
            )
            return None
        return resource_id

    def _system_assigned(
        self, host: ResourceId, label: str, entry: SystemAssignedEntry | None
    ) -> ManagedIdentity | None:
        if entry is None or not entry.enabled:
            return None
        guids = self.resources.guids.take(entry.client_id, entry.principal_id, label, self.reading)
        return ids.system_assigned_identity(host, host.name, *guids)

    def _user_assigned(self, hosted: HostedIdentities) -> tuple[str, ...]:
        given: dict[ResourceId, str] = {}
        for wanted in hosted.user_assigned:
            resource_id = self._identity_id(wanted)
            if resource_id is None:
                continue
            if ResourceId.parse(resource_id) in given:
                self.reading.report(wanted.at, f"`{wanted.value}` is in the list already", "take it out")
            given.setdefault(ResourceId.parse(resource_id), resource_id)
        return tuple(given.values())

    def _identity_id(self, wanted: Located[str]) -> str | None:
        if wanted.value.startswith("/") and not self.resources.identities.has(wanted.value):
            return _outside_identity(wanted, self.reading)
        identity = self.resources.identities.find(wanted, self.reading)
        return identity.resource_id if identity is not None else None


def _outside_identity(wanted: Located[str], reading: Reading) -> str | None:
    """The id of an identity that this file does not declare."""
    try:
        resource_id = ResourceId.parse(wanted.value)
    except InvalidResourceId as error:
        reading.report(wanted.at, str(error), "write the name of an identity that this file declares")
        return None
    if not resource_id.is_type(USER_ASSIGNED_IDENTITY_TYPE):
        wants = quoted_list([USER_ASSIGNED_IDENTITY_TYPE])
        reading.report(
            wanted.at, f"`{wanted.value}` is not a user-assigned identity", f"its type must be {wants}"
        )
        return None
    return resource_id.text
