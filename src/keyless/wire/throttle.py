"""How often operations may be asked for: counted per resource and per subscription, in a sliding window.

Rules:
- an operation says in which pool it counts, and what it weighs there; a pool has so many units a window;
- the window slides: there is no stretch of its length, wherever it begins, with more in it than the pool has.
  For that a count is kept until its whole tenth of a second has left the window;
- what is refused does not count, and is told in how many seconds it fits, if nobody else comes in between;
- the largest weight always fits an empty window, whatever a scale makes of the limit;
- counting costs the same however much was counted before, and a pool at a place costs about a kilobyte.

Counts are in memory alone: all requests to an estate come to one process, and a window is over before another
process has started.

Source: https://learn.microsoft.com/azure/key-vault/general/overview-throttling
"""

from __future__ import annotations

import math
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, NamedTuple

from keyless.wire.errors import Throttled, TransactionLimit

SLOTS_PER_S = 10
_KEPT = 4096
_ROUNDING_S = 0.001  # a time at the very beginning of a slot may be rounded to before it


@dataclass(frozen=True, slots=True)
class Pool:
    """Units that several operations share: at one resource, and so many times at its subscription.

    ``heaviest`` is what an operation weighs at most.
    """

    name: str
    units: int
    window_s: int
    subscription_times: int
    heaviest: int = 1


Weigh = Callable[[Any, Any], Awaitable[int]]
"""From what is asked (`Asked`) and the plane's service to what that weighs."""


@dataclass(frozen=True, slots=True)
class Counts:
    """In which pool an operation counts. It weighs one unit, or what ``weigh`` finds of its object.

    That is only asked for a caller who is permitted, so that nobody else learns of an object by its weight.
    """

    pool: Pool
    weigh: Weigh | None = None


class CountedAt(NamedTuple):
    """Where a resource's operations count: as its own, and with all others of its subscription and region."""

    resource: str
    subscription: str


class Window:
    """What was counted of one pool at one place within the length of a window, by tenths of a second.

    ``used`` is all of it, ``current`` what was counted in the tenth that is ``slot``.
    """

    __slots__ = ("_counts", "current", "limit", "slot", "used")

    def __init__(self, window_s: int, limit: float) -> None:
        self._counts = [0] * (window_s * SLOTS_PER_S + 1)
        self.slot = 0
        self.used = 0
        self.current = 0
        self.limit = limit

    def advance(self, slot: int) -> None:
        """Let go of what has left the window by a slot; a clock that was set back begins it anew."""
        passed, kept = slot - self.slot, len(self._counts)
        if abs(passed) >= kept:
            self._counts = [0] * kept
            self.used = self.current = 0
            self.slot = slot
        elif passed > 0:
            self._counts[self.slot % kept] = self.current
            for gone in range(self.slot + 1, slot + 1):
                self.used -= self._counts[gone % kept]
                self._counts[gone % kept] = 0
            self.current = 0
            self.slot = slot

    def fits_at(self, units: int) -> float:
        """When so many units fit, in the seconds of the clock that slots are counted by."""
        kept = len(self._counts)
        excess = self.used + units - self.limit
        self._counts[self.slot % kept] = self.current
        for oldest in range(self.slot - kept + 1, self.slot + 1):
            excess -= self._counts[oldest % kept]
            if excess <= 0:
                break
        return (oldest + kept) / SLOTS_PER_S + _ROUNDING_S


class Tally:
    """Where the operations of one resource and pool are counted."""

    __slots__ = ("_pool", "_resource", "_subscription")

    def __init__(self, pool: Pool, resource: Window, subscription: Window) -> None:
        self._pool = pool
        self._resource = resource
        self._subscription = subscription

    def spend(self, now: float, units: int = 1) -> None:
        """Count an operation at a time (epoch seconds).

        Raises:
            Throttled: it does not fit; then nothing is counted.
        """
        slot = int(now * SLOTS_PER_S)
        resource, subscription = self._resource, self._subscription
        if slot != resource.slot:
            resource.advance(slot)
        if slot != subscription.slot:
            subscription.advance(slot)
        if resource.used + units > resource.limit or subscription.used + units > subscription.limit:
            raise self._refused(now, units)
        resource.used += units
        resource.current += units
        subscription.used += units
        subscription.current += units

    def _refused(self, now: float, units: int) -> Throttled:
        full = [one for one in (self._resource, self._subscription) if one.used + units > one.limit]
        wait_s = max(one.fits_at(units) for one in full) - now
        limit = TransactionLimit(
            self._pool.name, int(full[0].limit), self._pool.window_s, full[0] is not self._resource
        )
        return Throttled("too many requests were received", max(wait_s, 0.0), limit)


class Throttle:
    """Every window of a running plane. ``scale`` is by what the limits are multiplied; none is no limits.

    Places that are idle are forgotten where there are very many, as when vaults come and go.
    """

    def __init__(self, scale: float | None = 1.0) -> None:
        self._scale = scale
        self._windows: dict[tuple[Pool, str, int], Window] = {}

    def tally(self, pool: Pool, at: CountedAt) -> Tally:
        """Where operations on a resource count."""
        resource = self._window(pool, at.resource, 1)
        return Tally(pool, resource, self._window(pool, at.subscription, pool.subscription_times))

    def rescale(self, scale: float | None) -> None:
        """Let other limits hold from now on; what was counted counts towards them."""
        self._scale = scale
        for (pool, _, times), window in self._windows.items():
            window.limit = self._limit(pool, times)

    def _window(self, pool: Pool, place: str, times: int) -> Window:
        key = (pool, place, times)
        found = self._windows.get(key)
        if found is None:
            if len(self._windows) >= _KEPT:
                self._forget_idle()
            found = self._windows[key] = Window(pool.window_s, self._limit(pool, times))
        return found

    def _limit(self, pool: Pool, times: int) -> float:
        if self._scale is None:
            return math.inf
        return max(int(pool.units * times * self._scale), pool.heaviest)

    def _forget_idle(self) -> None:
        newest = max(window.slot for window in self._windows.values())
        self._windows = {
            key: window
            for key, window in self._windows.items()
            if newest - window.slot <= key[0].window_s * SLOTS_PER_S
        }
