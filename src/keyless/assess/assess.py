"""Assessing a repository: the short list of steps."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Sequence

import msgspec

from keyless.assess.findings.finding import Finding
from keyless.assess.repository import Repository
from keyless.assess.rules.registry import rules
from keyless.assess.rules.rule import Rule
from keyless.assess.syntax.source import Lack, Problem, Source


class Assessment(msgspec.Struct, frozen=True, rename="camel", kw_only=True):
    """What was found, and what could not be looked at."""

    findings: tuple[Finding, ...]
    problems: tuple[Problem, ...] = ()
    files: int = 0


def assess(
    sources: Sequence[Source], today: datetime.date, chosen: Iterable[Rule] | None = None
) -> Assessment:
    """What the rules find in what was read."""
    repository = Repository(sources, today)
    checked = rules().values() if chosen is None else chosen
    found: list[Finding] = []
    problems = [problem for source in sources for problem in source.problems]
    for rule in checked:
        problems += _checked(rule, repository, found)
    return Assessment(
        findings=tuple(sorted(found, key=lambda one: (one.place, one.rule, one.message))),
        problems=tuple(sorted(problems)),
        files=len(sources),
    )


def _checked(rule: Rule, repository: Repository, found: list[Finding]) -> list[Problem]:
    """What a rule finds goes into ``found``; that it failed is a problem, and costs no other rule."""
    try:
        found += rule.check(repository)
    except Exception as error:
        failed = f"rule `{rule.id}` failed with `{type(error).__name__}`: please report it"
        return [Problem("", Lack.FAILED, failed)]
    return []
