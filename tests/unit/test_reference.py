"""The reference says what there is: no page is stale, and nothing that is there is left out."""

from __future__ import annotations

import ast
import json
import os
import re
import stat
import subprocess
import sys
from collections.abc import Iterator
from fnmatch import fnmatch
from pathlib import Path

import click
import pytest
from documents import ROOT, document, script

from keyless.cli.main import command as keyless
from keyless.gateway.environment import VARIABLES
from keyless.wire.operation import Requires

SOURCE = ROOT / "src" / "keyless"
_VARIABLE = re.compile(r"[A-Z][A-Z0-9]*(_[A-Z0-9]+)+")
_ALGORITHMS = {"CKM_AES_KEY_WRAP", "CKM_AES_KEY_WRAP_PAD", "RSA1_5"}  # as clients name them
_NO_VARIABLES = {"ORDERS_DB_PASSWORD", "TCP_QUICKACK", *_ALGORITHMS}  # an example, and an option of sockets
_LISTING = """
import json, os, pathlib, sys
state = pathlib.Path(".keyless")
found = {str(path.relative_to(state)): path.lstat().st_mode for path in [state, *state.rglob("*")]}
pathlib.Path(sys.argv[1]).write_text(json.dumps(found))
"""
_ESTATE = """
version: 1
resourceGroups:
  orders-rg:
    compute:
      orders-web: {type: Microsoft.Web/sites, identity: {systemAssigned: true}}
"""


def test_every_generated_page_is_current() -> None:
    """In a process of its own, with another order of sets than this one has."""
    command = [sys.executable, str(ROOT / "scripts" / "build_reference.py"), "--check"]
    environment = os.environ | {"PYTHONHASHSEED": "7"}
    done = subprocess.run(command, capture_output=True, text=True, env=environment, check=False, timeout=60)
    assert (done.returncode, done.stdout) == (0, ""), done.stdout + done.stderr


def test_a_stale_page_is_noticed_and_made_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    builder = script("build_reference")
    for module in (builder, script("build_estate_reference")):
        monkeypatch.setattr(module, "ROOT", tmp_path)
    assert builder.main(["--check"]) == 1
    assert "docs/reference/commands.md is out of date: run `make reference`" in capsys.readouterr().out
    assert builder.main([]) == 0
    assert builder.main(["--check"]) == 0
    (tmp_path / "docs" / "reference" / "operations.md").write_text("something else")
    assert [path.name for path in builder.stale()] == ["operations.md"]


def test_every_command_and_option_is_documented() -> None:
    text = document("docs/reference/commands.md").text
    for path, command in _commands("keyless", keyless):
        assert f"\n## `{path}`\n" in text
        section = text.split(f"\n## `{path}`\n")[1].split("\n## ")[0]
        for parameter in command.params:
            for spelling in (*parameter.opts, *parameter.secondary_opts):
                word = (
                    spelling if isinstance(parameter, click.Option) else parameter.metavar or spelling.upper()
                )
                assert word in section, (path, word)


def _commands(path: str, command: click.Command) -> Iterator[tuple[str, click.Command]]:
    if not isinstance(command, click.Group):
        yield path, command
        return
    context = click.Context(command)
    for name in command.list_commands(context):
        found = command.get_command(context, name)
        assert found is not None
        yield from _commands(f"{path} {name}", found)


def test_every_operation_is_documented_with_what_it_requires() -> None:
    pages = ("operations", "management-operations", "directory-operations")
    text = "".join(document(f"docs/reference/{name}.md").text for name in pages)
    operations = [one for plane in script("reference.operations").planes() for one in plane.operations]
    assert len(operations) > 30
    for one in operations:
        section = text.split(f"\n### `{one.id}`\n")[1].split("\n## ")[0].split("\n### ")[0]
        for method, template in one.routes:
            assert f"`{method} {template}`" in section
        needed = one.access.actions if isinstance(one.access, Requires) else (one.access.reason,)
        for need in needed:
            assert need in section
        assert one.spec in section


def test_every_variable_that_the_gateway_changes_is_documented() -> None:
    spans = document("docs/reference/environment.md").spans
    assert {row.name for row in VARIABLES} <= set(spans)


def test_every_variable_that_the_source_names_is_documented() -> None:
    documented = script("reference.environment").documented()
    spans = set(document("docs/reference/environment.md").spans)
    assert documented <= spans
    own = (path for path in SOURCE.rglob("*.py") if SOURCE / "assess" not in path.parents)
    named = {name for path in own for name in _names_in(path)}  # `assess` looks for those of others' code
    assert "KEYLESS_ROOT_KEY" in named
    assert named <= documented, "say in scripts/reference/environment.py what reads or sets them"


def _names_in(path: Path) -> set[str]:
    """Texts in a module that are, as a whole, the name of an environment variable."""
    constants = (
        node for node in ast.walk(ast.parse(path.read_text("utf-8"))) if isinstance(node, ast.Constant)
    )
    texts = {node.value for node in constants if isinstance(node.value, str)}
    return {text for text in texts if _VARIABLE.fullmatch(text) and text not in _NO_VARIABLES}


def test_the_page_of_files_lists_exactly_what_a_project_holds(tmp_path: Path) -> None:
    rows = dict(_file_rows())
    found = _files_of_a_project(tmp_path)
    unlisted = {path for path in found if not _row_of(path, rows)}
    assert unlisted == set()
    absent = [pattern for pattern in rows if not any(_row_of(path, rows) == pattern for path in found)]
    assert absent == []
    for path, mode in found.items():
        said = rows[_row_of(path, rows)]
        if said:
            assert f"0{stat.S_IMODE(mode):o}" == said, path


def _file_rows() -> Iterator[tuple[str, str]]:
    """Every path of the page with its mode, which is empty where the page gives none."""
    for line in document("docs/reference/files.md").text.splitlines():
        cells = [cell.strip() for cell in line.split("|")]
        if len(cells) > 3 and cells[1].startswith("`"):
            for pattern in re.findall(r"`([^`]+)`", cells[1]):
                yield pattern, cells[2]


def _row_of(path: str, rows: dict[str, str]) -> str:
    return path if path in rows else next((pattern for pattern in rows if fnmatch(path, pattern)), "")


def _files_of_a_project(folder: Path) -> dict[str, int]:
    """Everything under `.keyless` and its mode, while the loop runs and afterwards."""
    project, listed, authorities = folder / "project", folder / "listed", folder / "more.pem"
    project.mkdir()
    listed.mkdir()
    (project / "keyless.yaml").write_text(_ESTATE)
    authorities.write_text("no certificate")
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith("KEYLESS_")},
        "NODE_EXTRA_CA_CERTS": str(authorities),
        "JAVA_HOME": str(folder),
    }

    def run(*arguments: str) -> None:
        command = [sys.executable, "-m", "keyless.cli.main", *arguments]
        done = subprocess.run(
            command, cwd=project, env=environment, capture_output=True, text=True, check=False, timeout=60
        )
        assert done.returncode == 0, done.stderr

    def listing(name: str) -> tuple[str, ...]:
        return (sys.executable, "-c", _LISTING, str(listed / name))

    run("run", "--learn", "--", *listing("run"))
    run("shell", "--", *listing("shell"))
    run("plan")
    run("prove", "--", *listing("prove"))
    run("clock", "advance", "1s")
    run("estate", "init", "--force")
    subprocess.run(listing("end"), cwd=project, check=True, timeout=60)
    return {path: mode for name in listed.iterdir() for path, mode in json.loads(name.read_text()).items()}
