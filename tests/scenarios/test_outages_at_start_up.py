"""The apps of the pages on loading at start-up, while store or vault is down: at the start, and later."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from apps_shown import (
    FASTAPI,
    FLASK,
    OVERVIEW,
    PLAIN,
    Server,
    has_said,
    is_signed,
    ordered,
    owner,
    refer_to_another_key,
    served,
    set_discount,
    set_sentinel,
    shown_in,
    without,
)
from keyless_command import Project, Running, wait_until

STORE, VAULT = ("store", "contoso-orders"), ("vault", "contoso-orders")
RUN = ("run", "--offline", "--", sys.executable)
TIMED_OUT = "TimeoutError: [Errno The provider timed out while attempting to load.] ["
UNREAD = "ValueError: Failed to retrieve secret from Key Vault"
STAYS = b"the settings stay as they are"
LONGEST_S = 40
each_manner = pytest.mark.parametrize("manner", ["unavailable", "unreachable"])


def take_down(project: Project, part: tuple[str, ...], manner: str = "unavailable") -> None:
    """Take something of the estate down."""
    owner(project, "outage", "start", *part, "--as", manner)


def bring_back(project: Project) -> None:
    """Bring back whatever is down."""
    owner(project, "outage", "end", "--all")


def until_it_says(running: Running, text: bytes) -> None:
    """Read what a command says on standard error up to a line."""
    while text not in (line := running.popen.stderr.readline()):
        assert line, f"it ended and never said `{text.decode()}`"


@pytest.mark.parametrize(
    ("part", "manner", "raised"),
    [
        (STORE, "unavailable", TIMED_OUT),
        (STORE, "unreachable", TIMED_OUT),
        (VAULT, "unavailable", TIMED_OUT),
        (VAULT, "unreachable", UNREAD),
        (("identity",), "unavailable", TIMED_OUT),
    ],
    ids=[
        "store unavailable",
        "store unreachable",
        "vault unavailable",
        "vault unreachable",
        "identity unavailable",
    ],
)
def test_what_is_down_at_the_start_ends_it_with_the_error_that_is_promised_and_soon(
    project: Project, part: tuple[str, ...], manner: str, raised: str
) -> None:
    shown_in(project, OVERVIEW, PLAIN)
    owner(project, "estate", "apply")
    take_down(project, part, manner)
    began = time.monotonic()
    ran = project(*RUN, "worker.py")
    assert (ran.code, raised in ran.err) == (1, True), ran.err
    assert 5 < time.monotonic() - began < LONGEST_S


@pytest.mark.parametrize("part", [STORE, VAULT], ids=["store", "vault"])
def test_what_is_back_before_the_time_is_over_lets_the_worker_start(
    project: Project, part: tuple[str, ...]
) -> None:
    shown_in(project, OVERVIEW, PLAIN)
    owner(project, "estate", "apply")
    take_down(project, part)
    patient = {"SETTINGS_REFRESH_S": "1", "SETTINGS_START_UP_S": "60"}
    with project.running(*RUN, "worker.py", env=patient) as worker:
        until_it_says(worker, b"Failed to load configurations")
        bring_back(project)
        assert ordered(worker) == "pen 850 EUR"
        assert worker.end().code == 0


@each_manner
def test_a_worker_goes_on_with_what_it_has_and_takes_up_later_what_it_missed(
    project: Project, manner: str
) -> None:
    with _ordering(project) as worker:
        take_down(project, STORE, manner)
        set_discount(project, "20")
        set_sentinel(project, "2")
        wait_until(lambda: ordered(worker) == "pen 850 EUR" and has_said(worker, STAYS), "a refresh fails")
        bring_back(project)
        wait_until(lambda: ordered(worker) == "pen 800 EUR", "the change is taken up")


@each_manner
def test_a_change_that_needs_a_secret_of_a_vault_that_is_down_waits_as_a_whole(
    project: Project, manner: str
) -> None:
    with _ordering(project) as worker:
        refer_to_another_key(project, "in turns")
        take_down(project, VAULT, manner)
        set_sentinel(project, "2")
        wait_until(lambda: ordered(worker) == "pen 850 EUR" and has_said(worker, STAYS), "a refresh fails")
        bring_back(project)
        wait_until(lambda: is_signed(worker, "in turns"), "the other secret is taken up")


@pytest.mark.parametrize("server", [FLASK, FASTAPI], ids=["after an answer", "in a task"])
def test_a_server_answers_while_the_store_is_down_and_takes_up_later_what_it_missed(
    project: Project, server: Server
) -> None:
    shown_in(project, OVERVIEW, server.page)
    with served(project, server, SETTINGS_REFRESH_S="1") as app:
        take_down(project, STORE)
        set_discount(project, "20")
        set_sentinel(project, "2")
        for _ in range(20):
            assert app.price()["price"] == "850 EUR"
        bring_back(project)
        wait_until(lambda: app.price()["price"] == "800 EUR", "the change is taken up")


DEFAULTED = "from defaults import load_or_default; print(load_or_default()['discountPercent'])"


def test_a_start_on_defaults_is_for_an_outage_and_not_for_a_missing_role(project: Project) -> None:
    shown_in(project, OVERVIEW, PLAIN)
    assert project(*RUN, "-c", DEFAULTED).out == "15\n"
    take_down(project, STORE)
    fallen_back = project(*RUN, "-c", DEFAULTED)
    assert (fallen_back.out, "started on defaults" in fallen_back.err) == ("0\n", True)
    bring_back(project)
    without(project, "App Configuration Data Reader")
    denied = project("run", "--fresh", *RUN[1:], "-c", DEFAULTED)
    assert (denied.code, denied.out) == (1, "")
    assert TIMED_OUT in denied.err


@contextmanager
def _ordering(project: Project) -> Iterator[Running]:
    """A worker that has started, looks for changes each second, and ends well."""
    shown_in(project, OVERVIEW, PLAIN)
    with project.running(*RUN, "worker.py", env={"SETTINGS_REFRESH_S": "1"}) as worker:
        assert ordered(worker) == "pen 850 EUR"
        yield worker
        assert worker.end().code == 0
