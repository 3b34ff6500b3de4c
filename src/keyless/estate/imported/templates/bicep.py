"""A Bicep file as a template that can be evaluated, from what the reader of Bicep makes of it.

Rules:
- what is not understood is said, and nothing else is lost;
- a resource within a resource is made only where that one is;
- a name refers to a loop's item, a parameter, a variable, a resource or a module, in this order.

Source: https://learn.microsoft.com/azure/azure-resource-manager/bicep/file
"""

from __future__ import annotations

import re
from typing import NamedTuple

from keyless.assess.sources.bicep import read
from keyless.assess.syntax import templates as syntax
from keyless.assess.syntax.expressions import Expr, Lambda, entry_of
from keyless.estate.imported.entry import CannotRead, Unread
from keyless.estate.imported.templates.expressions import Call, Literal, Node
from keyless.estate.imported.templates.model import Declared, Loop, Module, Parameter, Template
from keyless.estate.imported.templates.nodes import Nodes

_IS_BICEP = re.compile(r"^\s*(?:targetScope\s*=|(?:resource|module|param|var)\s+\w+\s)", re.MULTILINE)


class Read(NamedTuple):
    """A Bicep file, and what of it is not understood."""

    template: Template
    unread: tuple[Unread, ...]


def is_bicep(text: str) -> bool:
    """Whether a text is a Bicep file."""
    return _IS_BICEP.search(text) is not None and not re.search(r"^\s*using\s+'", text, re.MULTILINE)


def bicep_template(file: str, text: str) -> Read:
    """The template that a Bicep file is.

    Raises:
        CannotRead: it is nested too deep.
    """
    try:
        source = read(file, text)
    except RecursionError as error:
        raise CannotRead("it is nested too deep") from error
    unread = tuple(Unread(file, f"line {one.span.line}", one.message) for one in source.problems)
    found = source.template
    return Read(Template() if found is None else _template(found, text.encode()), unread)


def _template(found: syntax.Template, written: bytes) -> Template:
    functions = frozenset(one.name for one in found.variables if isinstance(one.value, Lambda))
    nodes = Nodes(written, functions=functions)
    return Template(
        found.target_scope or "resourceGroup",
        {one.name: Parameter(_default(nodes, one), one.secure) for one in found.parameters},
        {one.name: nodes.of(one.value) for one in found.variables},
        _resources(nodes, found.resources),
        tuple(_module(nodes, one) for one in found.modules),
        {one.name: nodes.of(one.value) for one in found.outputs},
    )


def _default(nodes: Nodes, one: syntax.TemplateParameter) -> Node | None:
    """The default: of a type with `?` it is null where there is none."""
    is_nothing = one.default is None and one.type.endswith("?")
    return Literal(None) if is_nothing else _node(nodes, one.default)


def _node(nodes: Nodes, found: Expr | None) -> Node | None:
    return None if found is None else nodes.of(found)


def _resources(nodes: Nodes, found: tuple[syntax.Resource, ...]) -> tuple[Declared, ...]:
    """The resources: the one around another comes before it."""
    made: list[Declared] = []
    nearest: dict[str, Declared] = {}
    for one in found:
        nearest[one.symbol] = _resource(nodes, one, nearest)
        made.append(nearest[one.symbol])
    return tuple(made)


def _resource(nodes: Nodes, one: syntax.Resource, before: dict[str, Declared]) -> Declared:
    condition = _node(nodes, one.condition)
    is_within = one.parent is not None and entry_of(one.body, "parent") is None
    around = before.get(one.parent or "") if is_within else None
    if around is not None and around.condition is not None:
        condition = around.condition if condition is None else Call("and", (around.condition, condition))
    return Declared(
        one.symbol,
        one.type,
        nodes.record(one.body),
        f"line {one.head.line}",
        existing=one.existing,
        condition=condition,
        loop=_loop(nodes, one),
        parent=one.parent or "",
    )


def _module(nodes: Nodes, one: syntax.Module) -> Module:
    return Module(
        one.symbol,
        f"line {one.head.line}",
        nodes.record(one.arguments),
        path="" if ":" in one.source else one.source,
        condition=_node(nodes, one.condition),
        loop=_loop(nodes, one),
        scope=_node(nodes, one.scope),
    )


def _loop(nodes: Nodes, one: syntax.Resource | syntax.Module) -> Loop | None:
    if one.repeated is None:
        return None
    item, index, *_ = *one.items, "", ""
    return Loop(nodes.of(one.repeated), item, index)
