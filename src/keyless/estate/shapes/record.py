"""Shapes of mappings with known keys, declared as classes.

    class VaultEntry(Record, title="a vault"):
        '''What the reference page says of it.'''

        location = optional(Text(LOCATION), "Where it is.")

An instance is what was read: ``vault.location`` is ``str | None``. Its key in the file is its name in camel
case. From the same class come the JSON schema and the reference page.
"""

from __future__ import annotations

import inspect
from collections.abc import Iterable
from typing import Any, ClassVar, Generic, TypeVar, cast, overload

from yaml.nodes import MappingNode, Node

from keyless.estate.problems import At
from keyless.estate.reading import Located, Reading, Rejected, place
from keyless.estate.shapes.base import JsonSchema, Shape, describe, expected, is_null, is_text
from keyless.estate.shapes.pairs import Pairs, pairs_of
from keyless.model.nearest import nearest, quoted_list

T = TypeVar("T")
R = TypeVar("R", bound="Record")
R_co = TypeVar("R_co", bound="Record", covariant=True)

EXTENSION = "x-"


class Field(Generic[T]):
    """One key of a record. ``default`` is the value where the key is left out, if it may be."""

    def __init__(self, shape: Shape[Any], about: str, default: T, *, required: bool) -> None:
        self.shape, self.about, self.default, self.required = shape, about, default, required
        self.key = ""

    def __set_name__(self, owner: type[Record], name: str) -> None:
        first, *rest = name.split("_")
        self.key = first + "".join(part.capitalize() for part in rest)

    @overload
    def __get__(self, record: None, owner: type[Record]) -> Field[T]: ...
    @overload
    def __get__(self, record: Record, owner: type[Record]) -> T: ...
    def __get__(self, record: Record | None, owner: type[Record]) -> Field[T] | T:
        if record is None:
            return self
        return cast("T", record.values.get(self.key, self.default))


def required(shape: Shape[T], about: str) -> Field[T]:
    """A key that must be there."""
    return Field(shape, about, cast("T", None), required=True)


def optional(shape: Shape[T], about: str) -> Field[T | None]:
    """A key that may be left out, and is then ``None``."""
    return Field(shape, about, None, required=False)


def defaulted(shape: Shape[T], about: str, default: T) -> Field[T]:
    """A key that may be left out, and then has a value of its own."""
    return Field(shape, about, default, required=False)


class Record:
    """What was read of a mapping with known keys. ``at`` is where it begins.

    ``refused`` are the keys that were unknown, or whose values were refused.
    """

    title: ClassVar[str] = ""
    short: ClassVar[str | None] = None
    told_by: ClassVar[str | None] = None
    extensible: ClassVar[bool] = False
    shown: ClassVar[bool] = True
    fields: ClassVar[dict[str, Field[Any]]] = {}

    def __init__(self, at: At, values: dict[str, object], refused: Iterable[str] = ()) -> None:
        self.at, self.values, self.refused = at, values, frozenset(refused)

    def lost(self, field: Field[Any]) -> bool:
        """Whether something was written for the field, but refused, be it under a misspelled key."""
        unknown = [key for key in self.refused if key not in self.fields]
        return field.key in self.refused or any(field.key in nearest(key, self.fields, 1) for key in unknown)

    def __init_subclass__(
        cls,
        *,
        title: str | None = None,
        short: str | None = None,
        told_by: str | None = None,
        extensible: bool = False,
        shown: bool | None = None,
    ) -> None:
        """Declare a record.

        ``title`` is its name in messages, ``short`` the key that text alone stands for, ``told_by`` the key
        by which it is known among its alternatives; an ``extensible`` one lets keys beginning with ``x-``
        pass; of one that is not ``shown`` no message repeats what the user wrote.
        """
        own = {item.key: item for item in vars(cls).values() if isinstance(item, Field)}
        cls.fields = {**own, **{key: item for key, item in cls.fields.items() if key not in own}}
        cls.title = cls.title if title is None else title
        cls.shown = cls.shown if shown is None else shown
        cls.short, cls.told_by, cls.extensible = short, told_by, extensible


def about(record: type[Record]) -> str:
    """What a record's class says of it, on one line."""
    return " ".join(inspect.cleandoc(record.__doc__ or "").split())


def needed(record: type[Record]) -> tuple[str, ...]:
    """The keys that a record must have."""
    return tuple(key for key, field in record.fields.items() if field.required)


