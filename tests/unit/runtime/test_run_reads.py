"""What a run reads when it starts, and what later: by its first request, or by a steady state."""

from __future__ import annotations

import pytest

from keyless.evidence.recorder import CellKey, Counted
from keyless.model.actions import ActionPlane
from keyless.model.evidence import Outcome
from keyless.model.reading import LONGEST_START_S, SETTING_READ, STARTS_A_RUN, STEADY_S
from keyless.runtime.directory import Directory
from keyless.runtime.reads import RunReads, Thing
from keyless.runtime.runs import told_of


def read(scope: str, number: int = 1, checks: int = 0, distinct: int = 0) -> Counted:
    """So many reads of a thing."""
    key = CellKey("p", "Get", ActionPlane.DATA, SETTING_READ, scope, Outcome.ALLOWED, "assignment")
    return Counted(key, number, checks, distinct)


def counts(reads: RunReads) -> dict[str, tuple[int, int]]:
    """How often each scope was read at the start, and later; of what has no verdict yet there is none."""
    assert all(tally.lately == 0 for _, tally in reads)
    return {thing.scope: (tally.at_start, tally.later) for thing, tally in reads}


def test_what_is_read_before_the_first_request_was_read_at_the_start() -> None:
    reads = RunReads()
    reads.count(100, [read("/a"), read("/b", 2)])
    reads.count(102, [read("/a")])
    reads.served(103)
    reads.count(104, [read("/a", 5)])
    reads.end(110)
    assert counts(reads) == {"/a": (2, 5), "/b": (2, 0)}
    assert (reads.started_up, reads.serving_since, reads.by_itself) == (103, 103, True)


def test_without_a_request_the_start_ended_with_the_last_new_thing_before_a_steady_state() -> None:
    reads = RunReads()
    reads.count(100, [read("/a")])
    reads.count(101, [read("/a"), read("/b")])
    for second in range(102, 102 + STEADY_S):
        reads.count(second, [read("/a")])
    assert (reads.started_up, reads.serving_since) == (101, None)
    reads.end(120)
    assert counts(reads) == {"/a": (2, STEADY_S), "/b": (1, 0)}


def test_a_new_thing_shows_that_what_came_before_it_was_still_the_start() -> None:
    reads = RunReads()
    reads.count(100, [read("/a")])
    reads.count(103, [read("/a", 4)])
    reads.count(104, [read("/b")])
    reads.end(105)
    assert counts(reads) == {"/a": (5, 0), "/b": (1, 0)}
    assert (reads.started_up, reads.by_itself) == (104, False)


def test_a_first_request_after_a_steady_state_does_not_begin_the_run_anew() -> None:
    reads = RunReads()
    reads.count(100, [read("/a")])
    reads.count(100 + STEADY_S, [read("/a")])
    reads.served(200)
    reads.end(201)
    assert (reads.started_up, reads.serving_since) == (100, 200)
    assert counts(reads) == {"/a": (1, 1)}


def test_who_reads_new_things_on_and_on_has_started_after_a_minute() -> None:
    reads = RunReads()
    for second in range(0, LONGEST_START_S + 4, 4):
        reads.count(100 + second, [read(f"/{second}"), read("/a")])
    assert reads.started_up == 100 + LONGEST_START_S
    reads.end(200)
    assert counts(reads)["/a"] == (LONGEST_START_S // 4, 1)


def test_what_is_asked_for_the_first_time_after_the_start_is_no_reading_again() -> None:
    reads = RunReads()
    reads.served(100)
    reads.count(101, [read("/lazy", distinct=1), read("/store", 4, distinct=3)])
    reads.end(102)
    assert counts(reads) == {"/lazy": (1, 0), "/store": (3, 1)}


def test_answers_without_content_are_no_reads() -> None:
    reads = RunReads()
    reads.count(100, [read("/sentinel", distinct=1)])
    reads.served(101)
    for second in range(102, 200):
        assert reads.count(second, [read("/sentinel", checks=1)]) == []
    reads.end(200)
    assert counts(reads) == {"/sentinel": (1, 0)}
    ((_, tally),) = reads
    assert tally.checks == 98
    assert not reads.is_read_again(tally)


def test_a_thing_that_is_read_again_and_again_is_told_once_at_the_first_read_too_many() -> None:
    reads = RunReads()
    told = [second for second in range(40) for _ in reads.count(second, [read("/a")])]
    assert told == [STARTS_A_RUN]


def test_a_run_that_reads_for_the_first_time_once_it_serves_is_held_to_the_same() -> None:
    reads = RunReads()
    reads.served(1_800_000_000)
    seconds = range(1_800_000_001, 1_800_000_041)
    told = [second for second in seconds for _ in reads.count(second, [read("/a")])]
    assert told == [seconds[STARTS_A_RUN]]


def test_a_store_that_is_asked_by_several_filters_may_be_read_as_often_by_each() -> None:
    reads = RunReads()
    assert reads.count(1, [read("/store", 3 * STARTS_A_RUN, distinct=3)]) == []
    ((thing, tally),) = reads.count(2, [read("/store")])
    assert (thing, tally.reads) == (Thing("p", SETTING_READ, "/store"), 3 * STARTS_A_RUN + 1)


def test_each_hour_lets_one_read_more_pass_for_what_has_changed() -> None:
    reads = RunReads()
    reads.count(1, [read("/a", STARTS_A_RUN)])
    assert [bool(reads.count(1 + hour * 3600, [read("/a")])) for hour in range(1, 9)] == [False] * 8
    assert reads.count(2 + 8 * 3600, [read("/a")])


def test_a_run_that_read_nothing_started_when_it_ended() -> None:
    reads = RunReads()
    reads.end(100)
    assert (reads.started_up, reads.by_itself, list(reads)) == (100, False, [])


def test_of_a_run_that_served_and_read_nothing_nothing_is_told() -> None:
    reads = RunReads()
    reads.served(100)
    reads.end(101)
    assert reads.by_itself
    assert told_of(reads, Directory(())) is None


def test_no_more_things_are_remembered_than_there_is_room_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("keyless.runtime.reads._REMEMBERED", 2)
    reads = RunReads()
    reads.count(1, [read(f"/{number}") for number in range(5)])
    assert len(list(reads)) == 2
