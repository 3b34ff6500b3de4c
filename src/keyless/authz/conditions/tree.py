"""A condition as a tree of frozen nodes, each with the span of text that it was read from.

Spans take no part in comparing two trees: what is written differently and means the same is equal.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache

from keyless.authz.conditions.operators import Operator, Quantifier
from keyless.model.attributes import AttributeSource

Span = tuple[int, int]
"""The first character's index, and the index behind the last."""

_CASE_MARK = "<$key_case_sensitive$>"
_NOWHERE: Span = (0, 0)


@lru_cache(maxsize=4096)
def attribute_key(source: AttributeSource, name: str) -> str:
    """What two spellings of one attribute have in common: names compare without case.

    A tag's key that is marked as case-sensitive keeps its case.
    """
    if not name.endswith(_CASE_MARK):
        return f"{source}[{name.casefold()}]"
    type_part, colon, tag = name.removesuffix(_CASE_MARK).partition(":")
    return f"{source}[{type_part.casefold()}{colon}{tag}{_CASE_MARK}]"


@dataclass(frozen=True, slots=True)
class Attribute:
    """`@Source[name]`, the name as written between the brackets."""

    source: AttributeSource
    name: str
    span: Span = field(default=_NOWHERE, compare=False)

    @property
    def key(self) -> str:
        """The key by which facts are asked for it."""
        return attribute_key(self.source, self.name)

    def __str__(self) -> str:
        return f"@{self.source}[{self.name}]"


Constant = str | int
"""Text, a GUID (32 digits), a number, a truth value or a moment (100 ns since 1970), by the operator."""


@dataclass(frozen=True, slots=True)
class Constants:
    """One value or more, written into the condition."""

    values: tuple[Constant, ...]
    span: Span = field(default=_NOWHERE, compare=False)


Operand = Attribute | Constants


@dataclass(frozen=True, slots=True)
class ActionMatches:
    """The action that is asked for matches one of the patterns."""

    patterns: tuple[str, ...]
    span: Span = field(default=_NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class SubOperationMatches:
    """One of the action's sub-operations matches one of the patterns."""

    patterns: tuple[str, ...]
    span: Span = field(default=_NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class Exists:
    """The attribute has a value."""

    attribute: Attribute
    span: Span = field(default=_NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class Comparison:
    """A comparison of two sides; without a quantifier each side has one value."""

    left: Operand
    operator: Operator
    right: Operand
    quantifier: Quantifier | None = None
    span: Span = field(default=_NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class Not:
    """The negation of one part."""

    part: Node
    span: Span = field(default=_NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class And:
    """Two parts or more that must all hold."""

    parts: tuple[Node, ...]
    span: Span = field(default=_NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class Or:
    """Two parts or more of which one must hold."""

    parts: tuple[Node, ...]
    span: Span = field(default=_NOWHERE, compare=False)


Leaf = ActionMatches | SubOperationMatches | Exists | Comparison
Node = Leaf | Not | And | Or


def leaves(node: Node) -> Iterator[Leaf]:
    """The clauses of a tree, in the order of the text."""
    if isinstance(node, Not):
        yield from leaves(node.part)
    elif isinstance(node, And | Or):
        for part in node.parts:
            yield from leaves(part)
    else:
        yield node


def attributes_of(leaf: Leaf) -> tuple[Attribute, ...]:
    """The attributes that a clause looks at, left before right."""
    if isinstance(leaf, Exists):
        return (leaf.attribute,)
    if isinstance(leaf, Comparison):
        return tuple(side for side in (leaf.left, leaf.right) if isinstance(side, Attribute))
    return ()
