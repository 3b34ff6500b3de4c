"""The sample and the demo: the loop on a real web service that knows nothing of Keyless."""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
from pathlib import Path

import pytest
from keyless_command import LIMIT_S, assert_nothing_is_left, clean_environment

SAMPLE = Path(__file__).parents[2] / "examples" / "orders"


def test_no_line_of_the_samples_code_knows_keyless() -> None:
    files = [file for file in SAMPLE.rglob("*") if file.suffix in {".py", ".txt", ".toml", ".cfg"}]
    assert len(files) > 5
    assert not [file for file in files if "keyless" in file.read_text().casefold()]


@pytest.mark.skipif(
    any(importlib.util.find_spec(name) is None for name in ("flask", "azure")),
    reason="needs the sample's libraries",
)
def test_the_demo_tells_the_loop_to_its_end(tmp_path: Path) -> None:
    kept = tmp_path / "kept"
    environment = clean_environment(tmp_path)
    done = subprocess.run(
        [sys.executable, "-m", "keyless.cli.main", "demo", "--keep", str(kept)],
        capture_output=True,
        timeout=2 * LIMIT_S,
        check=False,
        env=environment,
        cwd=tmp_path,
    )
    told = done.stdout.decode()
    assert done.returncode == 0, done.stderr.decode()
    for text in (
        "$ keyless run --learn",
        "$ keyless plan",
        "$ keyless prove",
        "keyless: denied",
        "$ keyless explain",
    ):
        assert text in told
    assert "orders-web may not `Microsoft.KeyVault/vaults/secrets/getSecret/action`" in told
    assert "the proof holds" in done.stderr.decode()
    assert_nothing_is_left(tmp_path)
    again = subprocess.run(
        [sys.executable, "-m", "keyless.cli.main", "demo", "--keep", str(kept)],
        capture_output=True,
        timeout=LIMIT_S,
        check=False,
        env=environment,
        cwd=tmp_path,
    )
    assert (again.returncode, again.stdout) == (2, b"")
    assert again.stderr == f"keyless: `{kept}` is not empty: name another directory\n".encode()


def test_the_demo_says_what_it_lacks(tmp_path: Path) -> None:
    (tmp_path / "azure").mkdir()
    (tmp_path / "azure" / "__init__.py").write_text("")
    done = subprocess.run(
        [sys.executable, "-m", "keyless.cli.main", "demo"],
        capture_output=True,
        timeout=LIMIT_S,
        check=False,
        env=clean_environment(tmp_path) | {"PYTHONPATH": os.fspath(tmp_path)},
        cwd=tmp_path,
    )
    assert (done.returncode, done.stdout) == (2, b"")
    assert (
        b"keyless: the sample needs azure.identity, azure.appconfiguration.provider: install" in done.stderr
    )
