"""The estate as a running plane sees it: its tenant, its workloads, and what comes into being by learning.

With no estate at all, learning still works: a tenant, a resource group and one compute resource with a
system-assigned identity are made up once and kept, and a vault or store appears when it is first named.
They are the ones that the starter of `keyless estate init` declares, ids included, so that what was learned
stays true when the file is there.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from keyless.lifecycle.identities import created_again
from keyless.lifecycle.replicas import store_at
from keyless.model.clusters import cluster_issuer, service_account, workload_credential
from keyless.model.derived_ids import (
    DEFAULT_LOCATION,
    slug_of,
    system_assigned_identity,
    tenant_called,
    user_assigned_identity,
)
from keyless.model.estate import derived_guid
from keyless.model.federated_credentials import MOST
from keyless.model.hosts import HostKind, host_kind_of
from keyless.model.identities import ComputeResource, ManagedIdentity
from keyless.model.outages import Manner
from keyless.model.resource_id import ResourceId, group_scope, resource_scope
from keyless.model.resources import (
    STORE_SUFFIX,
    STORE_TYPE,
    VAULT_SUFFIX,
    VAULT_TYPE,
    ConfigurationStore,
    ResourceGroup,
    Tenant,
    Vault,
)
from keyless.planes.entra.keys import load_or_create_ring
from keyless.runtime.leases import Lease, LeaseRefused
from keyless.runtime.messages import Arrived, Mode, Remark
from keyless.store.collections import (
    COMPUTE,
    DELETED_STORES,
    DELETED_VAULTS,
    FEDERATED_CREDENTIALS,
    GROUPS,
    IDENTITIES,
    OUTAGES,
    SIGNING_KEYS,
    STORES,
    TENANT,
    VAULTS,
)
from keyless.store.ports import Store
from keyless.tokens.keys import KeyRing
from keyless.tokens.service_accounts import ServiceAccount

TENANT_KEY = ("tenant",)

_VAULT_NAME = re.compile(r"[a-z](?!.*--)[a-z0-9-]{1,22}[a-z0-9]")
_STORE_NAME = re.compile(r"[a-z0-9](?!.*--)[a-z0-9-]{3,48}[a-z0-9]")


@dataclass(frozen=True, slots=True)
class Pod:
    """A workload in a Kubernetes cluster, and the client ids of the identities that it may speak as."""

    account: ServiceAccount
    tenant_id: str
    client_ids: tuple[str, ...]


class EstateWorld:
    """Reads and, when learning, extends the estate in the store. ``project`` names what is made up."""

    def __init__(self, store: Store, project: str, clock: Callable[[], float]) -> None:
        self._store = store
        self._slug = slug_of(project)
        self._clock = clock
        self._ring: tuple[int, KeyRing] | None = None

    async def key_ring(self) -> KeyRing:
        """The signing keys, read again when they change, or when time changes what they do."""
        revision, now = self._store.revision(SIGNING_KEYS), self._clock()
        if self._ring is None or self._ring[0] != revision or now >= self._ring[1].changes_at:
            ring = await load_or_create_ring(self._store, int(now))
            self._ring = (self._store.revision(SIGNING_KEYS), ring)
        return self._ring[1]

    async def tenant_id(self) -> str:
        """The tenant's GUID."""
        return (await self.tenant()).tenant_id

    async def tenant(self) -> Tenant:
        """The tenant; one is made up where none was declared."""
        found = await self._store.get(TENANT, TENANT_KEY)
        if found is not None:
            return found
        made = tenant_called()
        async with self._store.transaction() as transaction:
            await transaction.put(TENANT, TENANT_KEY, made)
        return made

    async def workload(self, name: str | None, mode: Mode, kind: HostKind | None = None) -> ComputeResource:
        """The compute resource to run as; one that is made up is fit for a ``kind`` of host.

        Raises:
            LeaseRefused: there is no such one, or several and none was named.
        """
        known = [compute for _, compute in await self._store.scan(COMPUTE)]
        if name is not None:
            return _named(name, known)
        if len(known) == 1:
            return known[0]
        if known:
            names = ", ".join(f"`{compute.name}`" for compute in known)
            raise LeaseRefused(f"the estate has several workloads: choose one with `--as NAME` ({names})")
        if mode is Mode.ENFORCE:
            raise LeaseRefused(
                "there is no workload to run as: declare one in `keyless.yaml` (`keyless estate init` "
                "writes a starter), or begin with `keyless run --learn -- …`, which needs nothing"
            )
        return await (self._make_pod() if kind is HostKind.AKS else self._make_workload())

    async def principal_ids(self, compute: ComputeResource) -> frozenset[str]:
        """The object ids of every identity that a compute resource has."""
        given = await self._user_assigned(compute)
        own = [compute.system_assigned] if compute.system_assigned else []
        return frozenset(identity.principal_id for identity in (*own, *given))

    async def default_client_id(self, compute: ComputeResource) -> str:
        """The client id of the system-assigned identity, else of the only user-assigned one, else empty."""
        if compute.system_assigned is not None:
            return compute.system_assigned.client_id
        given = await self._user_assigned(compute)
        return given[0].client_id if len(given) == 1 else ""

    async def pod(self, compute: ComputeResource) -> Pod:
        """A workload as one in a Kubernetes cluster: its service account, and whom that may speak as.

        The federated credentials that let it do so are made where they are not there yet.

        Raises:
            LeaseRefused: it has no user-assigned identity, or no room for another federated credential.
        """
        identities = await self._user_assigned(compute)
        if not identities:
            raise LeaseRefused(
                f"`{compute.name}` has no user-assigned identity, and no other is to be had in a cluster "
                "(`aks`): list one under its `identity.userAssigned`, or choose another `--host-kind`"
            )
        tenant_id = await self.tenant_id()
        for identity in identities:
            await self._trust_cluster(compute, identity, tenant_id)
        issuer = cluster_issuer(tenant_id, compute.location)
        account = ServiceAccount(issuer, service_account(compute), derived_guid("uid", compute.resource_id))
        return Pod(account, tenant_id, tuple(identity.client_id for identity in identities))

    async def _trust_cluster(
        self, compute: ComputeResource, identity: ManagedIdentity, tenant_id: str
    ) -> None:
        owner = identity.resource_id
        async with self._store.transaction() as transaction:
            found = await transaction.scan(FEDERATED_CREDENTIALS, (owner.casefold(),))
            there = tuple(credential for _, credential in found)
            wanted = workload_credential(compute, owner, tenant_id, there)
            if wanted in there:
                return
            if len(there) >= MOST:
                raise LeaseRefused(
                    f"`{identity.name}` has {MOST} federated credentials, which is all that it can have: "
                    f"take one away, so that the cluster's token of `{compute.name}` can stand for it"
                )
            key = (owner.casefold(), wanted.name.casefold())
            await transaction.put(FEDERATED_CREDENTIALS, key, wanted)

    async def _user_assigned(self, compute: ComputeResource) -> list[ManagedIdentity]:
        """The records of the identities given to a resource; one that was deleted since is left out."""
        found: list[ManagedIdentity] = []
        for given in compute.user_assigned:
            identity = await self._store.get(IDENTITIES, (given.casefold(),))
            if identity is not None:
                found.append(identity)
        return found

    async def admit(self, host: str, lease: Lease) -> str | None:
        """Whether a workload may connect to a host of ours: none, or why not.

        A vault or store that is not there is refused, as an unknown host name would be in the cloud; where
        the workload is learning, it comes into being, unless it lies deleted under that name. So is one that
        is taken down and unreachable.
        """
        refused = await self._refusal(host, lease)
        if refused is not None:
            lease.tell_once(Remark(f"no connection to `{host}`: {refused}"))
        return refused

    async def _refusal(self, host: str, lease: Lease) -> str | None:
        self._store.refresh()  # an outage begins and ends in another process
        outage = await self._store.get(OUTAGES, (host,))
        if outage is not None and outage.manner is Manner.UNREACHABLE:
            return f"{outage.what} is unreachable: `keyless outage end` brings back what was taken down"
        for suffix, meet in ((VAULT_SUFFIX, self._meet_vault), (STORE_SUFFIX, self._meet_store)):
            if host.endswith(suffix):
                return await meet(host.removesuffix(suffix), lease)
        return None

    async def _meet_vault(self, name: str, lease: Lease) -> str | None:
        if await self._store.get(VAULTS, (name,)) is not None:
            return None
        if await self._store.get(DELETED_VAULTS, (name,)) is not None:
            return _deleted("vault", name)
        known = [vault.name for _, vault in await self._store.scan(VAULTS)]
        if lease.mode is not Mode.LEARN or not _VAULT_NAME.fullmatch(name):
            return _unknown("vault", name, known)
        group = await self._learned_group()
        vault = Vault(resource_scope(group, VAULT_TYPE, name).text, name, DEFAULT_LOCATION, learned=True)
        async with self._store.transaction() as transaction:
            await transaction.put(VAULTS, (name,), vault)
        lease.tell(Arrived("vault", name))
        return None

    async def _meet_store(self, name: str, lease: Lease) -> str | None:
        if await store_at(self._store, name) is not None:
            return None
        if await self._store.get(DELETED_STORES, (name,)) is not None:
            return _deleted("configuration store", name)
        known = [store.name for _, store in await self._store.scan(STORES)]
        if lease.mode is not Mode.LEARN or not _STORE_NAME.fullmatch(name):
            return _unknown("configuration store", name, known)
        group = await self._learned_group()
        made = ConfigurationStore(
            resource_scope(group, STORE_TYPE, name).text, name, DEFAULT_LOCATION, learned=True
        )
        async with self._store.transaction() as transaction:
            await transaction.put(STORES, (name,), made)
        lease.tell(Arrived("store", name))
        return None

    async def _learned_group(self) -> ResourceId:
        """The group that what was learned goes into: the estate's only one, else one of its own."""
        groups = [group for _, group in await self._store.scan(GROUPS)]
        if len(groups) == 1:
            return ResourceId.parse(groups[0].resource_id)
        scope = group_scope((await self.tenant()).subscription_id, f"{self._slug}-rg")
        async with self._store.transaction() as transaction:
            await transaction.put(
                GROUPS, (scope.text.casefold(),), ResourceGroup(scope.text, DEFAULT_LOCATION)
            )
        return scope

    async def _make_pod(self) -> ComputeResource:
        """A workload in a cluster, with a user-assigned identity: it can have no other there."""
        group = await self._learned_group()
        scope = resource_scope(group, "Microsoft.App/containerApps", self._slug)
        identity = await created_again(self._store, user_assigned_identity(group, f"{self._slug}-identity"))
        made = ComputeResource(
            scope.text,
            self._slug,
            DEFAULT_LOCATION,
            user_assigned=(identity.resource_id,),
            host_kind=HostKind.AKS,
        )
        async with self._store.transaction() as transaction:
            await transaction.put(IDENTITIES, (identity.resource_id.casefold(),), identity)
            await transaction.put(COMPUTE, (scope.text.casefold(),), made)
        return made

    async def _make_workload(self) -> ComputeResource:
        scope = resource_scope(await self._learned_group(), "Microsoft.Web/sites", self._slug)
        identity = await created_again(self._store, system_assigned_identity(scope, self._slug))
        made = ComputeResource(scope.text, self._slug, DEFAULT_LOCATION, identity)
        async with self._store.transaction() as transaction:
            await transaction.put(COMPUTE, (scope.text.casefold(),), made)
        return made


