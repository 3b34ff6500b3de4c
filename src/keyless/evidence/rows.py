"""The tables of recorded evidence, the statements on them, and what a row of each is read as.

Three are of counts: in total per line, per day, and per second (kept for a week). A fourth lists what apps
asked for and did not find, a fifth who signed in with what, a sixth which workloads ran, a seventh what they
read after their starts.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from keyless.model.actions import ActionPlane
from keyless.model.evidence import Observation, Outcome, Run, SignIn, SignInMethod, SignInOutcome

SCHEMA = """
CREATE TABLE IF NOT EXISTS lines (
    id INTEGER PRIMARY KEY, principal_id TEXT, operation TEXT, plane TEXT, action TEXT, scope TEXT,
    outcome TEXT, assignment_id TEXT, count INTEGER, first_seen INTEGER, last_seen INTEGER,
    checks INTEGER NOT NULL DEFAULT 0,
    UNIQUE (principal_id, operation, plane, action, scope, outcome, assignment_id));
CREATE TABLE IF NOT EXISTS seconds (
    second INTEGER, line INTEGER, count INTEGER, PRIMARY KEY (second, line)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS days (
    line INTEGER, day INTEGER, count INTEGER, PRIMARY KEY (line, day)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS wants (
    principal_id TEXT, kind TEXT, container TEXT, name TEXT, label TEXT, count INTEGER, last_seen INTEGER,
    PRIMARY KEY (principal_id, kind, container, name, label)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS runs (
    id INTEGER PRIMARY KEY, workload TEXT, principal_ids TEXT, learning INTEGER, program TEXT,
    started INTEGER, ended INTEGER, exit_code INTEGER, serving_since INTEGER, started_up INTEGER);
CREATE TABLE IF NOT EXISTS run_reads (
    run INTEGER, principal_id TEXT, action TEXT, scope TEXT, at_start INTEGER, later INTEGER, checks INTEGER,
    again INTEGER, PRIMARY KEY (run, principal_id, action, scope)) WITHOUT ROWID;
"""
ADDED_COLUMNS = (
    ("lines", "checks", "INTEGER NOT NULL DEFAULT 0"),
    ("runs", "serving_since", "INTEGER"),
    ("runs", "started_up", "INTEGER"),
)
"""Columns that evidence from before does not have: table, name, and what it holds."""
SIGN_INS_TABLE = """
CREATE TABLE IF NOT EXISTS sign_ins (
    principal_id TEXT, client_id TEXT, method TEXT, by_what TEXT, target TEXT, outcome TEXT, error TEXT,
    host TEXT, count INTEGER, first_seen INTEGER, last_seen INTEGER,
    PRIMARY KEY (principal_id, client_id, method, by_what, target, outcome, error, host)) WITHOUT ROWID;
"""
HOSTS = (
    "ALTER TABLE sign_ins RENAME TO sign_ins_before",
    SIGN_INS_TABLE,
    """INSERT INTO sign_ins SELECT principal_id, client_id, method, by_what, target, outcome, error, '',
       count, first_seen, last_seen FROM sign_ins_before""",
    "DROP TABLE sign_ins_before",
)
LINE = """
INSERT INTO lines (principal_id, operation, plane, action, scope, outcome, assignment_id,
                   count, first_seen, last_seen)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
ON CONFLICT (principal_id, operation, plane, action, scope, outcome, assignment_id)
DO UPDATE SET count = count + excluded.count, last_seen = excluded.last_seen RETURNING id
"""
CHECKS = """
UPDATE lines SET checks = checks + ? WHERE principal_id = ? AND operation = ? AND plane = ? AND action = ?
    AND scope = ? AND outcome = ? AND assignment_id = ?
"""
SECOND = "INSERT INTO seconds VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET count = count + excluded.count"
DAY = "INSERT INTO days VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET count = count + excluded.count"
WANT = """
INSERT INTO wants VALUES (?, ?, ?, ?, ?, ?, ?)
ON CONFLICT DO UPDATE SET count = count + excluded.count, last_seen = excluded.last_seen
"""
SIGN_IN = """
INSERT INTO sign_ins VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
ON CONFLICT DO UPDATE SET count = count + excluded.count, last_seen = excluded.last_seen
"""
RUN = """
INSERT INTO runs (workload, principal_ids, learning, program, started, ended, exit_code, serving_since,
                  started_up)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
"""
RUN_READ = "INSERT INTO run_reads VALUES (?, ?, ?, ?, ?, ?, ?, ?)"
READ_LATER = """
SELECT principal_id, action, scope, count(*), sum(at_start), sum(later), sum(checks), sum(again)
FROM run_reads GROUP BY principal_id, action, scope ORDER BY principal_id, scope, action
"""
READ = """
SELECT principal_id, operation, plane, action, scope, outcome, assignment_id, count, first_seen, last_seen,
       (SELECT group_concat(day || ' ' || count) FROM days WHERE line = id), checks
FROM lines ORDER BY principal_id, scope, action, outcome, assignment_id
"""
READ_WANTS = "SELECT principal_id, kind, container, name, label FROM wants ORDER BY 2, 3, 4, 5, 1"
READ_SIGN_INS = """
SELECT principal_id, client_id, method, by_what, target, outcome, error,
       sum(count), min(first_seen), max(last_seen), host
FROM (SELECT principal_id, client_id, method, by_what, target, outcome, error,
             count, first_seen, last_seen, host FROM sign_ins
      UNION ALL SELECT *, '' FROM imported_sign_ins)
GROUP BY principal_id, client_id, method, by_what, target, outcome, error, host
ORDER BY principal_id, method, target, outcome, by_what, error, host
"""
READ_RUNS = """
SELECT workload, principal_ids, learning, program, started, ended, exit_code, serving_since, started_up
FROM runs ORDER BY started, ended, id
"""


def observation(row: tuple[Any, ...]) -> Observation:
    """A line, with its days."""
    who, operation, plane, action, scope, outcome, assignment_id, count, first, last, by_day, checks = row
    days, counts = _by_day(by_day or "")
    return Observation(
        who,
        operation,
        ActionPlane(plane),
        action,
        scope,
        Outcome(outcome),
        assignment_id,
        count,
        first,
        last,
        days,
        counts,
        checks,
    )


def _by_day(text: str) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """The days and the counts of `day count,day count`, by day; the same numbers are kept once."""
    pairs = sorted(_day_and_count(one) for one in text.split(",") if one)
    return tuple(day for day, _ in pairs), tuple(count for _, count in pairs)


@lru_cache(maxsize=65536)
def _day_and_count(text: str) -> tuple[int, int]:
    day, _, count = text.partition(" ")
    return int(day), int(count)


def run(row: tuple[Any, ...]) -> Run:
    """A run."""
    workload, who, learning, *rest = row
    return Run(workload, tuple(who.split()), bool(learning), *rest)


def sign_in(row: tuple[Any, ...]) -> SignIn:
    """A line of sign-ins."""
    principal_id, client_id, method, by, target, outcome, error, *numbers = row
    return SignIn(
        principal_id,
        client_id,
        SignInMethod(method),
        by,
        target,
        SignInOutcome(outcome),
        error,
        *numbers,
    )
