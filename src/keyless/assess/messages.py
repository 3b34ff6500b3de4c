"""What goes between the process that assesses and those that read files for it.

A message is its length in four bytes, and MessagePack.
"""

from __future__ import annotations

import hashlib

import msgspec

from keyless.assess.files.left_out import LeftOut
from keyless.assess.standing.comments import Comment
from keyless.assess.syntax.source import Source


class Request(msgspec.Struct, frozen=True, array_like=True):
    """A file to read: from the folder, or where ``data`` is given (of git), that."""

    path: str
    data: bytes | None = None
    has_bicep: bool = False


class Answer(msgspec.Struct, frozen=True, array_like=True):
    """What was read of a file; no source where it was left out."""

    path: str
    source: Source | None = None
    left_out: LeftOut | None = None
    comments: tuple[Comment, ...] = ()
    digest: bytes = b""


def digest(data: bytes) -> bytes:
    """What tells whether a file is as it was when it was read."""
    return hashlib.blake2b(data, digest_size=16).digest()


def framed(message: bytes) -> bytes:
    """A message as it goes over a pipe."""
    return len(message).to_bytes(4, "big") + message


HELLO = b""
"""What a process that reads says first."""
