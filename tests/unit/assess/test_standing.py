"""What stands of what was found: thresholds, changes, what is allowed and until when, what was known."""

from __future__ import annotations

import dataclasses
import datetime

import msgspec
import pytest

from assessed_made import committed, git, key_rule, made
from keyless.assess import run as running
from keyless.assess.config import Allowed, Config, Found
from keyless.assess.findings.finding import Confidence, Severity
from keyless.assess.run import NoSuchRule, run
from keyless.assess.standing.baseline import BaselineError, baseline_text, read_baseline
from keyless.assess.target import NoTarget, Target, target_of

TODAY = datetime.date(2026, 6, 1)


@pytest.fixture
def root(tmp_path, monkeypatch):
    """A folder that the one rule looks at."""
    folder = (tmp_path / "repository").resolve()
    folder.mkdir()
    rules = {one.id: one for one in (key_rule(folder),)}
    monkeypatch.setattr(running, "rules", lambda: rules)
    return folder


def told(root, config=None, **how):
    target = how.pop("target", None) or Target(root=root)
    return run(target, Found(config or Config(), "pyproject.toml", root), TODAY, **how).report


def lines(report):
    return [(one.finding.place.path, one.finding.place.span.line) for one in report.standing.told]


def test_a_finding_is_told_and_makes_the_exit_code(root):
    assert told(root).exit_code == 0
    made(root, {"a.py": "x\nKEY\n"})
    assert lines(told(root)) == [("a.py", 2)]
    assert told(root).exit_code == 1


def test_what_could_not_be_read_counts_before_findings_unless_it_is_allowed(root):
    made(root, {"a.py": "KEY\n", "b.py": "\x00" * 50})
    assert told(root).exit_code == 3
    assert told(root, Config(allow_incomplete=True)).exit_code == 1


def test_what_is_below_the_thresholds_is_counted_and_no_more(root):
    made(root, {"a.py": "KEY\nKEY?\nlow KEY\n"})
    assert lines(told(root)) == [("a.py", 1), ("a.py", 3)]
    strict = told(root, Config(min_severity=Severity.HIGH))
    assert lines(strict) == [("a.py", 1)]
    assert strict.standing.below == 2
    assert len(lines(told(root, Config(min_confidence=Confidence.LOW)))) == 3


@pytest.mark.parametrize(
    "text",
    [
        "KEY  # keyless: allow stored-key -- the vendor is not ready\n",
        "KEY /* keyless: allow stored-key -- until the vendor is ready */\n",
        "// keyless: allow stored-key -- the vendor is not ready until 2026-06-01\nKEY\n",
        "<!-- keyless: allow stored-key -- the vendor is not ready -->\nKEY\n",
        "/* keyless: allow other-rule, stored-key -- the vendor is not ready */\nKEY\n",
        "-- keyless: allow stored-key -- one\n# keyless: allow other -- two\nKEY\n",
    ],
)
def test_a_comment_with_a_reason_allows_what_is_on_its_line_or_below(root, text):
    made(root, {"a.py": text})
    report = told(root)
    assert not report.standing.told
    assert len(report.standing.allowed) == 1


@pytest.mark.parametrize(
    ("comment", "why"),
    [
        ("# keyless: allow stored-key", "say why"),
        ("# keyless: allow stored-key -- ", "say why"),
        ("# keyless: allow", "name the rule"),
        ("# keyless: allow stored-key -- soon until someday", "write the date"),
        ("# keyless: allow stord-key -- a reason", "no rule `stord-key`"),
    ],
)
def test_a_comment_that_says_too_little_allows_nothing_and_is_told(root, comment, why):
    made(root, {"a.py": f"{comment}\nKEY\n"})
    report = told(root)
    assert lines(report) == [("a.py", 2)]
    assert why in report.notices[0]


def test_a_text_without_a_comment_sign_allows_nothing(root):
    made(root, {"a.py": "keyless: allow stored-key -- reason\nKEY\n"})
    assert lines(told(root)) == [("a.py", 2)]


def test_after_its_last_day_a_comment_allows_nothing_and_the_finding_says_so(root):
    made(root, {"a.py": "# keyless: allow stored-key -- the vendor until 2026-05-31\nKEY\n"})
    (one,) = told(root).standing.told
    assert one.expired is not None
    assert one.expired.until == datetime.date(2026, 5, 31)


