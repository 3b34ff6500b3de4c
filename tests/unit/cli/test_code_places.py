"""Code that names a secret is found by file and line, and by nothing else of it."""

from __future__ import annotations

from keyless.cli.code_places import code_places
from keyless.plan.results.secrets import CodePlace


def _write(root, name, text):
    file = root / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text)


def test_a_name_in_quotes_is_found_with_its_line(tmp_path):
    _write(tmp_path, "app/main.py", "import os\nclient.get_secret('db-password')\n")
    _write(tmp_path, "web/Program.cs", 'var s = client.GetSecret("DB-Password");')
    assert code_places(tmp_path, ["db-password"]) == {
        "db-password": (CodePlace("app/main.py", 2), CodePlace("web/Program.cs", 1))
    }


def test_a_part_of_a_longer_text_is_no_name(tmp_path):
    _write(tmp_path, "main.py", "x = 'db-password-2'\ny = 'my db-password'\nz = db_password\n")
    assert not code_places(tmp_path, ["db-password"])


def test_what_tools_bring_along_is_not_looked_at(tmp_path):
    for folder in ("node_modules/x", ".venv/lib", ".git", "obj"):
        _write(tmp_path, f"{folder}/a.js", "'db'")
    _write(tmp_path, "readme.md", "'db'")
    assert not code_places(tmp_path, ["db"])


def test_links_are_not_followed(tmp_path):
    outside = tmp_path / "outside"
    _write(outside, "a.py", "'db'")
    inside = tmp_path / "inside"
    inside.mkdir()
    (inside / "a.py").symlink_to(outside / "a.py")
    (inside / "folder").symlink_to(outside)
    assert not code_places(inside, ["db"])


def test_there_are_never_more_than_a_few_places_of_one_name(tmp_path):
    _write(tmp_path, "a.py", "'db'\n" * 40)
    assert len(code_places(tmp_path, ["db"])["db"]) == 5


def test_nothing_is_read_where_nothing_is_looked_for(tmp_path):
    assert not code_places(tmp_path / "missing", [])
