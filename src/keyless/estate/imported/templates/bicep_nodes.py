"""Expressions of Bicep, from the syntax tree of tree-sitter.

What the grammar does not understand is unknown where it stands, and nothing else is lost.

Source: https://learn.microsoft.com/azure/azure-resource-manager/bicep/file
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING

from keyless.estate.imported.entry import CannotRead
from keyless.estate.imported.templates.expressions import (
    Call,
    Items,
    Literal,
    Member,
    Name,
    Node,
    Record,
    Unknown,
)
from keyless.grammars import TookTooLong
from keyless.grammars import parsed as parse

if TYPE_CHECKING:
    from tree_sitter import Node as Tree

_NOT_UNDERSTOOD = Unknown("is an expression that is not understood")
_BINARY = {"==": "equals", "&&": "and", "||": "or", "??": "coalesce", "+": "add", "-": "sub"}


def parsed(text: str) -> Tree:
    """The syntax tree of a text.

    Raises:
        CannotRead: the grammar did not get through it in time.
    """
    try:
        return parse("bicep", text.encode())
    except TookTooLong as error:
        raise CannotRead(
            "its grammar did not get through it in time: give what `bicep build` writes"
        ) from error


def assigned(tree: Tree) -> Node | None:
    """What stands behind the `=` of a declaration; none where there is none."""
    signs = [number for number, one in enumerate(tree.children) if one.type == "="]
    return bicep_node(tree.children[signs[0] + 1]) if signs and signs[0] + 1 < len(tree.children) else None


def bicep_node(tree: Tree) -> Node:
    """An expression."""
    read = _READERS.get(tree.type)
    if tree.has_error or read is None:
        return _NOT_UNDERSTOOD
    try:
        return read(tree)
    except (IndexError, ValueError, RecursionError):  # a tree that the grammar does not promise
        return _NOT_UNDERSTOOD


def bicep_string(tree: Tree) -> Node:
    """A text, which may have expressions in it."""
    parts: list[Node] = []
    for one in tree.named_children:
        if one.type == "interpolation":
            parts.append(bicep_node(one.named_children[0]))
        else:
            parts.append(Literal(_unescaped(one.text.decode() if one.text else "")))
    if all(isinstance(one, Literal) for one in parts):
        return Literal("".join(str(one.value) for one in parts if isinstance(one, Literal)))
    return Call("concat", tuple(parts))


def _unescaped(text: str) -> str:
    escapes = {"n": "\n", "r": "\r", "t": "\t"}
    return re.sub(r"\\(.)", lambda found: escapes.get(found[1], found[1]), text)


def bicep_object(tree: Tree) -> Node:
    """An object; what stands in it beside plain properties is left out."""
    pairs: list[tuple[Node, Node]] = []
    for one in tree.named_children:
        if one.type == "object_property" and len(one.named_children) == 2:
            key, value = one.named_children
            plain = Literal((key.text or b"").decode()) if key.type == "identifier" else None
            pairs.append((plain or bicep_node(key), bicep_node(value)))
    return Record(tuple(pairs))


def _items(tree: Tree) -> Iterator[Node]:
    """The items of a list.

    Between two items there is a comma or a new line; where the grammar sees two with nothing between them, as
    in `[\n guid(x).y\n …]`, they are one, which it understands when it stands alone.
    """
    together: list[Tree] = []
    for one in [*_inside(tree), None]:
        if together and (one is None or together[-1].end_byte != one.start_byte):
            yield bicep_node(together[0]) if len(together) == 1 else _alone(together)
            together = []
        if one is not None:
            together.append(one)


def _alone(parts: list[Tree]) -> Node:
    text = b"".join(one.text or b"" for one in parts).decode()
    return assigned(parsed(f"var it = {text}").named_children[0]) or Literal(None)


def _inside(tree: Tree) -> list[Tree]:
    """The parts of an expression, without comments."""
    return [one for one in tree.named_children if one.type != "comment"]


def _call(tree: Tree) -> Node:
    function, arguments = tree.named_children[0], tree.named_children[-1]
    name = (function.text or b"").decode().rpartition(".")[2]
    return Call(name.casefold(), tuple(map(bicep_node, _inside(arguments))))


def _member(tree: Tree) -> Node:
    of, name = tree.named_children[0], tree.named_children[-1]
    return Member(bicep_node(of), Literal((name.text or b"").decode()))


def _choice(tree: Tree) -> Node:
    return Call("if", tuple(map(bicep_node, tree.named_children)))


def _binary(tree: Tree) -> Node:
    sign = tree.children[1].type
    sides = tuple(map(bicep_node, tree.named_children))
    if sign == "!=":
        return Call("not", (Call("equals", sides),))
    if sign not in _BINARY:
        return Unknown(f"has the operator `{sign}`, which is not evaluated here")
    return Call(_BINARY[sign], sides)


def _unary(tree: Tree) -> Node:
    inner = bicep_node(tree.named_children[-1])
    return Call("not", (inner,)) if tree.children[0].type == "!" else Call("sub", (Literal(0), inner))


def _inner(tree: Tree) -> Node:
    return bicep_node(tree.named_children[0])


def _item(tree: Tree) -> Node:
    return Member(bicep_node(tree.named_children[0]), bicep_node(tree.named_children[-1]))


_READERS: Mapping[str, Callable[[Tree], Node]] = {
    "string": bicep_string,
    "number": lambda tree: Literal(int(tree.text or b"0")),
    "boolean": lambda tree: Literal(tree.text == b"true"),
    "null": lambda _: Literal(None),
    "identifier": lambda tree: Name((tree.text or b"").decode()),
    "array": lambda tree: Items(tuple(_items(tree))),
    "object": bicep_object,
    "call_expression": _call,
    "member_expression": _member,
    "subscript_expression": _item,
    "resource_expression": lambda tree: Name((tree.named_children[-1].text or b"").decode()),
    "ternary_expression": _choice,
    "binary_expression": _binary,
    "unary_expression": _unary,
    "parenthesized_expression": _inner,
    "nullable_return_type": _inner,
}
