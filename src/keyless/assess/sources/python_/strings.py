"""Python's texts: plain, raw, bytes, f-strings, implicit concatenation, `%` and `.format`.

Rules:
- `%` and `.format` are taken apart where each field says plainly what goes there; others stay operators and
  calls;
- bytes are texts like others.

Source: https://docs.python.org/3/library/string.html#format-string-syntax
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from keyless.assess.sources.texts import joined, unescaped
from keyless.assess.syntax.expressions import Argument, Expr, Items, Literal
from keyless.assess.syntax.span import Span

if TYPE_CHECKING:
    from tree_sitter import Node

    from keyless.assess.sources.putting import Putting

_PERCENT = re.compile(r"%(?:%|[#0\- +]{0,5}\d{0,4}(?:\.\d{1,4})?[sdrifxoeg])")
_FIELD = re.compile(r"\{\{|\}\}|\{(\w{0,80})(?:![rsa])?(?::[^{}]{0,80})?\}")


def string(reading: Putting, node: Node) -> Expr:
    """One text."""
    children = node.children
    prefix = reading.text(children[0]).rstrip("'\"").casefold()
    if len(children) == 3 and children[1].type == "string_content":
        value = _content(reading.text(children[1]), prefix)
        return Literal(reading.span(node), value)
    return joined(reading.span(node), [part for one in children for part in _parts(reading, one, prefix)])


def _parts(reading: Putting, node: Node, prefix: str) -> tuple[Expr, ...]:
    if node.type == "string_content":
        return (Literal(reading.span(node), _content(reading.text(node), prefix)),)
    return interpolation(reading, node) if node.type == "interpolation" else ()


def _content(text: str, prefix: str) -> str:
    value = text if "r" in prefix else unescaped(text)
    return value.replace("{{", "{").replace("}}", "}") if "f" in prefix or "t" in prefix else value


def interpolation(reading: Putting, node: Node) -> tuple[Expr, ...]:
    """What stands in braces, and in the braces of its format."""
    found = [reading.field(node, "expression")]
    form = next((one for one in node.named_children if one.type == "format_specifier"), None)
    if form is not None:
        found += [reading.field(one, "expression") for one in form.named_children if one.named_children]
    return tuple(found)


def concatenated(reading: Putting, node: Node) -> Expr:
    """Texts next to each other."""
    return joined(reading.span(node), reading.expressions(node.named_children))


def percent(span: Span, left: Expr, right: Expr) -> Expr | None:
    """`left % right` as one text; none where it cannot be told what goes where, or is no text."""
    if not isinstance(left, Literal) or not isinstance(left.value, str):
        return None
    values = list(right.items) if isinstance(right, Items) else [right]
    found: list[Expr] = []
    end = 0
    for match in _PERCENT.finditer(left.value):
        found.append(Literal(left.span, left.value[end : match.start()]))
        if match[0] != "%%" and not values:
            return None
        found.append(Literal(left.span, "%") if match[0] == "%%" else values.pop(0))
        end = match.end()
    rest = left.value[end:]
    if values or "%" in rest:
        return None
    return joined(span, [*found, Literal(left.span, rest)])


def formatted(span: Span, text: Expr, arguments: tuple[Argument, ...]) -> Expr | None:
    """`text.format(arguments)` as one text; none where it cannot be told what goes where."""
    if not isinstance(text, Literal) or not isinstance(text.value, str):
        return None
    if any(one.spread for one in arguments):
        return None
    given = _by_field(arguments)
    wanted = _fields(text.value)
    if {key for _, key in wanted if key} != set(given):
        return None
    parts = [given[key] if key else Literal(text.span, plain) for plain, key in wanted]
    return joined(span, parts)


def _fields(text: str) -> list[tuple[str, str]]:
    """Plain pieces, and the keys of fields with an empty one; a brace that is neither has a key of no one."""
    found: list[tuple[str, str]] = []
    end = count = 0
    for match in _FIELD.finditer(text):
        found.append((text[end : match.start()], ""))
        end = match.end()
        if match[1] is None:
            found.append((match[0][0], ""))
        else:
            found.append(("", match[1] or str(count)))
            count += not match[1]
    rest = text[end:]
    return [*found, ("", rest) if "{" in rest else (rest, "")]


def _by_field(arguments: tuple[Argument, ...]) -> dict[str, Expr]:
    plain = [one.value for one in arguments if one.name is None]
    return {str(at): value for at, value in enumerate(plain)} | {
        one.name: one.value for one in arguments if one.name is not None
    }
