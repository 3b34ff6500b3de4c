"""Which records this process has changed of late: whoever remembers a collection need not read it anew.

Rules:
- a change is known by the revision that it made of its collection; what another process commits in between
  leaves a gap, and across a gap nothing is said;
- only the last changes are kept, and large ones not at all: reading everything is then no slower.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable

from keyless.store.ports import Key

_KEPT = 256
_LARGE = 1000


class Journal:
    """The keys that each commit of this process touched, by collection and revision."""

    def __init__(self) -> None:
        self._commits: dict[str, deque[tuple[int, frozenset[Key]]]] = {}

    def write(self, collection: str, revision: int, keys: Iterable[Key]) -> None:
        """Note a commit, by the revision that it made of the collection."""
        touched = frozenset(keys)
        if len(touched) <= _LARGE:
            self._commits.setdefault(collection, deque(maxlen=_KEPT)).append((revision, touched))

    def changed(self, collection: str, since: int, until: int) -> frozenset[Key] | None:
        """The keys that were touched after one revision and up to another; none where that is not known."""
        found: dict[int, frozenset[Key]] = {
            revision: keys
            for revision, keys in self._commits.get(collection, ())
            if since < revision <= until
        }
        if len(found) != until - since:
            return None
        return frozenset().union(*found.values())
