"""A tree as text that is read back as the same tree."""

from __future__ import annotations

from keyless.authz.conditions.constants import quote, write_constant
from keyless.authz.conditions.tree import (
    ActionMatches,
    And,
    Attribute,
    Comparison,
    Exists,
    Leaf,
    Node,
    Not,
    Operand,
    Or,
    SubOperationMatches,
)


def write_tree(node: Node) -> str:
    """The condition in Azure's usual spelling, on one line."""
    match node:
        case Not(part=part):
            return f"!({write_tree(part)})"
        case And(parts=parts):
            return " AND ".join(_joined(part) for part in parts)
        case Or(parts=parts):
            return " OR ".join(_joined(part) for part in parts)
        case _:
            return _clause(node)


def _clause(leaf: Leaf) -> str:
    match leaf:
        case ActionMatches(patterns=patterns):
            return f"ActionMatches{_set(patterns)}"
        case SubOperationMatches(patterns=patterns):
            return f"SubOperationMatches{_set(patterns)}"
        case Exists(attribute=attribute):
            return f"Exists {attribute}"
        case Comparison():
            return _comparison(leaf)


def _joined(part: Node) -> str:
    return f"({write_tree(part)})" if isinstance(part, And | Or) else write_tree(part)


def _set(patterns: tuple[str, ...]) -> str:
    return f"{{{', '.join(quote(pattern) for pattern in patterns)}}}"


def _comparison(node: Comparison) -> str:
    quantifier = f"{node.quantifier}:" if node.quantifier else ""
    return f"{_side(node, node.left)} {quantifier}{node.operator.name} {_side(node, node.right)}"


def _side(node: Comparison, side: Operand) -> str:
    if isinstance(side, Attribute):
        return str(side)
    values = ", ".join(write_constant(node.operator.family, value) for value in side.values)
    return f"{{{values}}}" if node.quantifier else values
