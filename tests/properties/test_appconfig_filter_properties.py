"""Filters of keys, labels and tags, held against a matcher that knows nothing of their syntax."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from keyless.planes.appconfig.filters import (
    EVERYTHING,
    MOST_VALUES,
    FilterError,
    TagFilter,
    TextFilter,
    escape,
    escape_tag,
    parse_filter,
    parse_tag_filter,
)

SHORT = st.text(alphabet="ab*,\\=\0 é🎈", max_size=6)
TEXTS = st.one_of(SHORT, st.text(max_size=12))
NAMES = st.one_of(TEXTS, st.none())


@given(TEXTS, NAMES)
def test_an_escaped_text_matches_itself_and_nothing_else(text: str, other: str | None) -> None:
    assume(text not in {"", "\0"})
    found = parse_filter(escape(text))
    assert found == TextFilter(values=frozenset({text}))
    assert found.matches(text)
    assert found.matches(other) is (other == text)


@given(TEXTS, NAMES)
def test_a_prefix_matches_what_begins_with_it(prefix: str, name: str | None) -> None:
    assume(prefix)
    matches = parse_filter(escape(prefix) + "*").matches(name)
    assert matches is (name is not None and name.startswith(prefix))


@given(st.lists(NAMES, min_size=2, max_size=MOST_VALUES), NAMES)
def test_a_list_matches_each_of_its_values(values: list[str | None], name: str | None) -> None:
    assume("\0" not in values)
    text = ",".join("\0" if value is None else escape(value) for value in values)
    found = parse_filter(text)
    assert all(found.matches(value) for value in values)
    assert found.matches(name) is (name in values)


@given(TEXTS, st.integers(0, 6))
def test_any_character_may_be_escaped(text: str, at: int) -> None:
    assume(text not in {"", "\0"})
    plain = escape(text)
    escaped = "".join("\\" + character for character in text)
    assert parse_filter(escaped) == parse_filter(plain)


@given(NAMES)
@example("")
def test_no_filter_an_empty_one_and_a_star_match_everything(name: str | None) -> None:
    for text in (None, "", "*"):
        assert parse_filter(text) == EVERYTHING
        assert parse_filter(text).matches(name)


@given(NAMES)
def test_nul_matches_no_label_alone(name: str | None) -> None:
    assert parse_filter("\0").matches(name) is (name is None)


@given(SHORT)
def test_every_text_is_a_filter_or_says_where_it_is_not(text: str) -> None:
    problem = _problem(parse_filter, text)
    assert problem is None or (
        0 <= problem.position < len(text)
        and (problem.reason == "Invalid character" or text.count(",") >= MOST_VALUES)
    )


@given(TEXTS, TEXTS)
def test_a_star_in_the_middle_is_told_where_it_stands(before: str, after: str) -> None:
    assume(after and "," not in before + after)
    with pytest.raises(FilterError) as caught:
        parse_filter(escape(before) + "*" + escape(after))
    assert caught.value.position == len(escape(before))


@given(st.lists(TEXTS, min_size=MOST_VALUES + 1, max_size=9))
def test_more_than_five_values_are_too_many(values: list[str]) -> None:
    with pytest.raises(FilterError, match="Maximum supported is 5"):
        parse_filter(",".join(escape(value) for value in values))


@given(TEXTS, NAMES)
def test_a_tag_filter_names_a_tag_and_its_value(name: str, value: str | None) -> None:
    assume(name.strip() and name != "\0" and value != "\0")
    text = f"{escape_tag(name)}={escape_tag(value) if value is not None else chr(0)}"
    assert parse_tag_filter(text) == TagFilter(name, value)


@given(SHORT)
def test_every_text_is_a_tag_filter_or_says_where_it_is_not(text: str) -> None:
    problem = _problem(parse_tag_filter, text)
    assert problem is None or 0 <= problem.position <= len(text)


def _problem(parse: Callable[[str], object], text: str) -> FilterError | None:
    try:
        parse(text)
    except FilterError as problem:
        return problem
    return None


@pytest.mark.parametrize(
    ("text", "position"),
    [("*a", 0), ("**", 0), ("a\\", 1), ("a,b*", 3), ("a,b\\", 3), ("\\\\*b", 2), ("a*,b", 1)],
)
def test_where_a_filter_goes_wrong(text: str, position: int) -> None:
    with pytest.raises(FilterError) as caught:
        parse_filter(text)
    assert (caught.value.position, caught.value.reason) == (position, "Invalid character")


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("a\\*", TextFilter(values=frozenset({"a*"}))),
        ("a\\\\*", TextFilter(prefix="a\\")),
        ("a\\\\\\*", TextFilter(values=frozenset({"a\\*"}))),
        ("a\\,b", TextFilter(values=frozenset({"a,b"}))),
        ("a,", TextFilter(values=frozenset({"a", ""}))),
        ("\0,a", TextFilter(values=frozenset({None, "a"}))),
        ("\\a", TextFilter(values=frozenset({"a"}))),
    ],
)
def test_how_escapes_are_read(text: str, found: TextFilter) -> None:
    assert parse_filter(text) == found
