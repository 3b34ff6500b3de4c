"""A name server for each workload of an estate in which a store has replicas, so that its clients find them.

It is opened with the lease, and closed with it. Where none can be had the workload runs all the same, and a
person is told how to go on.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

from keyless.lifecycle.replicas import store_at
from keyless.model.replicas import hosts_of
from keyless.model.resources import STORE_SUFFIX
from keyless.runtime.name_server import REMEDY, UNDISCOVERED
from keyless.store.collections import STORES
from keyless.store.ports import Store

if TYPE_CHECKING:
    from keyless.gateway.names.responder import Responder


class Discovery:
    """The name servers of the workloads that run, by whatever tells a workload from others."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._responders: dict[str, Responder] = {}

    async def open(self, workload: str) -> tuple[str, tuple[str, ...]]:
        """The address of a workload's name server, empty where it needs none or there is none to be had; and
        what to tell a person then."""
        if not await self._is_needed():
            return "", ()
        if not sys.platform.startswith("linux"):
            return "", (
                f"{UNDISCOVERED} (only Linux shows a command another name server): give them every endpoint",
            )
        return await self._opened(workload)

    async def close(self, workload: str) -> None:
        """Close a workload's name server, if it has one."""
        responder = self._responders.pop(workload, None)
        if responder is not None:
            await responder.stop()

    async def endpoints(self, host: str) -> Sequence[str]:
        """The endpoints of the store at a host name, its own first."""
        self._store.refresh()
        store = await store_at(self._store, host.removesuffix(STORE_SUFFIX))
        return () if store is None else hosts_of(store)

    async def _is_needed(self) -> bool:
        return any(store.replicas for _, store in await self._store.scan(STORES))

    async def _opened(self, workload: str) -> tuple[str, tuple[str, ...]]:
        from keyless.gateway.names.resolver_file import PLACE, servers_in
        from keyless.gateway.names.responder import PORT, CannotServeNames, Responder

        try:
            servers = servers_in(PLACE.read_text("utf-8", "replace"))
            responder = Responder(self.endpoints, [(server, PORT) for server in servers])
            address = await responder.start()
        except OSError as error:
            return "", (
                f"{UNDISCOVERED} (`{PLACE}` cannot be read: {error.strerror}): give them every endpoint",
            )
        except CannotServeNames as error:
            return "", (f"{UNDISCOVERED} ({error}): {REMEDY}",)
        self._responders[workload] = responder
        return address, ()
