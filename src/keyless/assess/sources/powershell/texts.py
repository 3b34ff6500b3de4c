"""Texts of PowerShell, with and without quotes.

Rules:
- a text in double quotes is ``Joined`` with what is expanded in it; `"$x.y"` expands `$x` alone;
- a quote that stands twice in quotes of its kind is one;
- a word without quotes has variables in it as well.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from keyless.assess.sources.powershell.variables import with_variables
from keyless.assess.sources.reading import ReadExpression, Reading
from keyless.assess.sources.script_texts import expanded, without_escapes
from keyless.assess.syntax.expressions import Expr, Literal

if TYPE_CHECKING:
    from tree_sitter import Node

_ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "0": "\0", "a": "\a", "b": "\b", "\n": ""}
_EXPANDED = frozenset({"variable", "sub_expression"})


def token(reading: Reading, node: Node) -> Expr:
    """A word without quotes, in which variables may stand."""
    start, end = node.start_byte, node.end_byte
    if any(one.type in _EXPANDED for one in node.children):
        return _filled(reading, node, start, end)
    written = reading.file.between(start, end)
    found = reading.file.leaf(_unescaped(written), start, end)
    return with_variables(reading, start, end) if "$" in written and isinstance(found, Literal) else found


def _expandable(reading: Reading, node: Node) -> Expr:
    return _filled(reading, node, node.start_byte + 1, node.end_byte - 1)


def _expandable_here(reading: Reading, node: Node) -> Expr:
    return _filled(reading, node, *_lines_within(reading, node))


def _filled(reading: Reading, node: Node, start: int, end: int) -> Expr:
    inner = [one for one in node.children if one.type in _EXPANDED]
    return expanded(reading, inner, start, end, _quoted)


def _quoted(written: str) -> str:
    return _unescaped(written).replace('""', '"')


def _unescaped(written: str) -> str:
    return without_escapes(written, "`", _ESCAPES)


def _verbatim(reading: Reading, node: Node) -> Expr:
    start, end = node.start_byte + 1, node.end_byte - 1
    return reading.file.leaf(reading.file.between(start, end).replace("''", "'"), start, end)


def _verbatim_here(reading: Reading, node: Node) -> Expr:
    start, end = _lines_within(reading, node)
    return reading.file.leaf(reading.file.between(start, end), start, end)


def _lines_within(reading: Reading, node: Node) -> tuple[int, int]:
    """Where the lines between the marks of a here-string begin and end."""
    data = reading.file.data
    start = data.find(b"\n", node.start_byte, node.end_byte) + 1 or node.start_byte
    return start, max(start, data.rfind(b"\n", node.start_byte, node.end_byte))


TEXTS: dict[str, ReadExpression] = {
    "generic_token": token,
    "command_name": token,
    "simple_name": token,
    "expandable_string_literal": _expandable,
    "expandable_here_string_literal": _expandable_here,
    "verbatim_string_characters": _verbatim,
    "verbatim_here_string_characters": _verbatim_here,
}
