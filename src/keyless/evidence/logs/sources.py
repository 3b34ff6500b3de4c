"""How a row's values are reached, by the form of its file: in a line of JSON, or in the columns of a table.

Both give the same: lists of texts, in the order of the places asked for, NULL where there is nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from keyless.evidence.logs.places import Place, inside, json_path


class Source(Protocol):
    """The rows of some files of one form, as a FROM clause in which the files are the parameter."""

    @property
    def relation(self) -> str:
        """What stands behind FROM."""
        ...

    @property
    def malformed(self) -> str:
        """A condition that holds for a row which could not be read."""
        ...

    def texts(self, places: Sequence[Place]) -> str:
        """A list of what stands at the keys of the places (``inside`` is left to the reader of the list)."""
        ...

    def text(self, place: Place) -> str:
        """What stands at the keys of one place."""
        ...


@dataclass(frozen=True, slots=True)
class JsonLines:
    """One JSON object a line."""

    compression: str
    malformed: str = "line IS NULL"

    @property
    def relation(self) -> str:
        """The lines; what is no JSON is NULL."""
        how = f"ignore_errors = true, compression = '{self.compression}'"
        return f"(SELECT json AS line FROM read_ndjson_objects(?, {how}))"  # noqa: S608  # a constant of ours

    def texts(self, places: Sequence[Place]) -> str:
        """All places in one go, so that a line is parsed once."""
        return f"json_extract_string(line, [{', '.join(json_path(place.keys) for place in places)}])"

    def text(self, place: Place) -> str:
        """One place."""
        return f"json_extract_string(line, {json_path(place.keys)})"


@dataclass(frozen=True, slots=True)
class Table:
    """Named columns; ``columns`` gives for each case-folded name the SQL of its text."""

    relation: str
    columns: Mapping[str, str]
    malformed: str = "false"

    def texts(self, places: Sequence[Place]) -> str:
        """A list of them."""
        return f"[{', '.join(self.text(place) for place in places)}]"

    def text(self, place: Place) -> str:
        """A column, or what stands in the JSON in it."""
        column = self.columns.get(place.keys[0].casefold())
        if column is None:
            return "CAST(NULL AS VARCHAR)"
        return column if len(place.keys) == 1 else inside(column, place.keys[1:])
