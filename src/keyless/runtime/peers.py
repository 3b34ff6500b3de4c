"""Whose process a direct connection to the plane comes from: the lease of the `keyless run` that started it.

Rules:
- a workload's processes are the descendants of the `keyless run` that holds its lease; in a run within a run
  the inner lease counts;
- every process that holds the connection must be of the same lease;
- what comes through the plane itself is the plane's, and nobody's: it must bring a proof of its own.
"""

from __future__ import annotations

import logging
import os
from collections import Counter
from collections.abc import Sequence
from functools import partial

from keyless.gateway.attest.addresses import Connection, connection_between
from keyless.gateway.attest.ancestry import nearest_ancestor
from keyless.gateway.attest.peer import Attestor, Unattested
from keyless.gateway.attest.processes import Process
from keyless.gateway.attest.sockets import FarSocket
from keyless.gateway.attest.turns import Turns
from keyless.runtime.leases import Lease

log = logging.getLogger("keyless.peers")


class LeasesByPeer:
    """Finds leases by the processes that connect."""

    def __init__(self, attestor: Attestor) -> None:
        self._attestor = attestor
        self._turns = Turns(attestor)

    async def lease_of(self, client: str, server: str, leases: Sequence[Lease]) -> Lease | None:
        """The lease among these whose process connected from ``client`` to ``server`` (`address:port`)."""
        connection = connection_between(client, server)
        by_client = _by_client(leases)
        if connection is None or not by_client:
            return None
        try:
            maker = await self._turns.maker(connection)
            starter = await self._turns.take(maker, partial(self._starter, connection, tuple(by_client)))
        except Unattested as why:
            log.warning("a connection from %s is nobody's: %s", connection.client, why)
            return None
        return by_client.get(starter) if starter is not None else None

    def _starter(self, connection: Connection, starters: Sequence[Process]) -> Process | None:
        """The one `keyless run` that every holder of a connection descends from."""

        def starter_of(process: Process, socket: FarSocket) -> Process | None:
            return nearest_ancestor(self._attestor.processes, process, starters, os.getpid())

        _, found = self._attestor.attest(connection, starter_of)
        return found[0] if len(set(found)) == 1 else None


def _by_client(leases: Sequence[Lease]) -> dict[Process, Lease]:
    """Leases by their clients; where a process holds several, what it has started is not told apart."""
    times = Counter(lease.client for lease in leases)
    return {lease.client: lease for lease in leases if lease.client and times[lease.client] == 1}
