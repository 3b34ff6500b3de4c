"""Words of a shell: quotes, escapes, and what is expanded in them.

Rules:
- a word is a text with quotes and escapes resolved, or ``Joined`` with the variables in it;
- `$X` is the name `X`, `${X:-d}` a ``Choice`` of it and the default, `${X%%.*}` counts as `X`.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from keyless.assess.sources.reading import ReadExpression, Reading
from keyless.assess.sources.script_texts import expanded, one_text, without_escapes
from keyless.assess.syntax.expressions import Choice, Expr, Index, Items, Name, Other

if TYPE_CHECKING:
    from tree_sitter import Node

_ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "0": "\0", "a": "\a", "e": "\x1b"}
_CONTINUED = {"\n": ""}
_IN_QUOTES = re.compile(r"\\([\"$`\\\n])")
_EXPANDED = frozenset({"simple_expansion", "expansion", "command_substitution", "arithmetic_expansion"})


def _word(reading: Reading, node: Node) -> Expr:
    written = reading.file.between(node.start_byte, node.end_byte)
    return reading.file.leaf(without_escapes(written, "\\", _CONTINUED), node.start_byte, node.end_byte)


def _raw(reading: Reading, node: Node) -> Expr:
    start, end = node.start_byte + 1, node.end_byte - 1
    return reading.file.leaf(reading.file.between(start, end), start, end)


def _ansi(reading: Reading, node: Node) -> Expr:
    start, end = node.start_byte + 2, node.end_byte - 1
    written = reading.file.between(start, end)
    return reading.file.leaf(without_escapes(written, "\\", _ESCAPES), start, end)


def _string(reading: Reading, node: Node) -> Expr:
    return filled(reading, node, node.start_byte + 1, node.end_byte - 1)


def filled(reading: Reading, node: Node, start: int, end: int) -> Expr:
    """A text with what is expanded in it."""
    inner = [one for one in node.named_children if one.type in _EXPANDED]
    return expanded(reading, inner, start, end, _quoted)


def _quoted(written: str) -> str:
    return _IN_QUOTES.sub(lambda one: _CONTINUED.get(one[1], one[1]), written)


def _concatenation(reading: Reading, node: Node) -> Expr:
    return one_text(reading.file.of(node), map(reading.expression, node.children))


def _simple_expansion(reading: Reading, node: Node) -> Expr:
    return Name(reading.file.of(node), reading.file.between(node.start_byte + 1, node.end_byte))


def _expansion(reading: Reading, node: Node) -> Expr:
    """`${X}`, `${X:-default}`, `${X[0]}`, `${X%%.*}`: the last counts as `X`."""
    span = reading.file.of(node)
    read: Expr | None = None
    operator = ""
    defaults: list[Expr] = []
    for child in node.children:
        if child.type in {"variable_name", "special_variable_name"} and read is None:
            read = Name(span, reading.file.piece(child))
        elif child.type == "subscript" and read is None:
            read = _subscript(reading, child)
        elif child.type in {":-", ":=", "-", "="}:
            operator = child.type
        elif operator and child.type != "}":
            defaults.append(reading.expression(child))
    if read is None:
        return Other(span, "expansion")
    return Choice(span, (read, one_text(span, defaults))) if operator and defaults else read


def _subscript(reading: Reading, node: Node) -> Expr:
    name, index = node.child_by_field_name("name"), node.child_by_field_name("index")
    span = reading.file.of(node)
    base = Name(span, reading.file.piece(name) if name is not None else "")
    return base if index is None else Index(span, base, reading.expression(index))


def _array(reading: Reading, node: Node) -> Expr:
    return Items(reading.file.of(node), reading.expressions(node.named_children))


WORDS: dict[str, ReadExpression] = {
    "word": _word,
    "number": _word,
    "variable_name": _word,
    "raw_string": _raw,
    "ansi_c_string": _ansi,
    "string": _string,
    "translated_string": _concatenation,
    "concatenation": _concatenation,
    "simple_expansion": _simple_expansion,
    "expansion": _expansion,
    "subscript": _subscript,
    "array": _array,
}
