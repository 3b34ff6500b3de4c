"""Assessing a repository: the short list of steps."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterable, Sequence

import msgspec

from keyless.assess.components.component import Component
from keyless.assess.findings.finding import Finding
from keyless.assess.findings.hushed import hushed
from keyless.assess.repository import Repository
from keyless.assess.rules.registry import rules
from keyless.assess.rules.rule import Rule
from keyless.assess.syntax.source import Lack, Problem, Source


class Assessment(msgspec.Struct, frozen=True, rename="camel", kw_only=True):
    """What was found, and what could not be looked at."""

    findings: tuple[Finding, ...]
    problems: tuple[Problem, ...] = ()
    files: int = 0
    components: tuple[Component, ...] = ()


def assess(
    sources: Sequence[Source],
    today: datetime.date,
    chosen: Iterable[Rule] | None = None,
    *,
    with_components: bool = False,
    progress: Callable[[int, int], None] | None = None,
) -> Assessment:
    """What the rules find in what was read, and if asked for which components there are.

    ``progress`` is told before each rule how many are done, and of how many.
    """
    repository = Repository(sources, today)
    checked = tuple(rules().values() if chosen is None else chosen)
    found: list[Finding] = []
    problems = [problem for source in sources for problem in source.problems]
    for done, rule in enumerate(checked):
        if progress is not None:
            progress(done, len(checked))
        problems += _checked(rule, repository, found)
    parts = _components(repository, problems) if with_components else ()
    return Assessment(
        findings=tuple(sorted(found, key=lambda one: (one.place, one.rule, one.message))),
        problems=tuple(sorted((*problems, *repository.lacking))),
        files=len(sources),
        components=parts,
    )


def _components(repository: Repository, problems: list[Problem]) -> tuple[Component, ...]:
    """The components; that they could not be found is a problem, and costs no finding."""
    from keyless.assess.components import components

    try:
        return repository.view(components)
    except Exception as error:
        failed = f"finding the components failed with `{type(error).__name__}`: please report it"
        problems.append(Problem("", Lack.FAILED, failed))
        return ()


def _checked(rule: Rule, repository: Repository, found: list[Finding]) -> list[Problem]:
    """What a rule finds goes into ``found``; that it failed is a problem, and costs no other rule."""
    try:
        found += map(hushed, rule.check(repository))
    except Exception as error:
        failed = f"rule `{rule.id}` failed with `{type(error).__name__}`: please report it"
        return [Problem("", Lack.FAILED, failed)]
    return []
