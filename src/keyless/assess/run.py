"""An assessment from beginning to end: what to read, reading, rules, and what stands of what they find."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from keyless import __version__
from keyless.assess.assess import assess
from keyless.assess.config import Found
from keyless.assess.files.changed import Changes
from keyless.assess.files.texts import Texts
from keyless.assess.findings.finding import Finding
from keyless.assess.report import Report, RuleTold, Scope
from keyless.assess.rules.registry import rules
from keyless.assess.rules.rule import Rule
from keyless.assess.scan import Scan, scan
from keyless.assess.standing.allowances import Allowances
from keyless.assess.standing.baseline import Baseline
from keyless.assess.standing.fingerprints import fingerprints
from keyless.assess.standing.standing import sort_out
from keyless.assess.target import Gathered, Target, gather, prefix_of
from keyless.model.nearest import nearest, quoted_list

Progress = Callable[[str, int, int], None]
"""What is done (`reading files`, `checking rules`), how many are done, and of how many."""


class NoSuchRule(ValueError):
    """A name that is of no rule and no group."""


@dataclass(frozen=True, slots=True)
class Run:
    """A report, and what it is about: texts for code frames, digests of what was read for fixes."""

    report: Report
    texts: Texts
    findings: Sequence[tuple[Finding, str]]
    root: Path
    digests: Mapping[str, bytes]


def run(
    target: Target,
    found: Found,
    today: datetime.date,
    *,
    named: str = ".",
    baseline: Baseline | None = None,
    progress: Progress | None = None,
    with_components: bool = False,
) -> Run:
    """Assess a target under a configuration; ``named`` is what the folder was called.

    Raises:
        NoTarget: it cannot be assessed.
        NoSuchRule: the configuration names a rule that there is not, or leaves none to look for.
        CannotStart: the processes that read do not start.
    """
    chosen = chosen_rules(found.config.rule, found.config.skip)
    _check_allowed(found)
    below = _below(found, target)
    gathered = gather(target, (found.config.exclude, below))
    read = _read(target, gathered, progress)
    assessed = assess(
        read.sources, today, chosen, with_components=with_components, progress=_checking(progress)
    )
    marked = list(zip(assessed.findings, fingerprints(assessed.findings, gathered.texts), strict=True))
    standing = sort_out(
        marked,
        found.config,
        Allowances(read.comments, found, below, today),
        baseline=baseline,
        touches=_touches(target, gathered),
        rules=() if target.only else [one.id for one in chosen],
    )
    report = Report(
        version=__version__,
        date=today,
        scope=_scope(target, gathered, named),
        files=len(read.sources),
        left_out=_counted(gathered, read),
        rules=tuple(map(_told, chosen)),
        standing=standing,
        problems=tuple(sorted((*gathered.problems, *assessed.problems))),
        notices=(*filter(None, (found.turned_off,)), *_notices(read)),
        components=assessed.components,
        allow_incomplete=found.config.allow_incomplete,
    )
    return Run(report, gathered.texts, marked, target.root, read.digests)


def chosen_rules(only: Sequence[str], skip: Sequence[str]) -> Sequence[Rule]:
    """The rules that are named by their ids or groups, without those to skip; all where none is named.

    Raises:
        NoSuchRule: a name is of none, or none is left.
    """
    known = dict.fromkeys(name for rule in rules().values() for name in (rule.group.value, rule.id))
    for name in (*only, *skip):
        if name not in known:
            raise NoSuchRule(f"there is no rule or group `{name}`: {_hint(name, known)}")
    wanted = [one for one in rules().values() if not only or {one.id, one.group.value} & set(only)]
    left = [one for one in wanted if not {one.id, one.group.value} & set(skip)]
    if only and not left:
        raise NoSuchRule("no rule is left to look for: all that are named are left out as well")
    return left


def _check_allowed(found: Found) -> None:
    """See that what the configuration allows are findings of rules that there are."""
    for at, one in enumerate(found.config.allow):
        if one.rule not in rules():
            raise NoSuchRule(
                f"`allow[{at}]` in `{found.file}` allows nothing, there is no rule `{one.rule}`: "
                f"{_hint(one.rule, rules())}"
            )


def _hint(name: str, known: Iterable[str]) -> str:
    near = nearest(name, known)
    return f"did you mean {quoted_list(near)}?" if near else "`docs/rules/` lists them"


def _scope(target: Target, gathered: Gathered, named: str) -> Scope:
    return Scope(
        root=named,
        prefix=prefix_of(target.root)[1],
        only=target.only,
        revision=target.revision,
        commit=gathered.commit,
        staged=target.staged,
        since=target.since,
    )


def _read(target: Target, gathered: Gathered, progress: Progress | None) -> Scan:
    total = len(gathered.requests)
    told = None if progress is None else lambda done: progress("reading files", done, total)
    return scan(target.root, gathered.requests, told)


def _checking(progress: Progress | None) -> Callable[[int, int], None] | None:
    return None if progress is None else partial(progress, "checking rules")


def _below(found: Found, target: Target) -> str:
    """Where the folder lies below that of the configuration, whose paths count from there."""
    if found.folder is None or not target.root.is_relative_to(found.folder):
        return ""
    path = target.root.relative_to(found.folder).as_posix()
    return "" if path == "." else f"{path}/"


def _touches(target: Target, gathered: Gathered) -> Callable[[Finding], bool] | None:
    if not gathered.compared:
        return None
    changes = Changes(target.root, gathered.base or None, gathered.texts)
    return lambda one: any(changes.touch(place) for place in one.places)


def _counted(gathered: Gathered, read: Scan) -> dict[str, int]:
    reasons = sorted({*gathered.left_out, *read.left_out})
    return {one.value: gathered.left_out.get(one, 0) + read.left_out.get(one, 0) for one in reasons}


def _told(rule: Rule) -> RuleTold:
    return RuleTold(
        id=rule.id,
        group=rule.group,
        title=rule.title,
        severity=rule.severity,
        confidence=rule.confidence,
        why=rule.why,
        instead=rule.instead,
        sources=rule.sources,
    )


def _notices(read: Scan) -> Iterator[str]:
    """What is wrong with comments that would allow something."""
    for path, comments in sorted(read.comments.items()):
        for one in comments:
            unknown = _unknown(one.rules)
            if one.wrong or unknown:
                yield f"`{path}:{one.line}` allows nothing: {one.wrong or f'there is no rule {unknown}'}"


def _unknown(names: Iterable[str]) -> str:
    return quoted_list([name for name in names if name not in rules()], "and")
