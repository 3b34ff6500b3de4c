"""The functions of templates on plain values, as the documentation of Resource Manager has them."""

from __future__ import annotations

from typing import Any

import pytest

from keyless.catalog.roles import find_role
from keyless.estate.imported.entry import CannotRead
from keyless.estate.imported.templates.functions import FUNCTIONS

READER = find_role("Reader").id


@pytest.mark.parametrize(
    ("name", "given", "expected"),
    [
        ("concat", ["a", 1, True], "a1True"),
        ("concat", [["a"], ["b", "c"]], ["a", "b", "c"]),
        ("format", ["{0}-{1}-{0:D2}", "a", 2], "a-2-a"),
        ("replace", ["a.b.c", ".", "-"], "a-b-c"),
        ("contains", [{"Name": 1}, "name"], True),
        ("contains", [["a"], "b"], False),
        ("contains", ["abc", "b"], True),
        ("union", [{"a": 1, "b": 1}, {"b": 2}], {"a": 1, "b": 2}),
        ("union", [["a", "b"], ["b", "c"]], ["a", "b", "c"]),
        ("split", ["a,b;c", [",", ";"]], ["a", "b", "c"]),
        ("split", ["a.b", "."], ["a", "b"]),
        ("range", [2, 3], [2, 3, 4]),
        ("createobject", ["a", 1, "b", 2], {"a": 1, "b": 2}),
        ("createarray", ["a", 1], ["a", 1]),
        ("array", ["a"], ["a"]),
        ("array", [["a"]], ["a"]),
        ("substring", ["abcdef", 2], "cdef"),
        ("substring", ["abcdef", 2, 3], "cde"),
        ("equals", ["a", "a"], True),
        ("not", [True], False),
        ("empty", [""], True),
        ("length", ["abc"], 3),
        ("first", ["abc"], "a"),
        ("last", [[1, 2]], 2),
        ("take", ["abc", 2], "ab"),
        ("take", ["abc", -1], ""),
        ("skip", [[1, 2, 3], 1], [2, 3]),
        ("tolower", ["ABC"], "abc"),
    ],
)
def test_a_function_gives_what_resource_manager_gives(name: str, given: list[Any], expected: Any) -> None:
    assert FUNCTIONS[name](*given) == expected


def test_a_guid_follows_from_its_parts_alone() -> None:
    guid = FUNCTIONS["guid"]
    assert guid("a", "b") == guid("a", "b") != guid("b", "a")


def test_a_built_in_role_is_found_by_its_name() -> None:
    assert FUNCTIONS["roledefinitions"]("Reader")["roleDefinitionId"] == READER
    with pytest.raises(CannotRead, match="not known"):
        FUNCTIONS["roledefinitions"]("Rider of Horses")


def test_what_is_no_text_goes_into_none_and_a_loop_has_an_end() -> None:
    with pytest.raises(CannotRead, match="no text"):
        FUNCTIONS["concat"]("a", {"b": 1})
    with pytest.raises(CannotRead, match="more than 800"):
        FUNCTIONS["range"](0, 801)
