"""What is in a file: opened so that no link, device or pipe is followed, and read to a bound.

Rules:
- a text is UTF-8; a byte-order mark says otherwise (UTF-16, UTF-32), and what is no UTF-8 is taken for
  Latin-1, in which every byte is a character: old comments are in it, and syntax never is;
- what is full of control characters is no text.
"""

from __future__ import annotations

import codecs
import errno
import os
import stat
from pathlib import Path

from keyless.assess.files.left_out import LeftOut
from keyless.assess.syntax.source import Lack

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_SAMPLE = 8192
_CONTROLS = bytes(one for one in range(32) if chr(one) not in "\t\n\r\f\b\x1b")
_FLAGS = os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_NOCTTY


class NotThere(Exception):
    """What is no file to look at, and that is no lack."""

    def __init__(self, why: LeftOut) -> None:
        super().__init__(why.value)
        self.why = why


class CannotRead(Exception):
    """What should have been looked at, and was not."""

    def __init__(self, lack: Lack, message: str) -> None:
        super().__init__(message)
        self.lack = lack


def bytes_of(root: Path, path: str, most: int) -> bytes:
    """The content of a file below a root.

    Raises:
        NotThere: a link leads to it, or it is no file.
        CannotRead: it may not be read, or is larger than ``most`` bytes.
    """
    file = root / path
    try:
        if os.path.realpath(file) != str(file):
            raise NotThere(LeftOut.LINK)
        return _read(file, most)
    except FileNotFoundError as error:
        raise NotThere(LeftOut.NO_FILE) from error
    except OSError as error:
        if error.errno == errno.ELOOP:
            raise NotThere(LeftOut.LINK) from error
        raise CannotRead(Lack.NOT_READ, (error.strerror or "it cannot be read").lower()) from error


def _read(file: Path, most: int) -> bytes:
    descriptor = os.open(file, _FLAGS)
    try:
        found = os.fstat(descriptor)
        if not stat.S_ISREG(found.st_mode):
            raise NotThere(LeftOut.NO_FILE)
        _check_size(found.st_size, most)
        with os.fdopen(descriptor, "rb", buffering=0, closefd=False) as opened:
            data = opened.read(most + 1)
    finally:
        os.close(descriptor)
    _check_size(len(data or b""), most)
    return data or b""


def _check_size(size: int, most: int) -> None:
    if size > most:
        raise CannotRead(
            Lack.TOO_LARGE, f"it has {size:,} bytes, and {most:,} are read of a file of its kind"
        )


def text_of(data: bytes) -> str:
    """The text of a file's bytes, without a byte-order mark."""
    try:
        return data.decode(encoding_of(data))
    except UnicodeDecodeError:
        return data.decode("latin-1")


def encoding_of(data: bytes) -> str:
    """The encoding that a file's first bytes tell."""
    return next((name for mark, name in _MARKS if data.startswith(mark)), "utf-8")


def is_binary(data: bytes) -> bool:
    """Whether bytes are no text of any encoding: one in twenty is a control character."""
    if encoding_of(data) != "utf-8":
        return False
    sample = data[:_SAMPLE]
    return (len(sample) - len(sample.translate(None, _CONTROLS))) * 20 > len(sample)
