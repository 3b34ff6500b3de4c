"""Leases, and an estate of two workloads to run."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from runtime_estate import GROUP, SHARED, WEB, WORKER, Ears

from keyless.model.estate import Estate
from keyless.model.identities import Application
from keyless.model.resources import ResourceGroup, Tenant
from keyless.runtime.leases import Lease
from keyless.runtime.messages import Mode
from keyless.store.collections import APPLICATIONS, COMPUTE, GROUPS, IDENTITIES, TENANT
from keyless.store.ports import Store


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
