"""A `$filter` from outside: it is read, or refused at a place that is in it; and it means what it says."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from keyless.planes.arm.errors import InvalidFilter
from keyless.planes.arm.filters import matches, parse_filter, read_filter

FIELDS = ("name", "kind")
texts = st.text(max_size=12)
pieces = st.sampled_from(
    ["name", "eq", "ne", "and", "or", "not", "(", ")", ",", "'a'", "1", " ", "true", "'", "$"]
)


def quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def wrong_at(text: str) -> int:
    """Where a text is wrong; its end, where it is not."""
    try:
        parse_filter(text)
    except InvalidFilter as refused:
        return refused.position
    return len(text)


@given(st.one_of(st.text(max_size=60), st.lists(pieces, max_size=14).map(" ".join)))
def test_any_text_is_read_or_refused_where_it_is_wrong(text: str) -> None:
    assert 0 <= wrong_at(text) <= len(text)


@given(texts, texts)
def test_a_field_is_equal_to_what_is_quoted_and_to_nothing_else(mine: str, other: str) -> None:
    fields = {"name": mine, "kind": None}
    equal = read_filter(f"name eq {quoted(other)}", FIELDS)
    assert matches(equal, fields) == (mine.casefold() == other.casefold())
    assert matches(read_filter(f"name ne {quoted(other)}", FIELDS), fields) != matches(equal, fields)


@given(texts, texts, texts)
def test_and_or_and_not_are_those_of_logic(mine: str, a: str, b: str) -> None:
    fields = {"name": mine, "kind": mine}

    def holds(text: str) -> bool:
        return matches(read_filter(text, FIELDS), fields)

    left, right = f"name eq {quoted(a)}", f"kind eq {quoted(b)}"
    assert holds(f"{left} and {right}") == (holds(left) and holds(right))
    assert holds(f"{left} or {right}") == (holds(left) or holds(right))
    assert holds(f"not ({left})") != holds(left)
    assert holds(f"{left} or {left} and {right}") == holds(left)
