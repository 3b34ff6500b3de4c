"""Expressions of what is around a document: those of workflows, pipelines, compose files, Spring and Helm.

Rules:
- `${{ secrets.X }}`, `${{ vars.X }}`, `${{ env.X }}`, `${{ variables.x }}`, `${{ parameters.x }}` are members
  of those names; what is more than a reference is ``Other`` with the references in it, `a || b` a ``Choice``;
- `$(x)` and `$[variables.x]` of Azure Pipelines are members of `variables`; `$(X)` of Kubernetes is one of
  `env`;
- `${X}`, `${X:-default}`, `$X` of compose and `${a.b:default}` of Spring are members of `env`, with a default
  as the second alternative of a ``Choice``;
- `{{ .Values.a.b }}` is members of `Values`; what else stands in double braces is ``Other``;
- an opening that is not closed within a few thousand characters is text.
"""

from __future__ import annotations

import enum
import re
from collections.abc import Callable, Iterator

import msgspec

from keyless.assess.syntax.expressions import Choice, Expr, Joined, Literal, Member, Name, Other
from keyless.assess.syntax.span import Span

SpanOf = Callable[[int, int], Span]


class Macros(enum.Enum):
    """What `$(x)` means."""

    NOTHING = ""
    VARIABLES = "variables"
    ENVIRONMENT = "env"


class Found(msgspec.Struct, frozen=True, gc=False):
    """An expression between two character offsets."""

    start: int
    end: int
    expression: Expr


_OPENING = re.compile(r"\$\{\{|\$\{|\$\(|\$\[|\{\{|\$(?=[A-Za-z_])")
_CLOSING = {"${{": "}}", "$(": ")", "$[": "]", "{{": "}}"}
_BRACE = re.compile(r"[{}]")
_LONGEST = 4096
_DEEPEST = 8
_REFERENCE = re.compile(r"\.?[A-Za-z_][\w-]*(?:\.[A-Za-z_*][\w-]*|\['[^'\]]*'\])*")
_STEP = re.compile(r"\['([^'\]]*)'\]|\.?([A-Za-z_*][\w-]*)")
_MACRO = re.compile(r"[A-Za-z_][\w.-]*")
_SHELL_NAME = re.compile(r"[A-Za-z_]\w*")
_VARIABLE = re.compile(r"([A-Za-z_][\w.\-\[\]]*)(?:(:[-+?=]?|[-+?=])(.*))?", re.DOTALL)
_TEXT = re.compile(r"'([^']*)'|\"([^\"]*)\"")
_WORDS = frozenset({"true", "false", "null", "and", "or", "not", "eq", "ne"})
_COMMANDS = frozenset(
    {"pwd", "date", "whoami", "hostname", "nproc", "uname", "ls", "mktemp", "arch", "id", "env", "jq", "az"}
)


def may_hold_expressions(text: str) -> bool:
    """Whether it is worth looking: most texts have neither of the two openings."""
    return "$" in text or "{{" in text


def expressed(text: str, span_of: SpanOf, macros: Macros = Macros.NOTHING, *, names: bool = False) -> Expr:
    """A text with the expressions in it; ``names`` is whether `$X` is one."""
    parts: list[Expr] = []
    at = 0
    for found in expressions_in(text, span_of, macros, names=names):
        if found.start > at:
            parts.append(Literal(span_of(at, found.start), text[at : found.start]))
        parts.append(found.expression)
        at = found.end
    if at < len(text) or not parts:
        parts.append(Literal(span_of(at, len(text)), text[at:]))
    return parts[0] if len(parts) == 1 else Joined(span_of(0, len(text)), tuple(parts))


