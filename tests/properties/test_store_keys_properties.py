"""Record keys as bytes: they come back, and sort and begin as their parts do."""

from __future__ import annotations

from hypothesis import example, given
from hypothesis import strategies as st

from keyless.store.keys import AFTER_ALL, decode_key, encode_key, encode_prefix
from keyless.store.ports import Key

PARTS = st.text(st.sampled_from("\x00\x01\x02ab/é\uffff𝄞"), max_size=4) | st.text(
    st.characters(codec="utf-8"), max_size=4
)
KEYS = st.lists(PARTS, max_size=3).map(tuple)


@given(KEYS)
def test_a_key_comes_back_from_its_bytes(key: Key) -> None:
    assert decode_key(encode_key(key)) == key


@given(KEYS, KEYS)
@example(("a",), ("a", "b"))
@example(("a", "b"), ("a\x00b",))
@example(("\x00",), ("\x01",))
def test_bytes_sort_as_the_parts_do(one: Key, other: Key) -> None:
    def by_parts(key: Key) -> tuple[bytes, ...]:
        return tuple(part.encode() for part in key)

    assert (encode_key(one) < encode_key(other)) == (by_parts(one) < by_parts(other))
    assert (encode_key(one) == encode_key(other)) == (one == other)


@given(KEYS, KEYS, PARTS)
def test_a_prefix_covers_exactly_the_keys_that_begin_with_it(key: Key, prefix: Key, starting: str) -> None:
    low = encode_prefix(prefix, starting)
    covered = low <= encode_key(key) < low + AFTER_ALL
    rest = key[len(prefix) :]
    begins = key[: len(prefix)] == prefix and (not starting or (bool(rest) and rest[0].startswith(starting)))
    assert covered == begins


@given(KEYS, KEYS)
def test_no_part_runs_into_the_next(one: Key, more: Key) -> None:
    assert encode_key(one + more) == encode_key(one) + encode_key(more)
