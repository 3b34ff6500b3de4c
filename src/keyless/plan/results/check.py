"""Whether a plan that was agreed on still holds, as a value."""

from __future__ import annotations

import enum

import msgspec

from keyless.plan.results.today import RiskCount

CHECK_SCHEMA = "keyless.plan-check/1"


class Problem(enum.StrEnum):
    """What is wrong."""

    GRANTED = "granted beyond the plan"
    USED = "used and not in the plan"
    DENIED = "denied since the plan was made"
    UNJUDGED = "not judged"
    NO_EVIDENCE = "no evidence"


_INCOMPLETE = {Problem.UNJUDGED, Problem.NO_EVIDENCE}


class Finding(msgspec.Struct, frozen=True, rename="camel", kw_only=True):
    """One thing that is not as the plan has it. ``what`` is a role or an action, ``permissions`` how many the
    plan does not give; ``assignment_id`` is empty where none is meant."""

    problem: Problem
    who: str
    what: str
    scope: str
    why: str
    advice: str
    principal_id: str = ""
    assignment_id: str = ""
    permissions: int = 0
    risks: tuple[RiskCount, ...] = ()


class Check(msgspec.Struct, frozen=True, rename="camel", kw_only=True):
    """All that was found; what fails first."""

    schema: str = CHECK_SCHEMA
    findings: tuple[Finding, ...] = ()

    @property
    def failures(self) -> tuple[Finding, ...]:
        """What makes the check fail."""
        return tuple(one for one in self.findings if one.problem not in _INCOMPLETE)

    @property
    def unsure(self) -> tuple[Finding, ...]:
        """What makes it incomplete."""
        return tuple(one for one in self.findings if one.problem in _INCOMPLETE)

    @property
    def exit_code(self) -> int:
        """0 where the plan holds, 1 where it does not, 3 where that could not be judged in full."""
        if self.failures:
            return 1
        return 3 if self.unsure else 0
