"""Expressions of ARM templates, which stand in brackets within the texts of a JSON file.

Rules:
- spans are within the text, as long as it is written without escapes; else they are the whole text's;
- `if(a, b, c)` and `coalesce(a, b)` are ``Choice``; all other functions are calls, as they are written;
- a text that begins with `[[` is plain, without the first bracket.

Source: https://learn.microsoft.com/azure/azure-resource-manager/templates/template-expressions
"""

from __future__ import annotations

import re

from keyless.assess.sources.bicep_expressions import Expressions
from keyless.assess.sources.bicep_tokens import NotUnderstood
from keyless.assess.sources.pieces import Piece
from keyless.assess.sources.tree import FileText
from keyless.assess.syntax.expressions import Argument, Call, Choice, Expr, Literal, Name, Other
from keyless.assess.syntax.source import Problem
from keyless.assess.syntax.span import Span

_SPACE = re.compile(rb"(?:[ \t\r\n\f]|\xc2\xa0|\xe2\x80[\x80-\x8a\xaf]|\xe3\x80\x80)*+")
"""Spaces that do not break lines are spaces as well: they come with what is copied from pages."""
_TEXT = re.compile(rb"'((?:[^']|'')*+)'")


class _Escaped(FileText):
    """A text that is written with escapes: all in it has the place of the whole."""

    def __init__(self, path: str, text: str, whole: Span) -> None:
        super().__init__(path, text)
        self._whole = whole

    def span(self, start: int, end: int) -> Span:
        """The whole."""
        return self._whole


class _Expression(Expressions):
    """Reads one expression; ``prefix`` goes before the names of parameters and variables."""

    space = _SPACE

    def __init__(self, file: FileText, prefix: str) -> None:
        self._prefix = prefix
        super().__init__(file)

    def advance(self) -> None:
        """Lines do not matter here, nor do three quotes mean anything of their own."""
        super().advance()
        self.new_line = False
        if self.text == "'''":
            self.text, self.end = "'", self.start + 1

    def text_literal(self) -> Expr:
        """A text in single quotes; two of them are one in it."""
        start = self.start
        found = _TEXT.match(self.file.data, start)
        if found is None:
            raise self.wrong("the text is not closed")
        self.go_to(found.end())
        return Literal(self.file.span(start, found.end()), found[1].decode().replace("''", "'"))

    def whole(self) -> Expr:
        """The expression that fills the brackets."""
        self.need("[")
        found = self.expression()
        if self.text != "]" or self.end != len(self.file.data):
            raise self.wrong("`]` is expected here")
        return found

    def called(self, start: int, callee: Expr) -> Expr:
        found = super().called(start, callee)
        if isinstance(callee, Literal):  # `true()`, `false()`, `null()`
            return Literal(found.span, callee.value)
        if not isinstance(found, Call) or not isinstance(callee, Name):
            return found
        name, given = callee.id.casefold(), tuple(one.value for one in found.arguments)
        if name == "if" and len(given) == 3:
            return Choice(found.span, given[1:], given[0])
        if name == "coalesce" and given:
            return Choice(found.span, given)
        if self._prefix and given and name in {"parameters", "variables"} and isinstance(given[0], Literal):
            own = Literal(given[0].span, f"{self._prefix}/{name}/{given[0].value}")
            return Call(found.span, Name(callee.span, "variables"), (Argument(own),))
        return found


def is_expression(text: str) -> bool:
    """Whether a text of a template is an expression."""
    return text.startswith("[") and text.endswith("]") and not text.startswith("[[")


def arm_expression(file: FileText, text: str, span: Span, prefix: str = "") -> tuple[Expr, Problem | None]:
    """The expression that a text is; what is not understood is ``Other`` of kind `error`, and a problem."""
    as_written = span.end - span.start == len(text.encode()) + 2
    within = Piece(file, text, ((0, span.start + 1),)) if as_written else _Escaped(file.path, text, span)
    reader = _Expression(within, prefix)
    try:
        return reader.whole(), None
    except NotUnderstood as error:
        reader.lacking(error)
        return Other(span, "error"), reader.problems[0]
