"""What a run reads, in words: at its start, and again and again."""

from __future__ import annotations

from keyless.cli.evidence import later_line
from keyless.cli.notices import closing
from keyless.cli.reads import read_in_run, repeated
from keyless.model.evidence import LaterReads
from keyless.model.reading import CERTIFICATE_READ, KEY_READ, SECRET_READ, SETTING_READ
from keyless.model.resource_id import group_scope, resource_scope
from keyless.model.resources import STORE_TYPE, VAULT_TYPE, key_value_scope, secret_scope
from keyless.runtime.directory import Directory
from keyless.runtime.messages import ReadInRun, ReadLater, Repeated, Summary

GROUP = group_scope("s", "g")
STORE = resource_scope(GROUP, STORE_TYPE, "contoso")
DB = secret_scope(resource_scope(GROUP, VAULT_TYPE, "contoso"), "db").text
COLOUR = key_value_scope(STORE, "colour", "prod").text


def later(scope: str, times: int, *, again: bool = False, at_start: int = 1) -> ReadLater:
    return ReadLater("web", SETTING_READ, scope, at_start, times, again)


def said(*what: ReadLater, checks: int = 0, served: bool = True, lists: int = 2) -> list[str]:
    return list(read_in_run(ReadInRun(((SECRET_READ, 1),), lists, checks, served, what)))


def test_a_run_that_loads_at_its_start_hears_what_it_has_read_and_no_more() -> None:
    assert said() == ["read at start-up: 2 lists of settings and 1 secret"]
    assert said(lists=0) == ["read at start-up: 1 secret"]
    things = ((CERTIFICATE_READ, 2), (KEY_READ, 1), (SETTING_READ, 30), (SECRET_READ, 3))
    (line,) = read_in_run(ReadInRun(things, 1, 0, True))
    assert line == "read at start-up: 1 list of settings, 30 settings, 3 secrets, 1 key and 2 certificates"


def test_what_is_read_again_and_again_is_named_with_its_numbers_and_what_to_do() -> None:
    _, settings, secret, colour = said(
        later(STORE.text, 40, again=True),
        later(DB, 20, again=True),
        later(COLOUR, 0, again=True, at_start=12),
    )
    assert settings == (
        "read again and again: listed store `contoso` 40 times after its first request: load its settings "
        "once at the start, and refresh them by a sentinel key or by their ETags"
    )
    assert secret.startswith(
        "read again and again: read secret `db` of vault `contoso` 20 times after its first request: read it "
        "once at the start, keep it in memory"
    )
    assert colour.startswith(
        "read again and again: read key-value `colour` with the label `prod` of store `contoso` 12 times at "
        "the start: load it once at the start with the others"
    )


def test_a_worker_that_serves_nothing_is_held_to_its_start() -> None:
    assert said(later(DB, 20, again=True), served=False)[1].startswith(
        "read again and again: read secret `db` of vault `contoso` 20 times after its start: "
    )


def test_what_was_read_again_a_few_times_is_named_and_not_judged() -> None:
    few = [later(DB, 2), later(COLOUR, 1), later(STORE.text, 1), later(STORE.child("keyValues", "x").text, 1)]
    assert said(*few)[1] == (
        "read again after its first request: secret `db` of vault `contoso` 2 times, key-value `colour` with "
        "the label `prod` of store `contoso` 1 time, store `contoso` 1 time, and 1 more"
    )


def test_looking_for_changes_is_told_as_what_it_is() -> None:
    assert said(checks=120)[1:] == ["looked 120 times whether settings have changed: they had not"]


def test_the_reads_of_a_run_stand_at_its_end() -> None:
    read = ReadInRun(((SECRET_READ, 1),), 0, 0, True)
    assert closing(Summary(1, 1, 1, 0, 0, (), read), learning=False, failed=False) == [
        "read at start-up: 1 secret"
    ]


def test_settings_that_are_read_again_and_again_are_told_as_it_happens() -> None:
    assert repeated(Repeated("web", SETTING_READ, STORE.text, 31)) == (
        "read again and again: web has listed store `contoso` 31 times in this run: load its settings once "
        "at the start, and refresh them by a sentinel key or by their ETags (a store answers 1,000 requests "
        "a day (free), 6,000 requests an hour (developer), 30,000 requests an hour (standard), from all "
        "callers together)"
    )


def test_later_reads_are_a_line_of_evidence() -> None:
    nobody = Directory(())
    assert later_line(LaterReads("p", SETTING_READ, COLOUR, 2, 2, 30, 0, 1), nobody) == (
        "in 2 runs  read 2 times at the start, 30 times later, again and again  p  key-value `colour` with "
        "the label `prod` of store `contoso`"
    )
    assert later_line(LaterReads("p", SETTING_READ, STORE.text, 1, 1, 1, 40, 0), nobody) == (
        "in 1 run  read 1 time at the start, 1 time later, looked 40 times for changes  p  store `contoso`"
    )
