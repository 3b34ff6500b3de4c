"""What a run reads when it starts, and what it reads again later: `keyless.model.reading` has the rules.

Rules:
- it is counted flush by flush, so that the end of a start is known to a second;
- what comes after the last thing that was new waits for its verdict: it was at the start where something new
  follows within the time that makes a program steady, or a first request; else it was later;
- later is only what was asked before: what is asked for the first time then was just not needed earlier.

No clock: the second of each flush is given.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

from keyless.evidence.recorder import Counted
from keyless.model.reading import LONGEST_START_S, STEADY_S, again_and_again

_REMEMBERED = 10_000


class Thing(NamedTuple):
    """What is read, by whom: an object, or a store by a filter."""

    principal_id: str
    action: str
    scope: str


@dataclass(slots=True)
class Tally:
    """How often a thing was read: ``lately`` is what there is no verdict on yet.

    ``checks`` are answers without content, ``distinct`` the different requests, ``told`` the reads when it
    was told of.
    """

    at_start: int = 0
    lately: int = 0
    later: int = 0
    checks: int = 0
    distinct: int = 0
    told: int = 0

    @property
    def reads(self) -> int:
        """How often it was read in all."""
        return self.at_start + self.lately + self.later


class RunReads:
    """The reads of one run.

    ``started_up`` is when its start was over, ``by_itself`` whether it was so before the run ended;
    ``serving_since`` is when it served its first request.
    """

    def __init__(self) -> None:
        self.started_up: int | None = None
        self.serving_since: int | None = None
        self.by_itself = False
        self._tallies: dict[Thing, Tally] = {}
        self._began = 0
        self._newest = 0
        self._last = 0

    def __iter__(self) -> Iterator[tuple[Thing, Tally]]:
        return iter(self._tallies.items())

    def count(self, second: int, counts: Iterable[Counted]) -> list[tuple[Thing, Tally]]:
        """Take in the reads of a flush; what is read again and again from now on."""
        self._look_whether_steady(second)
        self._began = self._began or second
        known, new = self._sorted(counts)
        if new and self.started_up is None:
            self._judge_lately(later=False)
            self._newest = second
        self._last = second
        return [found for each in (known, new) for found in self._add(each, at_start=bool(new))]

    def _sorted(
        self, counts: Iterable[Counted]
    ) -> tuple[list[tuple[Thing, Counted]], list[tuple[Thing, Counted]]]:
        """What was read before, and what was not."""
        known: list[tuple[Thing, Counted]] = []
        new: list[tuple[Thing, Counted]] = []
        for one in counts:
            thing = Thing(one.key.principal_id, one.key.action, one.key.scope)
            if thing in self._tallies:
                known.append((thing, one))
            elif len(self._tallies) < _REMEMBERED:
                self._tallies[thing] = Tally()
                new.append((thing, one))
        return known, new

    def _add(self, counts: list[tuple[Thing, Counted]], *, at_start: bool) -> list[tuple[Thing, Tally]]:
        found = []
        for thing, one in counts:
            tally = self._tallies[thing]
            before = self.is_read_again(tally)
            self._count_one(tally, one, at_start=at_start)
            if not before and self.is_read_again(tally):
                tally.told = tally.reads
                found.append((thing, tally))
        return found

    def _count_one(self, tally: Tally, one: Counted, *, at_start: bool) -> None:
        full = one.number - one.checks
        first = min(full, one.distinct)
        tally.checks += one.checks
        tally.distinct += one.distinct
        if self.started_up is not None:
            tally.at_start += first
            tally.later += full - first
        elif at_start:
            tally.at_start += full
        else:
            tally.at_start += first
            tally.lately += full - first

    def is_read_again(self, tally: Tally) -> bool:
        """Whether a thing is read again and again."""
        return again_and_again(tally.reads, tally.distinct, self._last - self._began)

    def _look_whether_steady(self, second: int) -> None:
        if self.started_up is not None or not self._began:
            return
        if second - self._newest >= STEADY_S:
            self._over(self._newest, later=True)
        elif second - self._began >= LONGEST_START_S:
            self._over(second, later=False)

    def served(self, second: int) -> None:
        """The run has served its first request."""
        self._look_whether_steady(second)
        if self.serving_since is None:
            self.serving_since = second
        if self.started_up is None:
            self._over(second, later=False)

    def end(self, second: int) -> None:
        """The run is over."""
        self._look_whether_steady(second)
        self.by_itself = self.started_up is not None
        if self.started_up is None:
            self._over(self._newest or second, later=True)

    def _over(self, at: int, *, later: bool) -> None:
        self.started_up = at
        self._judge_lately(later=later)

    def _judge_lately(self, *, later: bool) -> None:
        for tally in self._tallies.values():
            if later:
                tally.later += tally.lately
            else:
                tally.at_start += tally.lately
            tally.lately = 0
