"""What is remembered of pages that were shown: their etag, and the link to the next one.

Providers ask again and again whether a list has changed. As long as no key-value has, a page with the same
request line is the same page, and nothing needs to be read to say so.

- what is remembered is forgotten as soon as any key-value of any store changes, in whichever process;
- it holds no values, only tags and links;
- the number of pages is bounded, and the length of what they are known by, because request lines come from
  outside.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from keyless.wire.request import LONGEST_REMEMBERED

_REMEMBERED = 4096


class PageState(NamedTuple):
    """The etag of a page, and the link to the next one, if there may be one."""

    etag: str
    link: str | None


class PageStates:
    """Pages by store and query; ``revision`` gives a number that changes with every write."""

    def __init__(self, revision: Callable[[], int]) -> None:
        self._revision = revision
        self._seen = -1
        self._states: dict[tuple[str, str], PageState] = {}

    def known(self, store_name: str, query: str) -> PageState | None:
        """The state of the page that a query means, if nothing has been written since it was read."""
        return self._states.get((store_name, query)) if self._revision() == self._seen else None

    def keep(self, store_name: str, query: str, state: PageState, revision: int) -> None:
        """Remember a page that was read when the revision was this, or after."""
        if len(query) > LONGEST_REMEMBERED:
            return
        if revision != self._seen or len(self._states) >= _REMEMBERED:
            self._states.clear()
            self._seen = revision
        self._states[store_name, query] = state
