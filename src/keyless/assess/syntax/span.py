"""Where something stands in a file.

Rules:
- lines and columns count from 1, columns in characters;
- ``start`` and ``end`` are offsets into the file's UTF-8 bytes, for edits; the end is not part of it, and
  a byte order mark at the beginning of a file is not counted.
"""

from __future__ import annotations

import msgspec


class Span(msgspec.Struct, frozen=True, order=True, array_like=True, gc=False):
    """A piece of a file."""

    line: int
    column: int
    end_line: int
    end_column: int
    start: int
    end: int


class Place(msgspec.Struct, frozen=True, order=True, gc=False):
    """A piece of a file that is named by its path from the root of what is assessed, with `/`."""

    path: str
    span: Span


NOWHERE = Span(0, 0, 0, 0, 0, 0)
"""For what no file says: a default, something made up."""
