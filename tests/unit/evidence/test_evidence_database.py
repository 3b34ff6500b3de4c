"""Evidence on disk: it adds up, it outlives a kill, and what is no evidence is told so."""

from __future__ import annotations

import hashlib
import signal
import sqlite3
import stat
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from functools import partial
from pathlib import Path

import msgspec
import pytest

from keyless.evidence.database import SECONDS_KEPT, EvidenceDatabase, EvidenceError
from keyless.evidence.recorder import CellKey, SignInKey, WantKey
from keyless.evidence.rows import ADDED_COLUMNS
from keyless.model.actions import ActionPlane
from keyless.model.evidence import (
    LaterReads,
    Observation,
    Outcome,
    Run,
    RunRead,
    SignIn,
    SignInMethod,
    SignInOutcome,
)


def line(
    principal: str = "p", scope: str = "/a", outcome: Outcome = Outcome.ALLOWED, by: str = "r1"
) -> CellKey:
    return CellKey(principal, "Shelf.Get", ActionPlane.DATA, "a/read", scope, outcome, by)


def sign_in(target: str = "https://vault.azure.net") -> SignInKey:
    return SignInKey("p", "c", SignInMethod.CLIENT_SECRET, "", target)


def refused() -> SignInKey:
    failed = SignInOutcome.FAILED
    return SignInKey("p", "c", SignInMethod.CLIENT_SECRET, outcome=failed, error="AADSTS7000215")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "evidence.db"


@pytest.fixture
def evidence(file: Path) -> Iterator[EvidenceDatabase]:
    with closing(EvidenceDatabase(file)) as opened:
        yield opened


def seconds(file: Path) -> list[tuple[int, int]]:
    """Counts per second, over all lines."""
    with closing(sqlite3.connect(file)) as connection:
        return connection.execute(
            "SELECT second, sum(count) FROM seconds GROUP BY second ORDER BY second"
        ).fetchall()


def test_a_line_comes_back_as_an_observation(evidence: EvidenceDatabase) -> None:
    evidence.write(100, [(line(), 3)], [])
    assert evidence.observations() == [
        Observation(
            "p", "Shelf.Get", ActionPlane.DATA, "a/read", "/a", Outcome.ALLOWED, "r1", 3, 100, 100, (0,), (3,)
        )
    ]


def test_counts_add_up_and_first_and_last_are_kept(evidence: EvidenceDatabase, file: Path) -> None:
    for second, count in ((100, 3), (100, 2), (160, 1)):
        evidence.write(second, [(line(), count)], [])
    (seen,) = evidence.observations()
    assert (seen.count, seen.first_seen, seen.last_seen) == (6, 100, 160)
    assert seconds(file) == [(100, 5), (160, 1)]


def test_lines_that_differ_in_anything_are_apart_and_in_order(evidence: EvidenceDatabase) -> None:
    lines = [
        line("p", "/a", Outcome.ALLOWED, "r1"),
        line("p", "/a", Outcome.ALLOWED, "r2"),
        line("p", "/a", Outcome.DENIED, ""),
        line("p", "/a", Outcome.LEARNED, ""),
        line("p", "/b"),
        line("q", "/a"),
    ]
    evidence.write(1, [(key, 1) for key in reversed(lines)], [])
    found = [(o.principal_id, o.scope, o.outcome, o.assignment_id) for o in evidence.observations()]
    assert found == [(k.principal_id, k.scope, k.outcome, k.assignment_id) for k in lines]


def test_wants_are_listed_once_and_in_order(evidence: EvidenceDatabase) -> None:
    first = WantKey("p", "key-value", "settings", "a", "prod")
    second = WantKey("p", "secret", "vault", "db", "")
    evidence.write(1, [], [(second, 1), (first, 2)])
    evidence.write(2, [], [(second, 1)])
    assert evidence.wants() == [first, second]
    assert all(isinstance(want, WantKey) for want in evidence.wants())


