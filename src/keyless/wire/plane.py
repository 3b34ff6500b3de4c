"""A plane: one wire-compatible surface, with its operations, its service, and how it speaks of errors."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from keyless.model.hosts import HostKind
from keyless.model.identities import Principal
from keyless.model.resource_id import ResourceId
from keyless.wire.access_keys import AccessKeyring
from keyless.wire.call import Workload
from keyless.wire.errors import WireError
from keyless.wire.operation import Operation
from keyless.wire.request import Request
from keyless.wire.throttle import CountedAt


@dataclass(frozen=True, slots=True)
class Failure:
    """An error on its way out: with the request it answers and the resource that was asked, where known."""

    error: WireError
    request: Request
    resource: object
    tenant_id: str


class Rendered(NamedTuple):
    """An answer's status, headers and body."""

    status: int
    headers: Sequence[tuple[str, str]]
    body: bytes


CUT = Rendered(0, (), b"")
"""Stands for no answer at all: the connection is cut."""


@dataclass(frozen=True, slots=True)
class Performed:
    """A write that was asked for and how it went: ``error`` is none where it was done.

    ``scope`` and ``actions`` are what was decided, empty where it did not come to that.
    """

    request: Request
    operation: Operation
    caller: Principal
    scope: ResourceId | None
    actions: tuple[str, ...]
    granted_by: str
    status: int
    error: WireError | None


Guard = Callable[[Request, Operation, ResourceId], Awaitable[None]]
"""Refuses a write that is permitted, by raising a WireError, where something else stands in its way; it is
given the scope that was decided on."""
Journal = Callable[[Performed], Awaitable[None]]
"""Keeps what was performed; the write is answered when it has."""


@dataclass(frozen=True, slots=True)
class Plane:
    """One surface.

    ``locate`` gives the resource behind a host name, or none; ``audiences`` the token audiences that a
    resource accepts (empty for planes that take no tokens); ``workload_secret`` where a request carries the
    secret of its workload; ``attests_peer`` whether a request without one is known by the process that sent
    it; ``headers`` what every answer of the plane carries; ``precheck`` refuses a request before its caller
    is looked at; ``proof`` raises Unauthenticated where a workload that is known has to prove more. ``paths``
    are the beginnings (lower case, with a slash at the end) of the paths that it
    answers, where several planes share a host name; ``host_kinds`` the kinds of host whose workloads it
    answers, all of them where it is empty. ``access_keys`` are those that a request may be signed with in
    place of a token, where there are any. With ``merges_slashes`` several slashes in a path are one: clients
    of such a plane put its paths together from parts that may be empty. ``guard`` looks at every write that
    is permitted, of a plane that keeps a journal. ``journal`` hears of every write, and of every one that was
    refused, before it is answered. ``keeps_estate_time`` says that its calls are at the estate's time: of
    planes whose objects expire and are purged, not of those whose tokens are held against others' clocks.
    ``counted_at`` says of a resource, asked at a host name, where its operations are counted that have a
    limit. ``part`` is the name
    under which it is taken down together with other planes, where it is not by its host names. ``reads``
    refuses a body by what the request's headers say of it.
    """

    name: str
    operations: tuple[Operation, ...]
    service: Any
    locate: Callable[[str], Awaitable[object | None]]
    shape: Callable[[Failure], Rendered]
    audiences: Callable[[Any], frozenset[str]] = lambda resource: frozenset()
    workload_secret: Callable[[Request], str | None] = lambda request: None
    attests_peer: bool = False
    proof: Callable[[Request, Workload], None] | None = None
    headers: Callable[[Request, Any], list[tuple[str, str]]] = lambda request, resource: []
    precheck: Callable[[Request], None] | None = None
    access_keys: AccessKeyring[Any] | None = None
    content_type: str = "application/json; charset=utf-8"
    method_override: bool = False
    merges_slashes: bool = False
    max_body_bytes: int = 1024 * 1024
    paths: tuple[str, ...] = ()
    host_kinds: frozenset[HostKind] = frozenset()
    journal: Journal | None = None
    guard: Guard | None = None
    keeps_estate_time: bool = False
    counted_at: Callable[[Any, str], CountedAt] | None = None
    part: str = ""
    reads: Callable[[Request], None] | None = None

    def answers(self, path: str) -> bool:
        """Whether a path is one of this plane's own, at a host name that it shares with others."""
        return not self.paths or f"{path.lower().rstrip('/')}/".startswith(self.paths)
