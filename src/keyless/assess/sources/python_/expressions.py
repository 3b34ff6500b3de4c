"""Python's expressions but for its texts."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from keyless.assess.sources.python_.strings import formatted, percent
from keyless.assess.sources.reading import flat
from keyless.assess.sources.texts import added
from keyless.assess.syntax.expressions import (
    Argument,
    Assign,
    Call,
    Choice,
    Entry,
    Expr,
    Index,
    Items,
    Loop,
    Member,
    Name,
    Other,
    Record,
    text_of,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tree_sitter import Node

    from keyless.assess.sources.putting import Putting
    from keyless.assess.sources.reading import Reading
    from keyless.assess.syntax.span import Span

_BASES = {"call": "function", "attribute": "object", "subscript": "value"}
_TARGETS = ("pattern_list", "tuple_pattern", "list_pattern", "expression_list", "tuple", "list")


def chain(reading: Putting, node: Node) -> Expr:
    """`a.b(c).d[e]`, from its beginning."""
    return reading.chain(node, _BASES, _link)


def _link(reading: Reading, node: Node, before: Expr) -> Expr:
    return _LINKS[node.type](cast("Putting", reading), node, before)


def _call(reading: Putting, node: Node, callee: Expr) -> Expr:
    given = node.child_by_field_name("arguments")
    if given is None:
        arguments: tuple[Argument, ...] = ()
    elif given.type == "generator_expression":
        arguments = (Argument(reading.expression(given)),)
    else:
        arguments = tuple([_argument(reading, one) for one in given.named_children if one.type != "comment"])
    span = reading.span(node)
    if isinstance(callee, Member) and callee.name == "format":
        text = formatted(span, callee.base, arguments)
        if text is not None:
            return text
    return _taken(span, callee, arguments) or Call(span, callee, arguments)


def _taken(span: Span, callee: Expr, arguments: tuple[Argument, ...]) -> Expr | None:
    """`getattr(a, "b")` is `a.b`, and with a default one of both."""
    if not isinstance(callee, Name) or callee.id != "getattr" or len(arguments) not in (2, 3):
        return None
    name = text_of(arguments[1].value)
    if not name or not name.isidentifier():
        return None
    member = Member(span, arguments[0].value, name)
    return member if len(arguments) == 2 else Choice(span, (member, arguments[2].value))


def _argument(reading: Putting, node: Node) -> Argument:
    if node.type == "keyword_argument":
        name, value = node.child_by_field_name("name"), reading.field(node, "value")
        return Argument(value, None if name is None else reading.text(name))
    if node.type in ("list_splat", "dictionary_splat"):
        return Argument(splat(reading, node), None, True)
    return Argument(reading.expression(node))


def splat(reading: Putting, node: Node) -> Expr:
    """What is spread with `*` and `**`."""
    within = reading.expressions(node.named_children)
    return within[0] if within else Other(reading.span(node), node.type)


def _attribute(reading: Putting, node: Node, base: Expr) -> Expr:
    name = node.child_by_field_name("attribute")
    return Member(reading.span(node), base, "" if name is None else reading.text(name))


def _subscript(reading: Putting, node: Node, base: Expr) -> Expr:
    keys = reading.expressions(node.children_by_field_name("subscript"))
    key = keys[0] if len(keys) == 1 else Items(reading.span(node), keys)
    return Index(reading.span(node), base, key)


_LINKS = {"call": _call, "attribute": _attribute, "subscript": _subscript}


def binary(reading: Putting, node: Node) -> Expr:
    """`a + b + c` as one text, `a % b` where it formats one; other operators as they are."""
    operator = _operator(node)
    parts = reading.expressions(flat(node, node.type, operator))
    span = reading.span(node)
    if operator == "+":
        return added(span, operator, parts)
    if operator == "%" and len(parts) == 2:
        return percent(span, parts[0], parts[1]) or Other(span, operator, parts)
    return Other(span, operator, parts)


def boolean(reading: Putting, node: Node) -> Expr:
    """`a or b` is one of both; `a and b` is `b` where `a` holds."""
    operator = _operator(node)
    parts = reading.expressions(flat(node, node.type, operator))
    span = reading.span(node)
    if operator == "or" or not parts:
        return Choice(span, parts)
    before = parts[0] if len(parts) == 2 else Other(span, operator, parts[:-1])
    return Choice(span, parts[-1:], before)


def _operator(node: Node) -> str:
    found = node.child_by_field_name("operator")
    return "" if found is None else found.type


def comparison(reading: Putting, node: Node) -> Expr:
    """`a < b`, `a is not b`: operators as they are."""
    kind = " ".join(one.type for one in node.children if not one.is_named)
    return Other(reading.span(node), kind, reading.expressions(node.named_children))


def conditional(reading: Putting, node: Node) -> Expr:
    """`a if b else c`."""
    parts = reading.expressions(node.named_children)
    if len(parts) != 3:
        return Other(reading.span(node), node.type, parts)
    return Choice(reading.span(node), (parts[0], parts[2]), parts[1])


def items(reading: Putting, node: Node) -> Expr:
    """A list, tuple, set, and several targets or values without brackets."""
    return Items(reading.span(node), reading.expressions(node.named_children))


def dictionary(reading: Putting, node: Node) -> Expr:
    """A dictionary; what is spread into it has a key of nothing."""
    entries = [_entry(reading, one) for one in node.named_children if one.type != "comment"]
    return Record(reading.span(node), tuple(entries))


def _entry(reading: Putting, node: Node) -> Entry:
    span = reading.span(node)
    if node.type == "pair":
        return Entry(span, reading.field(node, "key"), reading.field(node, "value"))
    return Entry(span, Other(span, "spread"), splat(reading, node))


def comprehension(reading: Putting, node: Node) -> Expr:
    """`[a for b in c if d]`: loops, the first outermost; what is filtered is chosen."""
    body = node.child_by_field_name("body")
    span = reading.span(node)
    clauses = [(one, reading.expressions(_clause(one))) for one in node.named_children if one != body]
    if body is None:
        value: Expr = Other(span, node.type)
    elif body.type == "pair":
        value = Record(reading.span(body), (_entry(reading, body),))
    else:
        value = reading.expression(body)
    for clause, parts in reversed(clauses):
        if clause.type == "for_in_clause" and parts:
            value = Loop(span, _targets(reading, clause), parts[-1], value)
        elif parts:
            value = Choice(span, (value,), parts[0])
    return value


def _clause(node: Node) -> Sequence[Node]:
    right = node.children_by_field_name("right")
    return right if node.type == "for_in_clause" else node.named_children


def _targets(reading: Putting, node: Node) -> tuple[str, ...]:
    left = node.child_by_field_name("left")
    return () if left is None else names_in(reading, left)


def names_in(reading: Putting, node: Node) -> tuple[str, ...]:
    """The names that a target binds."""
    if node.type == "identifier":
        return (reading.text(node),)
    if node.type in ("list_splat_pattern", "list_splat", *_TARGETS):
        return tuple(name for one in node.named_children for name in names_in(reading, one))
    return ()


def walrus(reading: Putting, node: Node) -> Expr:
    """`(a := b)`: assigned first, then the name."""
    target = reading.field(node, "name")
    reading.put(Assign(reading.span(node), target, reading.field(node, "value")))
    return target
