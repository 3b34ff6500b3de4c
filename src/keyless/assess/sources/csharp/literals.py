"""Literals of C#: texts in their six forms, numbers, characters.

Source: https://learn.microsoft.com/dotnet/csharp/language-reference/language-specification/lexical-structure
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from keyless.assess.sources.csharp.names import parts
from keyless.assess.sources.reading import Reading
from keyless.assess.sources.texts import joined, number, unescaped
from keyless.assess.syntax.expressions import Expr, Literal

if TYPE_CHECKING:
    from tree_sitter import Node


def plain_text(reading: Reading, node: Node) -> Expr:
    r"""`"a\n"`, `"a"u8`, `'a'`."""
    written = reading.file.piece(node).removesuffix("u8").removesuffix("U8")
    return Literal(reading.file.of(node), unescaped(written[1:-1]))


def verbatim_text(reading: Reading, node: Node) -> Expr:
    """`@"a""b"`."""
    written = reading.file.piece(node).removesuffix("u8").removesuffix("U8")
    return Literal(reading.file.of(node), written[2:-1].replace('""', '"'))


def raw_text(reading: Reading, node: Node) -> Expr:
    """A text between three quotes or more, without the indentation of its last line."""
    content = "".join(
        reading.file.piece(one) for one in node.named_children if one.type == "raw_string_content"
    )
    return Literal(reading.file.of(node), undented(content))


def undented(content: str) -> str:
    """The text of several lines between quotes that stand on lines of their own."""
    first, *lines = content.replace("\r\n", "\n").split("\n")
    if not lines or first.strip():
        return content
    indentation = lines.pop()
    return "\n".join(line.removeprefix(indentation) for line in lines)


def interpolated(reading: Reading, node: Node) -> Expr:
    """`$"a{b}c"`, `$@"…"`, and `$` before a raw text."""
    children = node.children
    start = reading.file.piece(children[0])
    raw = len(children) > 1 and reading.file.piece(children[1]).startswith('"""')
    found: list[Expr] = []
    for child in children[2:-1]:
        if child.type == "interpolation":
            inner = [one for one in parts(child) if one.type != "interpolation_brace"]
            found.extend(reading.expression(one) for one in inner[:1])
        else:
            written = reading.file.piece(child)
            found.append(Literal(reading.file.of(child), _content(written, "@" in start, raw)))
    return joined(reading.file.of(node), found)


def _content(written: str, verbatim: bool, raw: bool) -> str:
    if raw:
        return written
    braces = written.replace("{{", "{").replace("}}", "}")
    return braces.replace('""', '"') if verbatim else unescaped(braces)


def numeral(reading: Reading, node: Node) -> Expr:
    """A number, with its suffix left off."""
    return number(reading.file.of(node), node.type, reading.file.piece(node))


def boolean(reading: Reading, node: Node) -> Expr:
    """`true` and `false`."""
    return Literal(reading.file.of(node), reading.file.piece(node) == "true")


def null(reading: Reading, node: Node) -> Expr:
    """`null` and `default`."""
    return Literal(reading.file.of(node), None)
