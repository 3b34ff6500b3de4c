"""Looks for secrets in files: plain, and in the forms that they are most often written in.

What is looked for is a text that every planted value holds, so that one search is for all of them.
"""

from __future__ import annotations

import base64
from collections.abc import Iterable, Iterator
from pathlib import Path

_ALIGNMENTS = (0, 1, 2)


def forms(text: str) -> tuple[bytes, ...]:
    """The text in UTF-8 and UTF-16, in hexadecimal digits, and in base64 at each of its alignments."""
    plain = text.encode()
    spelled = (plain, plain.hex().encode(), plain.hex().upper().encode())
    return (*spelled, text.encode("utf-16-le"), text.encode("utf-16-be"), *_in_base64(plain))


def _in_base64(plain: bytes) -> Iterator[bytes]:
    """What of the text's base64 is the same whatever stands before and behind it."""
    for before in _ALIGNMENTS:
        written = base64.b64encode(b"\x00" * before + plain + b"\x00" * 3)
        steady = written[(before * 8 + 5) // 6 : (before + len(plain)) * 8 // 6]
        yield steady
        yield steady.translate(bytes.maketrans(b"+/", b"-_"))


def found_in(directory: Path, needles: Iterable[bytes]) -> list[str]:
    """The files of a directory, and of those in it, that hold one of some texts."""
    wanted = tuple(needles)
    files = (path for path in sorted(directory.rglob("*")) if path.is_file())
    return [str(path) for path in files if _holds(path, wanted)]


def _holds(path: Path, wanted: tuple[bytes, ...]) -> bool:
    """Whether a file holds one of them, broken into lines or not: PEM is, and JSON writes the breaks out."""
    content = path.read_bytes()
    unbroken = content.replace(b"\\n", b"").translate(None, b"\r\n")
    return any(needle in content or needle in unbroken for needle in wanted)
