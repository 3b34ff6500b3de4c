"""The process behind one connection to the metadata endpoint.

Rules:
- it is looked for as soon as the connection is there, before a byte of it is read;
- when the request has come in whole, its process must still be there, hold the connection and be what it was:
  one that has become another program meanwhile gets nothing;
- a connection carries one request, so there is no second one to check.
"""

from __future__ import annotations

import asyncio
from typing import Any

from keyless.gateway.attest.addresses import Connection, connection_between
from keyless.gateway.attest.facts import ReadsFacts
from keyless.gateway.attest.peer import Attestor, Peer, Unattested
from keyless.model.workloads import ProcessFacts

AT_ONCE = 4

Attested = tuple[Peer, tuple[ProcessFacts, ...]]


class Attestation:
    """Attests connections, a few at once, beside the event loop."""

    def __init__(self, attestor: Attestor) -> None:
        self._attestor = attestor
        self._read = ReadsFacts(attestor.processes)
        self._turns = asyncio.Semaphore(AT_ONCE)

    async def begin(self, connection: Connection) -> Attested:
        """Who holds a connection; raises Unattested."""
        async with self._turns:
            return await asyncio.to_thread(self._attestor.attest, connection, self._read)

    async def confirm(self, connection: Connection, found: Attested) -> None:
        """See that they do so still, unchanged; raises Unattested."""
        peer, facts = found
        async with self._turns:
            await asyncio.to_thread(self._attestor.recheck, connection, peer, facts, self._read)


class Caller:
    """The far end of one connection. ``begin`` is told of the connection as soon as there is one."""

    def __init__(self, attestation: Attestation) -> None:
        self._attestation = attestation
        self._connection: Connection | None = None
        self._found: asyncio.Task[Attested] | None = None

    @property
    def name(self) -> str:
        """Its address and port, for people to read."""
        return str(self._connection.client) if self._connection else "an unknown address"

    def begin(self, transport: asyncio.Transport) -> None:
        """Begin to look for the process."""
        self._connection = _ends_of(transport)
        if self._connection is not None:
            self._found = asyncio.get_running_loop().create_task(self._attestation.begin(self._connection))
            self._found.add_done_callback(_heed)

    async def facts(self) -> tuple[ProcessFacts, ...]:
        """What is known of every process that holds the connection, now that the request is here.

        Raises:
            Unattested: nobody can be named.
        """
        if self._connection is None or self._found is None:
            raise Unattested("the connection has no two ends")
        found = await asyncio.shield(self._found)
        await self._attestation.confirm(self._connection, found)
        return found[1]

    def end(self) -> None:
        """The connection is gone."""
        if self._found is not None:
            self._found.cancel()


def _heed(task: asyncio.Task[Any]) -> None:
    """Look at how an attestation went, though its connection may have gone before anyone asked."""
    if not task.cancelled():
        task.exception()


def _ends_of(transport: asyncio.Transport) -> Connection | None:
    client, server = transport.get_extra_info("peername"), transport.get_extra_info("sockname")
    if not client or not server:
        return None
    return connection_between(f"{client[0]}:{client[1]}", f"{server[0]}:{server[1]}")
