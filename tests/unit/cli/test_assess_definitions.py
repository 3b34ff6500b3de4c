"""The hook and the action that this repository offers call `keyless assess` as it is."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import yaml

from keyless.cli.assess import command

ROOT = Path(__file__).parents[3]


def test_the_hook_assesses_what_is_staged():
    (hook,) = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text("utf-8"))
    assert shlex.split(hook["entry"]) == ["keyless", "assess"]
    assert command.make_context("assess", list(hook["args"])).params["staged"]
    assert hook["pass_filenames"] is False


def test_the_action_writes_sarif_and_hands_over_nothing_that_a_shell_could_take_for_code():
    action = yaml.safe_load((ROOT / "action.yml").read_text("utf-8"))
    scripts = [step["run"] for step in action["runs"]["steps"] if "run" in step]
    assert not any("${{" in script or "eval" in script for script in scripts)
    (assessing,) = [script for script in scripts if "keyless assess" in script]
    (line,) = [one for one in assessing.splitlines() if "keyless assess" in one]
    arguments = shlex.split(line.partition(" || ")[0])[2:]
    given = [one for one in arguments if not one.startswith("${")]
    found = command.make_context("assess", ["." if one == "$ASSESSED_PATH" else one for one in given])
    assert found.params["wanted"] == "sarif"
    used = set(re.findall(r"inputs\.([a-z-]+)", (ROOT / "action.yml").read_text("utf-8")))
    assert used == set(action["inputs"])
