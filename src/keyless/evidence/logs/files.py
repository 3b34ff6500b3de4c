"""Which files a person means, and what is in them: what they hold decides, not how they are called.

Rules:
- a path is a file, a directory (all files below it, hidden ones left out, whatever the layout: diagnostic
  settings write `resourceId=…/y=2026/m=11/d=26/h=00/m=00/PT1H.json`), or a pattern with `*`, `?` or `[…]`;
- a file that is named twice is read once;
- gzip is told by its first bytes, Parquet too; text that begins with `{` or `[` is JSON, other text is a
  table (CSV) if its first line has a comma in it;
- what is none of these (Avro, an archive, a picture) is listed with the reason, and not read.

Source of the layout: https://learn.microsoft.com/azure/azure-monitor/platform/resource-logs-blob-format
"""

from __future__ import annotations

import enum
import glob
import gzip
import hashlib
import json
import os
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

HEAD_BYTES = 256 * 1024
_CHUNK = 1024 * 1024
_UNPACKED_BYTES, _UNPACKED_TIMES = 1024 * 1024 * 1024, 256
_GZIP, _PARQUET = b"\x1f\x8b", b"PAR1"
_MARKS = (b"\xff\xfe", b"\xfe\xff")
_UTF8_MARK = b"\xef\xbb\xbf"
_WRAPPERS = ("value", "records", "tables")
_OTHERS = {
    b"Obj\x01": "Avro, as Event Hubs Capture writes it: convert it to JSON Lines first",
    b"PK": "an archive: unpack it first",
    b"\x28\xb5\x2f\xfd": "zstd: unpack it first",
    b"BZh": "bzip2: unpack it first",
    b"SQLite format 3": "a database",
}


class LogError(Exception):
    """Logs that cannot be imported; the message says what to do."""


class Form(enum.StrEnum):
    """What a file holds. ``DOCUMENT`` is JSON that has to be taken apart first."""

    LINES = "JSON Lines"
    DOCUMENT = "JSON"
    TABLE = "CSV"
    PARQUET = "Parquet"
    EMPTY = "nothing"
    NONE = "no log"


@dataclass(frozen=True, slots=True)
class LogFile:
    """One file: where, how large, what it holds; ``why`` says what is wrong with one that holds no log."""

    path: Path
    size: int
    form: Form
    zipped: bool = False
    wide: bool = False
    why: str = ""


def find_files(paths: Iterable[str]) -> list[LogFile]:
    """The files that the paths mean, each once, in order of their names.

    Raises:
        LogError: a path means no file.
    """
    found = {os.path.realpath(path): path for given in paths for path in _meant(given)}
    return [look_at(Path(real)) for real in sorted(found)]


def _meant(given: str) -> Iterator[str]:
    path = Path(given)
    if path.is_file():
        yield given
    elif path.is_dir():
        yield from _below(path)
    elif any(sign in given for sign in "*?["):
        yield from _matching(given)
    else:
        raise LogError(f"there is no file or directory `{given}`")


def _below(directory: Path) -> Iterator[str]:
    for folder, folders, names in os.walk(directory):
        folders[:] = [one for one in folders if not one.startswith(".")]
        yield from (os.path.join(folder, name) for name in names if not name.startswith("."))


def _matching(pattern: str) -> Iterator[str]:
    found = glob.glob(pattern, recursive=True)
    if not found:
        raise LogError(f"nothing matches `{pattern}`")
    for one in found:
        yield from _below(Path(one)) if os.path.isdir(one) else [one]


def look_at(path: Path) -> LogFile:
    """What a file holds, by its first bytes."""
    try:
        size = path.stat().st_size
        if not path.is_file():
            return LogFile(path, 0, Form.NONE, why="not a file")
        head, zipped = _head(path)
    except OSError as error:
        return LogFile(path, 0, Form.NONE, why=(error.strerror or str(error)).lower())
    form, why = _form(head)
    return LogFile(path, size, form, zipped, head.startswith(_MARKS), why)


def _head(path: Path) -> tuple[bytes, bool]:
    """The first bytes of what a file holds, and whether it is gzip."""
    with path.open("rb") as opened:
        start = opened.read(HEAD_BYTES)
    if not start.startswith(_GZIP):
        return start, False
    return b"".join(unzipped(path, most=HEAD_BYTES))[:HEAD_BYTES], True


def unzipped(path: Path, most: int | None = None, damaged: list[Path] | None = None) -> Iterator[bytes]:
    """What can be read of a gzip file: it may end too early, or be damaged from some place on.

    ``damaged`` gets the path where that is so.

    Raises:
        OSError: it unpacks to far more than any log does, and would only fill the disk.
    """
    read, bound = 0, max(_UNPACKED_BYTES, _UNPACKED_TIMES * path.stat().st_size)
    with gzip.open(path, "rb") as opened:
        while most is None or read < most:
            try:
                part = opened.read1(_CHUNK)
            except (EOFError, OSError, zlib.error):
                if damaged is not None:
                    damaged.append(path)
                return
            if not part:
                return
            read += len(part)
            if read > bound:
                raise OSError(f"it unpacks to more than {_UNPACKED_TIMES} times its size")
            yield part


def _form(head: bytes) -> tuple[Form, str]:
    if head.startswith(_PARQUET):
        return Form.PARQUET, ""
    if head.startswith(_MARKS):
        return Form.DOCUMENT, ""  # UTF-16, as PowerShell writes it: to be put into UTF-8
    why = next((why for magic, why in _OTHERS.items() if head.startswith(magic)), "")
    if why or b"\x00" in head:
        return Form.NONE, why or "not a text"
    return _form_of_text(head.removeprefix(_UTF8_MARK).lstrip())


def _form_of_text(text: bytes) -> tuple[Form, str]:
    if not text:
        return Form.EMPTY, "nothing is in it"
    if text[:1] in {b"{", b"["}:
        return (Form.LINES if _is_lines(text) else Form.DOCUMENT), ""
    return (Form.TABLE, "") if b"," in text.partition(b"\n")[0] else (Form.NONE, "neither JSON nor a table")


def _is_lines(text: bytes) -> bool:
    """Whether the first line is a whole object, and not one that others are wrapped in."""
    try:
        first = json.loads(text.partition(b"\n")[0])
    except (ValueError, RecursionError):
        return False
    return isinstance(first, dict) and not any(isinstance(first.get(name), list) for name in _WRAPPERS)


def digest(path: Path) -> str:
    """The SHA-256 of a file as it is."""
    with path.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()
