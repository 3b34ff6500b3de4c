"""What a file of code is for, by where it is and what it is called: tests are no production code.

Rules:
- a folder of tests, or a name as test runners look for it, says so;
- anything else is taken for production code.
"""

from __future__ import annotations

import re
from functools import lru_cache

from keyless.assess.settings.writers.where import is_for_tests

_NAMES = re.compile(
    r"test_[^/]*\.py|[^/]*_test\.(py|go)|conftest\.py|[^/]*\.(test|spec)\.[cm]?[jt]sx?"
    r"|[^/]*Tests?\.(cs|java)|[^/]*IT\.java"
)


@lru_cache(maxsize=4096)
def is_test(path: str) -> bool:
    """Whether a file is one of tests."""
    return is_for_tests(path) or _NAMES.fullmatch(path.rpartition("/")[2]) is not None
