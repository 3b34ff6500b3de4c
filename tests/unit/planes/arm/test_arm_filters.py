"""The `$filter` of lists: what it means, and where a mistake is."""

from __future__ import annotations

import pytest

from keyless.planes.arm.errors import InvalidFilter
from keyless.planes.arm.filters import matches, parse_filter, read_filter

FIELDS = {"name": "Orders", "size": 3.0, "hidden": False, "tag": None}


@pytest.mark.parametrize(
    ("text", "holds"),
    [
        ("name eq 'orders'", True),
        ("NAME eq 'ORDERS'", True),
        ("name ne 'orders'", False),
        ("tag ne 'x'", True),
        ("tag eq null", True),
        ("name eq null", False),
        ("size gt null", False),
        ("size gt 2 and size le 3", True),
        ("size lt 3 or name eq 'other'", False),
        ("not (name eq 'other')", True),
        ("name eq 'other' and name eq 'other' or size eq 3", True),
        ("name eq 'other' and (name eq 'other' or size eq 3)", False),
        ("hidden eq false", True),
        ("startswith(name, 'ord')", True),
        ("substringof('RDE', name)", True),
        ("contains(name, 'x')", False),
        ("name gt 5", False),
        ("", True),
    ],
)
def test_a_filter_holds_of_what_it_says(text: str, holds: bool) -> None:
    assert matches(read_filter(text, FIELDS), FIELDS) == holds


def test_a_quote_in_a_text_is_doubled() -> None:
    assert matches(read_filter("name eq 'it''s'", FIELDS), {**FIELDS, "name": "it's"})


def test_a_list_may_have_functions_of_its_own() -> None:
    found = read_filter("assignedTo('me') and atScope()", FIELDS, {"assignedto", "atscope"})
    own = {"assignedto": lambda given: given == ("me",), "atscope": lambda given: given == ()}
    assert matches(found, FIELDS, own)


@pytest.mark.parametrize(
    ("text", "position"),
    [
        ("colour eq 'red'", 0),
        ("name eq 'a' and colour eq 'red'", 16),
        ("name is 'a'", 5),
        ("name eq", 7),
        ("name eq 'a' name", 12),
        ("(name eq 'a'", 12),
        ("name eq 'a", 8),
        ("unheard('a', name)", 0),
        ("name eq )", 8),
        ("startswith(name 'a')", 16),
        ("(" * 40 + "name eq 'a'" + ")" * 40, 32),
        ("name eq 'a' or", 14),
    ],
)
def test_what_is_not_understood_is_refused_at_its_position(text: str, position: int) -> None:
    with pytest.raises(InvalidFilter) as refused:
        read_filter(text, FIELDS)
    assert refused.value.position == position


def test_a_filter_has_an_end() -> None:
    with pytest.raises(InvalidFilter):
        parse_filter("name eq '" + "a" * 5000 + "'")
