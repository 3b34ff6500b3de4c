"""What was counted towards the quota of an hour or a day outlasts the process that counted it."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

from keyless.evidence.database import EvidenceDatabase
from keyless.evidence.quotas import Spent

TODAY = Spent("contoso", "requests", 86_400, 20_833, 7)


def test_the_newest_count_of_each_place_and_pool_is_read_by_the_next_process(tmp_path: Path) -> None:
    with closing(EvidenceDatabase(tmp_path / "evidence.db")) as evidence:
        assert evidence.spent() == []
        evidence.write_spent([TODAY, TODAY._replace(place="fabrikam")])
        evidence.write_spent([TODAY._replace(used=9), TODAY._replace(window_s=3600, slot=499_999)])
    with closing(EvidenceDatabase(tmp_path / "evidence.db")) as evidence:
        assert set(evidence.spent()) == {
            TODAY._replace(used=9),
            TODAY._replace(place="fabrikam"),
            TODAY._replace(window_s=3600, slot=499_999),
        }
