"""What the proxy gets from the plane that it runs in: who may use it, where that leads, how long to wait."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Protocol, TypeVar

from keyless.model.hosts import HostKind


class Lease(Protocol):
    """A running workload, as the proxy sees it."""

    @property
    def name(self) -> str:
        """The workload's name."""
        ...

    @property
    def host_kind(self) -> HostKind:
        """How it gets its token."""
        ...

    @property
    def offline(self) -> bool:
        """Whether it may reach nothing but the plane and this machine."""
        ...

    @property
    def secret(self) -> str:
        """What proves that a request is its own."""
        ...

    def reached(self, host: str) -> None:
        """Count a request of the workload's, to this host."""
        ...


L = TypeVar("L", bound=Lease)
L_co = TypeVar("L_co", bound=Lease, covariant=True)


class Leases(Protocol[L_co]):
    """Who runs now."""

    def by_secret(self, secret: str) -> L_co | None:
        """The lease that holds a secret, compared in constant time."""
        ...


Admit = Callable[[str, L], Awaitable[str | None]]
"""Whether a workload may connect to a host of ours (lower case): none, or why not."""


@dataclass(frozen=True, slots=True)
class Fronts:
    """Where the plane listens, on the loopback address."""

    tls_port: int
    plain_port: int
    address: str = "127.0.0.1"


@dataclass(frozen=True, slots=True)
class TimeLimits:
    """Seconds: for a request's head to arrive, to connect onwards, and for a client to close in the end."""

    head_s: float = 15
    connect_s: float = 30
    linger_s: float = 2
