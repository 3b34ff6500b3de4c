"""Asking git about a repository runs nothing that the repository names: hooks, monitors, filters, drivers."""

from __future__ import annotations

import shutil

import pytest

from assessed_made import committed, git, made
from keyless.assess.files.changed import Changes, changed_lines
from keyless.assess.files.git import commit_of, contents_of, sizes_of, staged_blobs
from keyless.assess.files.left_out import LeftOut
from keyless.assess.syntax.source import Lack
from keyless.assess.target import NoTarget, Target, gather

pytestmark = pytest.mark.skipif(shutil.which("git") is None, reason="git is not there")


@pytest.fixture
def root(tmp_path):
    """A repository that would leave a file behind wherever anything of it is run."""
    folder = tmp_path.resolve() / "repository"
    folder.mkdir()
    committed(
        folder, {"a.py": "x = 1\n", "b.py": "y = 1\n", ".gitattributes": "* filter=own diff=own merge=own\n"}
    )
    run = f"sh -c 'touch {tmp_path.resolve() / 'ran'}; cat'"
    for key in ("filter.own.clean", "filter.own.smudge", "filter.own.process", "diff.own.textconv"):
        git(folder, "config", key, run)
    for key in (
        "diff.own.command",
        "diff.external",
        "core.fsmonitor",
        "core.pager",
        "core.sshCommand",
        "core.editor",
    ):
        git(folder, "config", key, run)
    hook = folder / ".git" / "hooks" / "post-index-change"
    made(folder / ".git" / "hooks", {"post-index-change": f"#!/bin/sh\ntouch {tmp_path.resolve() / 'ran'}\n"})
    hook.chmod(0o755)
    return folder


@pytest.mark.parametrize("how", [{}, {"staged": True}, {"revision": "HEAD"}, {"since": "HEAD"}])
def test_nothing_is_run_whatever_is_assessed(root, tmp_path, how):
    made(root, {"a.py": "x = 2\n"})
    gathered = gather(Target(root=root, **how))
    assert [one.path for one in gathered.requests] == ["a.py", "b.py"]
    if gathered.compared:
        Changes(root, gathered.base, gathered.texts).of("a.py")
    assert not (tmp_path / "ran").exists()


def test_a_revision_is_no_option_whatever_it_is_called(root):
    for name in ("--help", "-h", "--output=/tmp/x", "", "nothing", "HEAD:a.py"):
        assert commit_of(root, name) is None
    with pytest.raises(NoTarget, match="no revision"):
        gather(Target(root=root, since="--all"))


def test_what_git_lacks_is_said_not_to_be_read_and_is_not_fetched(root):
    (one,) = [blob for blob in staged_blobs(root) if blob.path == "b.py"]
    (root / ".git" / "objects" / one.id[:2] / one.id[2:]).unlink()
    gathered = gather(Target(root=root, revision="HEAD"))
    assert [(problem.path, problem.lack) for problem in gathered.problems] == [("b.py", Lack.NOT_READ)]
    assert sizes_of(root, [one.id]) == contents_of(root, [one.id]) == {}


def test_links_and_submodules_of_a_revision_are_counted_and_large_files_said(root, monkeypatch):
    (root / "link.py").symlink_to("/etc/passwd")
    made(root, {"large.py": "x = 1\n" * 400_000})
    git(root, "-c", "filter.own.clean=cat", "-c", "filter.own.process=", "add", "-A")
    gathered = gather(Target(root=root, staged=True))
    assert [one.path for one in gathered.requests] == ["a.py", "b.py"]
    assert gathered.left_out == {LeftOut.LINK: 1}
    assert [(one.path, one.lack) for one in gathered.problems] == [("large.py", Lack.TOO_LARGE)]


@pytest.mark.parametrize(
    ("before", "after", "changed"),
    [
        ("a\nb\nc\n", "a\nb\nc\n", ()),
        ("a\nb\nc\n", "a\nx\nc\n", ((2, 2),)),
        ("a\nc\n", "a\nb\nb\nc\n", ((2, 3),)),
        ("a\nb\nc\n", "a\nc\n", ((2, 2),)),
        ("a\r\nb\r\n", "a\nb\n", ()),
        ("", "a\nb", ((1, 2),)),
        ("a\nb\nc\nd\ne\n", "a\nX\nc\nd\nY\n", ((2, 2), (5, 5))),
    ],
)
def test_changed_lines_are_those_that_are_not_as_they_were(before, after, changed):
    assert changed_lines(before.split("\n"), after.split("\n")) == changed


def test_of_files_too_different_to_compare_all_in_between_counts_as_changed():
    before, after = [f"a{at}" for at in range(3000)], [f"b{at}" for at in range(3000)]
    assert changed_lines(["same", *before, "same"], ["same", *after, "same"]) == ((2, 3001),)
