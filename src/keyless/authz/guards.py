"""What stands between a permission and its use: a condition, read once.

Rules:
- no condition lets everything pass;
- a condition that cannot be read, or is of a version other than 2.0, cannot be evaluated: it grants nothing,
  and on a deny it stands in nobody's way of being denied;
- what a condition says of a request is true, false or not known; only true grants, only false spares.

Source: https://learn.microsoft.com/azure/role-based-access-control/conditions-format
"""

from __future__ import annotations

from dataclasses import dataclass, field

from keyless.authz.conditions import Condition, ConditionError, Facts, Outcome, evaluate, parse

VERSION = "2.0"


@dataclass(frozen=True, slots=True)
class Guard:
    """A condition; ``condition`` is none where it cannot be read, and ``problem`` says why."""

    text: str
    condition: Condition | None = field(compare=False, repr=False)
    problem: str = field(default="", compare=False)

    def outcome(self, facts: Facts) -> Outcome:
        """Whether it holds of a request with these facts."""
        return Outcome.UNKNOWN if self.condition is None else evaluate(self.condition, facts).outcome


def guard_of(text: str | None, version: str | None = None) -> Guard | None:
    """The guard that a condition makes; none where there is no condition."""
    if not text:
        return None
    if version not in {None, "", VERSION}:
        return Guard(text, None, f"its version is `{version}`, and only `{VERSION}` can be evaluated")
    try:
        return Guard(text, parse(text))
    except ConditionError as error:
        return Guard(text, None, str(error))
