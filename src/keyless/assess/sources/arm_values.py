"""Values of ARM templates: the records of a JSON file, with the expressions in its texts.

Rules:
- every text in brackets is an expression, in keys as well; what is not understood is a problem;
- what `copy` makes of a property or variable is a ``Loop``;
- in a file of parameters, what a tool fills in from the environment is an expression of that;
- in a template within a template, names of parameters and variables get the deployment's name before them.

Source: https://learn.microsoft.com/azure/azure-resource-manager/templates/copy-properties
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from keyless.assess.sources.arm_expressions import arm_expression, is_expression
from keyless.assess.sources.surroundings import expressed, may_hold_expressions
from keyless.assess.sources.tree import FileText
from keyless.assess.syntax.expressions import (
    Entry,
    Expr,
    Items,
    Literal,
    Loop,
    Other,
    Record,
    entry_of,
    text_of,
)
from keyless.assess.syntax.source import Lack, Problem

_DEEPEST = 60


@dataclass(slots=True)
class Values:
    """Reads the values of one file, and keeps what was not understood."""

    file: FileText
    problems: list[Problem] = field(default_factory=list)

    def of(self, written: Expr, prefix: str = "", depth: int = 0) -> Expr:
        """A value."""
        if isinstance(written, Literal):
            return self._text(written, prefix)
        if depth > _DEEPEST:
            message = f"it is nested more than {_DEEPEST} deep"
            self.problems.append(Problem(self.file.path, Lack.TOO_DEEP, message, written.span))
            return Other(written.span, "too-deep")
        if isinstance(written, Record):
            return self.record(written, prefix, depth=depth)
        if isinstance(written, Items):
            return Items(written.span, tuple(self.of(one, prefix, depth + 1) for one in written.items))
        return written

    def record(
        self, written: Record, prefix: str, without: frozenset[str] = frozenset(), depth: int = 0
    ) -> Record:
        """The entries of a record, but for some."""
        entries: list[Entry] = []
        for one in written.entries:
            key = (text_of(one.key) or "").casefold()
            if key == "copy" and isinstance(one.value, Items):
                entries += self.copies(one.value, prefix, depth)
            elif key not in without:
                named = self._text(one.key, prefix) if isinstance(one.key, Literal) else one.key
                entries.append(Entry(one.span, named, self.of(one.value, prefix, depth + 1)))
        return Record(written.span, tuple(entries))

    def copies(self, written: Items, prefix: str, depth: int = 0) -> Iterator[Entry]:
        """What a list of `copy` makes: under each name a loop."""
        for one in written.items:
            name, count, made = (entry_of(one, key) for key in ("name", "count", "input"))
            if name is not None and count is not None and made is not None:
                over = self.of(count.value, prefix, depth + 1)
                value = Loop(one.span, (), over, self.of(made.value, prefix, depth + 1))
                yield Entry(one.span, name.value, value)

    def given(self, parameters: Record, prefix: str = "") -> Record:
        """What parameters are given: a value, or ``Other`` of kind `vault-reference` for a secret."""
        entries: list[Entry] = []
        for one in parameters.entries:
            value, secret = entry_of(one.value, "value"), entry_of(one.value, "reference")
            if value is not None:
                entries.append(Entry(one.span, one.key, from_outside(self.of(value.value, prefix))))
            elif secret is not None:
                parts = (self.of(secret.value, prefix),)
                entries.append(Entry(one.span, one.key, Other(secret.span, "vault-reference", parts)))
        return Record(parameters.span, tuple(entries))

    def _text(self, written: Literal, prefix: str) -> Expr:
        text = written.value
        if not isinstance(text, str) or not text.startswith("["):
            return written
        if not is_expression(text):
            return Literal(written.span, text[1:] if text.startswith("[[") else text)
        found, problem = arm_expression(self.file, text, written.span, prefix)
        if problem is not None:
            self.problems.append(problem)
        return found


def from_outside(value: Expr) -> Expr:
    """A value that a tool puts in from the environment: `${NAME}` and `${NAME=default}` of `azd`."""
    if not isinstance(value, Literal) or not isinstance(value.value, str):
        return value
    if not may_hold_expressions(value.value):
        return value
    if value.value.startswith("$("):  # `$(secretOrRandomPassword …)`
        return Other(value.span, "worked-out")
    return expressed(value.value, lambda _start, _end: value.span)
