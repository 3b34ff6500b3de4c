"""How often operations may be asked for: counted per resource and per subscription, within windows of time.

Rules:
- an operation says in which pools it counts, and what it weighs there; a pool has so many units a window;
- a window slides, or it is one of the clock's own. Where it slides, there is no stretch of its length,
  wherever it begins, with more in it than the pool has. For that a count is kept until its whole tenth of a
  second has left the window. One of the clock's own is an hour or a day in UTC, at whose end all is there
  again: to count, that is a window that slides by its whole length;
- what is refused does not count in any pool, and is told in how many seconds it fits, if nobody else comes in
  between;
- the largest weight always fits an empty window, whatever a scale makes of the limit;
- counting costs the same however much was counted before. A pool at a place costs about a kilobyte where its
  window slides, next to nothing where it does not.

All requests to an estate come to one process, which counts in memory. A window that slides is over before
another process has started; of the others what was counted is given out to be kept, and taken in again.

Sources: https://learn.microsoft.com/azure/key-vault/general/overview-throttling and
https://learn.microsoft.com/azure/azure-app-configuration/faq
"""

from __future__ import annotations

import math
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from keyless.evidence.quotas import Spent
from keyless.wire.errors import Throttled, TransactionLimit

SLOTS_PER_S = 10
_KEPT = 4096
_ROUNDING_S = 0.001  # a time at the very beginning of a slot may be rounded to before it


@dataclass(frozen=True, slots=True)
class Pool:
    """Units that several operations share: at one resource, and perhaps so many times at its subscription.

    ``heaviest`` is what an operation weighs at most. ``resets`` says that the window is one of the clock's
    own; ``spares_unchanged`` that what turns out not to be modified does not count; ``policy`` is what the
    service calls the limit in its answers.
    """

    name: str
    units: int
    window_s: int
    subscription_times: int = 0
    heaviest: int = 1
    resets: bool = False
    spares_unchanged: bool = False
    policy: str = ""


Weigh = Callable[[Any, Any], Awaitable[int]]
"""From what is asked (`Asked`) and the plane's service to what that weighs."""
PoolsOf = Callable[[Any], tuple[Pool, ...]]
"""From a plane's resource to the pools that its operations count in; none where there is no limit."""


@dataclass(frozen=True, slots=True)
class Counts:
    """In which pools of its resource an operation counts. It weighs one unit, or what ``weigh`` finds.

    That is only asked for a caller who is permitted, so that nobody else learns of an object by its weight.
    """

    pools: PoolsOf
    weigh: Weigh | None = None

    @classmethod
    def always(cls, *pools: Pool, weigh: Weigh | None = None) -> Counts:
        """In the same pools, whatever the resource."""
        return cls(lambda resource: pools, weigh)


class CountedAt(NamedTuple):
    """Where a resource's operations count: as its own, and with all others of its subscription and region."""

    resource: str
    subscription: str = ""


class Window:
    """What was counted of one pool at one place within the length of a window, by slots of time.

    ``used`` is all of it, ``current`` what was counted in the slot that is ``slot``; ``tenths`` is how long a
    slot is, in tenths of a second.
    """

    __slots__ = ("_counts", "current", "limit", "slot", "tenths", "used")

    def __init__(self, pool: Pool, limit: float) -> None:
        length = pool.window_s * SLOTS_PER_S
        self.tenths = length if pool.resets else 1
        self._counts = [0] * (1 if pool.resets else length + 1)
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
        return (oldest + kept) * self.tenths / SLOTS_PER_S + _ROUNDING_S

    def over_at(self) -> int:
        """The tenth of a second at which all that was counted has left the window."""
        return (self.slot + len(self._counts)) * self.tenths


class Place(NamedTuple):
    """One of the windows that an operation counts in, and whose limit it is."""

    pool: Pool
    window: Window
    of_subscription: bool