def expressions_in(
    text: str, span_of: SpanOf, macros: Macros = Macros.NOTHING, *, names: bool = False, braces: bool = True
) -> Iterator[Found]:
    """The expressions in a text; ``braces`` is whether `${x}` and `{{ x }}` are, besides `${{ x }}`."""
    at = 0
    while (opening := _OPENING.search(text, at)) is not None:
        word = opening.group()
        found = None
        if braces or word not in {"${", "{{", "$"}:
            found = _found(text, opening.start(), word, span_of, macros, names)
        if found is None:
            at = opening.end()
            continue
        yield found
        at = found.end


def _found(text: str, start: int, word: str, span_of: SpanOf, macros: Macros, names: bool) -> Found | None:
    if word == "$":
        return _name(text, start, span_of) if names else None
    inner = start + len(word)
    end = _closing(text, inner, word)
    if end < 0 or (word in {"$(", "$["} and macros is Macros.NOTHING):
        return None
    after = end + (2 if word in {"${{", "{{"} else 1)
    return _made(
        text[inner:end], word, Found(start, after, Other(span_of(start, after), "expression")), macros
    )


def _made(inner: str, word: str, found: Found, macros: Macros) -> Found | None:
    span = found.expression.span
    expression: Expr | None
    match word:
        case "$(":
            expression = _macro(inner, span, macros)
        case "${":
            expression = _variable(inner, span)
        case _:
            expression = _of_expression(inner.strip("-~ \t\r\n"), span)
    return None if expression is None else Found(found.start, found.end, expression)


def _name(text: str, start: int, span_of: SpanOf) -> Found | None:
    found = _SHELL_NAME.match(text, start + 1)
    if found is None:
        return None
    span = span_of(start, found.end())
    return Found(start, found.end(), Member(span, Name(span, "env"), found.group()))


def _closing(text: str, at: int, word: str) -> int:
    return _closing_brace(text, at) if word == "${" else text.find(_CLOSING[word], at, at + _LONGEST)


def _closing_brace(text: str, at: int) -> int:
    depth = 1
    for brace in _BRACE.finditer(text, at, at + _LONGEST):
        depth += 1 if brace.group() == "{" else -1
        if depth == 0:
            return brace.start()
        if depth > _DEEPEST:
            break
    return -1


def _macro(inner: str, span: Span, macros: Macros) -> Expr | None:
    if not _MACRO.fullmatch(inner) or inner in _COMMANDS:
        return None
    return Member(span, Name(span, macros.value), inner)


def _variable(inner: str, span: Span) -> Expr | None:
    found = _VARIABLE.fullmatch(inner)
    if found is None:
        return Other(span, "expression")
    read = Member(span, Name(span, "env"), found.group(1))
    if not found.group(2) or found.group(2).endswith(("?", "+")):
        return read
    default = found.group(3)
    nested = _variable(default[2:-1], span) if default.startswith("${") and default.endswith("}") else None
    return Choice(span, (read, nested or Literal(span, default)))


def _of_expression(inner: str, span: Span) -> Expr:
    alternatives = [_operand(part.strip(), span) for part in inner.split("||")]
    known = [one for one in alternatives if one is not None]
    if len(known) == len(alternatives):
        return known[0] if len(known) == 1 else Choice(span, tuple(known))
    bare = _TEXT.sub("", inner)
    parts = [_reference(one.group(), span) for one in _REFERENCE.finditer(bare)]
    return Other(span, "expression", tuple(one for one in parts if isinstance(one, Member)))


def _operand(part: str, span: Span) -> Expr | None:
    """A reference (with what a template's pipe makes of it left out) or a text."""
    quoted = _TEXT.fullmatch(part)
    if quoted is not None:
        return Literal(span, quoted.group(1) if quoted.group(1) is not None else quoted.group(2))
    first = part.partition("|")[0].strip()
    return _reference(first, span) if _REFERENCE.fullmatch(first) and first not in _WORDS else None


def _reference(written: str, span: Span) -> Expr:
    steps = [one.group(1) or one.group(2) or "" for one in _STEP.finditer(written)]
    found: Expr = Name(span, steps[0])
    for step in steps[1:]:
        found = Member(span, found, step)
    return found
