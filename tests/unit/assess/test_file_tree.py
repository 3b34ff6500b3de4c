"""Which files of a folder are looked at: what git keeps, what `.gitignore` leaves, and what people wrote."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from keyless.assess.files.chosen import chosen
from keyless.assess.files.left_out import LeftOut
from keyless.assess.files.tree import tree

needs_git = pytest.mark.skipif(shutil.which("git") is None, reason="git is not there")


def write(root: Path, *paths: str, text: str = "x = 1\n") -> None:
    for path in paths:
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text)


def git(root: Path, *arguments: str) -> None:
    subprocess.run(["git", "-C", root, *arguments], check=True, capture_output=True)


@needs_git
def test_in_a_repository_git_says_what_there_is(tmp_path):
    git(tmp_path, "init", "-q")
    write(tmp_path, "app.py", "new.py", ".github/workflows/a.yml", "made/x.py")
    write(tmp_path, ".gitignore", text="made/\n")
    git(tmp_path, "add", "app.py")
    found = tree(tmp_path)
    assert found.of_git
    assert found.paths == (".github/workflows/a.yml", ".gitignore", "app.py", "new.py")


def test_without_a_repository_each_gitignore_holds_below_its_folder(tmp_path):
    write(tmp_path, "a.py", "made/x.py", "in/keep.log", "in/drop.log", "other/drop.log", "node_modules/x.js")
    write(tmp_path, ".gitignore", text="made/\n*.log\n")
    write(tmp_path, "in/.gitignore", text="!keep.log\n")
    found = tree(tmp_path)
    assert not found.of_git
    assert found.paths == (".gitignore", "a.py", "in/.gitignore", "in/keep.log")


def test_a_pattern_that_would_take_for_ever_ignores_nothing(tmp_path):
    write(tmp_path, "a" * 200 + ".py")
    write(tmp_path, ".gitignore", text="*a" * 60 + "b\n")
    assert len(tree(tmp_path).paths) == 2


def test_links_of_folders_are_not_followed_and_loops_end(tmp_path):
    write(tmp_path, "in/a.py")
    os.symlink(tmp_path, tmp_path / "in" / "loop")
    assert tree(tmp_path).paths == ("in/a.py", "in/loop")


def test_so_many_files_are_listed_and_that_there_were_more_is_said(tmp_path):
    write(tmp_path, "a.py", "b.py", "c.py")
    assert tree(tmp_path, most=2).cut
    assert not tree(tmp_path, most=3).cut


@pytest.mark.parametrize(
    ("path", "why"),
    [
        ("web/node_modules/a/index.js", LeftOut.VENDORED),
        ("vendor/github.com/x/y.go", LeftOut.VENDORED),
        ("wwwroot/lib/jquery/dist/jquery.js", LeftOut.VENDORED),
        ("src/.mvn/wrapper/MavenWrapperDownloader.java", LeftOut.VENDORED),
        ("web/package-lock.json", LeftOut.LOCK_FILE),
        ("pnpm-lock.yaml", LeftOut.LOCK_FILE),
        ("static/app.min.js", LeftOut.MINIFIED),
        ("static/app-d13879e1.js", LeftOut.MINIFIED),
        ("x/._settings.json", LeftOut.BINARY),
    ],
)
def test_what_nobody_here_wrote_is_left_out_and_counted(path, why):
    found = chosen([path, "README.md", "app.py"])
    assert found.paths == ("app.py",)
    assert found.left_out == {why: 1}


@pytest.mark.parametrize(
    "path", ["build/azure-pipelines.yml", "env/prod/main.tf", "packages/api/index.ts", "src/react.js", ".env"]
)
def test_a_folder_whose_name_means_many_things_is_looked_at(path):
    assert chosen([path]).paths == (path,)


def test_what_is_excluded_is_named_as_in_gitignore(tmp_path):
    found = chosen(["a.py", "docs/b.py", "docs/keep/c.py"], ["docs/*", "!docs/keep"])
    assert found.paths == ("a.py", "docs/keep/c.py")
    assert found.left_out == {LeftOut.EXCLUDED: 1}


def test_a_template_compiled_from_bicep_beside_it_is_known(tmp_path):
    assert chosen(["main.bicep", "main.json", "other.json"]).compiled == {"main.json"}
