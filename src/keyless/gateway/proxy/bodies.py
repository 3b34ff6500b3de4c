"""Where a request's body ends, without I/O.

What comes after the end is not passed on: a second request on the same connection would otherwise reach the
next server as it was written for the proxy, secret included. Source: RFC 9112, sections 6 and 7.1.
"""

from __future__ import annotations

import enum
import re
from typing import Protocol

from keyless.gateway.proxy.answers import malformed
from keyless.gateway.proxy.heads import RequestHead

_MAX_LINE_BYTES = 8 * 1024
_MAX_TRAILER_BYTES = 64 * 1024
_SIZE = re.compile(rb"([0-9A-Fa-f]{1,15})[ \t]*(;.*)?")


class Body(Protocol):
    """A body that is on its way."""

    @property
    def complete(self) -> bool:
        """Whether its end has been seen."""
        ...

    def take(self, data: bytes) -> int:
        """How many of these bytes belong to it; raises Refusal (400) where they cannot be a body's."""
        ...


def body_of(head: RequestHead) -> Body:
    """The body that a head announces; raises Refusal (400) where it announces more than one."""
    lengths = {length.strip() for value in head.all("content-length") for length in value.split(",")}
    codings = [coding.strip().lower() for v in head.all("transfer-encoding") for coding in v.split(",")]
    if codings:
        if codings != ["chunked"] or lengths or head.version == "1.0":
            raise malformed("the body's length is declared in a way that readers differ on")
        return ChunkedBody()
    if len(lengths) > 1 or any(not (n.isascii() and n.isdigit() and len(n) < 16) for n in lengths):
        raise malformed("the content length is not one number")
    return SizedBody(int(lengths.pop()) if lengths else 0)


class SizedBody:
    """A body of a known size."""

    def __init__(self, size_bytes: int) -> None:
        self._left = size_bytes

    @property
    def complete(self) -> bool:
        """Whether nothing is missing."""
        return self._left == 0

    def take(self, data: bytes) -> int:
        """As much as is still missing."""
        taken = min(self._left, len(data))
        self._left -= taken
        return taken


class _Part(enum.Enum):
    SIZE = enum.auto()
    DATA = enum.auto()
    DATA_END = enum.auto()
    TRAILERS = enum.auto()
    DONE = enum.auto()


class ChunkedBody:
    """A body in chunks; it is passed on as it is, and only followed to its end."""

    def __init__(self) -> None:
        self._part = _Part.SIZE
        self._left = 0
        self._line = bytearray()
        self._trailer_bytes = 0

    @property
    def complete(self) -> bool:
        """Whether the last chunk and its trailers have been seen."""
        return self._part is _Part.DONE

    def take(self, data: bytes) -> int:
        """Follow the chunks through these bytes."""
        at = 0
        while at < len(data) and self._part is not _Part.DONE:
            at = self._take_data(data, at) if self._part is _Part.DATA else self._take_line(data, at)
        return at

    def _take_data(self, data: bytes, at: int) -> int:
        taken = min(self._left, len(data) - at)
        self._left -= taken
        if not self._left:
            self._part = _Part.DATA_END
        return at + taken

    def _take_line(self, data: bytes, at: int) -> int:
        end = data.find(b"\n", at) + 1
        self._line += data[at : end or len(data)]
        if len(self._line) > _MAX_LINE_BYTES:
            raise malformed("a line between the chunks is too long")
        if not end:
            return len(data)
        if not self._line.endswith(b"\r\n"):
            raise malformed("a line between the chunks does not end with CRLF")
        line = bytes(self._line[:-2])
        self._line.clear()
        self._read_line(line)
        return end

    def _read_line(self, line: bytes) -> None:
        if self._part is _Part.SIZE:
            self._begin_chunk(line)
        elif self._part is _Part.DATA_END:
            if line:
                raise malformed("a chunk is longer than it said")
            self._part = _Part.SIZE
        else:
            self._trailer_bytes += len(line)
            if self._trailer_bytes > _MAX_TRAILER_BYTES:
                raise malformed("the trailers are too long")
            self._part = _Part.TRAILERS if line else _Part.DONE

    def _begin_chunk(self, line: bytes) -> None:
        found = _SIZE.fullmatch(line)
        if found is None:
            raise malformed("a chunk has no size")
        self._left = int(found[1], 16)
        self._part = _Part.DATA if self._left else _Part.TRAILERS
