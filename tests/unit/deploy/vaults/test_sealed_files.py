"""Sealed files open only with what they were sealed under, and only as they were written."""

from __future__ import annotations

import base64
import os

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keyless.deploy.vaults.sealed import (
    FORMAT,
    CannotOpen,
    FileKey,
    Passphrase,
    is_sealed,
    open_sealed,
    opens_with_passphrase,
    seal,
)

KEY = FileKey(base64.b64encode(bytes(range(32))).decode() + "\n")
PASSPHRASE = Passphrase("correct horse battery")
CONTENT = b"PLANTED content"
SEALED = seal(CONTENT, KEY, lambda size: bytes([7] * size))
CHEAP = seal(CONTENT, PASSPHRASE, lambda size: bytes([9] * size), cost=2)


@pytest.mark.parametrize(("data", "opener"), [(SEALED, KEY), (CHEAP, PASSPHRASE)])
def test_what_it_was_sealed_under_opens_it(data: bytes, opener: FileKey | Passphrase) -> None:
    assert open_sealed(data, opener) == CONTENT
    assert is_sealed(data)
    assert opens_with_passphrase(data) is isinstance(opener, Passphrase)
    assert b"PLANTED" not in data


@given(at=st.integers(0, len(SEALED) - 1), change=st.integers(1, 255))
def test_one_altered_byte_anywhere_and_it_does_not_open(at: int, change: int) -> None:
    altered = bytearray(SEALED)
    altered[at] ^= change
    with pytest.raises(CannotOpen):
        open_sealed(bytes(altered), KEY)


@given(length=st.integers(0, len(SEALED) - 1))
def test_a_part_of_a_file_does_not_open(length: int) -> None:
    with pytest.raises(CannotOpen):
        open_sealed(SEALED[:length], KEY)


def test_two_files_of_the_same_content_have_nothing_in_common_but_their_beginning() -> None:
    one, other = (seal(CONTENT, PASSPHRASE, os.urandom, cost=2) for _ in range(2))
    assert one != other
    assert one.split(b"\n", 2)[1] != other.split(b"\n", 2)[1]


@pytest.mark.parametrize(
    ("data", "opener", "why"),
    [
        (
            SEALED,
            FileKey(base64.b64encode(bytes(32)).decode()),
            "the key is another one, or the file was altered",
        ),
        (CHEAP, Passphrase("correct horse batterY"), "the passphrase is another one"),
        (SEALED, PASSPHRASE, "it opens with a key, and not with a passphrase"),
        (CHEAP, KEY, "it opens with a passphrase, and not with a key"),
        (SEALED, FileKey("c2hvcnQ="), "must be base64 of 32 bytes"),
        (SEALED, FileKey("%"), "must be base64 of 32 bytes"),
        (SEALED.replace(b"export 1", b"export 2"), KEY, "another version of Keyless"),
        (
            FORMAT + b'{"opensWith":"passphrase","salt":"%","cost":2}\n',
            PASSPHRASE,
            "its salt is not readable",
        ),
        (FORMAT + b"x" * 2000, KEY, "what it opens with is not readable"),
    ],
)
def test_why_it_does_not_open_is_told(data: bytes, opener: FileKey | Passphrase, why: str) -> None:
    with pytest.raises(CannotOpen, match=why):
        open_sealed(data, opener)


@pytest.mark.parametrize("cost", [0, 1, 3, -2, 2**21, 2**40])
def test_a_file_cannot_demand_all_memory(cost: int) -> None:
    asked = CHEAP.replace(b'"cost":2', f'"cost":{cost}'.encode())
    with pytest.raises(CannotOpen, match="more work than any file"):
        open_sealed(asked, PASSPHRASE)


def test_a_passphrase_is_the_same_however_it_is_typed() -> None:
    assert Passphrase("pa\u0308ss") == Passphrase("p\u00e4ss")
    assert "horse" not in repr(PASSPHRASE)