def test_sign_ins_add_up_by_who_with_what_for_what_and_how_it_went(evidence: EvidenceDatabase) -> None:
    evidence.write(100, [], [], [(sign_in(), 3), (refused(), 1)])
    evidence.write(160, [], [], [(sign_in(), 2), (sign_in("https://azconfig.io"), 1)])
    vault, store = "https://vault.azure.net", "https://azconfig.io"
    secret, succeeded = SignInMethod.CLIENT_SECRET, SignInOutcome.SUCCEEDED
    assert evidence.sign_ins() == [
        SignIn("p", "c", secret, "", "", SignInOutcome.FAILED, "AADSTS7000215", 1, 100, 100),
        SignIn("p", "c", secret, "", store, succeeded, "", 1, 160, 160),
        SignIn("p", "c", secret, "", vault, succeeded, "", 5, 100, 160),
    ]


RUN = Run("web", ("p", "q"), True, "pytest", 100, 160, 1)


def test_runs_are_read_in_the_order_in_which_they_began(evidence: EvidenceDatabase) -> None:
    earlier = Run("worker", (), False, "python", 90, 200)
    evidence.write_run(RUN)
    evidence.write_run(earlier)
    assert evidence.runs() == [earlier, RUN]


def test_a_run_says_since_when_it_served_and_what_it_read_later(evidence: EvidenceDatabase) -> None:
    served = msgspec.structs.replace(RUN, serving_since=120, started_up=120)
    for again, later in ((True, 30), (False, 2)):
        evidence.write_run(served, [RunRead("p", "a/read", "/a", 1, later, 4, again)])
    evidence.write_run(RUN)
    assert evidence.runs() == [served, served, RUN]
    assert evidence.later_reads() == [LaterReads("p", "a/read", "/a", 2, 2, 32, 8, 1)]
    evidence.clear()
    assert evidence.later_reads() == []


def test_answers_without_content_are_counted_among_the_rest_and_apart(evidence: EvidenceDatabase) -> None:
    for second in (1, 2):
        evidence.write(second, [(line(), 5)], [], checks=[(line(), 4)])
    (seen,) = evidence.observations()
    assert (seen.count, seen.checks) == (10, 8)


def test_evidence_from_before_later_reads_were_noted_is_read_and_goes_on(
    evidence: EvidenceDatabase, file: Path
) -> None:
    evidence.write(1, [(line(), 1)], [])
    evidence.write_run(RUN)
    with closing(sqlite3.connect(file)) as connection:
        for table, column, _ in ADDED_COLUMNS:
            connection.execute(f"ALTER TABLE {table} DROP COLUMN {column}")
        connection.execute("DROP TABLE run_reads")
    with closing(EvidenceDatabase(file)) as opened:
        assert (opened.runs(), opened.later_reads(), opened.observations()[0].checks) == ([RUN], [], 0)
        opened.write(2, [(line(), 1)], [], checks=[(line(), 1)])
        opened.write_run(RUN, [RunRead("p", "a/read", "/a", 1, 2, 3, False)])
        assert (opened.observations()[0].checks, len(opened.later_reads())) == (1, 1)


