"""Evidence cut in two at a moment: what was known before it, and what came after.

Rules:
- a line of evidence that was first seen before the moment is known before it, with the days and counts that
  lie before; what has no time is known from the beginning;
- how often a line was seen after the moment its days tell; where those were not kept, all of it counts where
  it began after the moment, and otherwise one time, which is all that is certain.
"""

from __future__ import annotations

from collections.abc import Iterable

from msgspec.structs import replace

from keyless.model.evidence import Observation
from keyless.plan.window import SECONDS_PER_DAY


def before(observations: Iterable[Observation], moment: int) -> list[Observation]:
    """What was known at a moment (epoch seconds), as it was then."""
    return [_as_of(one, moment) for one in observations if not one.first_seen or one.first_seen < moment]


def after(observations: Iterable[Observation], moment: int) -> list[Observation]:
    """What was seen at a moment (epoch seconds) or later."""
    return [_since(one, moment) for one in observations if one.last_seen >= moment]


def _as_of(seen: Observation, moment: int) -> Observation:
    if seen.last_seen < moment:
        return seen
    then = [(day, count) for day, count in _by_day(seen) if day * SECONDS_PER_DAY < moment]
    return replace(
        seen,
        count=sum(count for _, count in then) or 1,
        last_seen=_last_before(seen, then, moment),
        days=tuple(day for day, _ in then),
        counts=tuple(count for _, count in then),
    )


def _last_before(seen: Observation, then: list[tuple[int, int]], moment: int) -> int:
    """When it was last seen before the moment, as far as its days tell."""
    if not then:
        return seen.first_seen
    return max(seen.first_seen, min(moment, (then[-1][0] + 1) * SECONDS_PER_DAY) - 1)


def _since(seen: Observation, moment: int) -> Observation:
    if seen.first_seen >= moment:
        return seen
    day_of_it, rest = divmod(moment, SECONDS_PER_DAY)
    later = [(day, count) for day, count in _by_day(seen) if day >= day_of_it + bool(rest)]
    return replace(
        seen,
        count=sum(count for _, count in later) or 1,
        first_seen=max(moment, later[0][0] * SECONDS_PER_DAY) if later else seen.last_seen,
        days=tuple(day for day, _ in later),
        counts=tuple(count for _, count in later),
    )


def _by_day(seen: Observation) -> list[tuple[int, int]]:
    """Day and count; empty where that was not kept."""
    return list(zip(seen.days, seen.counts, strict=False))
