"""How a row's values are reached, by the form of its file: in a line of JSON, or in the columns of a table.

Both give the same: lists of texts, in the order of the places asked for, NULL where there is nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from keyless.evidence.logs.places import NO_TEXT, Place, json_path


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

    def reach(self, place: Place) -> Place:
        """The place as this source has it: keys that it finds itself, and what is to be looked for inside."""
        ...

    def has(self, place: Place) -> bool:
        """Whether anything can stand at the place, as ``reach`` has it."""
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

    def reach(self, place: Place) -> Place:
        """All the keys of a line."""
        return place

    def has(self, place: Place) -> bool:
        """Each line may have any key."""
        return True

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

    def reach(self, place: Place) -> Place:
        """A column, by its name without case; further keys are those of the JSON in it."""
        return Place((place.keys[0].casefold(),), place.keys[1:] + place.inside)

    def has(self, place: Place) -> bool:
        """Whether there is the column."""
        return place.keys[0].casefold() in self.columns

    def texts(self, places: Sequence[Place]) -> str:
        """The columns; what is inside of one is for the reader of the list."""
        return f"[{', '.join(self.text(place) for place in places)}]"

    def text(self, place: Place) -> str:
        """A column, or NULL where there is none of that name."""
        return self.columns.get(place.keys[0].casefold(), NO_TEXT)
