"""JavaScript's expressions but for texts, functions and assignments."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from keyless.assess.sources.reading import flat
from keyless.assess.sources.texts import added
from keyless.assess.syntax.expressions import (
    Argument,
    Call,
    Choice,
    Entry,
    Expr,
    Index,
    Items,
    Lambda,
    Literal,
    Member,
    Name,
    Other,
    Record,
)

if TYPE_CHECKING:
    from tree_sitter import Node

    from keyless.assess.sources.putting import Putting
    from keyless.assess.sources.reading import Reading

_BASES = {
    "call_expression": "function",
    "member_expression": "object",
    "subscript_expression": "object",
}
_CHOOSES = ("||", "??")


def chain(reading: Putting, node: Node) -> Expr:
    """`a.b(c)?.d[e]`, from its beginning."""
    return reading.chain(node, _BASES, _link)


def _link(reading: Reading, node: Node, before: Expr) -> Expr:
    return _LINKS[node.type](cast("Putting", reading), node, before)


def _call(reading: Putting, node: Node, callee: Expr) -> Expr:
    return Call(reading.span(node), callee, arguments(reading, node), types=_types(reading, node))


def _types(reading: Putting, node: Node) -> tuple[str, ...]:
    given = node.child_by_field_name("type_arguments")
    return () if given is None else tuple(reading.text(one) for one in given.named_children)


def arguments(reading: Putting, node: Node) -> tuple[Argument, ...]:
    """What is given to a call; a tagged template gives its text."""
    given = node.child_by_field_name("arguments")
    if given is None:
        return ()
    if given.type == "template_string":
        return (Argument(reading.expression(given)),)
    return tuple([_argument(reading, one) for one in given.named_children if one.type != "comment"])


def _argument(reading: Putting, node: Node) -> Argument:
    if node.type == "spread_element":
        return Argument(reading.expression(node), None, True)
    return Argument(reading.expression(node))


def _member(reading: Putting, node: Node, base: Expr) -> Expr:
    name = node.child_by_field_name("property")
    return Member(reading.span(node), base, "" if name is None else reading.text(name))


def _subscript(reading: Putting, node: Node, base: Expr) -> Expr:
    return Index(reading.span(node), base, reading.field(node, "index"))


_LINKS = {"call_expression": _call, "member_expression": _member, "subscript_expression": _subscript}


def new(reading: Putting, node: Node) -> Expr:
    """`new A(b)`."""
    callee = reading.field(node, "constructor")
    types = _types(reading, node)
    return Call(reading.span(node), callee, arguments(reading, node), new=True, types=types)


def binary(reading: Putting, node: Node) -> Expr:
    """`a + b` as a text, `a || b` and `a ?? b` as one of both, `a && b` as `b` where `a` holds."""
    operator = _operator(node)
    parts = reading.expressions(flat(node, node.type, operator))
    span = reading.span(node)
    if operator == "+":
        return added(span, operator, parts)
    if operator in _CHOOSES:
        return Choice(span, parts)
    if operator == "&&" and parts:
        before = parts[0] if len(parts) == 2 else Other(span, operator, parts[:-1])
        return Choice(span, parts[-1:], before)
    return Other(span, operator, parts)


def _operator(node: Node) -> str:
    found = node.child_by_field_name("operator")
    return "" if found is None else found.type


def unary(reading: Putting, node: Node) -> Expr:
    """`!a`, `typeof a`: the operator as it is."""
    return Other(reading.span(node), _operator(node), reading.expressions(node.named_children))


def ternary(reading: Putting, node: Node) -> Expr:
    """`a ? b : c`."""
    condition = reading.field(node, "condition")
    alternatives = (reading.field(node, "consequence"), reading.field(node, "alternative"))
    return Choice(reading.span(node), alternatives, condition)


def object_(reading: Putting, node: Node) -> Expr:
    """`{a, b: c, [d]: e, ...f, g() {}}`; what is spread into it has a key of nothing."""
    entries = [_entry(reading, one) for one in node.named_children if one.type != "comment"]
    return Record(reading.span(node), tuple(entries))


def _entry(reading: Putting, node: Node) -> Entry:
    span = reading.span(node)
    if node.type == "pair":
        key = node.child_by_field_name("key")
        return Entry(
            span,
            Other(span, "missing") if key is None else key_of(reading, key),
            reading.field(node, "value"),
        )
    if node.type == "shorthand_property_identifier":
        return Entry(span, Literal(span, reading.text(node)), reading.name(node))
    value = reading.expression(node)
    if isinstance(value, Lambda):
        return Entry(span, Literal(span, value.function.name), value)
    return Entry(span, Other(span, "spread"), value)


def key_of(reading: Putting, node: Node) -> Expr:
    """The key of an entry: a literal but where it is computed."""
    if node.type == "computed_property_name":
        within = reading.expressions(node.named_children)
        return within[0] if within else Other(reading.span(node), node.type)
    if node.type in ("string", "number"):
        return reading.expression(node)
    return Literal(reading.span(node), reading.text(node))


def array(reading: Putting, node: Node) -> Expr:
    """`[a, b]`."""
    return Items(reading.span(node), reading.expressions(node.named_children))


def first_within(reading: Putting, node: Node) -> Expr:
    """The expression before a type: `a as T`, `a satisfies T`, `a!`."""
    children = [one for one in node.named_children if one.type != "comment"]
    return reading.expression(children[0]) if children else Other(reading.span(node), node.type)


def last_within(reading: Putting, node: Node) -> Expr:
    """The expression after a type: `<T>a`."""
    children = [one for one in node.named_children if one.type != "comment"]
    return reading.expression(children[-1]) if children else Other(reading.span(node), node.type)


def regex(reading: Putting, node: Node) -> Expr:
    """A pattern is no text."""
    return Other(reading.span(node), node.type)


def word(reading: Putting, node: Node) -> Expr:
    """`this`, `super`, `import` as a callee."""
    return Name(reading.span(node), node.type)
