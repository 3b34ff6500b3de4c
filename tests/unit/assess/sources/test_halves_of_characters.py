"""Escapes that name half of a character, in every language that has such."""

from __future__ import annotations

import msgspec
import pytest

from keyless.assess.sources.read import read

_TEMPLATE = '{"$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#", '


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("a.json", '{"n\\ud800": "x\\udc00y"}'),
        ("arm.json", _TEMPLATE + '"resources": [], "variables": {"a": "[concat(\'x\\ud800\')]"}}'),
        ("a.bicep", "var a = 'x\\u{D800}y'\n"),
        ("a.tf", 'locals { a = "x\\uD800y" }\n'),
        ("a.properties", "a=x\\ud800y\n"),
        ("a.py", "a = 'x\\ud800y'\n"),
        ("a.js", "const a = 'x\\ud800y';\n"),
        ("A.cs", 'class A { string a = "x\\ud800y"; }\n'),
        ("A.java", 'class A { String a = "x\\ud800y"; }\n'),
    ],
)
def test_half_of_a_character_does_not_keep_a_file_from_being_read(path: str, text: str) -> None:
    source = read(path, text.encode())
    assert source is not None
    assert not source.problems
    assert "\N{REPLACEMENT CHARACTER}" in msgspec.json.encode(source).decode()


@pytest.mark.parametrize(
    ("path", "text"), [("a.json", '["\\ud83d\\ude00"]'), ("a.properties", "a=\\ud83d\\ude00")]
)
def test_two_halves_are_one_character(path: str, text: str) -> None:
    assert "\N{GRINNING FACE}" in msgspec.json.encode(read(path, text.encode())).decode()
