"""Each rule finds what its fixture says, and nothing else there.

A fixture is a small repository of its own, `fixtures/<rule>/`, with `expected.txt`: a line `path:line` for
each finding of the rule, and `path:line other-rule` where another rule has something to say as well.
"""

from __future__ import annotations

import datetime
from pathlib import Path

import pytest

from keyless.assess.assess import assess
from keyless.assess.rules.registry import rules
from keyless.assess.sources.read import read
from keyless.assess.syntax.source import Source

FIXTURES = Path(__file__).parent / "fixtures"
TODAY = datetime.date(2026, 6, 1)


def sources_in(root: Path) -> list[Source]:
    """What the readers make of a fixture."""
    files = sorted(path for path in root.rglob("*") if path.is_file() and path.name != "expected.txt")
    read_files = [read(path.relative_to(root).as_posix(), path.read_bytes()) for path in files]
    return [source for source in read_files if source is not None]


def expected_in(root: Path) -> list[tuple[str, int, str]]:
    """What a fixture's rule, and others, are to find there: path, line, rule."""
    found = []
    for line in (root / "expected.txt").read_text("utf-8").splitlines():
        if not line.strip() or line.startswith("#"):
            continue
        place, _, rule = line.strip().partition(" ")
        path, _, number = place.rpartition(":")
        found.append((path, int(number), rule.strip() or root.name))
    return sorted(found)


@pytest.mark.parametrize("rule", sorted(rules()))
def test_each_rule_finds_what_its_fixture_says_and_nothing_else(rule: str) -> None:
    root = FIXTURES / rule
    assessment = assess(sources_in(root), TODAY)
    assert not assessment.problems
    found = sorted((one.place.path, one.place.span.line, one.rule) for one in assessment.findings)
    assert found == expected_in(root)
    assert any(one[2] == rule for one in found), "a fixture shows at least one finding of its rule"


def test_each_fixture_is_of_a_rule() -> None:
    assert {path.name for path in FIXTURES.glob("*")} == set(rules())
