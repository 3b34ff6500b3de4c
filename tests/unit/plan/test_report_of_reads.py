"""What is read more often than at start-up, as each report tells it."""

from __future__ import annotations

import msgspec

from keyless.plan.reports.html.sections import parts
from keyless.plan.reports.markdown import markdown_text
from keyless.plan.reports.reads import TITLE, reader_in_words
from keyless.plan.reports.terminal import report_text
from keyless.plan.result import Plan
from keyless.plan.results.secrets import ReadBy
from plan_pages_made import PLAN

BUSY = (
    "web: 1,200 times, at most 12 in a second and 80 in ten, 900 later than at the start, throttled 3 times"
)
LATE = "worker: 3 times, at most 1 in a second and 2 in ten, 1 later than at the start"


def test_the_terminal_tells_each_object_with_its_readers_and_what_to_do() -> None:
    text = report_text(PLAN, width=200)
    section = text[text.index(TITLE) :]
    assert f"by       {BUSY}" in section
    assert f"by       {LATE}" in section
    assert "reading  unless a program was started again then, fetch it once at the start" in section
    assert "code     app.py:3" in section


def test_what_is_to_be_done_about_a_secret_is_said_once() -> None:
    assert "reading  read it once at the start" in report_text(PLAN, width=200)
    (secret,) = PLAN.secrets
    told = msgspec.structs.replace(PLAN, secrets=(msgspec.structs.replace(secret, reading="load it early"),))
    text = report_text(told, width=200)
    assert "reading  load it early" in text
    assert "reading  read it once at the start" not in text


def test_markdown_and_the_page_tell_them_in_a_table() -> None:
    told = markdown_text(PLAN)
    assert TITLE in told
    for shown in ("key `signing`", "`web`: 1,200 times", "**load at start-up**", "| read later |"):
        assert shown in told
    (part,) = [one for one in parts(PLAN, ()) if one.anchor == "reads"]
    assert part.count == 2
    for shown in (BUSY, LATE, "load at start-up", "read later", "app.py:3"):
        assert shown in part.content


def test_nothing_is_said_where_nothing_is_read_too_often() -> None:
    empty = Plan()
    assert TITLE not in report_text(empty, width=200)
    assert TITLE not in markdown_text(empty)
    assert not [one for one in parts(empty, ()) if one.anchor == "reads"]


def test_a_reader_of_whom_no_more_is_known_is_told_with_its_number_alone() -> None:
    assert reader_in_words(ReadBy(name="web", reads=1)) == "1 time"
