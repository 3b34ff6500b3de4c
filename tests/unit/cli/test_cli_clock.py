"""`keyless clock` as a person gives it, on a project's store."""

from __future__ import annotations

import datetime as dt
import json
import re
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from keyless.cli.clock import command
from keyless.cli.failure import Failure
from keyless.runtime.project import STATE_DIRECTORY, Project

DAY = 86_400


@pytest.fixture
def project(tmp_path: Path) -> Project:
    from keyless.app import open_store

    made = Project(tmp_path, tmp_path / STATE_DIRECTORY)
    made.prepare()
    open_store(made).close()
    return made


def clock(project: Project, *arguments: str) -> Result:
    return CliRunner().invoke(command, [*arguments, "--project", str(project.root)])


def ahead(project: Project) -> int:
    return int(json.loads(clock(project, "--json").stdout)["aheadSeconds"])


def test_it_shows_the_machines_time_until_it_is_moved(project: Project) -> None:
    ran = clock(project)
    shown = dt.datetime.fromisoformat(ran.stdout.split()[0])
    assert abs(dt.datetime.now(dt.UTC) - shown) < dt.timedelta(minutes=1)
    assert ran.stdout.rstrip().endswith("as at this machine")


@pytest.mark.parametrize(
    ("span", "seconds"), [("30d", 30 * DAY), ("1d12h", 129_600), ("90m", 5400), ("2W", 14 * DAY), ("45s", 45)]
)
def test_spans_are_written_as_people_write_them(project: Project, span: str, seconds: int) -> None:
    ran = clock(project, "advance", span)
    assert (ran.exit_code, ahead(project)) == (0, seconds)
    assert "ahead of this machine's" in ran.stderr


@pytest.mark.parametrize("span", ["", "30", "d", "0d", "-1d", "30 d", "1y", "1d!", "P1D"])
def test_what_is_no_span_is_refused(project: Project, span: str) -> None:
    ran = CliRunner().invoke(command, ["advance", "--project", str(project.root), "--", span])
    assert ran.exit_code == 2
    assert "write a span as in" in ran.stderr
    assert ahead(project) == 0


def test_it_is_set_to_a_time_and_reset(project: Project) -> None:
    wanted = (dt.datetime.now(dt.UTC) + dt.timedelta(days=40)).strftime("%Y-%m-%dT%H:%M:%SZ")
    ran = clock(project, "set", wanted)
    assert f"the estate's time is {wanted[:16]}" in ran.stderr
    assert abs(ahead(project) - 40 * DAY) < 60
    assert re.search("it was (39 days 23 hours|40 days) ahead", clock(project, "reset").stderr)
    assert ahead(project) == 0
    assert "ahead" not in clock(project, "reset").stderr


def test_going_back_takes_an_option(project: Project) -> None:
    clock(project, "advance", "300d")
    earlier = (dt.datetime.now(dt.UTC) + dt.timedelta(days=2)).date().isoformat()
    refused = clock(project, "set", earlier)
    assert isinstance(refused.exception, Failure)
    assert "--back" in str(refused.exception)
    assert clock(project, "set", earlier, "--back").exit_code == 0
    assert 0 < ahead(project) <= 2 * DAY


@pytest.mark.parametrize("time", ["tomorrow", "2027-13-01", "99999-01-01"])
def test_what_is_no_time_is_refused(project: Project, time: str) -> None:
    ran = clock(project, "set", time)
    assert (ran.exit_code, "write a time as in" in ran.stderr) == (2, True)


def test_json_is_for_showing(project: Project) -> None:
    ran = CliRunner().invoke(command, ["--json", "advance", "1d", "--project", str(project.root)])
    assert isinstance(ran.exception, Failure)


def test_where_nothing_has_run_there_is_no_time(tmp_path: Path) -> None:
    ran = CliRunner().invoke(command, ["--project", str(tmp_path)])
    assert isinstance(ran.exception, Failure)
