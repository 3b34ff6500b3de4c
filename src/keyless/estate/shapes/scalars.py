"""Shapes of single values: text under a rule, whole numbers, yes or no, one of a few words."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import msgspec
from yaml.nodes import Node, ScalarNode

from keyless.estate.reading import Reading, Rejected, place
from keyless.estate.shapes.base import JsonSchema, Shape, expected, is_text, kind_of
from keyless.model.nearest import nearest, quoted_list


class TextRule(msgspec.Struct, frozen=True):
    """A rule that text must keep.

    ``wants`` finishes the sentence "use …"; ``pattern`` must match the whole text and mean the same in Python
    and in ECMA 262 (JSON Schema); ``shown`` is false where no message may repeat the text.
    """

    noun: str
    wants: str
    pattern: str = r"[^\u0000]+"
    at_most: int | None = None
    example: str | None = None
    shown: bool = True

    def allows(self, text: str) -> bool:
        """Whether the text keeps the rule."""
        if self.at_most is not None and len(text) > self.at_most:
            return False
        return re.fullmatch(self.pattern, text, re.DOTALL) is not None


class Text(Shape[str]):
    """Text that keeps a rule."""

    def __init__(self, rule: TextRule) -> None:
        self.rule = rule

    def read(self, node: Node, reading: Reading) -> str:
        """The text of a scalar that YAML takes for text."""
        reading.count(node)
        rule = self.rule
        if not is_text(node):
            expected(reading, node, rule.noun, self._hint(node))
            raise Rejected
        text = str(node.value)
        if not rule.allows(text):
            said = f"`{_short(text)}`" if rule.shown else "this"
            raise reading.reject(place(node), f"{said} cannot be {rule.noun}", f"use {rule.wants}")
        return text

    def _hint(self, node: Node) -> str:
        if not isinstance(node, ScalarNode) or kind_of(node) == "nothing":
            return f"write {self.rule.wants}"
        if self.rule.shown and node.value:
            return f'put it in quotes: "{_short(node.value)}"'
        return "put it in quotes"

    def schema(self, definitions: dict[str, JsonSchema]) -> JsonSchema:
        """A string with the rule's pattern."""
        schema: JsonSchema = {"type": "string", "pattern": f"^(?:{self.rule.pattern})$"}
        if self.rule.at_most is not None:
            schema["maxLength"] = self.rule.at_most
        if self.rule.example is not None:
            schema["examples"] = [self.rule.example]
        return schema

    def words(self) -> str:
        """The rule in words."""
        return self.rule.wants


class WholeNumber(Shape[int]):
    """A whole number within limits."""

    def __init__(self, least: int, most: int, noun: str) -> None:
        self.least, self.most, self.noun = least, most, noun

    def read(self, node: Node, reading: Reading) -> int:
        """The number of a plain decimal scalar."""
        reading.count(node)
        if not re.fullmatch(r"-?[0-9]{1,9}", str(node.value)) or kind_of(node) != "a number":
            expected(reading, node, self.noun, f"write {self.words()}, without quotes")
            raise Rejected
        number = int(node.value)
        if not self.least <= number <= self.most:
            raise reading.reject(place(node), f"`{number}` is out of range", f"write {self.words()}")
        return number

    def schema(self, definitions: dict[str, JsonSchema]) -> JsonSchema:
        """An integer with its limits."""
        return {"type": "integer", "minimum": self.least, "maximum": self.most}

    def words(self) -> str:
        """The limits in words."""
        if self.least == self.most:
            return f"`{self.least}`"
        return f"a whole number from {self.least} to {self.most}"


class YesOrNo(Shape[bool]):
    """``true`` or ``false``, in just that spelling, which YAML 1.1 and 1.2 agree on."""

    def __init__(self, *, only: bool | None = None) -> None:
        self.only = only

    def read(self, node: Node, reading: Reading) -> bool:
        """The truth value of a scalar."""
        reading.count(node)
        plain = isinstance(node, ScalarNode) and not is_text(node) and str(node.value).lower()
        if plain not in {"true", "false"}:
            expected(reading, node, self.words(), f"write {self.words()}, without quotes")
            raise Rejected
        value = plain == "true"
        if self.only is not None and value is not self.only:
            raise reading.reject(
                place(node), f"`{plain}` says nothing here", "write `true`, or leave the key out"
            )
        return value

    def schema(self, definitions: dict[str, JsonSchema]) -> JsonSchema:
        """A boolean."""
        return {"type": "boolean"} if self.only is None else {"const": self.only}

    def words(self) -> str:
        """The two words."""
        return "`true` or `false`" if self.only is None else "`true`"


class Moment(Shape[int]):
    """A day, which begins at midnight UTC, or a time of a day; read as epoch seconds."""

    _PATTERN = r"\d{4}-\d{2}-\d{2}(?:[Tt ]\d{2}:\d{2}:\d{2}(?:[Zz]|[+-]\d{2}:\d{2}))?"

    def read(self, node: Node, reading: Reading) -> int:
        """The moment of a scalar, in quotes or not."""
        reading.count(node)
        if not isinstance(node, ScalarNode) or not re.fullmatch(self._PATTERN, node.value):
            expected(reading, node, "a day", f"write {self.words()}")
            raise Rejected
        try:
            moment = datetime.fromisoformat(node.value.upper())
        except ValueError:
            what = f"`{node.value}` is no day of the calendar, or no time of a day"
            raise reading.reject(place(node), what, f"write {self.words()}") from None
        return int((moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp())

    def schema(self, definitions: dict[str, JsonSchema]) -> JsonSchema:
        """A string with the pattern of a date, or of a date and time."""
        return {"type": "string", "pattern": f"^{self._PATTERN}$", "examples": ["2027-06-30"]}

    def words(self) -> str:
        """The two forms."""
        return "a day such as `2027-06-30` (UTC), or a time such as `2027-06-30T12:00:00Z`"


class Word(Shape[str]):
    """One of a few words, in just that spelling."""

    def __init__(self, noun: str, *words: str) -> None:
        self.noun, self.known = noun, words

    def read(self, node: Node, reading: Reading) -> str:
        """The word."""
        reading.count(node)
        text = str(node.value) if is_text(node) else None
        if text not in self.known:
            near = nearest(text, self.known, 1) if text else ()
            said = f"`{_short(text)}`" if text else kind_of(node)
            raise reading.reject(
                place(node), f"{said} is not {self.noun}", f"write {quoted_list(near or self.known)}"
            )
        return text

    def schema(self, definitions: dict[str, JsonSchema]) -> JsonSchema:
        """An enumeration."""
        return {"enum": list(self.known)}

    def words(self) -> str:
        """The words."""
        return quoted_list(self.known)


def _short(text: str) -> str:
    one_line = "".join(c if c.isprintable() else "�" for c in text)
    return one_line if len(one_line) <= 60 else one_line[:57] + "…"
