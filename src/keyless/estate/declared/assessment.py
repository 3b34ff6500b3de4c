"""The section of `keyless assess`: it is let through here, and read by that command alone."""

from __future__ import annotations

from yaml.nodes import MappingNode, Node

from keyless.estate.reading import Reading, Rejected
from keyless.estate.shapes.base import JsonSchema, Shape, expected, is_null


class Assessment(Shape[None]):
    """A mapping of which nothing is read here."""

    def read(self, node: Node, reading: Reading) -> None:
        """Nothing, where it is a mapping."""
        if not isinstance(node, MappingNode) and not is_null(node):
            expected(reading, node, self.words(), "write its keys, such as `min-severity`")
            raise Rejected

    def schema(self, definitions: dict[str, JsonSchema]) -> JsonSchema:
        """Any object."""
        return {"type": ["object", "null"]}

    def words(self) -> str:
        """What is wanted."""
        return "the keys of `keyless assess`"
