"""How much is granted beyond use, and how much of that is risky."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from keyless.plan.result import PlannedAssignment
from keyless.plan.results.risk import Risk
from keyless.plan.results.today import CurrentGrant, counted_risks


@dataclass(frozen=True, slots=True)
class Excess:
    """Permissions beyond use, and how many of them are of which risk."""

    count: int
    risks: Counter[Risk]


def excess_of(grants: Iterable[CurrentGrant], planned: Iterable[PlannedAssignment] = ()) -> Excess:
    """What is granted beyond use, by assignments of today and by planned ones."""
    count, risks = 0, Counter[Risk]()
    for grant in grants:
        count += grant.unused
        risks.update({found.risk: found.count for found in grant.risks})
    for assignment in planned:
        count += len(assignment.excess)
        risks.update({found.risk: found.count for found in counted_risks(assignment.risks)})
    return Excess(count, risks)
