"""A Bicep file as a template, read with the grammar of tree-sitter.

Rules:
- what the grammar does not understand is unknown where it stands, and nothing else is lost;
- a resource within a resource has that one for its parent;
- a name refers to a loop's item, a parameter, a variable, a resource or a module, in this order.

Source: https://learn.microsoft.com/azure/azure-resource-manager/bicep/file
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from keyless.estate.imported.templates.bicep_nodes import (
    assigned,
    bicep_node,
    bicep_object,
    bicep_string,
    parsed,
)
from keyless.estate.imported.templates.expressions import (
    Literal,
    Name,
    Node,
    Record,
)
from keyless.estate.imported.templates.model import Declared, Loop, Module, Parameter, Template

if TYPE_CHECKING:
    from tree_sitter import Node as Tree

_IS_BICEP = re.compile(r"^\s*(?:targetScope\s*=|(?:resource|module|param|var)\s+\w+\s)", re.MULTILINE)
_LEVELS = {"subscription": "subscription", "managementGroup": "managementGroup", "tenant": "tenant"}


def is_bicep(text: str) -> bool:
    """Whether a text is a Bicep file."""
    return _IS_BICEP.search(text) is not None and not re.search(r"^\s*using\s+'", text, re.MULTILINE)


def bicep_template(text: str) -> Template:
    """The template that a Bicep file is.

    Raises:
        CannotRead: the grammar did not get through it in time.
    """
    root = parsed(text)
    parameters: dict[str, Parameter] = {}
    variables: dict[str, Node] = {}
    outputs: dict[str, Node] = {}
    declared: list[Declared | Module] = []
    level, secure = "resourceGroup", False
    for one in root.named_children:
        if one.type == "target_scope_assignment":
            level = _LEVELS.get(_plain_text(one), level)
        elif one.type == "parameter_declaration":
            parameters[_identifier(one)] = Parameter(assigned(one), secure)
        elif one.type == "variable_declaration":
            variables[_identifier(one)] = assigned(one) or Literal(None)
        elif one.type == "output_declaration":
            outputs[_identifier(one)] = assigned(one) or Literal(None)
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
            condition = bicep_node(found.named_children[0])
        else:
            loop = _loop(found)
        found = found.named_children[-1] if found.named_children else None
    return (found if found is not None and found.type == "object" else None), condition, loop


def _loop(tree: Tree) -> Loop:
    names = [one for one in tree.named_children if one.type in {"identifier", "for_loop_parameters"}]
    words = re.findall(r"\w+", names[0].text.decode() if names and names[0].text else "")
    over = tree.named_children[-2]
    return Loop(bicep_node(over), words[0] if words else "", words[1] if len(words) > 1 else "")


def _record(tree: Tree | None) -> Record:
    found = bicep_object(tree) if tree is not None else Record(())
    return found if isinstance(found, Record) else Record(())


def _identifier(tree: Tree) -> str:
    found = next((one for one in tree.named_children if one.type == "identifier"), None)
    return found.text.decode() if found is not None and found.text else ""


def _plain_text(tree: Tree) -> str:
    found = assigned(tree)
    return str(found.value) if isinstance(found, Literal) else ""


def _string_of(tree: Tree) -> str:
    """The text of the first string in a declaration: a resource's type, a module's path."""
    found = next((one for one in tree.named_children if one.type == "string"), None)
    node = bicep_string(found) if found is not None else None
    return str(node.value) if isinstance(node, Literal) else ""
