"""How far a command is: told on a terminal alone, not for what is done at once, and taken away in the end."""

from __future__ import annotations

import io
import sys

import pytest

from keyless.cli import progress


class _Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.fixture
def clock(monkeypatch):
    """A clock that is set by hand."""
    now = [100.0]
    monkeypatch.setattr(progress.time, "monotonic", lambda: now[0])
    return now


def test_where_nobody_looks_nothing_is_told(monkeypatch):
    monkeypatch.setattr(sys, "stderr", io.StringIO())
    with progress.shown() as tell:
        assert tell is None


def test_what_takes_long_is_told_now_and_then_and_taken_away(monkeypatch, clock):
    monkeypatch.setattr(sys, "stderr", terminal := _Terminal())
    with progress.shown() as tell:
        tell("reading files", 1, 1000)
        assert terminal.getvalue() == ""
        clock[0] += 1
        tell("reading files", 20, 1000)
        tell("reading files", 21, 1000)
        assert terminal.getvalue().endswith("keyless: reading files: 20 of 1,000")
        tell("reading files", 1000, 1000)
        assert terminal.getvalue().endswith("following what was read …")
        clock[0] += 1
        tell("checking rules", 3, 40)
        assert terminal.getvalue().endswith("keyless: checking rules: 3 of 40")
    assert terminal.getvalue().endswith("\r\x1b[K")


def test_what_is_done_at_once_is_not_told(monkeypatch, clock):
    monkeypatch.setattr(sys, "stderr", terminal := _Terminal())
    with progress.shown() as tell:
        tell("reading files", 2, 2)
    assert terminal.getvalue() == ""
