"""A project for each test, and runs that the tests of all processes look at together."""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from attack_site import Place, attacked_place
from sdk_samples import Folders, fetch
from sdk_site import Once, Site, SkipLoudly


@pytest.fixture
def site(tmp_path: Path) -> Site:
    """A project without an estate yet."""
    return Site.made(tmp_path)


@pytest.fixture(scope="session")
def once(tmp_path_factory: pytest.TempPathFactory) -> Once:
    """Whoever comes first makes the thing, the others wait; where that fails, the next one tries again."""
    base = tmp_path_factory.getbasetemp()
    shared = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base

    def make_once(name: str, make: Callable[[Path], Any]) -> Any:
        made = shared / f"{name}.json"
        with (shared / f"{name}.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not made.exists():
                made.write_text(json.dumps(make(tmp_path_factory.mktemp(name))))
            return json.loads(made.read_text())

    return make_once


@pytest.fixture(scope="session")
def attacked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    """A plane that the tests of attacks share."""
    with attacked_place(tmp_path_factory.mktemp("attacked")) as place:
        yield place


@pytest.fixture
def folders(once: Once, skip_loudly: SkipLoudly) -> Folders:
    """Where the samples of each package are."""
    fetched = once("published_samples", fetch)
    if "problem" in fetched:
        skip_loudly(f"the published samples: {fetched['problem']}")
    return {package: Path(folder) for package, folder in fetched["folders"].items()}
