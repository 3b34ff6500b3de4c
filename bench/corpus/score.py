"""Findings held against labels: recall, precision, and how far two readers agree.

Rules:
- a label is found by a finding of its rule one of whose places is one of the label's, to the line beside it;
  where only another rule found the place, that is counted apart;
- a finding is right where it finds a label, or was judged right when it was read; wrong where its own place
  is one to be left alone, or it was judged wrong; otherwise nobody has read it yet;
- what readers were unsure of is neither asked for nor held against a finding.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from bench.corpus.labels import NONE, Found, Label, near


@dataclass(slots=True)
class Score:
    """Counts by key (a rule, a language)."""

    wanted: Counter[str] = field(default_factory=Counter)
    met: Counter[str] = field(default_factory=Counter)
    met_otherwise: Counter[str] = field(default_factory=Counter)
    right: Counter[str] = field(default_factory=Counter)
    wrong: Counter[str] = field(default_factory=Counter)
    unread: Counter[str] = field(default_factory=Counter)


@dataclass(slots=True)
class Scored:
    """Both counts, and what to look at: labels that nothing found, findings that are wrong or unread."""

    by_rule: Score = field(default_factory=Score)
    by_language: Score = field(default_factory=Score)
    missed: list[Label] = field(default_factory=list)
    wrong: list[Found] = field(default_factory=list)
    unread: list[Found] = field(default_factory=list)


def score(found: Sequence[Found], first: Sequence[Label], later: Sequence[Label]) -> Scored:
    """Hold findings against what was read before, and what was judged later."""
    scored = Scored()
    in_repository: dict[str, list[Found]] = {}
    for one in found:
        in_repository.setdefault(one.repository, []).append(one)
    for label in first:
        if label.rule != NONE and label.confidence != "low":
            _recall(scored, label, in_repository.get(label.repository, ()))
    by_repository: dict[str, list[Label]] = {}
    for label in (*first, *later):
        by_repository.setdefault(label.repository, []).append(label)
    for one in found:
        _precision(scored, one, by_repository.get(one.repository, ()))
    return scored


def _recall(scored: Scored, label: Label, found: Iterable[Found]) -> None:
    at_place = [one for one in found if near(one.places, label.places)]
    same = any(one.rule == label.rule for one in at_place)
    if not same:
        scored.missed.append(label)
    for counts, key in ((scored.by_rule, label.rule), (scored.by_language, label.language)):
        counts.wanted[key] += 1
        counts.met[key] += same
        counts.met_otherwise[key] += bool(at_place) and not same


def _precision(scored: Scored, one: Found, labelled: Iterable[Label]) -> None:
    at_place = [label for label in labelled if near(one.places, label.places)]
    right = any(label.rule == one.rule for label in at_place)
    own = one.places[:1]
    wrong = any(label.rule == NONE and near(own, ((label.file, label.line),)) for label in at_place)
    for counts, key in ((scored.by_rule, one.rule), (scored.by_language, one.language)):
        counts.right[key] += right
        counts.wrong[key] += wrong and not right
        counts.unread[key] += not right and not wrong
    if not right:
        (scored.wrong if wrong else scored.unread).append(one)


def agreement(first: Iterable[Label], second: Iterable[Label]) -> tuple[int, int, int]:
    """How many labels both readers have, and how many only the first, only the second, where both read.

    Only files that lie where the second reader read count for the first.
    """
    ours = [one for one in first if one.rule != NONE and one.confidence != "low"]
    theirs = [one for one in second if one.rule != NONE and one.confidence != "low"]
    folders = {(one.repository, _part(one)) for one in second}
    ours = [one for one in ours if (one.repository, _part(one)) in folders]
    both = sum(any(_same(one, other) for other in theirs) for one in ours)
    only_second = sum(not any(_same(one, other) for other in ours) for one in theirs)
    return both, len(ours) - both, only_second


def _same(one: Label, other: Label) -> bool:
    return one.repository == other.repository and one.rule == other.rule and near(one.places, other.places)


_WHOLE = {
    "XMCyber/XMGoat",
    "felipmiguel/AzureDb.Passwordless",
    "microsoft/sample-app-aoai-chatGPT",
    "robece/golang-managed-identity",
}


def _part(label: Label) -> str:
    """What the second reader was given to read: whole repositories, or a folder of one."""
    return "" if label.repository in _WHOLE else label.file.partition("/")[0]
