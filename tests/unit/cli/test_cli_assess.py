"""`keyless assess` on the command line: what it prints and writes, and its exit codes."""

from __future__ import annotations

import dataclasses
import json
import os

import pytest

from assessed_made import committed, git, key_rule, made
from keyless.assess import run as running
from keyless.cli.main import main


@pytest.fixture
def root(tmp_path, monkeypatch):
    """A folder in which the command is given, and the one rule that there is."""
    folder = (tmp_path / "repository").resolve()
    folder.mkdir()
    monkeypatch.chdir(folder)
    monkeypatch.setattr(running, "rules", lambda: {"stored-key": key_rule(folder)})
    return folder


@pytest.fixture
def keyless(capfd):
    """The command: its exit code, and what it wrote."""

    def given(*arguments: str) -> tuple[int, str, str]:
        with pytest.raises(SystemExit) as ended:
            main(["assess", *arguments])
        out, err = capfd.readouterr()
        return ended.value.code, out, err

    return given


def test_exit_codes_are_clean_found_usage_and_incomplete(root, keyless):
    made(root, {"a.py": "x = 1\n"})
    assert keyless()[0] == 0
    made(root, {"a.py": "KEY\n"})
    assert keyless()[0] == 1
    assert keyless("--rule", "nothing")[0] == 2
    assert keyless("--since", "main")[0] == 2
    assert keyless("nowhere")[0] == 2
    made(root, {"b.py": "\x00" * 99})
    assert keyless()[0] == 3
    assert keyless("--allow-incomplete")[0] == 1


@pytest.mark.parametrize("wanted", ["terminal", "json", "sarif", "junit", "html"])
def test_each_format_is_printed_or_written_into_a_file(root, keyless, tmp_path, wanted):
    made(root, {"a.py": "KEY\n"})
    code, out, _ = keyless("--format", wanted)
    assert code == 1
    assert "a.py" in out
    file = tmp_path / "report"
    assert keyless("--format", wanted, "--out", str(file))[:2] == (1, "")
    assert "a.py" in file.read_text()


def test_a_baseline_is_written_once_and_what_it_knows_is_not_told(root, keyless):
    made(root, {"a.py": "KEY\n"})
    assert keyless("--write-baseline", "known.json")[0] == 1
    assert keyless("--baseline", "known.json")[0] == 0
    made(root, {"pyproject.toml": '[tool.keyless.assess]\nbaseline = "known.json"\n'})
    assert keyless()[0] == 0
    assert keyless("--no-config")[0] == 1
    assert keyless("--baseline", "none.json")[0] == 2
    made(root, {"a.py": "x = 1\n"})
    assert "gone since the baseline: stored-key in a.py" in keyless()[1]
    assert keyless("--write-baseline", "known.json")[0] == 0
    assert json.loads((root / "known.json").read_text())["findings"] == []


def test_options_count_before_the_configuration(root, keyless):
    made(root, {"a.py": "# low KEY\n", "pyproject.toml": '[tool.keyless.assess]\nmin-severity = "high"\n'})
    assert keyless()[0] == 0
    assert keyless("--min-severity", "low")[0] == 1
    assert keyless("--exclude", "*.py", "--min-severity", "low")[0] == 0
    made(root, {"pyproject.toml": "[tool.keyless.assess]\nmin-severty = 1\n"})
    code, _, err = keyless()
    assert code == 2
    assert "did you mean `min-severity`" in err


def test_an_option_about_rules_leaves_the_rest_of_the_configuration(root, keyless, monkeypatch):
    rules = {name: dataclasses.replace(key_rule(root), id=name) for name in ("stored-key", "other", "third")}
    monkeypatch.setattr(running, "rules", lambda: rules)
    made(root, {"a.py": "x\n", "pyproject.toml": '[tool.keyless.assess]\nrule = ["other", "third"]\n'})

    def looked_for(*options):
        return [one["id"] for one in json.loads(keyless("--format", "json", *options)[1])["rules"]]

    assert looked_for("--skip", "third") == ["other"]
    made(root, {"pyproject.toml": '[tool.keyless.assess]\nskip = ["other"]\n'})
    assert looked_for("--rule", "other") == ["other"]
    code, _, said = keyless("--rule", "other", "--skip", "other")
    assert (code, "no rule is left" in said) == (2, True)


