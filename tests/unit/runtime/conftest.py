"""Leases, and an estate of two workloads to run."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from keyless.model.estate import Estate
from keyless.model.identities import Application, ComputeResource, IdentityKind, ManagedIdentity
from keyless.model.resource_id import ResourceId, group_scope, resource_scope
from keyless.model.resources import USER_ASSIGNED_IDENTITY_TYPE, ResourceGroup, Tenant
from keyless.runtime.leases import Lease
from keyless.runtime.messages import Mode, ToClient
from keyless.store.collections import APPLICATIONS, COMPUTE, GROUPS, IDENTITIES, TENANT
from keyless.store.ports import Store

GROUP = group_scope("s", "orders-rg")


def identity(kind: IdentityKind, name: str, resource_id: ResourceId) -> ManagedIdentity:
    """An identity whose ids follow from its name."""
    return ManagedIdentity(kind, name, resource_id.text, f"client-of-{name}", f"principal-of-{name}")


def workload(name: str, resource_type: str = "Microsoft.Web/sites", *user_assigned: str) -> ComputeResource:
    """A compute resource with a system-assigned identity."""
    scope = resource_scope(GROUP, resource_type, name)
    own = identity(IdentityKind.SYSTEM_ASSIGNED, name, scope)
    return ComputeResource(scope.text, name, "westeurope", own, user_assigned)


SHARED = identity(
    IdentityKind.USER_ASSIGNED, "shared", resource_scope(GROUP, USER_ASSIGNED_IDENTITY_TYPE, "shared")
)
WEB = workload("web", "Microsoft.Web/sites", SHARED.resource_id)
WORKER = workload("worker", "Microsoft.Compute/virtualMachines")


class Ears:
    """A client that remembers what it was told."""

    def __init__(self) -> None:
        self.heard: list[ToClient] = []

    def __call__(self, message: ToClient) -> None:
        self.heard.append(message)


@pytest.fixture
def make_lease() -> Callable[..., Lease]:
    """How to make a lease."""

    def make(name: str = "web", *principals: str, mode: Mode = Mode.ENFORCE, **given: Any) -> Lease:
        return Lease(name, f"/{name}", frozenset(principals), mode, False, given.get("tell", Ears()))

    return make


@pytest.fixture
async def estate_store(store: Store) -> Store:
    """A store that holds two workloads, a shared identity and an application."""
    async with store.transaction() as transaction:
        await transaction.put(TENANT, ("tenant",), Tenant("t", "Contoso", "s", "Contoso"))
        await transaction.put(GROUPS, (GROUP.text.casefold(),), ResourceGroup(GROUP.text, "westeurope"))
        for compute in (WEB, WORKER):
            await transaction.put(COMPUTE, (compute.resource_id.casefold(),), compute)
        await transaction.put(IDENTITIES, (SHARED.resource_id.casefold(),), SHARED)
        await transaction.put(
            APPLICATIONS, ("app-id",), Application("legacy", "app-id", "principal-of-legacy")
        )
    return store


@pytest.fixture
def estate() -> Estate:
    """A declared estate with nothing in it but its tenant."""
    return Estate(Tenant("t", "Contoso", "s", "Contoso"))
