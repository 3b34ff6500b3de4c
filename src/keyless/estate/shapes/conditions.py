"""The shape of conditions: text that is read as one, its mistakes told at the character that they are at.

Where a character is in the file can be told for text on one line and for a block that begins with `|`. In
other text of several lines, which YAML folds, the text's beginning is told, and the excerpt shows the rest.
"""

from __future__ import annotations

from yaml.nodes import Node, ScalarNode

from keyless.authz.conditions import ConditionError, parse
from keyless.estate import naming
from keyless.estate.problems import At
from keyless.estate.reading import Reading, Rejected, place
from keyless.estate.shapes.base import JsonSchema, Shape
from keyless.estate.shapes.scalars import Text

_DOUBLED = {"'": "'", '"': '"\\'}
"""What text in quotes of each kind writes with two characters."""


class ConditionText(Shape[str]):
    """A condition of version 2.0."""

    def __init__(self) -> None:
        self._text = Text(naming.CONDITION)

    def read(self, node: Node, reading: Reading) -> str:
        """The text, where it is a condition."""
        text = self._text.read(node, reading)
        try:
            parse(text)
        except ConditionError as error:
            reading.report(_place_of(node, text, error, reading), error.render().replace("\n", "\n    "))
            raise Rejected from None
        return text

    def schema(self, definitions: dict[str, JsonSchema]) -> JsonSchema:
        """As any text."""
        return self._text.schema(definitions)

    def words(self) -> str:
        """As its rule has it."""
        return self._text.words()


def _place_of(node: Node, text: str, error: ConditionError, reading: Reading) -> At:
    at = place(node)
    style = node.style if isinstance(node, ScalarNode) else None
    if style == "|":
        line = at.line + error.line
        shift = _indentation(reading.line(line)) - _indentation(text.split("\n")[error.line - 1])
        return At(line, shift + error.column)
    if node.end_mark.line != node.start_mark.line:
        return at
    before = text[: error.position]
    doubled = sum(map(before.count, _DOUBLED.get(style or "", "")))
    return At(at.line, at.column + len(before) + doubled + bool(style))


def _indentation(line: str) -> int:
    return len(line) - len(line.lstrip(" "))
