"""JSON that is not one object a line is taken apart in the same way, however it comes in."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keyless.evidence.logs.unwrap import Unwrapped, decoded, unwrap

OBJECTS = st.lists(
    st.dictionaries(st.sampled_from(["a", "b]}", 'c"']), st.one_of(st.text(), st.integers(), st.none())),
    max_size=5,
)


def taken_apart(text: str, size: int = 7) -> tuple[list[object], Unwrapped]:
    """The objects in a text that comes in pieces of some size."""
    told = Unwrapped()
    pieces = (text[at : at + size] for at in range(0, len(text), size))
    return [json.loads(line) for line in unwrap(pieces, told)], told


@given(OBJECTS, st.integers(1, 50), st.sampled_from([None, 1]))
def test_every_wrapping_holds_the_same_objects(objects: list[object], size: int, indent: int | None) -> None:
    for wrapped in (objects, {"value": objects, "nextLink": "https://x"}, {"count": 2, "records": objects}):
        found, told = taken_apart(json.dumps(wrapped, indent=indent), size)
        assert (found, told.malformed, told.broken) == (objects, 0, False)
    lines = "\n".join(json.dumps(one, indent=indent) for one in objects)
    assert taken_apart(lines, size)[0] == objects


@pytest.mark.parametrize(
    ("text", "found", "malformed", "broken"),
    [
        ('{"a":1}\nrubbish {\n{"a":2}', [{"a": 1}, {"a": 2}], 1, False),
        ('[{"a":1},{"a":', [{"a": 1}], 1, True),
        ('{"records":[{"a":1}', [{"a": 1}], 0, True),
        ('{"value":[{"a":1}],"more":{"b":[2]},"x":"y"}', [{"a": 1}], 0, False),
        ('{"tables":[{"columns":[{"name":"a"}],"rows":[[1],[2]]},7]}', [{"a": 1}, {"a": 2}], 0, False),
        ("[" * 100_000, [], 0, True),
        ('{"a":' * 100_000, [], 1, True),
        ("", [], 0, False),
    ],
)
def test_what_is_no_json_is_counted(text: str, found: list[object], malformed: int, broken: bool) -> None:
    objects, told = taken_apart(text, 1000)
    assert (objects, told.malformed, told.broken) == (found, malformed, broken)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_marks_of_encodings_are_no_text(encoding: str) -> None:
    data = '{"a":"é"}'.encode(encoding)
    assert "".join(decoded([data[:3], data[3:]])) == '{"a":"é"}'


def test_a_value_without_an_end_is_given_up_and_what_follows_its_line_is_read(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("keyless.evidence.logs.unwrap.LONGEST", 3_000_000)
    endless = ['{"a":"' + "x" * 1_000_000, *(["x" * 1_000_000] * 20)]
    told = Unwrapped()
    assert [*unwrap(iter([*endless, '"\n{"b":2}']), told)] == ['{"b":2}']
    assert (told.malformed, told.broken) == (1, False)
    told = Unwrapped()
    assert [*unwrap(iter(endless), told)] == []
    assert (told.malformed, told.broken) == (1, True)


@pytest.mark.parametrize("wrong", ["rubbish", '{"a" 1}', '{"a":' + "9" * 5000 + "}"])
def test_for_what_can_become_no_json_nothing_more_is_read(wrong: str) -> None:
    first = f"{wrong}\n" + '{"a":1}\n' * 150_000  # as much as is read at once
    pieces = iter([first, *(['{"a":1}\n'] * 1000)])
    told = Unwrapped()
    assert next(unwrap(pieces, told)) == '{"a":1}'
    assert (told.malformed, len([*pieces])) == (1, 1000)
