"""The samples that client libraries publish: where they are, once they were fetched for all tests."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType
from typing import Any

SCRIPT = Path(__file__).resolve().parents[2] / "scripts" / "published_samples.py"
Folders = dict[str, Path]
"""The directory of samples of each package."""


def load_script() -> ModuleType:
    """The script that fetches."""
    spec = importlib.util.spec_from_file_location("published_samples", SCRIPT)
    assert spec is not None
    assert spec.loader is not None
    script = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(script)
    return script


def fetch(_: Path) -> dict[str, Any]:
    """The directories of samples by package, or why they cannot be had."""
    script = load_script()
    try:
        return {"folders": {package: str(script.samples_of(package)) for package in script.PACKAGES}}
    except script.CannotFetch as error:
        return {"problem": str(error)}
