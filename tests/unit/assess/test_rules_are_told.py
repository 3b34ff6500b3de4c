"""How far the checking of rules is: told before each of them."""

from __future__ import annotations

import datetime

from keyless.assess.assess import assess
from keyless.assess.rules.registry import rules


def test_each_rule_is_told_before_it_checks() -> None:
    told: list[tuple[int, int]] = []
    chosen = list(rules().values())[:3]
    assess((), datetime.date(2026, 1, 1), chosen, progress=lambda *how_far: told.append(how_far))
    assert told == [(0, 3), (1, 3), (2, 3)]
