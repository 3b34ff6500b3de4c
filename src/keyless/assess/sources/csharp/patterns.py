"""Patterns of C#, which bind names: `x is string s`, `x switch { string s => … }`.

Rules:
- the name of a whole pattern is bound to what is matched; names deeper within a pattern are not followed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from keyless.assess.sources.csharp import names
from keyless.assess.sources.reading import Reading
from keyless.assess.syntax.expressions import Choice, Expr, Name, Other

if TYPE_CHECKING:
    from tree_sitter import Node


def matched(reading: Reading, node: Node) -> Expr:
    """`x is { } s`: the name is bound, and stands for it."""
    value, pattern = node.child_by_field_name("expression"), node.child_by_field_name("pattern")
    span = reading.file.of(node)
    if value is None or pattern is None:
        return Other(span, node.type, reading.expressions(names.parts(node)))
    found = _bound(reading, pattern, reading.expression(value))
    return Other(span, node.type, (found, *_within(reading, pattern)))


def switched(reading: Reading, node: Node) -> Expr:
    """`x switch { … }`: one of the arms."""
    value, *arms = names.parts(node)
    asked = reading.expression(value)
    alternatives: list[Expr] = []
    conditions: list[Expr] = []
    for arm in arms:
        pattern, *guards, result = names.parts(arm) or [arm]
        if arm.type == "switch_expression_arm":
            asked = _bound(reading, pattern, asked)
            conditions.extend(_within(reading, pattern))
        conditions.extend(reading.expressions(guards))
        alternatives.append(reading.expression(result))
    span = reading.file.of(node)
    whole = Other(span, node.type, (asked, *conditions)) if conditions else asked
    return Choice(span, tuple(alternatives), whole)


def matches(reading: Reading, pattern: Node, value: Expr) -> tuple[Expr, tuple[Expr, ...]]:
    """A value that a `case` of a statement binds, and what the pattern consists of."""
    return _bound(reading, pattern, value), _within(reading, pattern)


def _bound(reading: Reading, pattern: Node, value: Expr) -> Expr:
    name = pattern.child_by_field_name("name")
    if name is None and pattern.type in ("declaration_pattern", "var_pattern", "recursive_pattern"):
        last = names.parts(pattern)[-1:]
        name = next((one for one in last if one.type == "identifier"), None)
    if name is None or name.type != "identifier" or pattern.type == "constant_pattern":
        return value
    return reading.bind(name, names.text(reading, name), value)


def _within(reading: Reading, pattern: Node) -> tuple[Expr, ...]:
    if pattern.type in ("declaration_pattern", "var_pattern", "type_pattern", "discard", "identifier"):
        return ()
    found = reading.expression(pattern)
    return () if isinstance(found, Name) else (found,)
