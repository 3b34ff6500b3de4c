"""Takes JSON apart that is not one object a line: into lines of one object each, without holding it whole.

Rules:
- an array is its elements; so are `{"value": […]}` (the REST API's pages) and `{"records": […]}` (what
  Event Hubs and older diagnostic settings have), each page after the other;
- `{"tables": [{"columns": […], "rows": […]}]}` (the query API of Log Analytics) is one object for each row;
- objects that follow each other are taken as they are, however they are laid out;
- what is no JSON is skipped to the next line and counted; so is what the file breaks off in.

Sources: https://learn.microsoft.com/rest/api/monitor/activity-logs/list and
https://learn.microsoft.com/azure/azure-monitor/logs/api/response-format
"""

from __future__ import annotations

import codecs
import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

LONGEST = 128 * 1024 * 1024
"""Characters of one value, at most: of a table that is not streamed, too."""
LONGEST_OBJECT = 4 * 1024 * 1024
"""Characters of one object, at most: four bytes each, it still fits into what DuckDB takes for one."""
_BETWEEN = re.compile(r"[\s,\x1e\ufeff]*")
_WRAPPED = re.compile(
    r'\{\s*(?:"[^"\\]*"\s*:\s*(?:"[^"\\]*"|[\d.]+|null|true|false)\s*,\s*)*"(?:value|records)"\s*:\s*\['
)
_NAME = re.compile(r'"(?:[^"\\]|\\.)*"\s*:\s*')
_PIECE, _ENOUGH = 1024 * 1024, 4096
_LOOSE = 16
"""Characters at the end of a text that may be the beginning of a word, a number or an escape."""
_DECODE = json.JSONDecoder().raw_decode


@dataclass(slots=True)
class Unwrapped:
    """How many objects were found, and how many pieces were none; ``broken`` if the last was cut off."""

    objects: int = 0
    malformed: int = 0
    broken: bool = False


def decoded(parts: Iterable[bytes]) -> Iterator[str]:
    """Bytes as text: UTF-8, or UTF-16 where a mark says so; what is neither is replaced."""
    decoder: codecs.IncrementalDecoder | None = None
    for part in parts:
        if decoder is None:
            wide = part.startswith((b"\xff\xfe", b"\xfe\xff"))
            decoder = codecs.getincrementaldecoder("utf-16" if wide else "utf-8-sig")("replace")
        yield decoder.decode(part)
    if decoder is not None:
        yield decoder.decode(b"", final=True)


def unwrap(parts: Iterable[str], told: Unwrapped) -> Iterator[str]:
    """The objects in a text, as one line each; ``told`` counts them."""
    text = _Text(iter(parts))
    while text.skip():
        found = text.value()
        if found is None:
            told.malformed += 1
            told.broken = not text.skip_line()
        else:
            yield from _fitting(_objects(*found), told)
    told.broken |= text.depth > 0


def _fitting(lines: Iterable[str], told: Unwrapped) -> Iterator[str]:
    """The objects that are no longer than a row may be; ``told`` counts the others as none."""
    for line in lines:
        if len(line) > LONGEST_OBJECT:
            told.malformed += 1
        else:
            told.objects += 1
            yield line


class _Text:
    """A text that is read on as far as it is needed."""

    def __init__(self, parts: Iterator[str]) -> None:
        self._parts = parts
        self._text = ""
        self._at = 0
        self.depth = 0
        self.ended = False

    def skip(self) -> bool:
        """Go to the next value, into wrappers and arrays and out of them; false at the end."""
        while self._begin():
            if self._text[self._at] in "[]}":
                self.depth += 1 if self._text[self._at] == "[" else -1
                self._at += 1
            elif opened := _WRAPPED.match(self._text, self._at):
                self.depth += 2
                self._at = opened.end()
            elif named := _NAME.match(self._text, self._at):
                self._at = named.end()  # a member of a wrapper, behind its elements
                self.value()
            else:
                return True
        return False

    def _begin(self) -> bool:
        """Go to the next character that is no space, with enough behind it to see what it begins."""
        while True:
            found = _BETWEEN.match(self._text, self._at)
            self._at = found.end() if found else self._at
            if len(self._text) - self._at >= _ENOUGH or not self._more():
                return self._at < len(self._text)

    def value(self) -> tuple[Any, str] | None:
        """The value that stands here and how it is written; none if it is no JSON or breaks off."""
        while True:
            try:
                value, end = _DECODE(self._text, self._at)
            except RecursionError:
                return None
            except ValueError as error:
                too_long = len(self._text) - self._at > LONGEST
                if too_long or not self._may_go_on(error) or not self._more():
                    return None
            else:
                written = self._text[self._at : end]
                self._at = end
                return value, written

    def _may_go_on(self, error: ValueError) -> bool:
        """Whether what is no JSON may be the beginning of some: it is wrong at its end, or a text is open."""
        if not isinstance(error, json.JSONDecodeError):
            return False  # a number of more digits than Python reads
        return error.pos > len(self._text) - _LOOSE or error.msg.startswith("Unterminated string")

    def skip_line(self) -> bool:
        """Go behind the next line break, however far that is; false if there is none."""
        while (end := self._text.find("\n", self._at)) < 0:
            self._at = len(self._text)
            if not self._more():
                return False
        self._at = end + 1
        return True

    def _more(self) -> bool:
        """Read on; twice as much as there is, so that a long value is not tried too often."""
        wanted = max(_PIECE, len(self._text) - self._at)
        pieces = [self._text[self._at :]]
        while wanted > 0 and (piece := next(self._parts, None)) is not None:
            pieces.append(piece)
            wanted -= len(piece)
        self.ended = wanted > 0
        grew = len(pieces) > 1
        self._text, self._at = "".join(pieces), 0
        return grew


def _objects(value: object, written: str) -> Iterator[str]:
    """The objects that a value stands for."""
    if isinstance(value, dict) and isinstance(value.get("tables"), list):
        yield from (_line(row) for table in value["tables"] for row in _rows(table))
        return
    for name in ("value", "records"):
        if isinstance(value, dict) and isinstance(value.get(name), list):
            yield from map(_line, value[name])
            return
    yield written if "\n" not in written and "\r" not in written else _line(value)


def _rows(table: object) -> Iterator[dict[str, Any]]:
    """The rows of a table of the query API; none where it has no columns."""
    if not isinstance(table, dict):
        return
    columns = [str(column.get("name")) for column in table.get("columns") or () if isinstance(column, dict)]
    for row in table.get("rows") or ():
        if isinstance(row, list):
            yield dict(zip(columns, row, strict=False))


def _line(value: object) -> str:
    return json.dumps(value, separators=(",", ":"))
