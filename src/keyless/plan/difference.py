"""What differs between two plans, part by part.

Rules:
- two assignments are the same where principal, role and scope are; ids and reasons are not compared;
- one that is gone and one that is new are one that has changed where principal and scope are the same
  (another role), or principal and role (another scope);
- who is named by principal id, so that a new name is no change, nor that a
  proposed identity is there by now; ids and actions are compared without case.
"""

from __future__ import annotations

import enum
from collections import Counter
from collections.abc import Iterable, Mapping

import msgspec

from keyless.plan.compared import PARTS, Line, Lines, Part
from keyless.plan.real_ids import subjects_in, with_real_ids
from keyless.plan.result import Plan, PlannedAssignment
from keyless.plan.results.risk import Risk
from keyless.plan.results.today import counted_risks
from keyless.plan.score import MEASURES, score_of

DIFFERENCE_SCHEMA = "keyless.plan-difference/1"


class Kind(enum.StrEnum):
    """What became of a thing."""

    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"


class Change(msgspec.Struct, frozen=True, rename="camel", kw_only=True):
    """One thing that is new, gone or different. ``where`` is an id; ``before``, ``after`` are of changes."""

    part: Part
    kind: Kind
    who: str
    what: str
    where: str
    before: str = ""
    after: str = ""


class Delta(msgspec.Struct, frozen=True, rename="camel"):
    """A number before and after."""

    name: str
    before: int
    after: int

    @property
    def change(self) -> int:
        """How much more it is."""
        return self.after - self.before


class PlanDifference(msgspec.Struct, frozen=True, rename="camel", kw_only=True):
    """All of it. ``excess`` is what the plans grant beyond use: in total, and by risk; ``score`` the numbers
    of the score. Numbers that did not change are left out."""

    schema: str = DIFFERENCE_SCHEMA
    changes: tuple[Change, ...]
    excess: tuple[Delta, ...]
    score: tuple[Delta, ...]

    @property
    def is_empty(self) -> bool:
        """Whether the plans say the same."""
        return not (self.changes or self.excess or self.score)


def difference(old: Plan, new: Plan) -> PlanDifference:
    """What ``new`` has that ``old`` has not, and the other way round."""
    old = with_real_ids(old, subjects_in(new))
    changes: list[Change] = []
    for part, lines in PARTS.items():
        before, after = lines(old), lines(new)
        if part is Part.ASSIGNMENTS:
            changes += _moved(before, after)
        changes += _compared(part, before, after)
    return PlanDifference(
        changes=tuple(changes), excess=_deltas(_excess(old), _excess(new)), score=_score(old, new)
    )


def _compared(part: Part, before: Lines, after: Lines) -> list[Change]:
    changed = [
        _change(part, line, Kind.CHANGED, before[key].state, line.state)
        for key, line in after.items()
        if key in before and before[key].state != line.state
    ]
    added = [_change(part, line, Kind.ADDED) for key, line in after.items() if key not in before]
    gone = [_change(part, line, Kind.REMOVED) for key, line in before.items() if key not in after]
    return [*changed, *added, *gone]


def _change(part: Part, line: Line, kind: Kind, before: str = "", after: str = "") -> Change:
    return Change(
        part=part, kind=kind, who=line.who, what=line.what, where=line.where, before=before, after=after
    )


def _moved(before: Lines, after: Lines) -> list[Change]:
    """Assignments of which the role or the scope changed; they are taken out of both."""
    changes: list[Change] = []
    for same in ((0, 1), (0, 2)):  # principal and scope, then principal and role
        gone = {tuple(key[at] for at in same): key for key in before if key not in after}
        for key in [key for key in after if key not in before]:
            former = gone.pop(tuple(key[at] for at in same), None)
            if former is not None:
                was, line = before.pop(former), after.pop(key)
                texts = (was.what, line.what) if same == (0, 1) else (was.where, line.where)
                changes.append(_change(Part.ASSIGNMENTS, line, Kind.CHANGED, *texts))
    return changes


def _excess(plan: Plan) -> Counter[str]:
    return Counter({"all": sum(len(one.excess) for one in plan.assignments)}) + sum(
        map(_risks, plan.assignments), Counter()
    )


def _risks(one: PlannedAssignment) -> Counter[str]:
    return Counter({found.risk.value: found.count for found in counted_risks(one.risks)})


def _deltas(before: Mapping[str, int], after: Mapping[str, int]) -> tuple[Delta, ...]:
    names = ("all", *(risk.value for risk in Risk))
    return _changed(Delta(name, before.get(name, 0), after.get(name, 0)) for name in names)


def _score(old: Plan, new: Plan) -> tuple[Delta, ...]:
    before, after = score_of(old, 0), score_of(new, 0)
    return _changed(
        Delta(one.title, getattr(before, one.field), getattr(after, one.field)) for one in MEASURES
    )


def _changed(deltas: Iterable[Delta]) -> tuple[Delta, ...]:
    return tuple(one for one in deltas if one.change)
