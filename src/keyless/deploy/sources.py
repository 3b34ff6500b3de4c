"""What sources of contents have in common, whether vaults or configuration stores take them in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import NamedTuple


class NotASource(Exception):
    """What was given cannot be read as a source of contents; the message says why, and no value."""


class Left(NamedTuple):
    """A thing that cannot come in, and why."""

    what: str
    why: str


@dataclass(frozen=True, slots=True)
class Choice:
    """Which names are wanted: as they are, or by patterns as shells have them; case does not count."""

    only: Sequence[str] = ()
    leave_out: Sequence[str] = ()

    def takes(self, *names: str) -> bool:
        """Whether something is wanted that is known by any of these names."""
        return (not self.only or _any_matches(self.only, names)) and not _any_matches(self.leave_out, names)


def _any_matches(patterns: Sequence[str], names: Sequence[str]) -> bool:
    return any(_matches(one.casefold(), name.casefold()) for one in patterns for name in names)


def _matches(pattern: str, name: str) -> bool:
    """Names may have brackets of their own, as the places of lists in properties: `hosts[0]`."""
    return pattern == name or fnmatchcase(name, pattern)


def decoded(data: bytes) -> str:
    """A file's content as text; a byte order mark is dropped.

    Raises:
        NotASource: it is not UTF-8.
    """
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise NotASource("it is not UTF-8 text") from None
