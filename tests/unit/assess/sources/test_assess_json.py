"""What is read of JSON files."""

from __future__ import annotations

import time

import pytest

from keyless.assess.sources.json_files import read
from keyless.assess.syntax.documents import DocumentKind
from keyless.assess.syntax.expressions import Items, Literal, Record, entry_of, text_of
from keyless.assess.syntax.source import Lack


def root_of(text: str, path: str = "a.json") -> Record:
    source = read(path, text)
    assert not source.problems
    assert source.document is not None
    (root,) = source.document.roots
    assert isinstance(root, Record)
    return root


def value_at(text: str, *path: str) -> object:
    entry = entry_of(root_of(text), *path)
    assert entry is not None
    assert isinstance(entry.value, Literal)
    return entry.value.value


def test_a_value_has_its_place_in_bytes_lines_and_characters() -> None:
    text = '{\n  "é": {"k": "wert"}\n}'
    entry = entry_of(root_of(text), "é", "k")
    assert entry is not None
    span = entry.value.span
    assert (span.line, span.column, span.end_column) == (2, 14, 20)
    assert text.encode()[span.start : span.end] == b'"wert"'
    assert text.encode()[entry.span.start : entry.span.end] == b'"k": "wert"'


def test_comments_and_trailing_commas_are_tolerated() -> None:
    text = '// first\n{ /* a * b **/ "a": [1, 2,], // end\n "b": null, }'
    assert value_at(text, "b") is None


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("1", 1),
        ("-2.5", -2.5),
        ("1e3", 1000.0),
        ("true", True),
        ('"a\\u00e9\\n"', "aé\n"),
        ('"x\ny"', "x\ny"),
    ],
)
def test_scalars_are_what_they_mean(written: str, meant: object) -> None:
    assert value_at(f'{{"a": {written}}}', "a") == meant


def test_what_stands_before_a_mistake_is_kept_and_the_rest_is_a_problem() -> None:
    source = read("a.json", '{"a": "b", "c": nope, "d": 1}')
    assert [problem.lack for problem in source.problems] == [Lack.NOT_PARSED]
    assert source.problems[0].span.column == 17
    assert source.document is not None
    entry = entry_of(source.document.roots[0], "a")
    assert entry is not None
    assert text_of(entry.value) == "b"


@pytest.mark.parametrize(
    "text", ["{", '{"a" "b": 1:', "]", '{"a": "\\x"}', "{[1]: 2}", '{"a": 1}}', ": 1", '"a']
)
def test_what_is_no_json_is_a_problem(text: str) -> None:
    assert read("a.json", text).problems


def test_json_lines_are_several_values() -> None:
    source = read("a.json", '{"a": 1}\n{"a": 2}\n')
    assert source.document is not None
    assert len(source.document.roots) == 2


def test_settings_of_applications_are_told_by_their_name() -> None:
    for path in ("src/appsettings.json", "appsettings.Development.json", "api/local.settings.json"):
        source = read(path, "{}")
        assert source.document is not None
        assert source.document.kind is DocumentKind.APP_SETTINGS


def test_lock_files_are_not_looked_at() -> None:
    assert read("package-lock.json", '{"integrity": "sha512-x"}').document is None


def test_nesting_is_bounded() -> None:
    source = read("a.json", "[" * 100_000)
    assert [problem.lack for problem in source.problems] == [Lack.TOO_DEEP]


@pytest.mark.parametrize(
    "text", ['["' + "\\" * 400_001, "/*" * 200_000, "[1]" + " ,\n" * 200_000, "/" * 200_000]
)
def test_hostile_text_takes_no_time(text: str) -> None:
    start = time.process_time()
    read("a.json", text)
    assert time.process_time() - start < 6


def test_an_empty_file_has_no_values() -> None:
    source = read("a.json", " \n")
    assert source.document is not None
    assert source.document.roots == ()


def test_lists_hold_their_items_in_order() -> None:
    entry = entry_of(root_of('{"a": ["x", {"y": 1}]}'), "a")
    assert entry is not None
    assert isinstance(entry.value, Items)
    assert text_of(entry.value.items[0]) == "x"


def test_a_long_line_has_its_columns_in_time() -> None:
    text = '{"k": "' + "é" * 5000 + '", "last": [' + ", ".join(['"ü"'] * 10_000) + "]}"
    start = time.process_time()
    entry = entry_of(root_of(text), "last")
    assert time.process_time() - start < 9
    assert entry is not None
    assert isinstance(entry.value, Items)
    last = entry.value.items[-1].span
    assert text[last.column - 1 : last.end_column - 1] == '"ü"'
    assert text.encode()[last.start : last.end].decode() == '"ü"'


def test_long_lists_of_numbers_are_cut() -> None:
    entry = entry_of(root_of('{"vector": [' + ", ".join(["-0.5"] * 5000) + '], "a": "b"}'), "vector")
    assert entry is not None
    assert isinstance(entry.value, Items)
    assert len(entry.value.items) == 64
    assert value_at('{"v": [' + "1, " * 200 + '"x"], "a": ${NAME}, "b": 2}', "b") == 2
