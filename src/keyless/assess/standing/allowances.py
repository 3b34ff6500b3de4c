"""What is allowed, and until when: comments in files, and entries of the configuration.

Rules:
- a comment counts before an entry, and an entry holds for whatever is below its path (patterns as in
  `.gitignore`);
- after its last day it allows nothing: the finding is one again, and it is told that it had been allowed;
- what allows nothing that is there is told, so that it gets taken out.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import msgspec

from keyless.assess.config import Allowed, Found
from keyless.assess.findings.finding import Finding
from keyless.assess.standing.comments import Comment

if TYPE_CHECKING:
    from pathspec import GitIgnoreSpec


class Allowance(msgspec.Struct, frozen=True, rename="camel", kw_only=True):
    """Why a finding is allowed: by a comment on a line, or by an entry of ``file`` (line 0) for a path."""

    rule: str
    file: str
    line: int = 0
    path: str = ""
    reason: str = ""
    until: datetime.date | None = None


@dataclass(frozen=True, slots=True)
class _Entry:
    allowance: Allowance
    spec: GitIgnoreSpec


class Allowances:
    """All of them, and which were needed."""

    def __init__(
        self, comments: Mapping[str, Sequence[Comment]], found: Found, prefix: str, today: datetime.date
    ) -> None:
        self._today = today
        self._prefix = prefix
        self._by_place = dict(_of_comments(comments))
        self._entries = [_Entry(_of_entry(one, found.file), _spec(one.path)) for one in found.config.allow]
        self._used: set[Allowance] = set()

    def of(self, finding: Finding) -> Allowance | None:
        """What allows a finding, be it past its last day; none where nothing does."""
        place = (finding.place.path, finding.place.span.line, finding.rule)
        allowance = self._by_place.get(place) or self._by_entry(finding)
        if allowance is not None:
            self._used.add(allowance)
        return allowance

    def holds(self, allowance: Allowance) -> bool:
        """Whether its last day is not over."""
        return allowance.until is None or self._today <= allowance.until

    def days_left(self, allowance: Allowance) -> int | None:
        """How many days it holds after today; none where it has no end."""
        return None if allowance.until is None else (allowance.until - self._today).days

    def unused(self, chosen: Iterable[str]) -> tuple[Allowance, ...]:
        """Those that allowed nothing, of the rules that were looked for."""
        rules = set(chosen)
        known = [*self._by_place.values(), *(one.allowance for one in self._entries)]
        return tuple(dict.fromkeys(one for one in known if one not in self._used and one.rule in rules))

    def _by_entry(self, finding: Finding) -> Allowance | None:
        path = self._prefix + finding.place.path
        return next(
            (
                one.allowance
                for one in self._entries
                if one.allowance.rule == finding.rule and one.spec.match_file(path)
            ),
            None,
        )


def _of_comments(
    comments: Mapping[str, Sequence[Comment]],
) -> Iterable[tuple[tuple[str, int, str], Allowance]]:
    for path, those in comments.items():
        for one in those:
            for rule in () if one.wrong else one.rules:
                allowance = Allowance(rule=rule, file=path, line=one.line, reason=one.reason, until=one.until)
                yield (path, one.covers, rule), allowance


def _of_entry(entry: Allowed, file: str) -> Allowance:
    return Allowance(rule=entry.rule, file=file, path=entry.path, reason=entry.reason, until=entry.until)


def _spec(path: str) -> GitIgnoreSpec:
    from pathspec import GitIgnoreSpec

    return GitIgnoreSpec.from_lines([path])
