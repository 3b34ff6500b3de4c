"""Which of several places of one name is meant: those that lie nearest in the tree of folders.

A repository may hold many programs and samples that use the same names. What lies in a folder of its own
with what reads it comes before what lies elsewhere.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

T = TypeVar("T")


def nearest(path: str, among: Sequence[T], path_of: Callable[[T], str]) -> list[T]:
    """Those whose paths share the most folders with a path, all of these, in their order."""
    if len(among) < 2:
        return list(among)
    folders = path.split("/")[:-1]
    shared = [_shared(folders, path_of(one).split("/")[:-1]) for one in among]
    most = max(shared)
    return [one for one, count in zip(among, shared, strict=True) if count == most]


def _shared(one: list[str], other: list[str]) -> int:
    count = 0
    for left, right in zip(one, other, strict=False):
        if left != right:
            break
        count += 1
    return count
