"""Shapes of lists, and of mappings from names of the user's own choice."""

from __future__ import annotations

from typing import Generic, TypeVar

import msgspec
from yaml.nodes import MappingNode, Node, SequenceNode

from keyless.estate.reading import Located, Reading, Rejected, place
from keyless.estate.shapes.base import JsonSchema, Shape, expected, is_null
from keyless.estate.shapes.pairs import pairs_of
from keyless.estate.shapes.scalars import Text

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)


class Entries(msgspec.Struct, Generic[T_co], frozen=True):
    """What a mapping holds, in order. ``broken`` are the names whose values were refused."""

    items: tuple[tuple[Located[str], T_co], ...] = ()
    broken: tuple[str, ...] = ()


class ListOf(Shape[tuple[T, ...]]):
    """A list of items of one shape; items that are refused are left out."""

    def __init__(self, item: Shape[T], noun: str) -> None:
        self.item, self.noun = item, noun

    def read(self, node: Node, reading: Reading) -> tuple[T, ...]:
        """The items of a sequence; nothing at all is an empty list."""
        reading.count(node)
        if is_null(node):
            return ()
        if not isinstance(node, SequenceNode):
            expected(reading, node, f"a list of {self.noun}", "begin each item with `- `")
            raise Rejected
        items = []
        for item in node.value:
            try:
                items.append(self.item.read(item, reading))
            except Rejected:  # reported already: the rest of the list is still worth a look
                continue
        return tuple(items)

    def schema(self, definitions: dict[str, JsonSchema]) -> JsonSchema:
        """An array, or null."""
        return {"type": ["array", "null"], "items": self.item.schema(definitions)}

    def words(self) -> str:
        """What the items are."""
        return f"a list of {self.noun}"


class MapOf(Shape[Entries[T]]):
    """A mapping from names that keep a rule to values of one shape.

    ``ignore_case`` is for names that Azure compares without case.
    """

    def __init__(
        self, name: Text, value: Shape[T], noun: str, *, ignore_case: bool = True, at_most: int | None = None
    ) -> None:
        self.name, self.value, self.noun = name, value, noun
        self.ignore_case, self.at_most = ignore_case, at_most

    def read(self, node: Node, reading: Reading) -> Entries[T]:
        """The entries of a mapping; nothing at all is an empty mapping."""
        reading.count(node)
        if is_null(node):
            return Entries()
        if not isinstance(node, MappingNode):
            expected(
                reading, node, f"a mapping of {self.noun}", "write each on a line of its own as `name: …`"
            )
            raise Rejected
        items, broken = [], []
        pairs = pairs_of(node, reading, self.name, ignore_case=self.ignore_case)
        for name, value in pairs:
            try:
                items.append((name, self.value.read(value, reading)))
            except Rejected:
                broken.append(name.value)
        if self.at_most is not None and len(pairs) > self.at_most:
            reading.report(place(node), f"more than {self.at_most} {self.noun}", "take some out")
        return Entries(tuple(items), tuple(broken))

    def schema(self, definitions: dict[str, JsonSchema]) -> JsonSchema:
        """An object with a rule for its property names, or null."""
        schema: JsonSchema = {
            "type": ["object", "null"],
            "propertyNames": self.name.schema(definitions),
            "additionalProperties": self.value.schema(definitions),
        }
        if self.at_most is not None:
            schema["maxProperties"] = self.at_most
        return schema

    def words(self) -> str:
        """What the entries are."""
        return f"a mapping of {self.noun}, by name: {self.name.words()}"


class ListOrMap(Shape[tuple[tuple[T, ...], Entries[T]]]):
    """Either a list, or a mapping from names: the user writes whichever is shorter."""

    def __init__(self, items: ListOf[T], entries: MapOf[T]) -> None:
        self.items, self.entries = items, entries

    def read(self, node: Node, reading: Reading) -> tuple[tuple[T, ...], Entries[T]]:
        """The items of the list, and the entries of the mapping: one of the two is empty."""
        if isinstance(node, SequenceNode):
            return self.items.read(node, reading), Entries()
        return (), self.entries.read(node, reading)

    def schema(self, definitions: dict[str, JsonSchema]) -> JsonSchema:
        """An array, an object or null."""
        listed, mapped = self.items.schema(definitions), self.entries.schema(definitions)
        return {**listed, **mapped, "type": ["array", "object", "null"]}

    def words(self) -> str:
        """Both in words."""
        return f"{self.items.words()}, or {self.entries.words()}"
