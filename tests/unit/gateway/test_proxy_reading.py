"""Reading requests without I/O: whatever comes, in whatever pieces."""

from __future__ import annotations

import errno
import os

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keyless.gateway.proxy import server
from keyless.gateway.proxy.answers import Refusal
from keyless.gateway.proxy.bodies import ChunkedBody, SizedBody
from keyless.gateway.proxy.heads import MAX_HEAD_BYTES, RequestHead, parse_head, parse_status, split_head

CHUNKS = b"5;name=value\r\nhello\r\nA \r\n0123456789\r\n0\r\nTrailer: x\r\n\r\n"


def read(data: bytes) -> RequestHead | int:
    """The head that the bytes are, or the status that they are refused with."""
    try:
        return parse_head(data)
    except Refusal as refusal:
        return refusal.status


@given(st.binary(max_size=300))
def test_any_bytes_are_a_head_or_refused(data: bytes) -> None:
    assert isinstance(read(data), RequestHead) or read(data) == 400


@given(st.text(max_size=60))
def test_any_target_is_read_or_refused(target: str) -> None:
    for line in (f"GET {target} HTTP/1.1", f"GET http://{target} HTTP/1.1", f"CONNECT {target}:443 HTTP/1.1"):
        found = read(line.encode())
        if isinstance(found, RequestHead):
            assert found.authority is None or found.authority.host
        else:
            assert found == 400


def test_a_head_ends_at_its_empty_line_and_no_later_than_the_limit() -> None:
    assert split_head(b"GET / HTTP/1.1\r\nHost: x\r\n") is None
    assert split_head(b"\r\nGET / HTTP/1.1\r\n\r\nrest") == (b"GET / HTTP/1.1", b"rest")
    for data in (b"a" * MAX_HEAD_BYTES, b"a" * MAX_HEAD_BYTES + b"\r\n\r\n", b"\r\n" * MAX_HEAD_BYTES):
        with pytest.raises(Refusal) as raised:
            split_head(data)
        assert raised.value.status == 431


@given(st.lists(st.integers(1, 20), max_size=20))
def test_chunks_end_in_the_same_place_however_they_arrive(sizes: list[int]) -> None:
    body, data, taken = ChunkedBody(), CHUNKS + b"more", 0
    at = 0
    for size in [*sizes, len(data)]:
        taken += body.take(data[at : at + size])
        at += size
    assert body.complete
    assert taken == len(CHUNKS)


@pytest.mark.parametrize(
    "data",
    [
        b"\r\n",
        b"-1\r\n",
        b"0x5\r\n",
        b"5\nhello",
        b"5\r\nhello!\r\n",
        b"f" * 16 + b"\r\n",
        b"5;" + b"x" * 9000,
        b"0\r\n" + b"X: y\r\n" * 20_000,
    ],
)
def test_what_is_no_chunk_is_refused(data: bytes) -> None:
    with pytest.raises(Refusal):
        ChunkedBody().take(data)


def test_a_sized_body_takes_what_is_missing() -> None:
    body = SizedBody(5)
    assert [body.take(b"abc"), body.take(b"abc"), body.take(b"abc")] == [3, 2, 0]
    assert body.complete


def test_a_status_line_is_read_with_or_without_a_reason() -> None:
    assert parse_status(b"HTTP/1.0 200 Connection established\r\nX: y") == (200, "Connection established")
    assert parse_status(b"HTTP/1.1 407") == (407, "")
    with pytest.raises(ValueError, match="not an HTTP response"):
        parse_status(b"HTTP/2 200")


def test_a_refusal_is_one_line_of_plain_characters_whatever_its_text() -> None:
    answer = Refusal(502, "a\r\nSet-Cookie: x\u00e9" + "y" * 500).render()
    head, _, body = answer.partition(b"\r\n\r\n")
    assert head.splitlines()[0].startswith(b"HTTP/1.1 502 a??Set-Cookie: x?yyy")
    assert len(head.splitlines()[0]) < 330
    assert int(head.split(b"Content-Length: ")[1].split(b"\r\n")[0]) == len(body)


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (errno.EADDRINUSE, "port 80 is in use by another program"),
        (errno.EACCES, "port 80 is not yours to listen on"),
        (errno.EADDRNOTAVAIL, "cannot listen on port 80: cannot assign"),
    ],
)
def test_why_a_port_cannot_be_had_is_said_in_plain_words(number: int, text: str) -> None:
    assert server._why_not(80, OSError(number, os.strerror(number))).startswith(text)
