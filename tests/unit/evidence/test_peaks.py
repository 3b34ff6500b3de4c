"""How fast each thing was asked for at most: by the second, by ten, and later than a run's start."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keyless.evidence.database import EvidenceDatabase, EvidenceError
from keyless.evidence.peaks import Peaks
from keyless.evidence.recorder import CellKey, ThrottledKey
from keyless.model.actions import ActionPlane
from keyless.model.evidence import Outcome, Peak, Run, Throttling

GET = "Microsoft.KeyVault/vaults/secrets/getSecret/action"


def line(scope: str = "/a", outcome: Outcome = Outcome.ALLOWED, by: str = "r1", action: str = GET) -> CellKey:
    return CellKey("p", "KeyVault.GetSecret", ActionPlane.DATA, action, scope, outcome, by)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "evidence.db"


@pytest.fixture
def evidence(file: Path) -> Iterator[EvidenceDatabase]:
    with closing(EvidenceDatabase(file)) as opened:
        yield opened


def rates(evidence: EvidenceDatabase) -> list[tuple[str, int, int, int]]:
    return [(one.scope, one.per_second, one.per_window, one.seen) for one in evidence.peaks()]


def test_the_most_in_a_second_and_in_ten_are_kept(evidence: EvidenceDatabase) -> None:
    for second, count in ((100, 5), (104, 7), (109, 2), (110, 3), (130, 6)):
        evidence.write(second, [(line(), count)], [])
    assert evidence.peaks() == [Peak("p", "KeyVault.GetSecret", GET, "/a", 7, 14, 109)]


def test_whoever_granted_it_it_is_one_pace_and_what_was_denied_is_none(evidence: EvidenceDatabase) -> None:
    learned, denied = line(outcome=Outcome.LEARNED, by=""), line("/b", Outcome.DENIED)
    evidence.write(100, [(line(), 2), (line(by="r2"), 3), (learned, 1), (denied, 9)], [])
    assert rates(evidence) == [("/a", 6, 6, 100)]


def test_two_flushes_in_one_second_are_one(evidence: EvidenceDatabase) -> None:
    evidence.write(100, [(line(), 2)], [])
    evidence.write(100, [(line(), 3)], [])
    assert rates(evidence) == [("/a", 5, 5, 100)]


def test_a_peak_outlives_what_is_slower_and_a_restart(evidence: EvidenceDatabase, file: Path) -> None:
    evidence.write(100, [(line(), 9)], [])
    with closing(EvidenceDatabase(file)) as again:
        again.write(200, [(line(), 4)], [])
        assert rates(again) == [("/a", 9, 9, 100)]
        again.write(201, [(line(), 8)], [])
        assert rates(again) == [("/a", 9, 12, 201)]


def test_peaks_are_made_of_what_was_counted_before_they_were_kept(file: Path) -> None:
    with closing(EvidenceDatabase(file)) as before:
        for second, count in ((100, 5), (105, 7), (110, 4), (300, 1)):
            before.write(second, [(line(), count), (line("/b", Outcome.DENIED), 50)], [])
    with closing(sqlite3.connect(file)) as connection, connection:
        connection.execute("DROP TABLE peaks")
    with closing(EvidenceDatabase(file)) as evidence:
        assert [one[:3] for one in rates(evidence)] == [("/a", 7, 12)]


def test_what_could_not_be_written_is_not_counted_twice(evidence: EvidenceDatabase, file: Path) -> None:
    with closing(sqlite3.connect(file, isolation_level=None)) as other:
        other.execute("ALTER TABLE wants RENAME TO moved")
        other.execute("ALTER TABLE throttled RENAME TO moved_too")
        with pytest.raises(EvidenceError):
            evidence.write(100, [(line(), 3)], [], [], [(refused(), 1)])
        other.execute("ALTER TABLE moved_too RENAME TO throttled")
    evidence.write(101, [(line(), 3)], [])
    assert rates(evidence) == [("/a", 3, 3, 101)]


def test_clearing_forgets_peaks_in_memory_too(evidence: EvidenceDatabase) -> None:
    evidence.write(100, [(line(), 9)], [], [], [(refused(), 1)])
    evidence.clear()
    assert (evidence.peaks(), evidence.throttled()) == ([], [])
    evidence.write(101, [(line(), 2)], [])
    assert rates(evidence) == [("/a", 2, 2, 101)]


def run(started: int, ended: int, *who: str) -> Run:
    return Run("web", who, False, "python", started, ended, 0)


def test_what_is_read_ten_seconds_after_the_first_read_of_a_run_is_later(evidence: EvidenceDatabase) -> None:
    for second in (100, 105, 110, 111, 150, 205, 212):
        evidence.write(second, [(line(), 2), (line("/b", action="other/read"), 1)], [])
    evidence.write_run(run(95, 160, "q", "p"))
    evidence.write_run(run(200, 211, "p"))
    assert evidence.read_later() == [("p", "/a", 4)]


def test_outside_of_runs_and_in_those_of_others_nothing_is_known_to_be_later(
    evidence: EvidenceDatabase,
) -> None:
    for second in (100, 150, 300):
        evidence.write(second, [(line(), 2)], [])
    evidence.write_run(run(90, 160, "pp", "q"))
    evidence.write_run(run(290, 310, "p"))
    assert evidence.read_later() == []


def refused(scope: str = "/a") -> ThrottledKey:
    return ThrottledKey("p", "KeyVault.GetSecret", scope, "vault transactions", 4000, 10, False)


def test_refusals_at_a_limit_add_up(evidence: EvidenceDatabase) -> None:
    evidence.write(100, [], [], [], [(refused(), 2)])
    evidence.write(105, [], [], [], [(refused(), 3), (refused("/b"), 1)])
    first, second = evidence.throttled()
    assert first == Throttling(
        "p", "KeyVault.GetSecret", "/a", "vault transactions", 4000, 10, False, 5, 100, 105
    )
    assert (second.scope, second.count) == ("/b", 1)


@given(st.lists(st.tuples(st.integers(0, 12), st.integers(1, 50)), min_size=1, max_size=30))
def test_peaks_are_those_of_the_whole_list_of_seconds(steps: list[tuple[int, int]]) -> None:
    tracker, second, by_second, told = Peaks(), 1000, {}, []
    for pause, count in steps:
        second += pause
        by_second[second] = by_second.get(second, 0) + count
        told += tracker.seen(second, [(line(), count)])
    assert max(one.per_second for one in told) == max(by_second.values())
    assert max(one.per_window for one in told) == max(
        sum(by_second.get(then, 0) for then in range(end - 9, end + 1)) for end in by_second
    )


def test_only_what_is_asked_for_now_is_in_memory() -> None:
    tracker = Peaks()
    for number in range(50):
        tracker.seen(100 + number, [(line(f"/{number}"), 1)])
    assert len(tracker._paces) == 10
