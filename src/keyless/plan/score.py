"""The score of an estate: a few plain numbers that go down as a plan is carried out.

What each number counts is fixed by the name of the schema. A number that is to count something else gets
another schema, so that no line of a history is compared with one that means something different.

- ``credentials``: stored credentials that somebody signed in with;
- ``excess``: permissions that the assignments of today grant and nothing used, each counted for every
  assignment; ``weighted`` counts one by which more permissions can be got 10 times, one that reads secrets or
  destroys data 5 times, whatever weights the policy has;
- ``unused_grants``: assignments of today of which nothing was used;
- ``busy_secrets``: secrets that are read more often than at a start, as with each request;
- ``planned_excess`` and ``planned_weighted``: what would be left of the excess with the plan;
  assignments that are not certain to go still count.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

import msgspec

from keyless.plan.excess import Excess, excess_of
from keyless.plan.result import Plan
from keyless.plan.results.risk import Risk

SCORE_SCHEMA = "keyless.score/1"

_WEIGHTS = {Risk.PRIVILEGE_ESCALATION: 10, Risk.SECRET_READING: 5, Risk.DATA_DESTRUCTION: 5}
_DAY_S = 24 * 60 * 60


class Score(msgspec.Struct, frozen=True, rename="camel", kw_only=True):
    """The numbers at one time; ``at`` in epoch seconds."""

    schema: str = SCORE_SCHEMA
    at: int
    credentials: int
    excess: int
    weighted: int
    unused_grants: int
    busy_secrets: int
    planned_excess: int
    planned_weighted: int

    @property
    def numbers(self) -> tuple[int, ...]:
        """All of it but the time."""
        return tuple(getattr(self, one.field) for one in MEASURES)


class ScoreHistory(msgspec.Struct, frozen=True, rename="camel", kw_only=True):
    """Scores in the order of time."""

    schema: str = "keyless.scores/1"
    scores: tuple[Score, ...]


class Measure(NamedTuple):
    """One number of a score: its field, what it is called, and what it counts."""

    field: str
    title: str
    meaning: str


MEASURES = (
    Measure("credentials", "stored credentials", "that somebody signed in with"),
    Measure("excess", "excess permissions", "granted today, and nothing used them"),
    Measure("weighted", "excess by risk", "10 for escalation, 5 for secrets and destruction, 1 for others"),
    Measure("unused_grants", "unused assignments", "role assignments of which nothing was used"),
    Measure("busy_secrets", "secrets per request", "secrets read more often than at a start"),
    Measure("planned_excess", "excess with the plan", "permissions that would be left"),
    Measure("planned_weighted", "risk with the plan", "the same, by risk"),
)


def score_of(plan: Plan, at: int) -> Score:
    """The score of the estate that a plan was made for; ``at`` is the time (epoch seconds)."""
    now, then = excess_of(plan.today), excess_of(plan.remaining(), plan.assignments)
    return Score(
        at=at,
        credentials=len(
            {
                (one.principal.principal_id, one.method, one.by)
                for one in plan.stored_credentials
                if not one.error
            }
        ),
        excess=now.count,
        weighted=_weighted(now),
        unused_grants=sum(one.is_unused for one in plan.today),
        busy_secrets=sum(one.load_at_start_up for one in plan.secrets),
        planned_excess=then.count,
        planned_weighted=_weighted(then),
    )


def _weighted(excess: Excess) -> int:
    extra = sum(count * (_WEIGHTS[risk] - 1) for risk, count in excess.risks.items())
    return excess.count + extra


def worth_keeping(score: Score, history: Sequence[Score]) -> bool:
    """Whether a score says something that the history does not: another number, or a day that has passed."""
    if not history:
        return True
    last = history[-1]
    return score.numbers != last.numbers or score.at - last.at >= _DAY_S


_BARS = "▁▂▃▄▅▆▇█"


def sparkline(numbers: Iterable[int]) -> str:
    """Numbers as bars, the highest for the greatest of them."""
    numbers = tuple(numbers)
    top = max(numbers, default=0) or 1
    return "".join(_BARS[round(number * (len(_BARS) - 1) / top)] for number in numbers)
