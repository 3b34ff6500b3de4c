"""How sure a plan can be of one identity: a table of rules, each of which can only take away.

Rules:
- nothing observed: not at all;
- seen on one day, in one run: low; on fewer than 14 days and in fewer than five runs: medium at most;
- most of the logs' events not understood: low; more than one in a hundred: medium at most;
- denied calls: medium at most, because what would have come after them was never seen;
- runs that failed: medium at most, and low where no run succeeded, for the same reason;
- a role of its that reaches what no log shows: medium at most.

What is left is high. The numbers are ours: no source states any. They are here, and nowhere else.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from keyless.plan.results.completeness import Sureness
from keyless.plan.wording import counted, listed

ENOUGH_DAYS = 14
"""Two weeks: every day of the week twice."""
ENOUGH_RUNS = 5
UNMAPPED_LOW = 0.5
UNMAPPED_MEDIUM = 0.01

_ORDER = (Sureness.NONE, Sureness.LOW, Sureness.MEDIUM, Sureness.HIGH)


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What is known of one identity; ``unmapped`` is the share of all events that no action is known for,
    ``unseen`` what it may do and no log would show."""

    events: int
    days: int
    denied: int = 0
    runs: int = 0
    failed_runs: int = 0
    unmapped: float = 0.0
    unseen: Sequence[str] = ()
    in_days: int = 0


def sureness_of(known: Known) -> tuple[Sureness, str]:
    """How sure, and why in words."""
    if not known.events:
        return Sureness.NONE, f"nothing was observed of it{_in_days(known.in_days)}"
    caps = list(_caps(known))
    sure = min((cap for cap, _ in caps), key=_ORDER.index, default=Sureness.HIGH)
    return sure, "; ".join((_seen(known), *(why for _, why in caps if why)))


def _in_days(days: int) -> str:
    return f" in {counted(days, 'day')}" if days else ""


def _seen(known: Known) -> str:
    seen = f"seen on {counted(known.days, 'day')}"
    return f"{seen}, in {counted(known.runs, 'run')}" if known.runs else seen


def _caps(known: Known) -> Iterator[tuple[Sureness, str]]:
    yield from _of_time(known)
    yield from _of_logs(known)
    if known.denied:
        denied = counted(known.denied, "call")
        yield Sureness.MEDIUM, f"{denied} denied: what would have come after was not seen"
    if known.failed_runs:
        all_failed = known.failed_runs >= known.runs
        text = f"{known.failed_runs:,} of {counted(known.runs, 'run')} failed"
        yield (Sureness.LOW if all_failed else Sureness.MEDIUM), text


def _of_time(known: Known) -> Iterator[tuple[Sureness, str]]:
    if known.days < 2 and known.runs < 2:
        yield Sureness.LOW, ""
    elif known.days < ENOUGH_DAYS and known.runs < ENOUGH_RUNS:
        yield Sureness.MEDIUM, ""


def _of_logs(known: Known) -> Iterator[tuple[Sureness, str]]:
    if known.unmapped > UNMAPPED_MEDIUM:
        share = f"no action is known for {known.unmapped:.0%} of the events in the logs"
        yield (Sureness.LOW if known.unmapped > UNMAPPED_LOW else Sureness.MEDIUM), share
    if known.unseen:
        yield Sureness.MEDIUM, f"no log that was seen shows {_several(known.unseen)}, which it may use"


def _several(texts: Iterable[str]) -> str:
    return listed(sorted(set(texts)))
