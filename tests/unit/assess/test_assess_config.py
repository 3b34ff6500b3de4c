"""The configuration of an assessment: where it is found, what its keys are, and what is wrong with one."""

from __future__ import annotations

import datetime

import pytest

from assessed_made import made
from keyless.assess.config import Allowed, Config, InvalidConfig, find_config
from keyless.assess.findings.finding import Confidence, Severity
from keyless.estate.read import read_text

SECTION = """
[tool.keyless.assess]
skip = ["hybrid"]
exclude = "docs/"
min-severity = "medium"
min_confidence = "high"
baseline = "keyless.baseline.json"
allow = [{rule = "ldap-bind", reason = "leaves with the site", until = 2026-12-31}]
"""
SAME = """
version: 1
assess:
  skip: hybrid
  exclude: [docs/]
  minSeverity: medium
  min-confidence: high
  baseline: keyless.baseline.json
  allow:
    - {rule: ldap-bind, reason: leaves with the site, until: 2026-12-31}
"""


def test_both_files_say_the_same_in_their_own_way(tmp_path):
    for name, text in (("pyproject.toml", SECTION), ("keyless.yaml", SAME)):
        root = made(tmp_path / name.replace(".", "-"), {name: text})
        found = find_config(root, None)
        assert (found.file, found.folder) == (name, root)
        assert found.config == Config(
            skip=("hybrid",),
            exclude=("docs/",),
            min_severity=Severity.MEDIUM,
            min_confidence=Confidence.HIGH,
            baseline="keyless.baseline.json",
            allow=(
                Allowed(rule="ldap-bind", reason="leaves with the site", until=datetime.date(2026, 12, 31)),
            ),
        )


def test_the_estate_lets_the_section_through():
    assert read_text(SAME, {}) == read_text("version: 1\n", {})


def test_the_nearest_section_upwards_counts_and_none_above_the_repository(tmp_path):
    root = made(
        tmp_path, {"pyproject.toml": SECTION, "a/pyproject.toml": "[project]\n# assess\n", "a/b/x.py": ""}
    )
    assert find_config(root / "a" / "b", root).folder == root
    assert find_config(root / "a" / "b", root / "a").config == Config()
    assert find_config(root / "a" / "b", None).config == Config()


def test_without_a_section_all_is_as_it_is_by_default(tmp_path):
    assert find_config(made(tmp_path, {"pyproject.toml": "[tool.x]\n"}), None).config == Config()


@pytest.mark.parametrize(
    ("section", "why"),
    [
        ("min-severty = 'low'", "did you mean `min-severity`"),
        ("zzz = 1", "there are `rule`"),
        ("min-severity = 'grave'", "invalid enum value"),
        ("allow = [{rule = 'a'}]", "missing required field `reason`"),
        ("allow = [{rule = 'a', reason = ' '}]", "`allow[0]` in `pyproject.toml` needs a reason"),
        ("allow = [{rule = 'a', reason = 'b', til = 2026-01-01}]", "did you mean `until`"),
        ("allow = [1]", "expected `object`"),
        ("rule = [[]]", "expected `str`"),
        ("= 1", "cannot be read"),
    ],
)
def test_a_mistake_is_told_with_what_was_probably_meant(tmp_path, section, why):
    made(tmp_path, {"pyproject.toml": f"[tool.keyless.assess]\n{section}\n"})
    with pytest.raises(InvalidConfig) as told:
        find_config(tmp_path, None)
    assert why in str(told.value)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("assess: 1\n", "has keys"),
        ("assess: [\n", "cannot be read"),
        ("assess: " + "[" * 100_000, "cannot be read"),
    ],
)
def test_a_keyless_yaml_with_a_mistake_is_told(tmp_path, text, why):
    made(tmp_path, {"keyless.yaml": text})
    with pytest.raises(InvalidConfig, match=why):
        find_config(tmp_path, None)


def test_two_sections_in_one_folder_are_a_mistake(tmp_path):
    made(tmp_path, {"pyproject.toml": SECTION, "keyless.yaml": SAME})
    with pytest.raises(InvalidConfig, match="two configurations"):
        find_config(tmp_path, None)
