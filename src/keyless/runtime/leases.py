"""Who runs now: each running workload has a lease, with a secret that proves it.

Rules:
- the secret is 256 random bits, made for one run and gone with it; it is compared in constant time;
- a lease speaks for the identities of one compute resource and no others;
- without the secret, only a descendant of the process that holds the lease is the workload;
- an identity cannot learn for one workload and be enforced for another at the same time.
"""

from __future__ import annotations

import hmac
import secrets
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from keyless.gateway.attest.processes import Process
from keyless.model.hosts import HostKind
from keyless.runtime.messages import Mode, SignedIn, ToClient
from keyless.runtime.reads import RunReads
from keyless.wire.request import Connection


class LeaseRefused(Exception):
    """A workload that cannot run now; the message says why and what to do."""


@dataclass(slots=True, eq=False)
class Lease:
    """A running workload. ``principal_ids`` are those of its identities; ``tell`` reaches its client.

    ``client`` is the client's process: what it has started is the workload. ``user_id`` is the object id of
    the person whose shell this is, who is no workload and runs as no resource; empty for a workload.
    ``program`` is the base name of what runs, ``started`` when it began, in epoch seconds. ``reads`` are what
    its identities read.
    """

    name: str
    resource_id: str
    principal_ids: frozenset[str]
    mode: Mode
    offline: bool
    tell: Callable[[ToClient], None]
    host_kind: HostKind = HostKind.APP_SERVICE
    client: Process | None = None
    user_id: str = ""
    program: str = ""
    started: int = 0
    secret: str = field(default_factory=lambda: secrets.token_urlsafe(32), repr=False)
    connections: int = 0
    tokens: int = 0
    outcomes: Counter[str] = field(default_factory=Counter)
    reads: RunReads = field(default_factory=RunReads)
    stored_credentials: set[SignedIn] = field(default_factory=set)
    _told: set[ToClient] = field(default_factory=set, repr=False)

    def tell_once(self, message: ToClient) -> bool:
        """Pass a message on unless this lease has heard the same before; whether it was new."""
        new = message not in self._told
        if new:
            self._told.add(message)
            self.tell(message)
        return new

    def got_token(self) -> None:
        """Count a token that the workload was given."""
        self.tokens += 1

    def reached(self, host: str) -> None:
        """Count a connection that came through the proxy."""
        self.connections += 1


class Leases:
    """All leases of a running plane."""

    def __init__(self) -> None:
        self._leases: list[Lease] = []

    def __len__(self) -> int:
        return len(self._leases)

    def __iter__(self) -> Iterator[Lease]:
        return iter(tuple(self._leases))

    def open(self, lease: Lease) -> None:
        """Let a workload run.

        Raises:
            LeaseRefused: one of its identities runs now in the other mode.
        """
        for other in self._leases:
            if other.mode is not lease.mode and other.principal_ids & lease.principal_ids:
                raise LeaseRefused(
                    f"`{other.name}` runs now with `--{other.mode.value}` and shares an identity "
                    f"with `{lease.name}`: run it with `--{other.mode.value}` too, or wait until the "
                    "other has ended"
                )
        self._leases.append(lease)

    def close(self, lease: Lease) -> None:
        """End a workload's lease; its secret is worth nothing from now on."""
        self._leases = [other for other in self._leases if other is not lease]

    def by_secret(self, secret: str) -> Lease | None:
        """The lease that holds a secret."""
        offered = secret.encode(errors="replace")
        found = None
        for lease in self._leases:
            if hmac.compare_digest(lease.secret.encode(), offered):
                found = lease
        return found

    def learns(self, principal_id: str) -> bool:
        """Whether a running workload with this identity is learning."""
        return any(lease.mode is Mode.LEARN and principal_id in lease.principal_ids for lease in self._leases)

    def may_leave(self) -> bool:
        """Whether anything may leave this machine: not while all that runs is to stay on it."""
        return not self._leases or any(not lease.offline for lease in self._leases)

    def of_principal(self, principal_id: str) -> list[Lease]:
        """The leases that speak for a principal; all of them where none does."""
        return [lease for lease in self._leases if principal_id in lease.principal_ids] or self._leases


class ByPeer(Protocol):
    """How a lease is found by the process that connects."""

    async def lease_of(self, client: str, server: str, leases: Sequence[Lease]) -> Lease | None:
        """The lease among these whose process connected from ``client`` to ``server`` (`address:port`)."""
        ...


class IdentityCallers:
    """The same leases, as the managed-identity endpoints see them.

    Without ``peers``, a process is no proof.
    """

    def __init__(self, leases: Leases, peers: ByPeer | None = None) -> None:
        self._leases = leases
        self._peers = peers

    def by_secret(self, secret: str) -> Lease | None:
        """The lease that holds a secret."""
        return self._leases.by_secret(secret)

    async def by_peer(self, connection: Connection) -> Lease | None:
        """The lease whose process asks over this connection."""
        if self._peers is None:
            return None
        return await self._peers.lease_of(connection.client, connection.server, tuple(self._leases))
