"""JavaScript's texts: quoted ones, and templates with what is substituted in them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from keyless.assess.sources.texts import joined, unescaped
from keyless.assess.syntax.expressions import Expr, Literal

if TYPE_CHECKING:
    from tree_sitter import Node

    from keyless.assess.sources.putting import Putting


def string(reading: Putting, node: Node) -> Expr:
    """A text in quotes."""
    return Literal(reading.span(node), string_value(reading, node))


def string_value(reading: Putting, node: Node) -> str:
    """What a text in quotes is."""
    return unescaped(reading.text(node)[1:-1])


def template(reading: Putting, node: Node) -> Expr:
    """A text in backticks."""
    parts: list[Expr] = []
    end = node.start_byte + 1
    for one in node.named_children:
        if one.type == "template_substitution":
            parts.append(_plain(reading, end, one.start_byte))
            parts += reading.expressions(one.named_children)
            end = one.end_byte
    parts.append(_plain(reading, end, max(end, node.end_byte - 1)))
    return joined(reading.span(node), parts)


def _plain(reading: Putting, start: int, end: int) -> Expr:
    file = reading.file
    text = file.data[start:end].decode("utf-8", "replace")
    return Literal(file.span(start, end), unescaped(text))
