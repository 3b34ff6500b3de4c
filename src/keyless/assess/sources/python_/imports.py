"""Python's imports.

Rules:
- `import a.b` is known by `a.b`, `import a.b as c` by `c`, `from a import *` by nothing;
- a relative module keeps its dots: what it stands for hangs on where the file is.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from keyless.assess.syntax.code import Import

if TYPE_CHECKING:
    from tree_sitter import Node

    from keyless.assess.sources.putting import Putting


def imports(reading: Putting, node: Node) -> None:
    """`import a, b as c`."""
    for one in node.named_children:
        module, alias = _name_and_alias(reading, one)
        reading.imports.append(Import(reading.span(node), module, None, alias))


def imports_from(reading: Putting, node: Node) -> None:
    """`from a import b, c as d`, `from a import *`."""
    module_node = node.child_by_field_name("module_name")
    module = "__future__" if module_node is None else reading.text(module_node)
    for one in node.named_children:
        if one == module_node:
            continue
        if one.type == "wildcard_import":
            reading.imports.append(Import(reading.span(node), module, None, ""))
            continue
        name, alias = _name_and_alias(reading, one)
        reading.imports.append(Import(reading.span(node), module, name, alias))


def _name_and_alias(reading: Putting, node: Node) -> tuple[str, str]:
    if node.type != "aliased_import":
        name = reading.text(node)
        return name, name
    name_node, alias_node = node.named_children[0], node.named_children[-1]
    return reading.text(name_node), reading.text(alias_node)
