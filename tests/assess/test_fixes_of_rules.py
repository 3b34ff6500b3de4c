"""Every edit that a rule offers on its fixture puts the finding right, and changes nothing else."""

from __future__ import annotations

import datetime
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from keyless.assess.assess import Assessment, assess
from keyless.assess.findings.finding import Edit, Finding
from keyless.assess.rules.registry import rules
from keyless.assess.sources.read import read
from keyless.assess.syntax.expressions import Expr, Items, Record, text_of
from keyless.assess.syntax.source import Source
from keyless.assess.syntax.spelled import spelled

FIXTURES = Path(__file__).parent / "fixtures"
TODAY = datetime.date(2026, 6, 1)
INFRASTRUCTURE = (".bicep", ".tf", ".json")


def texts_in(root: Path) -> dict[str, bytes]:
    """The templates of a fixture."""
    files = sorted(path for path in root.rglob("*") if path.is_file() and path.suffix in INFRASTRUCTURE)
    return {path.relative_to(root).as_posix(): path.read_bytes() for path in files}


def assessed(texts: dict[str, bytes]) -> tuple[Assessment, list[Source]]:
    """What is found, and what was read."""
    sources = [source for path, data in texts.items() if (source := read(path, data)) is not None]
    return assess(sources, TODAY), sources


def edited(data: bytes, edits: tuple[Edit, ...]) -> bytes:
    """A file with its edits, the last first."""
    for edit in sorted(edits, key=lambda one: one.start, reverse=True):
        data = data[: edit.start] + edit.text.encode() + data[edit.end :]
    return data


def leaves(sources: list[Source]) -> Counter[str]:
    """Every plain value of every resource, with the way to it."""
    found: Counter[str] = Counter()
    for source in sources:
        for resource in source.template.resources if source.template is not None else ():
            found.update(f"{source.path}:{resource.symbol}{way}" for way in _ways(resource.body))
    return found


def _ways(expression: Expr) -> Iterator[str]:
    if isinstance(expression, Record):
        for entry in expression.entries:
            yield from (f".{text_of(entry.key)}{way}" for way in _ways(entry.value))
    elif isinstance(expression, Items):
        for index, item in enumerate(expression.items):
            yield from (f"[{index}]{way}" for way in _ways(item))
    else:
        yield f"={spelled(expression)}"


def fixable(rule: str) -> list[Finding]:
    """The findings of a rule on its fixture that come with an edit."""
    found, _ = assessed(texts_in(FIXTURES / rule))
    return [one for one in found.findings if one.fix is not None and one.rule == rule]


@pytest.mark.parametrize("rule", sorted(rules()))
def test_an_edit_ends_its_finding_and_leaves_the_others_and_all_that_is_written(rule: str) -> None:
    texts = texts_in(FIXTURES / rule)
    before, read_before = assessed(texts)
    for finding in fixable(rule):
        assert finding.fix is not None
        after_texts = dict(texts)
        for path in {edit.path for edit in finding.fix.edits}:
            edits = tuple(edit for edit in finding.fix.edits if edit.path == path)
            after_texts[path] = edited(texts[path], edits)
        after, read_after = assessed(after_texts)
        assert not after.problems
        found, left = Counter(map(_key, before.findings)), Counter(map(_key, after.findings))
        assert found - left == Counter([_key(finding)])
        assert not left - found
        lost = leaves(read_before) - leaves(read_after)
        assert lost.total() <= len(finding.fix.edits)
        if all(edit.start == edit.end for edit in finding.fix.edits):
            assert not lost


def _key(finding: Finding) -> tuple[str, str, str]:
    return finding.rule, finding.place.path, finding.subject


@pytest.mark.parametrize(
    "rule", ["shared-key-access", "local-auth-on", "sql-authentication", "vault-unprotected"]
)
def test_mechanical_rules_offer_edits(rule: str) -> None:
    assert fixable(rule)
