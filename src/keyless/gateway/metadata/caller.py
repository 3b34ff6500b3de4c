"""The process behind one connection to the metadata endpoint.

Rules:
- it is looked for as soon as the connection is there, before a byte of it is read;
- when the request has come in whole, its process must still be there, hold the connection and be what it was:
  one that has become another program meanwhile gets nothing;
- a connection carries one request, so there is no second one to check;
- of one user's connections a number is kept, and more are hung up on: the others' are not to suffer.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Coroutine
from functools import partial
from typing import Any

from keyless.gateway.attest.addresses import Connection, connection_between
from keyless.gateway.attest.facts import ReadsFacts
from keyless.gateway.attest.peer import Attestor, Peer, Unattested
from keyless.gateway.attest.turns import Turns
from keyless.model.workloads import ProcessFacts

MOST_OF_ONE_USER = 128

Attested = tuple[Peer, tuple[ProcessFacts, ...]]


class Attestation:
    """Attests connections, and counts whose there are."""

    def __init__(self, attestor: Attestor) -> None:
        self._attestor = attestor
        self._read = ReadsFacts(attestor.processes)
        self._turns = Turns(attestor)
        self._open: Counter[int] = Counter()
        self._looking: set[asyncio.Task[Attested]] = set()

    def start(self, looking: Coroutine[Any, Any, Attested]) -> asyncio.Task[Attested]:
        """Let a look at a connection go on by itself."""
        task = asyncio.get_running_loop().create_task(looking)
        self._looking.add(task)
        task.add_done_callback(self._heed)
        return task

    def _heed(self, task: asyncio.Task[Attested]) -> None:
        """Look at how it went, though its connection may have gone before anyone asked."""
        self._looking.discard(task)
        if not task.cancelled():
            task.exception()

    async def settle(self) -> None:
        """Wait until nothing is looked at any more."""
        while self._looking:
            await asyncio.wait(set(self._looking))

    async def maker(self, connection: Connection) -> int:
        """The user who made a connection; raises Unattested."""
        return await self._turns.maker(connection)

    def enter(self, uid: int) -> bool:
        """Count a connection of a user's; whether it is one too many."""
        self._open[uid] += 1
        return self._open[uid] > MOST_OF_ONE_USER

    def leave(self, uid: int) -> None:
        """It is gone."""
        self._open[uid] -= 1
        if not self._open[uid]:
            del self._open[uid]

    async def begin(self, connection: Connection, uid: int) -> Attested:
        """Who holds a connection; raises Unattested."""
        return await self._turns.take(uid, partial(self._attestor.attest, connection, self._read))

    async def confirm(self, connection: Connection, found: Attested) -> None:
        """See that they do so still, unchanged; raises Unattested."""
        peer, facts = found
        look = partial(self._attestor.recheck, connection, peer, facts, self._read)
        await self._turns.take(peer.socket.uid, look)


class Caller:
    """The far end of one connection. ``begin`` is told of the connection as soon as there is one."""

    def __init__(self, attestation: Attestation) -> None:
        self._attestation = attestation
        self._connection: Connection | None = None
        self._found: asyncio.Task[Attested] | None = None
        self._counted: int | None = None

    @property
    def address(self) -> str:
        """Where it connects from."""
        return str(self._connection.client.address) if self._connection else "an unknown address"

    def begin(self, transport: asyncio.Transport) -> None:
        """Begin to look for the process."""
        self._connection = _ends_of(transport)
        if self._connection is not None:
            self._found = self._attestation.start(self._look(self._connection, transport))

    async def _look(self, connection: Connection, transport: asyncio.Transport) -> Attested:
        uid = await self._attestation.maker(connection)
        self._counted = uid
        if self._attestation.enter(uid):
            transport.abort()
            raise Unattested(f"user {uid} has more than {MOST_OF_ONE_USER} connections")
        return await self._attestation.begin(connection, uid)

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
        if self._counted is not None:
            self._attestation.leave(self._counted)
            self._counted = None


def _ends_of(transport: asyncio.Transport) -> Connection | None:
    client, server = transport.get_extra_info("peername"), transport.get_extra_info("sockname")
    if not client or not server:
        return None
    return connection_between(f"{client[0]}:{client[1]}", f"{server[0]}:{server[1]}")
