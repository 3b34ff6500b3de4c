"""JavaScript's expressions but for texts, functions and assignments."""

from __future__ import annotations

from typing import TYPE_CHECKING

from keyless.assess.sources.code_texts import joined
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
    Return,
)

if TYPE_CHECKING:
    from tree_sitter import Node

    from keyless.assess.sources.code_reading import Reading

_BASES = {
    "call_expression": "function",
    "member_expression": "object",
    "subscript_expression": "object",
}
_WRAPPERS = ("non_null_expression", "parenthesized_expression", "await_expression")
_CHOOSES = ("||", "??")


def chain(reading: Reading, node: Node) -> Expr:
    """`a.b(c)?.d[e]!`: its links from the first on, so that a long one is not a deep one for the reader."""
    links: list[Node] = []
    one: Node | None = node
    while one is not None and reading.depth + len(links) < reading.deepest:
        if one.type in _BASES:
            links.append(one)
            one = one.child_by_field_name(_BASES[one.type])
        elif one.type in _WRAPPERS and len(one.named_children) == 1:
            one = one.named_children[0]
        else:
            break
    if one is None:
        return reading.other(node)
    reading.depth += len(links)
    found = reading.expression(one)
    for link in reversed(links):
        reading.depth -= 1
        found = _LINKS[link.type](reading, link, found)
    return found


def _call(reading: Reading, node: Node, callee: Expr) -> Expr:
    return Call(reading.span(node), callee, arguments(reading, node))


def arguments(reading: Reading, node: Node) -> tuple[Argument, ...]:
    """What is given to a call; a tagged template gives its text."""
    given = node.child_by_field_name("arguments")
    if given is None:
        return ()
    if given.type == "template_string":
        return (Argument(reading.expression(given)),)
    return tuple([_argument(reading, one) for one in given.named_children if one.type != "comment"])


def _argument(reading: Reading, node: Node) -> Argument:
    if node.type == "spread_element":
        return Argument(reading.expression(node), None, True)
    return Argument(reading.expression(node))


def _member(reading: Reading, node: Node, base: Expr) -> Expr:
    name = node.child_by_field_name("property")
    return Member(reading.span(node), base, "" if name is None else reading.text(name))


def _subscript(reading: Reading, node: Node, base: Expr) -> Expr:
    return Index(reading.span(node), base, reading.field(node, "index"))


_LINKS = {"call_expression": _call, "member_expression": _member, "subscript_expression": _subscript}


def new(reading: Reading, node: Node) -> Expr:
    """`new A(b)`."""
    return Call(reading.span(node), reading.field(node, "constructor"), arguments(reading, node), new=True)


def binary(reading: Reading, node: Node) -> Expr:
    """`a + b` as a text, `a || b` and `a ?? b` as one of both, `a && b` as `b` where `a` holds."""
    operands, operator = _flat(node)
    parts = reading.expressions(operands)
    span = reading.span(node)
    if operator == "+" and not all(_is_number(part) for part in parts):
        return joined(span, parts)
    if operator in _CHOOSES:
        return Choice(span, parts)
    if operator == "&&" and parts:
        before = parts[0] if len(parts) == 2 else Other(span, operator, parts[:-1])
        return Choice(span, parts[-1:], before)
    return Other(span, operator, parts)


def _flat(node: Node) -> tuple[list[Node], str]:
    """The operands of one operator, however many: `((a + b) + c)` is three."""
    operator = _operator(node)
    found: list[Node] = []
    one = node
    while one.type == "binary_expression" and _operator(one) == operator:
        left, right = one.child_by_field_name("left"), one.child_by_field_name("right")
        if left is None or right is None:
            break
        found.append(right)
        one = left
    return [one, *reversed(found)], operator


def _operator(node: Node) -> str:
    found = node.child_by_field_name("operator")
    return "" if found is None else found.type


def _is_number(expression: Expr) -> bool:
    return isinstance(expression, Literal) and not isinstance(expression.value, str)


def unary(reading: Reading, node: Node) -> Expr:
    """`!a`, `typeof a`: the operator as it is."""
    return Other(reading.span(node), _operator(node), reading.expressions(node.named_children))


def ternary(reading: Reading, node: Node) -> Expr:
    """`a ? b : c`."""
    condition = reading.field(node, "condition")
    alternatives = (reading.field(node, "consequence"), reading.field(node, "alternative"))
    return Choice(reading.span(node), alternatives, condition)


def sequence(reading: Reading, node: Node) -> Expr:
    """`a, b`."""
    return Other(reading.span(node), node.type, reading.expressions(node.named_children))


def object_(reading: Reading, node: Node) -> Expr:
    """`{a, b: c, [d]: e, ...f, g() {}}`; what is spread into it has a key of nothing."""
    entries = [_entry(reading, one) for one in node.named_children if one.type != "comment"]
    return Record(reading.span(node), tuple(entries))


def _entry(reading: Reading, node: Node) -> Entry:
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


def key_of(reading: Reading, node: Node) -> Expr:
    """The key of an entry: a literal but where it is computed."""
    if node.type == "computed_property_name":
        within = reading.expressions(node.named_children)
        return within[0] if within else Other(reading.span(node), node.type)
    if node.type in ("string", "number"):
        return reading.expression(node)
    return Literal(reading.span(node), reading.text(node))


def array(reading: Reading, node: Node) -> Expr:
    """`[a, b]`."""
    return Items(reading.span(node), reading.expressions(node.named_children))


def first_within(reading: Reading, node: Node) -> Expr:
    """The expression before a type: `a as T`, `a satisfies T`, `a!`."""
    children = [one for one in node.named_children if one.type != "comment"]
    return reading.expression(children[0]) if children else Other(reading.span(node), node.type)


def last_within(reading: Reading, node: Node) -> Expr:
    """The expression after a type: `<T>a`."""
    children = [one for one in node.named_children if one.type != "comment"]
    return reading.expression(children[-1]) if children else Other(reading.span(node), node.type)


def yields(reading: Reading, node: Node) -> Expr:
    """`yield a`: something is given back here."""
    within = reading.expressions(node.named_children)
    reading.put(Return(reading.span(node), within[0] if within else None))
    return Other(reading.span(node), node.type)


def regex(reading: Reading, node: Node) -> Expr:
    """A pattern is no text."""
    return Other(reading.span(node), node.type)


def word(reading: Reading, node: Node) -> Expr:
    """`this`, `super`, `import` as a callee."""
    return Name(reading.span(node), node.type)
