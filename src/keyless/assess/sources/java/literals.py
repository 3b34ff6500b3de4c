"""Literals of Java: texts, text blocks, numbers, characters.

Source: https://docs.oracle.com/javase/specs/jls/se21/html/jls-3.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from keyless.assess.sources.reading import Reading
from keyless.assess.sources.texts import number, unescaped
from keyless.assess.syntax.expressions import Expr, Literal

if TYPE_CHECKING:
    from tree_sitter import Node

_BLOCK = '"""'


def text(reading: Reading, node: Node) -> Expr:
    """A text, or a block of text."""
    written = reading.file.piece(node)
    if written.startswith(_BLOCK) and len(written) > len(_BLOCK):
        return Literal(reading.file.of(node), unescaped(unindented(written[3:-3])))
    return Literal(reading.file.of(node), unescaped(written[1:-1]))


def unindented(content: str) -> str:
    """A block of text without what is before its first line, the indentation that all lines have, and blanks
    at their ends; the last line counts even where it is blank (JLS 3.10.6)."""
    lines = content.replace("\r\n", "\n").split("\n")[1:]
    counted = [line for line in lines if line.strip()] + lines[-1:]
    least = min((len(line) - len(line.lstrip()) for line in counted), default=0)
    return "\n".join(line[least:].rstrip() for line in lines)


def numeral(reading: Reading, node: Node) -> Expr:
    """A number, with its suffix left off."""
    return number(reading.file.of(node), node.type, reading.file.piece(node))


def constant(reading: Reading, node: Node) -> Expr:
    """`true`, `false`, `null`."""
    return Literal(reading.file.of(node), {"true": True, "false": False}.get(node.type))
