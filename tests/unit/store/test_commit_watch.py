"""Commits are noticed by the WAL-index's header, and by asking where that cannot be had."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from keyless.store.sqlite import commits
from keyless.store.sqlite.commits import CommitWatch, mapped_header


def open_database(file: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(file, isolation_level=None)
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("CREATE TABLE IF NOT EXISTS t (n INTEGER)")
    return connection


def test_the_version_changes_with_each_commit_of_another_connection(tmp_path: Path) -> None:
    writer, reader = (open_database(tmp_path / "a.db") for _ in range(2))
    watch = CommitWatch(reader, tmp_path / "a.db")
    seen = [watch.version()]
    for number in range(20):
        assert watch.version() == seen[-1]
        writer.execute("INSERT INTO t VALUES (?)", (number,))
        seen.append(watch.version())
        assert reader.execute("SELECT count(*) FROM t").fetchone() == (number + 1,)
    assert len(set(seen)) == len(seen)


def test_a_commit_is_noticed_across_a_checkpoint_and_a_vacuum(tmp_path: Path) -> None:
    writer, reader = (open_database(tmp_path / "a.db") for _ in range(2))
    watch = CommitWatch(reader, tmp_path / "a.db")
    for step in (
        "INSERT INTO t VALUES (1)",
        "PRAGMA wal_checkpoint(TRUNCATE)",
        "INSERT INTO t VALUES (2)",
        "VACUUM",
    ):
        before = watch.version()
        writer.execute(step).fetchall()
        if step.startswith("INSERT"):
            assert watch.version() != before


def test_where_nothing_can_be_mapped_the_database_is_asked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(commits, "mapped_header", lambda file: None)
    writer, reader = (open_database(tmp_path / "a.db") for _ in range(2))
    watch = CommitWatch(reader, tmp_path / "a.db")
    before = watch.version()
    writer.execute("INSERT INTO t VALUES (1)")
    assert watch.version() != before


def test_a_file_that_is_no_wal_index_is_not_trusted(tmp_path: Path) -> None:
    (tmp_path / "zeros").write_bytes(bytes(32768))
    (tmp_path / "empty").touch()
    assert mapped_header(tmp_path / "zeros") is None
    assert mapped_header(tmp_path / "empty") is None
    assert mapped_header(tmp_path / "missing") is None


def test_a_mapping_does_not_give_up_the_locks_that_sqlite_holds(tmp_path: Path) -> None:
    """Closing a second store on the same file must leave the first one's write lock in place."""
    writer, reader = (open_database(tmp_path / "a.db") for _ in range(2))
    CommitWatch(reader, tmp_path / "a.db").version()
    writer.execute("BEGIN IMMEDIATE")
    CommitWatch(reader, tmp_path / "a.db").version()
    other = sqlite3.connect(tmp_path / "a.db", isolation_level=None, timeout=0)
    with pytest.raises(sqlite3.OperationalError, match="locked"):
        other.execute("BEGIN IMMEDIATE")