class Tally:
    """Where the operations of one resource count that have the same pools."""

    __slots__ = ("_places", "_spared", "_windows")

    def __init__(self, places: Sequence[Place]) -> None:
        self._places = tuple(places)
        self._windows = tuple(place.window for place in places)
        self._spared = tuple(place.window for place in places if place.pool.spares_unchanged)

    def spend(self, now: float, units: int = 1) -> None:
        """Count an operation at a time (epoch seconds).

        Raises:
            Throttled: it does not fit; then nothing is counted.
        """
        tenth = int(now * SLOTS_PER_S)
        for window in self._windows:
            slot = tenth // window.tenths
            if slot != window.slot:
                window.advance(slot)
            if window.used + units > window.limit:
                raise self._refused(now, units)
        for window in self._windows:
            window.used += units
            window.current += units

    def spare(self, now: float) -> None:
        """Take back an operation that was counted at this time, where one that finds nothing new is free."""
        tenth = int(now * SLOTS_PER_S)
        for window in self._spared:
            if window.slot == tenth // window.tenths and window.current:
                window.used -= 1
                window.current -= 1

    def _refused(self, now: float, units: int) -> Throttled:
        tenth = int(now * SLOTS_PER_S)
        for window in self._windows:
            window.advance(tenth // window.tenths)
        full = [one for one in self._places if one.window.used + units > one.window.limit]
        pool, window, of_subscription = full[0]
        wait_s = max(one.window.fits_at(units) for one in full) - now
        limit = TransactionLimit(pool.name, int(window.limit), pool.window_s, of_subscription, pool.policy)
        return Throttled("too many requests were received", max(wait_s, 0.0), limit)


class Throttle:
    """Every window of a running plane. ``scale`` is by what the limits are multiplied; none is no limits.

    Places that are idle are forgotten where there are very many, as when vaults come and go. ``earlier`` is
    what another process had counted.
    """

    def __init__(self, scale: float | None = 1.0, earlier: Iterable[Spent] = ()) -> None:
        self._scale = scale
        self._windows: dict[tuple[Pool, str, int], Window] = {}
        self._earlier = {(one.place, one.pool, one.window_s): one for one in earlier}

    def tally(self, pools: Sequence[Pool], at: CountedAt) -> Tally:
        """Where operations on a resource count that have these pools."""
        own = [Place(pool, self._window(pool, at.resource, 1), False) for pool in pools]
        shared = [
            Place(pool, self._window(pool, at.subscription, pool.subscription_times), True)
            for pool in pools
            if pool.subscription_times
        ]
        return Tally((*own, *shared))

    def rescale(self, scale: float | None) -> None:
        """Let other limits hold from now on; what was counted counts towards them."""
        self._scale = scale
        for (pool, _, times), window in self._windows.items():
            window.limit = self._limit(pool, times)

    def spent(self) -> list[Spent]:
        """What was counted in windows of the clock's own since the last time that this was asked."""
        changed = []
        for (pool, place, _), window in self._windows.items():
            if pool.resets:
                now = Spent(place, pool.name, pool.window_s, window.slot, window.used)
                if window.slot and self._earlier.get(now[:3]) != now:
                    changed.append(now)
                    self._earlier[now[:3]] = now
        return changed

    def _window(self, pool: Pool, place: str, times: int) -> Window:
        key = (pool, place, times)
        found = self._windows.get(key)
        if found is None:
            if len(self._windows) >= _KEPT:
                self._forget_idle()
            found = self._windows[key] = Window(pool, self._limit(pool, times))
            self._go_on(pool, place, found)
        return found

    def _go_on(self, pool: Pool, place: str, window: Window) -> None:
        """Begin with what was counted earlier; if that was in another window, the first count finds out."""
        earlier = self._earlier.get((place, pool.name, pool.window_s)) if pool.resets else None
        if earlier is not None:
            window.slot, window.used, window.current = earlier.slot, earlier.used, earlier.used

    def _limit(self, pool: Pool, times: int) -> float:
        if self._scale is None:
            return math.inf
        return max(int(pool.units * times * self._scale), pool.heaviest)

    def _forget_idle(self) -> None:
        newest = max(window.slot * window.tenths for window in self._windows.values())
        self._windows = {key: window for key, window in self._windows.items() if newest < window.over_at()}
