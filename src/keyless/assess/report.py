"""What an assessment says, as one value: what every report is made from."""

from __future__ import annotations

import datetime

import msgspec

from keyless.assess.components.component import Component
from keyless.assess.findings.finding import Confidence, Severity
from keyless.assess.rules.rule import Group
from keyless.assess.standing.standing import Standing
from keyless.assess.syntax.source import Problem

SCHEMA = 1


class RuleTold(msgspec.Struct, frozen=True, rename="camel", kw_only=True):
    """A rule that was looked for."""

    id: str
    group: Group
    title: str
    severity: Severity
    confidence: Confidence
    why: str
    instead: str
    sources: tuple[str, ...] = ()


class Scope(msgspec.Struct, frozen=True, rename="camel", kw_only=True):
    """What was assessed. ``root`` as it was named; ``prefix`` is where it lies in its repository."""

    root: str
    prefix: str = ""
    only: tuple[str, ...] = ()
    revision: str = ""
    commit: str = ""
    staged: bool = False
    since: str = ""


class Report(msgspec.Struct, frozen=True, rename="camel", kw_only=True):
    """The whole of it. ``notices`` are what is wrong with comments and configuration, and harms nothing;
    ``components`` are there where they were asked for."""

    schema: int = SCHEMA
    version: str
    date: datetime.date
    scope: Scope
    files: int
    left_out: dict[str, int]
    rules: tuple[RuleTold, ...]
    standing: Standing
    problems: tuple[Problem, ...] = ()
    notices: tuple[str, ...] = ()
    components: tuple[Component, ...] = ()
    allow_incomplete: bool = False

    @property
    def exit_code(self) -> int:
        """3 where something could not be read, unless that is allowed; else 1 where something was found."""
        if self.problems and not self.allow_incomplete:
            return 3
        return 1 if self.standing.told else 0
