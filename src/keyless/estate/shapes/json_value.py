"""Values of any kind, as JSON has them, for what others than Azure decide on."""

from __future__ import annotations

import json
import re
from typing import Any

from yaml.nodes import MappingNode, Node, SequenceNode

from keyless.estate.reading import Reading, Rejected, place
from keyless.estate.shapes.base import JsonSchema, Shape, expected, is_null, is_text, kind_of
from keyless.estate.shapes.pairs import pairs_of

MAX_DEPTH = 32
_NUMBER = re.compile(r"-?(0|[1-9][0-9]{0,14})(\.[0-9]{1,15})?")


class AnyValue(Shape[Any]):
    """Text, a number, `true` or `false`, nothing, a list, or a mapping; dates are text."""

    def read(self, node: Node, reading: Reading) -> Any:  # noqa: ANN401  # any JSON
        """What JSON would have for the node."""
        return self._read(node, reading, 0)

    def _read(self, node: Node, reading: Reading, depth: int) -> Any:  # noqa: ANN401  # any JSON
        reading.count(node)
        if depth > MAX_DEPTH:
            raise reading.reject(place(node), f"is nested more than {MAX_DEPTH} levels deep, or in itself")
        if kind_of(node) in {"a value with a tag", "a sign of YAML's own"}:
            expected(reading, node, self.words(), "put it in quotes")
            raise Rejected
        if isinstance(node, MappingNode):
            pairs = pairs_of(node, reading)
            return {key.value: self._read(value, reading, depth + 1) for key, value in pairs}
        if isinstance(node, SequenceNode):
            return [self._read(item, reading, depth + 1) for item in node.value]
        return self._scalar(node, reading)

    def _scalar(self, node: Node, reading: Reading) -> Any:  # noqa: ANN401  # any JSON
        text, kind = str(node.value), kind_of(node)
        if is_null(node):
            return None
        if is_text(node) or kind == "a date":
            return text
        if kind == "a number" and _NUMBER.fullmatch(text):
            return json.loads(text)
        if kind == "`true` or `false`" and text.lower() in {"true", "false"}:
            return text.lower() == "true"
        expected(reading, node, "a value that YAML 1.1, YAML 1.2 and JSON agree on", "put it in quotes")
        raise Rejected

    def schema(self, definitions: dict[str, JsonSchema]) -> JsonSchema:
        """Any type."""
        return {"type": ["array", "boolean", "null", "number", "object", "string"]}

    def words(self) -> str:
        """The kinds."""
        return "text, a number, `true` or `false`, a list, or a mapping"


class AnyMapping(AnyValue):
    """A mapping to values of any kind."""

    def read(self, node: Node, reading: Reading) -> dict[str, Any]:
        """What JSON would have for the mapping; nothing at all is an empty one."""
        if is_null(node):
            return {}
        if not isinstance(node, MappingNode):
            expected(reading, node, self.words(), "write each on a line of its own as `name: …`")
            raise Rejected
        found: dict[str, Any] = super().read(node, reading)
        return found

    def schema(self, definitions: dict[str, JsonSchema]) -> JsonSchema:
        """An object, or null."""
        return {"type": ["object", "null"]}

    def words(self) -> str:
        """What it is."""
        return "a mapping of names to values of any kind"