def host_kind(compute: ComputeResource) -> HostKind:
    """How the resource's code gets its token: as the estate says, else as its type has it."""
    return host_kind_of(compute.resource_id, compute.host_kind)


def _named(name: str, known: Iterable[ComputeResource]) -> ComputeResource:
    by_name = {compute.name.casefold(): compute for compute in known}
    found = by_name.get(name.casefold()) or next(
        (compute for compute in known if compute.resource_id.casefold() == name.casefold()), None
    )
    if found is None:
        names = [compute.name for compute in known]
        near = difflib.get_close_matches(name, names, n=1)
        hint = (
            f"did you mean `{near[0]}`?" if near else f"it has {', '.join(f'`{n}`' for n in names) or 'none'}"
        )
        raise LeaseRefused(f"the estate has no workload `{name}`: {hint}")
    return found


def _deleted(kind: str, name: str) -> str:
    return f"the {kind} `{name}` is deleted: recover or purge it, or declare it in `keyless.yaml`"


def _unknown(kind: str, name: str, known: list[str]) -> str:
    near = difflib.get_close_matches(name, known, n=1)
    hint = (
        f"did you mean `{near[0]}`?" if near else "declare it in `keyless.yaml`, or use `keyless run --learn`"
    )
    return f"the estate has no {kind} `{name}`: {hint}"
