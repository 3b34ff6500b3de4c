"""Variables of PowerShell, as expressions and in words.

Rules:
- `$x`, `${x}` and `@x` are the name `x`, whatever the scope (`$script:x`), `$env:X` the member `X` of `env`;
- the grammar takes a word without quotes as a whole, though variables stand in it.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from keyless.assess.sources.reading import ReadExpression, Reading
from keyless.assess.sources.script_texts import one_text
from keyless.assess.syntax.expressions import Expr, Literal, Member, Name
from keyless.assess.syntax.span import Span

if TYPE_CHECKING:
    from tree_sitter import Node

_SCOPES = ("script:", "global:", "local:", "private:", "using:", "variable:")
_CONSTANTS: dict[str, bool | None] = {"true": True, "false": False, "null": None}
_IN_WORD = re.compile(rb"\$(?:\{([^}]{1,100})\}|([\w\x80-\xff][\w:\x80-\xff]*+))")


def with_variables(reading: Reading, start: int, end: int) -> Expr:
    """A word between two byte offsets, with the variables in it."""
    file = reading.file
    parts: list[Expr] = []
    at = start
    for found in _IN_WORD.finditer(file.data, start, end):
        parts.append(file.leaf(file.between(at, found.start()), at, found.start()))
        name = (found[1] or found[2]).decode("utf-8", "replace")
        parts.append(_named(file.span(*found.span()), name))
        at = found.end()
    parts.append(file.leaf(file.between(at, end), at, end))
    return one_text(file.span(start, end), parts)


def _variable(reading: Reading, node: Node) -> Expr:
    return _named(reading.file.of(node), reading.file.piece(node).lstrip("$@").strip("{}"))


def _named(span: Span, name: str) -> Expr:
    folded = name.casefold()
    if folded.startswith("env:"):
        return Member(span, Name(span, "env"), name[4:])
    if folded in _CONSTANTS:
        return Literal(span, _CONSTANTS[folded])
    scope = next((one for one in _SCOPES if folded.startswith(one)), "")
    return Name(span, name[len(scope) :])


VARIABLES: dict[str, ReadExpression] = {
    "variable": _variable,
    "braced_variable": _variable,
}
