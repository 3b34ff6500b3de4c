from __future__ import annotations

import stat
from pathlib import Path

import msgspec
import pytest

from keyless.plan.result import Plan
from keyless.plan.score import score_of
from keyless.runtime.score_history import keep_score, read_scores

FIRST = score_of(Plan(), 100)
SECOND = msgspec.structs.replace(FIRST, at=200, excess=3)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "scores.jsonl"


def test_scores_are_read_back_in_the_order_of_time(file: Path) -> None:
    assert read_scores(file) == ()
    keep_score(file, SECOND)
    keep_score(file, FIRST)
    assert read_scores(file) == (FIRST, SECOND)


def test_a_score_that_says_nothing_new_is_not_kept(file: Path) -> None:
    assert keep_score(file, FIRST) == (FIRST,)
    assert keep_score(file, msgspec.structs.replace(FIRST, at=101)) == (FIRST,)
    assert len(file.read_text().splitlines()) == 1


def test_only_its_owner_may_read_the_file(file: Path) -> None:
    keep_score(file, FIRST)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_a_line_that_was_cut_off_loses_itself_alone(file: Path) -> None:
    keep_score(file, FIRST)
    with file.open("ab") as opened:
        opened.write(b'{"schema":"keyless.score/1","at":1')
    assert read_scores(file) == (FIRST,)
    keep_score(file, SECOND)
    assert read_scores(file) == (FIRST, SECOND)


def test_a_line_that_is_nested_too_deep_is_passed_over(file: Path) -> None:
    keep_score(file, FIRST)
    with file.open("ab") as opened:
        opened.write(b'{"x":' + b"[" * 100_000 + b"\n")
    assert read_scores(file) == (FIRST,)


def test_a_line_of_another_schema_is_passed_over_and_stays(file: Path) -> None:
    other = msgspec.json.encode(msgspec.structs.replace(FIRST, schema="keyless.score/9"))
    file.write_bytes(other + b"\n")
    assert keep_score(file, SECOND) == (SECOND,)
    assert file.read_bytes().startswith(other)


def test_a_link_is_not_followed(file: Path, tmp_path: Path) -> None:
    target = tmp_path / "elsewhere"
    target.write_text("")
    file.symlink_to(target)
    with pytest.raises(OSError, match=str(file)):
        keep_score(file, FIRST)
    assert target.read_text() == ""
