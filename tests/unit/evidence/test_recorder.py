"""Counting in memory: every hit is written once, and a new line is told once."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keyless.evidence.recorder import (
    CellKey,
    Counted,
    Recorder,
    SelectionKey,
    SignInKey,
    ThrottledKey,
    WantKey,
)
from keyless.model.actions import ActionPlane
from keyless.model.evidence import Outcome, SignInMethod
from keyless.model.resource_id import ResourceId
from keyless.wire.authorize import Settled


class Sheet:
    """A sink that keeps what is written, and may be told to fail."""

    def __init__(self) -> None:
        self.counts: Counter[CellKey] = Counter()
        self.wants: Counter[WantKey] = Counter()
        self.sign_ins: Counter[SignInKey] = Counter()
        self.throttled: Counter[ThrottledKey] = Counter()
        self.checks: Counter[CellKey] = Counter()
        self.selections: list[list[SelectionKey]] = []
        self.seconds: list[int] = []
        self.broken = False

    def write(
        self,
        second: int,
        counts: list[tuple[CellKey, int]],
        wants: list[tuple[WantKey, int]],
        sign_ins: list[tuple[SignInKey, int]],
        throttled: list[tuple[ThrottledKey, int]],
        checks: list[tuple[CellKey, int]],
    ) -> None:
        if self.broken:
            raise OSError("no space left on device")
        self.seconds.append(second)
        for key, count in counts:
            self.counts[key] += count
        for want, count in wants:
            self.wants[want] += count
        for sign_in, count in sign_ins:
            self.sign_ins[sign_in] += count
        for refused, count in throttled:
            self.throttled[refused] += count
        for key, count in checks:
            self.checks[key] += count

    def write_selections(self, second: int, selections: list[SelectionKey]) -> None:
        if self.broken:
            raise OSError("no space left on device")
        self.selections.append(selections)


def line(scope: str = "/a", outcome: Outcome = Outcome.ALLOWED) -> CellKey:
    return CellKey("p", "Shelf.Get", ActionPlane.DATA, "a/read", scope, outcome, "assignment")


SECRET = SignInKey("p", "c", SignInMethod.CLIENT_SECRET, "", "https://vault.azure.net")


def want(name: str = "db") -> WantKey:
    return WantKey("p", "secret", "orders", name, "")


def test_what_is_selected_is_written_once_in_each_flush_and_again_where_that_failed() -> None:
    sheet = Sheet()
    recorder = Recorder(sheet)
    everything = SelectionKey("p", "/store", "*", "", (), "", False)
    for _ in range(3):
        recorder.selected(everything)
    sheet.broken = True
    with pytest.raises(OSError, match="no space"):
        recorder.flush(1)
    sheet.broken = False
    recorder.flush(2)
    recorder.flush(3)
    recorder.selected(everything)
    recorder.flush(4)
    assert sheet.selections == [[everything], [everything]]
    assert sheet.seconds == []


def test_sign_ins_are_written_as_one_count_and_not_again() -> None:
    sheet = Sheet()
    recorder = Recorder(sheet)
    for _ in range(3):
        recorder.sign_in(SECRET)
    recorder.flush(7)
    recorder.flush(8)
    assert (sheet.sign_ins, sheet.seconds) == ({SECRET: 3}, [7])


def test_sign_ins_that_could_not_be_written_are_written_later() -> None:
    sheet = Sheet()
    recorder = Recorder(sheet)
    recorder.sign_in(SECRET)
    sheet.broken = True
    with pytest.raises(OSError, match="no space"):
        recorder.flush(1)
    sheet.broken = False
    recorder.sign_in(SECRET)
    recorder.flush(2)
    assert sheet.sign_ins == {SECRET: 2}


def test_a_new_kind_of_sign_in_is_told_once_until_lines_begin_anew() -> None:
    told: list[SignInKey] = []
    recorder = Recorder(Sheet(), on_sign_in=told.append)
    for _ in range(2):
        recorder.sign_in(SECRET)
        recorder.flush(1)
    assert told == [SECRET]
    recorder.forget()
    recorder.sign_in(SECRET)
    assert told == [SECRET, SECRET]


def test_hits_are_written_as_one_count() -> None:
    sheet = Sheet()
    recorder = Recorder(sheet)
    for _ in range(3):
        recorder.cell(line()).hit()
    recorder.flush(7)
    assert (sheet.counts, sheet.seconds) == ({line(): 3}, [7])


def test_nothing_is_written_where_nothing_was_counted() -> None:
    sheet = Sheet()
    recorder = Recorder(sheet)
    recorder.cell(line())
    recorder.flush(1)
    recorder.cell(line()).hit()
    recorder.flush(2)
    recorder.flush(3)
    assert sheet.seconds == [2]


def test_a_line_has_one_cell() -> None:
    recorder = Recorder(Sheet())
    assert recorder.cell(line()) is recorder.cell(line())
    assert recorder.cell(line()) is not recorder.cell(line(outcome=Outcome.DENIED))


def test_a_new_line_is_told_once() -> None:
    told: list[CellKey] = []
    recorder = Recorder(Sheet(), told.append)
    for _ in range(3):
        recorder.cell(line()).hit()
        recorder.flush(1)
    recorder.cell(line("/b"))
    assert told == [line(), line("/b")]


def test_lines_begun_anew_are_told_again_and_nothing_that_was_pending_is_lost() -> None:
    told: list[CellKey] = []
    sheet = Sheet()
    recorder = Recorder(sheet, told.append)
    old = recorder.cell(line())
    old.hit()
    recorder.forget()
    recorder.cell(line()).hit()
    old.hit()
    recorder.flush(1)
    assert told == [line(), line()]
    assert sheet.counts == {line(): 3}


def test_what_could_not_be_written_is_kept_for_the_next_time() -> None:
    sheet = Sheet()
    recorder = Recorder(sheet)
    recorder.cell(line()).hit()
    recorder.want(want())
    sheet.broken = True
    with pytest.raises(OSError, match="no space"):
        recorder.flush(1)
    recorder.cell(line()).hit()
    sheet.broken = False
    recorder.flush(2)
    assert (sheet.counts, sheet.wants) == ({line(): 2}, {want(): 1})


def test_a_want_is_new_once_in_every_flush() -> None:
    sheet = Sheet()
    recorder = Recorder(sheet)
    assert [recorder.want(want()), recorder.want(want()), recorder.want(want("other"))] == [True, False, True]
    recorder.flush(1)
    assert recorder.want(want())
    recorder.flush(2)
    assert sheet.wants == {want(): 3, want("other"): 1}


def test_there_is_no_place_for_a_value() -> None:
    """A line and a want are names alone: whoever adds a field here has to think of this."""
    assert CellKey._fields == (
        "principal_id",
        "operation",
        "plane",
        "action",
        "scope",
        "outcome",
        "assignment_id",
    )
    assert WantKey._fields == ("principal_id", "kind", "container", "name", "label")


STEPS = st.lists(
    st.tuples(st.just("hit"), st.sampled_from("abc"))
    | st.tuples(st.just("want"), st.sampled_from("xy"))
    | st.sampled_from([("flush", ""), ("fail", ""), ("forget", "")]),
    max_size=40,
)


@given(STEPS)
def test_counts_add_up_whatever_happens_between(steps: list[tuple[str, str]]) -> None:
    sheet = Sheet()
    recorder = Recorder(sheet)
    hits: Counter[CellKey] = Counter()
    wants: Counter[WantKey] = Counter()
    held: dict[str, Any] = {}
    for step, name in steps:
        if step == "hit":
            held.setdefault(name, recorder.cell(line(f"/{name}")))
            held[name].hit()
            hits[line(f"/{name}")] += 1
        elif step == "want":
            recorder.want(want(name))
            wants[want(name)] += 1
        elif step == "forget":
            recorder.forget()
            held.pop(name, None)
        else:
            sheet.broken = step == "fail"
            try:
                recorder.flush(1)
            except OSError:
                assert sheet.broken
    sheet.broken = False
    recorder.flush(2)
    assert (sheet.counts, sheet.wants) == (hits, wants)


def test_the_number_of_lines_remembered_is_bounded_and_no_count_is_lost(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("keyless.evidence.recorder._REMEMBERED", 10)
    sheet = Sheet()
    recorder = Recorder(sheet)
    for number in range(95):
        recorder.cell(line(f"/{number}")).hit()
    assert len(recorder._cells) <= 10
    recorder.flush(1)
    assert sum(sheet.counts.values()) == 95


def test_what_is_refused_at_a_limit_is_counted_and_told_once_in_each_flush() -> None:
    sheet, told = Sheet(), []
    recorder = Recorder(sheet, on_throttled=told.append)
    refused = ThrottledKey("p", "Shelf.Get", "/a", "reads", 3, 10, False)
    for _ in range(4):
        recorder.throttled(refused)
    recorder.flush(1)
    recorder.flush(2)
    assert (told, sheet.throttled[refused], sheet.seconds) == ([refused], 4, [1])
    recorder.throttled(refused)
    assert len(told) == 2


def test_what_a_flush_writes_is_told_when_it_is_written() -> None:
    sheet, told = Sheet(), []
    recorder = Recorder(sheet, on_counts=lambda *what: told.append(what))
    recorder.cell(line()).hit()
    sheet.broken = True
    with pytest.raises(OSError, match="no space"):
        recorder.flush(1)
    assert told == []
    sheet.broken = False
    recorder.flush(2)
    assert told == [(2, [Counted(line(), 1)])]


def test_what_was_answered_without_content_is_counted_among_the_rest_and_apart() -> None:
    sheet, told = Sheet(), []
    recorder = Recorder(sheet, on_counts=lambda *what: told.append(what))
    settled = Settled((recorder.cell(line()),), ResourceId.parse("/"), None)
    for _ in range(3):
        settled.cells[0].hit()
    settled.asked_first()
    settled.checked()
    recorder.flush(1)
    settled.cells[0].hit()
    recorder.flush(2)
    assert told == [(1, [Counted(line(), 3, 1, 1)]), (2, [Counted(line(), 1)])]
    assert (sheet.counts[line()], sheet.checks[line()]) == (4, 1)
