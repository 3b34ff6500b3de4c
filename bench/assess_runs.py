"""Running `keyless assess` on a tree, as a user would, and reading its JSON."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from bench.corpus.labels import Found

KEYLESS = (str(Path(sys.executable).parent / "keyless"), "assess", "--format", "json", "--no-config")
_LONGEST_CALL = 12
_LANGUAGES = {
    ".bicep": "bicep",
    ".cs": "csharp",
    ".go": "go",
    ".java": "java",
    ".js": "javascript",
    ".jsx": "javascript",
    ".ps1": "powershell",
    ".py": "python",
    ".properties": "properties",
    ".sh": "shell",
    ".tf": "terraform",
    ".ts": "typescript",
    ".tsx": "typescript",
    ".xml": "xml",
    ".config": "xml",
    ".yaml": "yaml",
    ".yml": "yaml",
    ".json": "json",
}


def assessed(tree: Path, name: str) -> list[Found]:
    """The findings in a tree, at the confidence that is the default.

    Raises:
        RuntimeError: the command failed.
    """
    done = subprocess.run((*KEYLESS, str(tree)), check=False, capture_output=True, text=True)
    if done.returncode not in {0, 1, 3}:
        raise RuntimeError(done.stderr)
    return [_found(one, name) for one in json.loads(done.stdout)["findings"]]


def _found(one: dict[str, Any], name: str) -> Found:
    places = [one["place"], *(step["place"] for key in ("steps", "also") for step in one.get(key, ()))]
    at = tuple(dict.fromkeys(line for place in places for line in _lines(place)))
    return Found(repository=name, rule=one["rule"], language=language_of(at[0][0]), places=at)


def _lines(place: dict[str, Any]) -> Iterator[tuple[str, int]]:
    """The lines of a place; of a long one (a whole resource) only the first."""
    first, last = place["line"], place["endLine"]
    for line in range(first, last + 1) if last - first <= _LONGEST_CALL else (first,):
        yield place["path"], line


def language_of(path: str) -> str:
    """What the labels call the language of a file."""
    if "/.github/workflows/" in f"/{path}":
        return "github-actions"
    return _LANGUAGES.get(Path(path).suffix.casefold(), Path(path).name)