class RecordOf(Shape[R]):
    """A mapping that is read into a record; text alone where the record has a short form."""

    def __init__(self, record: type[R]) -> None:
        self.record = record

    def read(self, node: Node, reading: Reading) -> R:
        """The record of a mapping; nothing at all is one without keys, where none is required."""
        reading.count(node)
        if is_null(node) and not needed(self.record):
            return self.record(place(node), {})
        if self.record.short is not None and (is_text(node) or not isinstance(node, MappingNode)):
            value = self.record.fields[self.record.short].shape.read(node, reading)
            return self.record(place(node), {self.record.short: value})
        if not isinstance(node, MappingNode):
            expected(
                reading, node, self.record.title, f"write its keys: {quoted_list(self.record.fields, 'and')}"
            )
            raise Rejected
        return self._read_pairs(node, pairs_of(node, reading), reading)

    def _read_pairs(self, node: MappingNode, pairs: Pairs, reading: Reading) -> R:
        values: dict[str, object] = {}
        refused: set[str] = set()
        for key, value in pairs:
            field = self.record.fields.get(key.value)
            if field is None:
                if not (self.record.extensible and key.value.startswith(EXTENSION)):
                    report_unknown(
                        reading, key, self.record.title, self.record.fields, shown=self.record.shown
                    )
                    refused.add(key.value)
                continue
            try:
                values[key.value] = field.shape.read(value, reading)
            except Rejected:
                refused.add(key.value)
        self._check_needed(node, {*values, *refused}, reading)
        if not set(needed(self.record)) <= set(values):
            raise Rejected
        return self.record(place(node), values, refused)

    def _check_needed(self, node: Node, present: set[str], reading: Reading) -> None:
        missing = [key for key in needed(self.record) if key not in present]
        for key in missing:
            reading.report(
                place(node),
                f"{self.record.title} needs `{key}`",
                f"add `{key}:` with {self.record.fields[key].shape.words()}",
            )

    def schema(self, definitions: dict[str, JsonSchema]) -> JsonSchema:
        """A reference to the record's definition."""
        name = self.record.__name__
        if name not in definitions:
            definitions[name] = {}  # taken, for records that hold themselves
            definitions[name] = self._definition(definitions)
        return {"$ref": f"#/$defs/{name}"}

    def _definition(self, definitions: dict[str, JsonSchema]) -> JsonSchema:
        record = self.record
        types = ["object"]
        schema: JsonSchema = {"title": record.title, "description": about(record)}
        if record.short is not None:
            short = record.fields[record.short].shape.schema(definitions)
            types.append(short["type"])
            schema |= {key: value for key, value in short.items() if key in {"pattern", "maxLength"}}
        if not needed(record):
            types.append("null")
        schema["type"] = types[0] if len(types) == 1 else types
        schema["properties"] = {key: _described(field, definitions) for key, field in record.fields.items()}
        if needed(record):
            schema["required"] = list(needed(record))
        if record.extensible:
            schema["patternProperties"] = {f"^{EXTENSION}": True}
        return {**schema, "additionalProperties": False}

    def words(self) -> str:
        """The record's title."""
        title, short = self.record.title, self.record.short
        return f"{self.record.fields[short].shape.words()}; or {title}" if short else title


class Alternatives(Shape[R_co]):
    """A mapping that is one of several records, known by the one key that only it has."""

    def __init__(self, title: str, *records: type[R_co]) -> None:
        self.title, self.records = title, records
        self.short = next((record for record in records if record.short is not None), None)

    def read(self, node: Node, reading: Reading) -> R_co:
        """The record of the alternative whose key is there."""
        if self.short is not None and not isinstance(node, MappingNode):
            return RecordOf(self.short).read(node, reading)
        if not isinstance(node, MappingNode):
            reading.count(node)
            expected(reading, node, self.title, f"write a mapping with {quoted_list(self.keys())}")
            raise Rejected
        keys = [key for key, _ in pairs_of(node, reading)]
        present = [item for item in self.records if item.told_by in {key.value for key in keys}]
        if len(present) != 1:
            raise self._undecided(node, keys, present, reading)
        return RecordOf(present[0]).read(node, reading)

    def keys(self) -> tuple[str, ...]:
        """The keys that tell the alternatives apart."""
        return tuple(str(record.told_by) for record in self.records)

    def _undecided(
        self, node: MappingNode, keys: list[Located[str]], present: list[type[R_co]], reading: Reading
    ) -> Rejected:
        if present:
            rivals = quoted_list((str(record.told_by) for record in present), "and")
            return reading.reject(
                place(node), f"{rivals} exclude each other in {self.title}", "keep one of them"
            )
        every = {key for record in self.records for key in record.fields}
        unknown = [key for key in keys if key.value not in every]
        for key in unknown:
            report_unknown(reading, key, self.title, self.keys(), shown=self.records[0].shown)
        if unknown:
            return Rejected()
        return reading.reject(place(node), f"{self.title} needs one of {quoted_list(self.keys())}", "add it")

    def schema(self, definitions: dict[str, JsonSchema]) -> JsonSchema:
        """One of the alternatives' schemas."""
        return {"oneOf": [RecordOf(record).schema(definitions) for record in self.records]}

    def words(self) -> str:
        """The title."""
        return f"{'text, or ' if self.short else ''}{self.title}, with {quoted_list(self.keys())}"


def report_unknown(
    reading: Reading, key: Located[str], title: str, known: Iterable[str], *, shown: bool
) -> None:
    """Report a key that a record does not have, with the key that was probably meant."""
    near = nearest(key.value, known, 1)
    said = f"`{key.value}`" if shown or near else "this"
    hint = f"write {quoted_list(near or known)}"
    reading.report(key.at, f"{said} is not a key of {title}", hint)


def _described(field: Field[Any], definitions: dict[str, JsonSchema]) -> JsonSchema:
    default = field.default if isinstance(field.default, str | int | bool) else None
    return describe(field.shape.schema(definitions), description=field.about, default=default)
