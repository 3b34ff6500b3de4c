"""Whether what a file gives reaches a workload that runs, told from the file's path.

Rules:
- a folder or name of tests, examples, samples and templates of `.env` says that it is for none;
- so does a profile of development or tests (`appsettings.Development.json`, `application-test.yml`).
"""

from __future__ import annotations

import re
from functools import lru_cache

_FOLDERS = re.compile(
    r"(^|/)(tests?|testing|__tests__|__mocks__|e2e|playwright|cypress|specs?|__fixtures__|fixtures?|mocks?|[\w.-]*mocks|testdata|sample[_-]?data|src/test|[\w.-]*[._-]tests?|\.devcontainer|"
    r"\.vscode|[\w.-]*unittests?|test[_-][\w.-]+)/",
    re.IGNORECASE,
)
_EXAMPLES = re.compile(r"(^|[.\-_])(example|sample|template|dist)([.\-_]|$)", re.IGNORECASE)
_NAMES = re.compile(
    r"(.*[.\-_])?(development|dev|local|localhost|test|tests|testing|unittest|it|e2e|ci|example|sample|template|dist|"
    r"defaults|mock)([.\-_].*)?",
    re.IGNORECASE,
)


@lru_cache(maxsize=4096)
def is_for_tests(path: str) -> bool:
    """Whether a file is one of tests, or of what tests use."""
    return _FOLDERS.search(path) is not None


@lru_cache(maxsize=4096)
def is_example(path: str) -> bool:
    """Whether a file only shows what another is to look like."""
    return _EXAMPLES.search(path.rpartition("/")[2]) is not None


@lru_cache(maxsize=4096)
def runs_from(path: str) -> bool:
    """Whether a workload that runs gets what this file of settings gives."""
    if is_for_tests(path):
        return False
    return _NAMES.fullmatch(path.rpartition("/")[2]) is None
