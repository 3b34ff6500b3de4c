"""The planes that a dispatcher serves, each with its router.

A plane may be deferred: it is made when one of its hosts is first asked for. Most runs never do, and a
large plane takes its time to be loaded.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from keyless.wire.operation import Requires
from keyless.wire.plane import Plane
from keyless.wire.routing import Router


@dataclass(frozen=True, slots=True)
class Deferred:
    """A plane to be made when a host (in lower case) that ``is_its_own`` is first asked for."""

    is_its_own: Callable[[str], bool]
    make: Callable[[], Plane]


class Served:
    """Planes by the host names that they may answer, in the order in which they were given."""

    def __init__(self, planes: Sequence[Plane | Deferred]) -> None:
        self._planes = list(planes)
        self._routers: dict[str, Router] = {}

    @property
    def decide(self) -> bool:
        """Whether any of their operations asks for a decision; a deferred plane's are taken to."""
        return any(isinstance(plane, Deferred) or _decides(plane) for plane in self._planes)

    def asked_for(self, host: str) -> Iterator[tuple[Plane, Router]]:
        """Every plane that may answer a host; a deferred one alone, where the host is its own."""
        for at, plane in enumerate(self._planes):
            made = plane
            if isinstance(made, Deferred):
                if not made.is_its_own(host):
                    continue
                made = self._planes[at] = made.make()
            yield made, self._router(made)

    def _router(self, plane: Plane) -> Router:
        if plane.name not in self._routers:
            self._routers[plane.name] = Router(plane.operations)
        return self._routers[plane.name]


def _decides(plane: Plane) -> bool:
    return any(isinstance(operation.access, Requires) for operation in plane.operations)