def test_an_entry_of_the_configuration_allows_below_its_path_and_counts_down(root):
    made(root, {"old/a.py": "KEY\n", "new/a.py": "KEY\n"})
    entry = Allowed(
        rule="stored-key", path="old/", reason="leaves with the site", until=datetime.date(2026, 6, 11)
    )
    report = told(root, Config(allow=(entry,)))
    assert lines(report) == [("new/a.py", 1)]
    assert [one.days_left for one in report.standing.allowed] == [10]
    later = msgspec.structs.replace(entry, until=datetime.date(2026, 5, 1))
    assert len(lines(told(root, Config(allow=(later,))))) == 2


def test_paths_of_the_configuration_count_from_its_own_folder(root):
    made(root, {"app/old/a.py": "KEY\n"})
    entry = Allowed(rule="stored-key", path="/app/old/*.py", reason="leaves")
    found = Found(Config(allow=(entry,)), "pyproject.toml", root)
    made(root / "app", {"x.py": "x\n"})
    rules = {"stored-key": key_rule(root / "app")}
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(running, "rules", lambda: rules)
        below = run(Target(root=root / "app"), found, TODAY).report
        assert not below.standing.told
        excluded = run(
            Target(root=root / "app"), Found(Config(exclude=("/app/old",)), "", root), TODAY
        ).report
    assert excluded.files == 1
    assert excluded.left_out == {"excluded": 1}


def test_what_allows_nothing_that_is_there_is_told(root):
    made(root, {"a.py": "# keyless: allow stored-key -- reason\nx\n"})
    unused = told(root, Config(allow=(Allowed(rule="stored-key", reason="none"),))).standing.unused
    assert [(one.file, one.line) for one in unused] == [("a.py", 1), ("pyproject.toml", 0)]


def test_a_baseline_knows_a_finding_wherever_it_moves_and_no_other(root, tmp_path):
    made(root, {"a.py": "KEY\nKEY\n"})
    first = run(Target(root=root), Found(Config()), TODAY)
    file = tmp_path / "baseline.json"
    file.write_bytes(baseline_text(first.findings))
    known = read_baseline(file)
    made(root, {"a.py": "\n\n\n   KEY\nx\nKEY\n"})
    report = told(root, baseline=known)
    assert not report.standing.told
    assert report.standing.known == 2
    made(root, {"a.py": "KEY\nKEY\nKEY\nKEY from b.py\n"})
    assert len(lines(told(root, baseline=known))) == 2


def test_an_entry_of_the_baseline_whose_finding_is_no_more_is_told(root, tmp_path):
    made(root, {"a.py": "KEY\n"})
    file = tmp_path / "baseline.json"
    file.write_bytes(baseline_text(run(Target(root=root), Found(Config()), TODAY).findings))
    made(root, {"a.py": "x\n"})
    assert [one.path for one in told(root, baseline=read_baseline(file)).standing.gone] == ["a.py"]


def test_a_rotated_secret_is_the_same_finding(root, tmp_path):
    made(root, {"a.yml": "password: KEY abcdefg1\n"})
    file = tmp_path / "baseline.json"
    file.write_bytes(baseline_text(run(Target(root=root), Found(Config()), TODAY).findings))
    made(root, {"a.yml": "password: KEY hijklmn2\n"})
    assert "abcdefg1" not in file.read_text()


@pytest.mark.parametrize("text", ["", "[]", "{", '{"findings": [{}]}', '{"schema": 9, "findings": []}'])
def test_a_file_that_is_no_baseline_is_refused(tmp_path, text):
    (tmp_path / "b.json").write_text(text)
    with pytest.raises(BaselineError, match=r"baseline"):
        read_baseline(tmp_path / "b.json")


