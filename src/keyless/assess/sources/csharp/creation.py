"""What C# makes with `new`, and the arguments of calls.

Rules:
- `new(…)` has the type of what it is for, where that is declared beside it: a variable, field, property,
  result of a function, an element of a typed collection; or of the field that it is assigned to;
- the entries of an object initializer follow the call (``Call.then``); those of a collection initializer
  have their position as the key, or the first of a pair;
- what `out` gives a name is what the call gives, and the name stands in the call's place.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from keyless.assess.sources.csharp import names
from keyless.assess.sources.csharp.expected import expected_type
from keyless.assess.sources.reading import Reading
from keyless.assess.syntax.expressions import (
    Argument,
    Assign,
    Call,
    Entry,
    Expr,
    Items,
    Literal,
    Name,
    Other,
    Record,
)

if TYPE_CHECKING:
    from tree_sitter import Node


def arguments(reading: Reading, node: Node | None) -> tuple[Argument, ...]:
    """The arguments between parentheses or brackets."""
    if node is None:
        return ()
    return tuple(_argument(reading, one) for one in node.named_children if one.type == "argument")


def _argument(reading: Reading, node: Node) -> Argument:
    name = node.child_by_field_name("name") if node.child_count > 2 else None
    found = names.parts(node)
    if not found:
        return Argument(Other(reading.file.of(node), node.type))
    return Argument(reading.expression(found[-1]), None if name is None else names.text(reading, name))


def with_outs(reading: Reading, given: Node | None, call: Call) -> Expr:
    """A call, or the name that its first `out` gives."""
    outs = [] if given is None else [one for one in given.named_children if _is_out(one)]
    found: Expr = call
    for one in outs:
        target = reading.expression(names.parts(one)[-1])
        if isinstance(target, Name) and target.id == "_":
            continue
        reading.hoisted.append(Assign(reading.file.of(one), target, found))
        found = target
    return found


def _is_out(node: Node) -> bool:
    return node.type == "argument" and any(one.type == "out" for one in node.children[:-1])


def created(reading: Reading, node: Node) -> Expr:
    """`new T(…) { … }`."""
    written = node.child_by_field_name("type")
    span = reading.file.of(node)
    if written is None:
        return Other(span, node.type, reading.expressions(node.named_children))
    return Call(
        span,
        reading.expression(written),
        arguments(reading, node.child_by_field_name("arguments")),
        new=True,
        then=_then(reading, node),
        types=names.type_arguments(reading, written),
    )


def created_implicitly(reading: Reading, node: Node) -> Expr:
    """`new(…) { … }`."""
    given = next((one for one in node.named_children if one.type == "argument_list"), None)
    place = reading.file.of(node.children[0])
    written = expected_type(reading, node)
    callee = Other(place, node.type) if written is None else names.named_by(place, written)
    return Call(reading.file.of(node), callee, arguments(reading, given), new=True, then=_then(reading, node))


def _then(reading: Reading, node: Node) -> tuple[Entry, ...]:
    found = next((one for one in node.named_children if one.type == "initializer_expression"), None)
    return () if found is None else _entries(reading, found)


def _entries(reading: Reading, node: Node) -> tuple[Entry, ...]:
    return tuple(_entry(reading, one, at) for at, one in enumerate(names.parts(node)))


def _entry(reading: Reading, node: Node, position: int) -> Entry:
    span = reading.file.of(node)
    if node.type == "assignment_expression":
        return _property(reading, node)
    if node.type == "initializer_expression" and len(found := names.parts(node)) == 2:
        key, value = reading.expressions(found)
        return Entry(span, key, value)
    return Entry(span, Literal(span, position), reading.expression(node))


def _property(reading: Reading, node: Node) -> Entry:
    left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
    span = reading.file.of(node)
    value = Other(span, node.type) if right is None else reading.expression(right)
    if left is None or left.type != "element_binding_expression":
        name = "" if left is None else names.text(reading, left)
        return Entry(span, Literal(span if left is None else reading.file.of(left), name), value)
    keys = tuple(one.value for one in arguments(reading, left))
    return Entry(span, keys[0] if len(keys) == 1 else Items(span, keys), value)


def initializer(reading: Reading, node: Node) -> Expr:
    """`{ A = 1 }` as a record, `{ a, b }` as items."""
    found = names.parts(node)
    if any(one.type == "assignment_expression" for one in found):
        return Record(reading.file.of(node), _entries(reading, node))
    return Items(reading.file.of(node), reading.expressions(found))


def array(reading: Reading, node: Node) -> Expr:
    """`new[] { a, b }`, `new T[n]`."""
    found = next((one for one in node.named_children if one.type == "initializer_expression"), None)
    if found is not None:
        return Items(reading.file.of(node), reading.expressions(names.parts(found)))
    written = node.child_by_field_name("type")
    rank = None if written is None else written.child_by_field_name("rank")
    sizes = () if rank is None else reading.expressions(rank.named_children)
    return Other(reading.file.of(node), node.type, sizes)


def anonymous(reading: Reading, node: Node) -> Expr:
    """`new { A = 1, b.C }`, where a value without a name has that of its member."""
    found: list[Entry] = []
    name: Node | None = None
    children = [one for one in node.children if one.type not in names.SILENT]
    for at, child in enumerate(children):
        following = children[at + 1].type if at + 1 < len(children) else ""
        if following == "=" and child.type == "identifier":
            name = child
        elif child.is_named or child.type == "this":
            found.append(_member(reading, child, name))
            name = None
    return Record(reading.file.of(node), tuple(found))


def _member(reading: Reading, node: Node, name: Node | None) -> Entry:
    value = reading.expression(node)
    span = reading.file.of(node if name is None else name)
    written = getattr(value, "name", getattr(value, "id", "")) if name is None else names.text(reading, name)
    return Entry(reading.file.of(node), Literal(span, written), value)


def changed(reading: Reading, node: Node) -> Expr:
    """`a with { B = 1 }`."""
    value, *rest = names.parts(node)
    span = reading.file.of(node)
    entries = tuple(_change(reading, one) for one in rest if len(one.named_children) > 1)
    return Other(span, node.type, (reading.expression(value), Record(span, entries)))


def _change(reading: Reading, node: Node) -> Entry:
    name, value = node.named_children[0], names.parts(node)[-1]
    key = Literal(reading.file.of(name), names.text(reading, name))
    return Entry(reading.file.of(node), key, reading.expression(value))