def test_two_that_open_evidence_from_before_at_once_both_can(
    evidence: EvidenceDatabase, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Slower(sqlite3.Connection):
        """One that is overtaken, once it has seen what is missing."""

        def execute(self, statement: str, *given: object) -> sqlite3.Cursor:
            found = super().execute(statement, *given)
            if statement == "PRAGMA table_info(runs)" and overtaking:
                overtaking.pop()()
            return found

    def overtaken() -> None:
        monkeypatch.undo()
        EvidenceDatabase(file).close()

    with closing(sqlite3.connect(file)) as connection:
        for table, column, _ in ADDED_COLUMNS:
            connection.execute(f"ALTER TABLE {table} DROP COLUMN {column}")
    overtaking = [overtaken]
    connect = partial(sqlite3.connect, isolation_level=None, factory=Slower)
    monkeypatch.setattr("keyless.evidence.database._connect", connect)
    with closing(EvidenceDatabase(file)) as opened:
        opened.write_run(RUN)
        assert (opened.runs(), overtaking) == ([RUN], [])


def test_an_observation_says_how_often_it_was_seen_on_which_day(evidence: EvidenceDatabase) -> None:
    day = 24 * 60 * 60
    for second, count in ((2 * day, 4), (10 * day + 5, 1), (10 * day + 9, 2)):
        evidence.write(second, [(line(), count)], [])
    (seen,) = evidence.observations()
    assert (seen.days, seen.counts, seen.count) == ((2, 10), (4, 3), 7)


def test_evidence_from_before_there_were_sign_ins_is_read_and_goes_on(
    evidence: EvidenceDatabase, file: Path
) -> None:
    evidence.write(1, [(line(), 1)], [])
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("DROP TABLE sign_ins")
    with closing(EvidenceDatabase(file)) as opened:
        assert (len(opened.observations()), opened.sign_ins()) == (1, [])
        opened.write(2, [], [], [(sign_in(), 1)])
        assert [one.count for one in opened.sign_ins()] == [1]


def test_sign_ins_from_before_hosts_were_noted_are_kept_and_go_on(
    evidence: EvidenceDatabase, file: Path
) -> None:
    with closing(sqlite3.connect(file)) as connection:
        connection.executescript(
            """DROP TABLE sign_ins; CREATE TABLE sign_ins (
               principal_id TEXT, client_id TEXT, method TEXT, by_what TEXT, target TEXT, outcome TEXT,
               error TEXT, count INTEGER, first_seen INTEGER, last_seen INTEGER,
               PRIMARY KEY (principal_id, client_id, method, by_what, target, outcome, error)) WITHOUT ROWID;
               INSERT INTO sign_ins VALUES ('p', 'c', 'client-secret', '', 't', 'succeeded', '', 4, 1, 2);"""
        )
    with closing(EvidenceDatabase(file)) as opened:
        assert [(one.count, one.host) for one in opened.sign_ins()] == [(4, "")]
        opened.write(9, [], [], [(sign_in("t"), 1), (sign_in("t")._replace(host="/web"), 2)])
        assert [(one.count, one.host) for one in opened.sign_ins()] == [(5, ""), (2, "/web")]


def test_pruning_drops_old_seconds_and_keeps_totals(evidence: EvidenceDatabase, file: Path) -> None:
    now = 10_000_000
    for second in (now - SECONDS_KEPT - 1, now - SECONDS_KEPT, now):
        evidence.write(second, [(line(), 1)], [])
    evidence.prune(now)
    assert seconds(file) == [(now - SECONDS_KEPT, 1), (now, 1)]
    assert evidence.observations()[0].count == 3


def test_clearing_forgets_everything(evidence: EvidenceDatabase, file: Path) -> None:
    evidence.write(1, [(line(), 1)], [(WantKey("p", "secret", "v", "n", ""), 1)], [(sign_in(), 1)])
    evidence.write_run(RUN)
    evidence.clear()
    assert (evidence.observations(), evidence.wants(), evidence.sign_ins()) == ([], [], [])
    assert evidence.runs() == []
    assert seconds(file) == []
    evidence.write(2, [(line(), 1)], [])
    assert evidence.observations()[0].count == 1


def test_a_write_that_fails_is_taken_back_whole_and_the_next_one_goes_on(
    evidence: EvidenceDatabase,
) -> None:
    unwritable = line()._replace(scope=object())  # type: ignore[arg-type]
    with pytest.raises(sqlite3.ProgrammingError):
        evidence.write(1, [(line("q"), 1), (unwritable, 1)], [])
    assert evidence.observations() == []
    evidence.write(2, [(line("q"), 1)], [])
    assert [(o.principal_id, o.count) for o in evidence.observations()] == [("q", 1)]


def test_evidence_is_its_owners_alone(evidence: EvidenceDatabase, file: Path) -> None:
    evidence.write(1, [(line(), 1)], [])
    modes = {found.name: stat.S_IMODE(found.stat().st_mode) for found in file.parent.iterdir()}
    assert set(modes) == {"evidence.db", "evidence.db-wal", "evidence.db-shm"}
    assert set(modes.values()) == {0o600}


def test_evidence_is_there_when_it_is_opened_again(file: Path) -> None:
    for second in (1, 2):
        with closing(EvidenceDatabase(file)) as opened:
            opened.write(second, [(line(), 1)], [])
    with closing(EvidenceDatabase(file)) as opened:
        assert opened.observations()[0].count == 2


def test_one_may_read_while_another_writes(evidence: EvidenceDatabase, file: Path) -> None:
    evidence.write(1, [(line(), 1)], [])
    with closing(EvidenceDatabase(file)) as other:
        assert other.observations() == evidence.observations()
        evidence.write(2, [(line(), 1)], [])
        assert other.observations()[0].count == 2


@pytest.mark.parametrize("content", [b"garbage", b"\x00" * 5000, b"# text\n" * 999])
def test_a_file_that_is_no_database_is_told_so_and_left_as_it_is(file: Path, content: bytes) -> None:
    file.write_bytes(content)
    with pytest.raises(
        EvidenceError, match=rf"`{file}` is damaged .*`mv {file} {file}.damaged`.*the store is"
    ):
        EvidenceDatabase(file)
    assert file.read_bytes() == content


def test_evidence_with_bad_pages_is_told_so_when_it_is_read(file: Path) -> None:
    with closing(EvidenceDatabase(file)) as opened:
        opened.write(1, [(line(scope=f"/{number}" * 100), 1) for number in range(200)], [])
    with file.open("r+b") as handle:
        handle.seek(8192)
        handle.write(b"\xa5" * (file.stat().st_size - 8192))
    before = hashlib.sha256(file.read_bytes()).hexdigest()
    with closing(EvidenceDatabase(file)) as opened:
        with pytest.raises(EvidenceError, match="is damaged"):
            opened.observations()
        with pytest.raises(EvidenceError, match="is damaged"):
            opened.write(2, [(line(scope=f"/{number}" * 100), 1) for number in range(200)], [])
    assert hashlib.sha256(file.read_bytes()).hexdigest() == before


def test_a_place_that_cannot_be_used_is_not_called_damaged(file: Path) -> None:
    file.mkdir()
    with pytest.raises(EvidenceError, match=f"`{file}` cannot be used: unable to open"):
        EvidenceDatabase(file)


COUNTING = """
import os, sys
from pathlib import Path
from keyless.evidence.database import EvidenceDatabase
from keyless.evidence.recorder import CellKey, Recorder
from keyless.model.actions import ActionPlane
from keyless.model.evidence import Outcome

recorder = Recorder(EvidenceDatabase(Path(sys.argv[1])))
key = CellKey("p", "Shelf.Get", ActionPlane.DATA, "a/read", "/a", Outcome.ALLOWED, "r1")
second = 0
while True:
    second += 1
    for _ in range(10):
        recorder.cell(key).hit()
    recorder.flush(second)
    os.write(1, f"{second * 10}\\n".encode())
"""


def test_what_was_flushed_survives_a_kill(file: Path) -> None:
    acknowledged = 0
    with subprocess.Popen([sys.executable, "-c", COUNTING, str(file)], stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        for _ in range(25):
            acknowledged = int(process.stdout.readline())
        process.send_signal(signal.SIGKILL)
        acknowledged = max([acknowledged, *(int(said) for said in process.stdout.read().split())])
    assert process.returncode == -signal.SIGKILL
    with closing(EvidenceDatabase(file)) as opened:
        (seen,) = opened.observations()
    assert seen.count in {acknowledged, acknowledged + 10}
    assert seen.last_seen * 10 == seen.count
    assert sum(count for _, count in seconds(file)) == seen.count
