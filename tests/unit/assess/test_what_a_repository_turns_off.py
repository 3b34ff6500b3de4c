"""What a repository says of its own assessment is told, and reaches no further than its folder."""

from __future__ import annotations

import os

import pytest
from test_standing import TODAY

from assessed_made import made
from keyless.assess.config import InvalidConfig, find_config
from keyless.assess.flows import tracer
from keyless.assess.repository import Repository
from keyless.assess.run import run
from keyless.assess.standing.baseline import BaselineError, read_baseline
from keyless.assess.syntax.source import Lack
from keyless.assess.target import Target

SECTION = '[tool.keyless.assess]\nskip = ["hybrid"]\nexclude = ["docs/"]\nallow-incomplete = true\n'


def test_what_a_configuration_turns_off_is_told_each_time(tmp_path):
    root = made(tmp_path.resolve(), {"pyproject.toml": SECTION, "a.py": "x = 1\n"})
    (notice,) = run(Target(root=root), find_config(root, None), TODAY).report.notices
    assert notice == (
        "`pyproject.toml` leaves out `hybrid`, leaves out files like `docs/`, allows files that cannot be "
        "read: `--no-config` assesses without it"
    )


def test_a_configuration_that_turns_nothing_off_is_not_told(tmp_path):
    made(tmp_path, {"pyproject.toml": '[tool.keyless.assess]\nmin-severity = "low"\n'})
    assert find_config(tmp_path, None).turned_off == ""


@pytest.mark.parametrize("path", ["/dev/zero", "../other.json", "a/../../b.json"])
def test_a_configuration_names_no_baseline_outside_its_folder(tmp_path, path):
    made(tmp_path, {"pyproject.toml": f'[tool.keyless.assess]\nbaseline = "{path}"\n'})
    with pytest.raises(InvalidConfig, match="outside its folder"):
        find_config(tmp_path, None)


def test_a_baseline_is_a_plain_file(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(BaselineError, match="no plain file"):
        read_baseline(tmp_path / "pipe")


def test_that_flows_were_not_followed_to_an_end_is_a_problem(monkeypatch):
    monkeypatch.setattr(tracer, "_LOOKED_AT_IN_ALL", 2)
    repository = Repository([], TODAY)
    search = tracer.Tracer(repository, lambda *_: tracer.NOTHING)
    search.begin()
    assert search.spend()
    assert not repository.lacking
    assert not search.spend()
    assert [one.lack for one in repository.lacking] == [Lack.TOO_SLOW]
