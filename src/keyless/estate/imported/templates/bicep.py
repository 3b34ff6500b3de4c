"""A Bicep file as a template, read with the grammar of tree-sitter (the extra `bicep`).

Rules:
- what the grammar does not understand is unknown where it stands, and nothing else is lost;
- a resource within a resource has that one for its parent;
- a name refers to a loop's item, a parameter, a variable, a resource or a module, in this order.

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
from keyless.estate.imported.templates.model import Declared, Loop, Module, Parameter, Template

if TYPE_CHECKING:
    from tree_sitter import Node as Tree

_IS_BICEP = re.compile(r"^\s*(?:targetScope\s*=|(?:resource|module|param|var)\s+\w+\s)", re.MULTILINE)
_LEVELS = {"subscription": "subscription", "managementGroup": "managementGroup", "tenant": "tenant"}
_NOT_UNDERSTOOD = Unknown("is an expression that is not understood")
_BINARY = {"==": "equals", "&&": "and", "||": "or", "??": "coalesce", "+": "add", "-": "sub"}


def is_bicep(text: str) -> bool:
    """Whether a text is a Bicep file."""
    return _IS_BICEP.search(text) is not None and not re.search(r"^\s*using\s+'", text, re.MULTILINE)


def bicep_template(text: str) -> Template:
    """The template that a Bicep file is.

    Raises:
        CannotRead: the extra is not installed.
    """
    root = _parsed(text)
    parameters: dict[str, Parameter] = {}
    variables: dict[str, Node] = {}
    outputs: dict[str, Node] = {}
    declared: list[Declared | Module] = []
    level, secure = "resourceGroup", False
    for one in root.named_children:
        if one.type == "target_scope_assignment":
            level = _LEVELS.get(_plain_text(one), level)
        elif one.type == "parameter_declaration":
            parameters[_identifier(one)] = Parameter(_assigned(one), secure)
        elif one.type == "variable_declaration":
            variables[_identifier(one)] = _assigned(one) or Literal(None)
        elif one.type == "output_declaration":
            outputs[_identifier(one)] = _assigned(one) or Literal(None)
        elif one.type == "resource_declaration":
            declared += _resource(one, None)
        elif one.type == "module_declaration":
            declared.append(_module(one))
        secure = one.type == "decorators" and re.search(rb"@(sys\.)?secure\s*\(", one.text or b"") is not None
    return Template(
        level,
        parameters,
        variables,
        tuple(one for one in declared if isinstance(one, Declared)),
        tuple(one for one in declared if isinstance(one, Module)),
        outputs,
    )


def _parsed(text: str) -> Tree:
    try:
        import tree_sitter
        import tree_sitter_bicep
    except ImportError as error:
        raise CannotRead(
            "it is Bicep, which takes an extra to read: `pip install 'keyless[bicep]'`, or `bicep build` it"
        ) from error
    parser = tree_sitter.Parser(tree_sitter.Language(tree_sitter_bicep.language()))
    return parser.parse(text.encode()).root_node


def _resource(tree: Tree, parent: Declared | None) -> Iterator[Declared]:
    body, condition, loop = _declared_body(tree)
    symbol, kind = _identifier(tree), _string_of(tree).partition("@")[0]
    if parent is not None:
        kind = f"{parent.type}/{kind}"
    record = _record(body)
    given = record.get("parent")
    own_parent = parent.symbol if parent is not None else given.name if isinstance(given, Name) else ""
    declared = Declared(
        symbol,
        kind,
        record,
        f"line {tree.start_point[0] + 1}",
        existing=any(one.type == "existing" for one in tree.children),
        condition=condition if condition is not None or parent is None else parent.condition,
        loop=loop,
        parent=own_parent,
    )
    yield declared
    for pair in body.named_children if body is not None else ():
        for inner in pair.named_children:
            if inner.type == "resource_declaration":
                yield from _resource(inner, declared)


def _module(tree: Tree) -> Module:
    body, condition, loop = _declared_body(tree)
    record = _record(body)
    parameters = record.get("params")
    path = _string_of(tree)
    return Module(
        _identifier(tree),
        f"line {tree.start_point[0] + 1}",
        parameters if isinstance(parameters, Record) else Record(()),
        path="" if ":" in path else path,
        condition=condition,
        loop=loop,
        scope=record.get("scope"),
    )


def _declared_body(tree: Tree) -> tuple[Tree | None, Node | None, Loop | None]:
    """The object of a resource or module, its condition, and what it is repeated over."""
    condition: Node | None = None
    loop: Loop | None = None
    found: Tree | None = tree.named_children[-1] if tree.named_children else None
    while found is not None and found.type in {"for_statement", "if_statement"}:
        if found.type == "if_statement":
            condition = _node(found.named_children[0])
        else:
            loop = _loop(found)
        found = found.named_children[-1] if found.named_children else None
    return (found if found is not None and found.type == "object" else None), condition, loop


def _loop(tree: Tree) -> Loop:
    names = [one for one in tree.named_children if one.type in {"identifier", "for_loop_parameters"}]
    words = re.findall(r"\w+", names[0].text.decode() if names and names[0].text else "")
    over = tree.named_children[-2]
    return Loop(_node(over), words[0] if words else "", words[1] if len(words) > 1 else "")


def _record(tree: Tree | None) -> Record:
    found = _object(tree) if tree is not None else Record(())
    return found if isinstance(found, Record) else Record(())


def _identifier(tree: Tree) -> str:
    found = next((one for one in tree.named_children if one.type == "identifier"), None)
    return found.text.decode() if found is not None and found.text else ""


def _assigned(tree: Tree) -> Node | None:
    """What stands behind the `=` of a declaration; none where there is none."""
    signs = [number for number, one in enumerate(tree.children) if one.type == "="]
    return _node(tree.children[signs[0] + 1]) if signs and signs[0] + 1 < len(tree.children) else None


def _plain_text(tree: Tree) -> str:
    found = _assigned(tree)
    return str(found.value) if isinstance(found, Literal) else ""


def _string_of(tree: Tree) -> str:
    """The text of the first string in a declaration: a resource's type, a module's path."""
    found = next((one for one in tree.named_children if one.type == "string"), None)
    node = _string(found) if found is not None else None
    return str(node.value) if isinstance(node, Literal) else ""


def _node(tree: Tree) -> Node:
    """An expression."""
    read = _READERS.get(tree.type)
    if tree.has_error or read is None:
        return _NOT_UNDERSTOOD
    try:
        return read(tree)
    except (IndexError, ValueError, RecursionError):  # a tree that the grammar does not promise
        return _NOT_UNDERSTOOD


def _string(tree: Tree) -> Node:
    parts: list[Node] = []
    for one in tree.named_children:
        if one.type == "interpolation":
            parts.append(_node(one.named_children[0]))
        else:
            parts.append(Literal(_unescaped(one.text.decode() if one.text else "")))
    if all(isinstance(one, Literal) for one in parts):
        return Literal("".join(str(one.value) for one in parts if isinstance(one, Literal)))
    return Call("concat", tuple(parts))


def _unescaped(text: str) -> str:
    escapes = {"n": "\n", "r": "\r", "t": "\t"}
    return re.sub(r"\\(.)", lambda found: escapes.get(found[1], found[1]), text)


def _object(tree: Tree) -> Node:
    pairs: list[tuple[Node, Node]] = []
    for one in tree.named_children:
        if one.type == "object_property" and len(one.named_children) == 2:
            key, value = one.named_children
            name = Literal(key.text.decode() if key.text else "") if key.type == "identifier" else _node(key)
            pairs.append((name, _node(value)))
    return Record(tuple(pairs))


def _items(tree: Tree) -> Iterator[Node]:
    """The items of a list.

    Between two items there is a comma or a new line; where the grammar sees two with nothing between them, as
    in `[\n guid(x).y\n …]`, they are one, which it understands when it stands alone.
    """
    together: list[Tree] = []
    for one in [*_inside(tree), None]:
        if together and (one is None or together[-1].end_byte != one.start_byte):
            yield _node(together[0]) if len(together) == 1 else _alone(together)
            together = []
        if one is not None:
            together.append(one)


def _alone(parts: list[Tree]) -> Node:
    text = b"".join(one.text or b"" for one in parts).decode()
    return _assigned(_parsed(f"var it = {text}").named_children[0]) or Literal(None)


def _inside(tree: Tree) -> list[Tree]:
    """The parts of an expression, without comments."""
    return [one for one in tree.named_children if one.type != "comment"]


def _call(tree: Tree) -> Node:
    function, arguments = tree.named_children[0], tree.named_children[-1]
    name = (function.text or b"").decode().rpartition(".")[2]
    return Call(name.casefold(), tuple(map(_node, _inside(arguments))))


def _member(tree: Tree) -> Node:
    of, name = tree.named_children[0], tree.named_children[-1]
    return Member(_node(of), Literal((name.text or b"").decode()))


def _choice(tree: Tree) -> Node:
    return Call("if", tuple(map(_node, tree.named_children)))


def _binary(tree: Tree) -> Node:
    sign = tree.children[1].type
    sides = tuple(map(_node, tree.named_children))
    if sign == "!=":
        return Call("not", (Call("equals", sides),))
    if sign not in _BINARY:
        return Unknown(f"has the operator `{sign}`, which is not evaluated here")
    return Call(_BINARY[sign], sides)


def _unary(tree: Tree) -> Node:
    inner = _node(tree.named_children[-1])
    return Call("not", (inner,)) if tree.children[0].type == "!" else Call("sub", (Literal(0), inner))


def _inner(tree: Tree) -> Node:
    return _node(tree.named_children[0])


def _item(tree: Tree) -> Node:
    return Member(_node(tree.named_children[0]), _node(tree.named_children[-1]))


_READERS: Mapping[str, Callable[[Tree], Node]] = {
    "string": _string,
    "number": lambda tree: Literal(int(tree.text or b"0")),
    "boolean": lambda tree: Literal(tree.text == b"true"),
    "null": lambda _: Literal(None),
    "identifier": lambda tree: Name((tree.text or b"").decode()),
    "array": lambda tree: Items(tuple(_items(tree))),
    "object": _object,
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