def test_since_a_revision_only_what_touches_changed_lines_is_told(root):
    committed(root, {"a.py": "KEY\nx\n", "b.py": "KEY from c.py\n", "c.py": "store\n", "d.py": "KEY\n"})
    first = git(root, "rev-parse", "HEAD")
    made(root, {"a.py": "KEY\nx\nKEY\n", "c.py": "other\n", "new.py": "KEY\n"})
    report = told(root, target=Target(root=root, since=first))
    assert lines(report) == [("a.py", 3), ("b.py", 1), ("new.py", 1)]
    assert report.standing.unchanged == 2


def test_since_a_branch_means_since_it_went_another_way(root):
    committed(root, {"a.py": "x\nKEY\n"})
    git(root, "checkout", "-q", "-b", "mine")
    git(root, "checkout", "-q", "main")
    made(root, {"a.py": "x\nz KEY\n"})
    git(root, "commit", "-q", "-a", "-m", "theirs")
    git(root, "checkout", "-q", "mine")
    assert not lines(told(root, target=Target(root=root, since="main")))


def test_staged_is_what_the_index_holds_and_what_it_changes(root, monkeypatch):
    committed(root, {"a.py": "KEY\n", "b.py": "x\n"})
    made(root, {"b.py": "x\nKEY\n"})
    git(root, "add", "b.py")
    made(root, {"a.py": "KEY\nKEY\n"})
    assert lines(told(root, target=Target(root=root, staged=True))) == [("b.py", 2)]


def test_before_the_first_commit_all_that_is_staged_is_new(root):
    made(root, {"a.py": "KEY\n", "b.py": "KEY\n"})
    git(root, "init", "-q")
    git(root, "add", "a.py")
    assert lines(told(root, target=Target(root=root, staged=True))) == [("a.py", 1)]


def test_a_revision_is_assessed_without_being_checked_out(root):
    committed(root, {"a.py": "KEY\n", "sub/c.py": "KEY\n"})
    made(root, {"a.py": "KEY\n", "b.py": "KEY\n"})
    report = told(root, target=Target(root=root, revision="main"))
    assert lines(report) == [("a.py", 1), ("sub/c.py", 1)]
    assert report.scope.commit == git(root, "rev-parse", "main")


@pytest.mark.parametrize("how", [{"revision": "nothing"}, {"since": "--output=x"}, {"staged": True}])
def test_what_is_no_revision_or_no_repository_is_told(root, how):
    if "staged" not in how:
        committed(root, {"a.py": "x\n"})
    with pytest.raises(NoTarget, match=r"no revision|no git repository"):
        told(root, target=Target(root=root, **how))


def test_paths_narrow_what_is_read_and_a_folder_alone_is_the_root(root):
    made(root, {"a.py": "KEY\n", "in/b.py": "KEY\n", "in/c.py": "KEY\n"})
    assert target_of([root / "in"]).root == root / "in"
    target = target_of([root / "a.py", root / "in" / "c.py"])
    assert target.root == root
    assert lines(told(root, target=target)) == [("a.py", 1), ("in/c.py", 1)]
    assert target_of([root / "in" / "b.py"]) == Target(root=root / "in", only=("b.py",))
    with pytest.raises(NoTarget, match="--staged"):
        target_of([root], staged=True, since="main")


def test_rules_go_by_their_ids_and_groups(root):
    made(root, {"a.py": "KEY\n"})
    assert lines(told(root, Config(rule=("credentials",))))
    assert not lines(told(root, Config(skip=("stored-key",))))
    with pytest.raises(NoSuchRule, match="did you mean `stored-key`"):
        told(root, Config(rule=("stored-keys",)))


def test_a_rule_that_fails_is_a_problem_and_costs_no_other(root, monkeypatch):
    def failing(repository):
        raise ValueError("abc")

    good = key_rule(root)
    bad = dataclasses.replace(good, id="bad", check=failing)
    monkeypatch.setattr(running, "rules", lambda: {"bad": bad, good.id: good})
    made(root, {"a.py": "KEY\n"})
    report = told(root)
    assert lines(report) == [("a.py", 1)]
    assert "`bad` failed with `ValueError`" in report.problems[0].message


def test_a_name_that_is_no_utf_8_is_said_not_to_be_read(root):
    made(root, {"b.py": "x\n"})
    (root / b"\xff.py".decode("utf-8", "surrogateescape")).write_text("KEY\n")
    assert "its name is no UTF-8" in told(root).problems[0].message
