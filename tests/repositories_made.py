"""Repositories of a few files, for tests of what is derived from sources."""

from __future__ import annotations

import datetime

from keyless.assess.repository import Repository
from keyless.assess.sources.read import read

TODAY = datetime.date(2026, 8, 1)


def repository(files: dict[str, str]) -> Repository:
    """The repository that has these files; each must be understood whole."""
    sources = [read(path, text.encode()) for path, text in files.items()]
    found = [one for one in sources if one is not None]
    assert [problem for one in found for problem in one.problems] == []
    return Repository(found, TODAY)
