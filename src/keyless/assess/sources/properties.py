"""Java's properties: one flat record.

Rules:
- a key ends at the first `=`, `:` or white space that no backslash escapes; white space around is left out;
- a line that ends with an odd number of backslashes goes on in the next, without its leading white space;
- lines that begin with `#` or `!` are comments;
- `${a.b:default}` in a value is an expression of Spring.

Source: https://docs.oracle.com/en/java/javase/21/docs/api/java.base/java/util/Properties.html
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import PurePosixPath

from keyless.assess.sources.flat import flat_document
from keyless.assess.sources.texts import whole
from keyless.assess.sources.tree import FileText
from keyless.assess.syntax.documents import DocumentKind
from keyless.assess.syntax.source import Source

_SPRING = re.compile(r"(application|bootstrap)([.\-_][\w.\-]*)?\.properties", re.IGNORECASE)
_END_OF_KEY = re.compile(r"(?:[^\\=:\s]|\\.)*+", re.DOTALL)
_BETWEEN = re.compile(r"[ \t\f]*+[=:]?[ \t\f]*+")
_ESCAPE = re.compile(r"\\(?:u([0-9a-fA-F]{4})|\r?\n[ \t\f]*|(.)|$)", re.DOTALL)
_LETTERS = {"n": "\n", "t": "\t", "r": "\r", "f": "\f"}


def read(path: str, text: str) -> Source:
    """A file of properties."""
    file = FileText(path, text)
    spring = _SPRING.fullmatch(PurePosixPath(path).name) is not None
    kind = DocumentKind.SPRING if spring else DocumentKind.OTHER
    return flat_document(file, kind, entries_of(text), names=False)


def entries_of(text: str) -> Iterator[tuple[str, int, int, str, int, int]]:
    """Each key and value of a text, with where they stand."""
    for start, end in _logical_lines(text):
        line = text[start:end]
        lead = len(line) - len(line.lstrip())
        if lead == len(line) or line[lead] in "#!":
            continue
        key = _END_OF_KEY.match(line, lead)
        after = _BETWEEN.match(line, key.end() if key else lead)
        if key is None or after is None:
            continue
        yield (
            _unescaped(key.group()),
            start + lead,
            start + key.end(),
            _unescaped(line[after.end() :]),
            start + after.end(),
            end,
        )


def _logical_lines(text: str) -> Iterator[tuple[int, int]]:
    start = at = 0
    while at < len(text):
        end = text.find("\n", at)
        end = len(text) if end < 0 else end
        if end == len(text) or not _goes_on(text, start, end):
            yield start, end - 1 if text[start:end].endswith("\r") else end
            start = end + 1
        at = end + 1
    if start < len(text):  # a line that was to go on, and the file ends
        yield start, len(text)


def _goes_on(text: str, start: int, end: int) -> bool:
    """Whether a line has an odd number of backslashes at its end, and is no comment."""
    end = end - 1 if end > start and text[end - 1] == "\r" else end
    first = end
    while first > start and text[first - 1] == "\\":
        first -= 1
    return (end - first) % 2 == 1 and not text[start : start + 200].lstrip().startswith(("#", "!"))


def _unescaped(written: str) -> str:
    return whole(_ESCAPE.sub(_meant, written)) if "\\" in written else written


def _meant(found: re.Match[str]) -> str:
    if found.group(1):
        return chr(int(found.group(1), 16))
    letter = found.group(2) or ""
    return _LETTERS.get(letter, letter)
