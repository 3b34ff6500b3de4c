"""A file with pieces of it replaced, byte for byte the same elsewhere.

Rules:
- offsets count in the UTF-8 bytes of the text as readers have it: without a byte-order mark, whatever the
  file's own encoding is; the mark and the encoding are kept;
- new lines end as those of the file do, and do not come between a line and the comment at its end;
- a file whose bytes would not come back from its text is not edited.
"""

from __future__ import annotations

import codecs
from collections.abc import Iterable

from keyless.assess.files.contents import encoding_of, text_of
from keyless.assess.findings.finding import Edit

_MARKS = {
    "utf-8-sig": ((codecs.BOM_UTF8, "utf-8"),),
    "utf-16": ((codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be")),
    "utf-32": ((codecs.BOM_UTF32_LE, "utf-32-le"), (codecs.BOM_UTF32_BE, "utf-32-be")),
}


class CannotEdit(ValueError):
    """A file that cannot be edited; the message says why."""


class Original:
    """A file as it was read."""

    def __init__(self, data: bytes) -> None:
        text = text_of(data)
        self._mark, self._encoding = _encoding(data, text)
        if self._mark + text.encode(self._encoding) != data:
            raise CannotEdit("its bytes do not come back from its text")
        self.data = data
        self._text = text.encode()
        self._crlf = b"\r\n" in self._text and self._text.count(b"\n") == self._text.count(b"\r\n")

    def edited(self, edits: Iterable[Edit]) -> bytes:
        """The file with pieces replaced; they do not overlap.

        Raises:
            CannotEdit: a piece is not in the file, or a new text cannot be written in its encoding.
        """
        parts: list[bytes] = []
        at = 0
        for one in sorted(map(self._past_comment, edits), key=lambda edit: (edit.start, edit.end)):
            if not at <= one.start <= one.end <= len(self._text):
                raise CannotEdit("a piece to replace is not in it")
            parts += (self._text[at : one.start], self._ended(one.text).encode())
            at = one.end
        try:
            whole = b"".join((*parts, self._text[at:])).decode()
            return self._mark + whole.encode(self._encoding)
        except UnicodeError as error:
            raise CannotEdit("a piece to replace begins or ends within a character") from error

    def _past_comment(self, edit: Edit) -> Edit:
        """What is put in as lines of its own goes behind the comment that ends the line before."""
        if edit.start != edit.end or not edit.text.startswith("\n"):
            return edit
        end = self._text.find(b"\n", edit.start)
        rest = self._text[edit.start : end if end >= 0 else len(self._text)].rstrip(b"\r")
        if not rest.strip().startswith((b"//", b"#")):
            return edit
        at = edit.start + len(rest)
        return Edit(edit.path, at, at, edit.text)

    def _ended(self, text: str) -> str:
        return text.replace("\r\n", "\n").replace("\n", "\r\n") if self._crlf else text


def _encoding(data: bytes, text: str) -> tuple[bytes, str]:
    """The byte-order mark of a file, and the encoding of what follows it."""
    for mark, encoding in _MARKS.get(encoding_of(data), ()):
        if data.startswith(mark):
            return mark, encoding
    return b"", "utf-8" if text.encode() == data else "latin-1"
