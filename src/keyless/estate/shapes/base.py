"""What every shape can do, and what kinds of YAML node there are."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import Any, Generic, TypeVar

from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from keyless.estate.problems import At
from keyless.estate.reading import Located, Reading, place

T_co = TypeVar("T_co", covariant=True)

JsonSchema = dict[str, Any]
"""A JSON Schema (draft 2020-12), or a part of one: JSON by nature, hence without more precise types."""

_STANDARD = "tag:yaml.org,2002:"
_KINDS = {
    "str": "text",
    "int": "a number",
    "float": "a number",
    "bool": "`true` or `false`",
    "null": "nothing",
    "timestamp": "a date",
}


class Shape(ABC, Generic[T_co]):
    """What one value may look like; ``T_co`` is what reading it gives."""

    @abstractmethod
    def read(self, node: Node, reading: Reading) -> T_co:
        """The value of a node.

        Raises:
            Rejected: the node is not of this shape; its problems have been reported.
        """

    @abstractmethod
    def schema(self, definitions: dict[str, JsonSchema]) -> JsonSchema:
        """The shape as JSON Schema; named parts go into ``definitions``."""

    @abstractmethod
    def words(self) -> str:
        """The shape in words, such as ``a list of text``."""


class Where(Shape[Located[T_co]]):
    """Another shape, whose value keeps its place."""

    def __init__(self, shape: Shape[T_co]) -> None:
        self.shape = shape

    def read(self, node: Node, reading: Reading) -> Located[T_co]:
        """As the other shape, with the place of the node."""
        return Located(self.shape.read(node, reading), place(node))

    def schema(self, definitions: dict[str, JsonSchema]) -> JsonSchema:
        """As the other shape."""
        return self.shape.schema(definitions)

    def words(self) -> str:
        """As the other shape."""
        return self.shape.words()


def kind_of(node: Node) -> str:
    """What a node is, in words that finish ``this is …``."""
    if node.tag.startswith(_STANDARD):
        if isinstance(node, MappingNode):
            return "a mapping"
        if isinstance(node, SequenceNode):
            return "a list"
        return _KINDS.get(node.tag.removeprefix(_STANDARD), "a sign of YAML's own")
    return "a value with a tag"


def is_null(node: Node) -> bool:
    """Whether nothing stands there, as after ``secrets:`` at the end of a line."""
    return bool(node.tag == _STANDARD + "null")


def is_text(node: Node) -> bool:
    """Whether a node is text."""
    return isinstance(node, ScalarNode) and bool(node.tag == _STANDARD + "str")


def expected(reading: Reading, node: Node, wanted: str, hint: str) -> None:
    """Report that a node is of the wrong kind."""
    kind = kind_of(node)
    if kind == "a value with a tag":
        hint = "leave the tag (`!name`) out, and put text that begins with `!` in quotes"
    reading.report(place(node), f"{wanted} is wanted here, and this is {kind}", hint)


def describe(schema: JsonSchema, **more: object) -> JsonSchema:
    """A schema with annotations added, leaving out those that are empty."""
    return {**schema, **{name: value for name, value in more.items() if value is not None}}


Pairs = list[tuple[Located[str], Node]]
Definitions = dict[str, JsonSchema]
Examples = Mapping[str, At]
