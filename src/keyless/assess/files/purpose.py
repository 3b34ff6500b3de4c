"""What a file is for, by where it is: tests are no production code.

Rules:
- a folder of tests, or a name as test runners look for it, says so;
- anything else is taken for production code.
"""

from __future__ import annotations

import re

_TESTS = re.compile(
    r"(^|/)(tests?|__tests__|specs?|e2e|testing|fixtures|mocks|__mocks__|[\w.-]+\.(Unit|Integration)?Tests?)/"
    r"|(^|/)(test_[^/]*\.py|[^/]*_test\.(py|go)|conftest\.py|[^/]*\.(test|spec)\.[cm]?[jt]sx?"
    r"|[^/]*Tests?\.(cs|java)|[^/]*IT\.java)$"
)


def is_test(path: str) -> bool:
    """Whether a file is one of tests."""
    return _TESTS.search(path) is not None
