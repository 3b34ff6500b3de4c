"""Who reads a secret, how often, and when that is more often than a start needs."""

from __future__ import annotations

import msgspec
from plan_worlds import GET, WEB, WORKER, saw
from stored_made import STORAGE, VAULT, decided, secret

from keyless.model.evidence import LogImport, Outcome, Run

SCOPE = f"{VAULT.text}/secrets/db"


def test_a_secret_that_is_read_once_a_start_is_read_well():
    one = decided(secret("db", STORAGE), observations=[saw(WEB, GET, SCOPE, count=3)], subjects=[WEB])["db"]
    assert (one.reads, one.read_by, one.load_at_start_up, one.reading) == (3, ("web",), False, "")


def test_two_reads_within_one_second_are_more_than_a_start_needs():
    one = decided(
        secret("db", STORAGE),
        observations=[saw(WEB, GET, SCOPE, count=40), saw(WORKER, GET, SCOPE)],
        subjects=[WEB, WORKER],
        peaks={(WEB.principal_id, SCOPE.casefold()): 12},
    )["db"]
    assert (one.reads, one.most_per_second, one.load_at_start_up) == (41, 12, True)
    assert one.read_by == ("web", "worker")
    assert "41 times, up to 12 within one second" in one.reading
    assert "4,000 calls in 10 s" in one.reading


def test_more_than_one_read_an_hour_is_too_many_on_an_average_of_the_days():
    seen = msgspec.structs.replace(saw(WEB, GET, SCOPE, count=49), days=(20_000, 20_001))
    assert decided(secret("db", STORAGE), observations=[seen], subjects=[WEB])["db"].load_at_start_up
    fewer = msgspec.structs.replace(seen, count=48)
    assert not decided(secret("db", STORAGE), observations=[fewer], subjects=[WEB])["db"].load_at_start_up


def _run(*subjects):
    return Run("shop", tuple(one.principal_id.upper() for one in subjects), False, "python", 1, 2, 0)


def test_more_than_ten_reads_a_run_are_too_many_on_an_average():
    seen = [saw(WEB, GET, SCOPE, count=21)]
    runs = [_run(WEB), _run(WEB), _run(WORKER)]
    one = decided(secret("db", STORAGE), observations=seen, subjects=[WEB, WORKER], runs=runs)["db"]
    assert one.load_at_start_up
    assert "21 times in 2 runs" in one.reading
    more = [*runs, _run(WEB)]
    assert not decided(secret("db", STORAGE), observations=seen, subjects=[WEB], runs=more)[
        "db"
    ].load_at_start_up


def test_runs_say_nothing_of_reads_that_came_from_logs():
    imported = LogImport("x.json", "AuditEvent", 1, 1, 0, 0, 1, 1)
    one = decided(
        secret("db", STORAGE),
        observations=[saw(WEB, GET, SCOPE, count=21)],
        subjects=[WEB],
        runs=[_run(WEB)],
        imports=[imported],
    )["db"]
    assert not one.load_at_start_up


def test_what_was_refused_was_not_read():
    refused = saw(WEB, GET, SCOPE, count=500, outcome=Outcome.DENIED)
    assert decided(secret("db", STORAGE), observations=[refused], subjects=[WEB])["db"].reads == 0


def test_names_of_secrets_compare_without_case():
    one = decided(secret("DB", STORAGE), observations=[saw(WEB, GET, SCOPE)], subjects=[WEB])["DB"]
    assert one.reads == 1