def test_the_baseline_of_the_configuration_is_written_anew_by_any_path(root, keyless):
    made(root, {"a.py": "KEY\n", "pyproject.toml": '[tool.keyless.assess]\nbaseline = "known.json"\n'})
    for path in ("known.json", "./known.json", str(root / "known.json")):
        keyless("--write-baseline", path)
        assert len(json.loads((root / "known.json").read_text())["findings"]) == 1
    assert keyless()[0] == 0


def test_an_entry_that_allows_findings_of_no_rule_is_a_mistake(root, keyless):
    entry = '[[tool.keyless.assess.allow]]\nrule = "stored-keys"\nreason = "it goes"\n'
    made(root, {"a.py": "KEY\n", "pyproject.toml": entry})
    code, _, said = keyless()
    assert code == 2
    assert "`allow[0]` in `pyproject.toml` allows nothing" in said
    assert "did you mean `stored-key`?" in said


def test_staged_and_since_tell_of_what_changes(root, keyless):
    committed(root, {"a.py": "KEY\n", "b.py": "x = 1\n"})
    assert keyless("--staged")[0] == 0
    made(root, {"b.py": "x = 1\nKEY\n"})
    git(root, "add", "b.py")
    code, out, _ = keyless("--staged", "--format", "json")
    assert code == 1
    assert [one["place"]["path"] for one in json.loads(out)["findings"]] == ["b.py"]
    assert keyless("--since", "HEAD")[0] == 1
    assert keyless("--revision", "HEAD", "--format", "json")[0] == 1
    assert keyless("--staged", "--since", "HEAD")[0] == 2


def test_fix_prints_a_patch_that_git_takes_and_apply_changes_the_files(root, keyless, tmp_path):
    committed(root, {"a.py": "x = 1\nKEY\n", "b.py": "KEY\n"})
    code, out, err = keyless("--fix", "--rule", "stored-key")
    assert code == 1
    assert "+IDENTITY" in out
    assert "2 of 2 findings can be fixed by rule: 2 files would change" in err
    assert not git(root, "status", "--short")
    assert keyless("--fix", "--out", str(tmp_path / "patch"))[0] == 1
    git(root, "apply", str(tmp_path / "patch"))
    assert (root / "a.py").read_text() == "x = 1\nIDENTITY\n"
    git(root, "checkout", "-q", ".")
    assert keyless("--fix", "--apply")[0] == 0
    assert (root / "b.py").read_text() == "IDENTITY\n"
    assert keyless()[0] == 0


@pytest.mark.parametrize(
    "arguments",
    [
        ("--apply",),
        ("--fix", "--staged"),
        ("--fix", "--apply", "--out", "x"),
        ("--format", "x"),
        ("--fix", "--format", "sarif"),
        ("--fix", "--write-baseline", "x"),
    ],
)
def test_options_that_do_not_go_together_are_told(root, keyless, arguments):
    assert keyless(*arguments)[0] == 2


def test_a_place_where_nothing_is_read_is_asked_about(root, keyless):
    made(root, {"notes.txt": "x\n"})
    code, _, err = keyless()
    assert code == 0
    assert "is it the right place?" in err
    made(root, {"a.py": "x = 1\n"})
    assert keyless()[2] == ""


def test_a_fix_that_could_not_be_written_leaves_all_as_it_was(root, keyless, monkeypatch):
    from keyless.assess.fixes import write

    made(root, {"a.py": "KEY\n"})
    monkeypatch.setattr(
        write.os, "fsync", lambda _: (_ for _ in ()).throw(OSError(28, "No space left on device"))
    )
    code, _, err = keyless("--fix", "--apply")
    assert code == 1
    assert "nothing is changed: no space left on device" in err
    assert os.listdir(root) == ["a.py"]


def test_files_and_folders_can_be_named(root, keyless):
    committed(root, {"a.py": "KEY\n", "in/b.py": "x = 1\n"})
    assert keyless("a.py")[0] == 1
    assert keyless("in/b.py", "a.py")[0] == 1
    assert keyless("in/b.py")[0] == 0
