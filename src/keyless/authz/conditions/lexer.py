"""A condition's text as tokens, each with its position.

An attribute (`@Source[name]`) is one token: a tag's key between the brackets may hold what is punctuation
elsewhere. Only spaces, tabs and line ends separate tokens: other spaces, as word processors leave them, are
refused.
"""

from __future__ import annotations

import enum
import re
from dataclasses import dataclass

from keyless.authz.conditions.constants import unquote
from keyless.authz.conditions.errors import ConditionError
from keyless.authz.conditions.tree import Attribute, Span
from keyless.model.attributes import AttributeSource
from keyless.model.nearest import nearest, quoted_list

_TOKEN = re.compile(
    r"""(?P<space>[ \t\r\n]+)
      | (?P<word>[A-Za-z0-9_.+-]+)
      | (?P<text>'(?:[^'\\]|\\.)*')
      | (?P<mark>&&|\|\||[][(){},:!])
      | (?P<at>@[A-Za-z]*)""",
    re.VERBOSE | re.DOTALL,
)
_SOURCES = {source.casefold(): source for source in AttributeSource}
_NAMED = tuple(f"@{source}" for source in AttributeSource)


class Kind(enum.StrEnum):
    """What a token is."""

    WORD = "word"
    TEXT = "text"
    MARK = "mark"
    ATTRIBUTE = "attribute"
    END = "end"


@dataclass(frozen=True, slots=True)
class Token:
    """One token; ``value`` is a word or mark as written, or a text without its quotes."""

    kind: Kind
    value: str
    span: Span
    attribute: Attribute | None = None


def tokens_of(text: str) -> list[Token]:
    """All tokens, the last of which is the end; raises ConditionError at a character that begins none."""
    found: list[Token] = []
    at = 0
    while at < len(text):
        match = _TOKEN.match(text, at)
        if match is None:
            raise ConditionError(text, at, _no_token(text[at]))
        if match.lastgroup != "space":
            found.append(_token(text, match))
            at = found[-1].span[1]
        else:
            at = match.end()
    found.append(Token(Kind.END, "", (at, at)))
    return found


def _token(text: str, match: re.Match[str]) -> Token:
    if match.lastgroup == "at":
        return _attribute(text, match)
    if match.lastgroup == "text":
        return Token(Kind.TEXT, unquote(match[0][1:-1]), match.span())
    return Token(Kind(match.lastgroup or ""), match[0], match.span())


def _attribute(text: str, match: re.Match[str]) -> Token:
    source = _SOURCES.get(match[0][1:].casefold())
    if source is None:
        raise ConditionError(text, match.start(), _no_source(match[0]))
    opening = match.end()
    if not text.startswith("[", opening):
        raise ConditionError(text, opening, f"expected `[` and an attribute's name after `{match[0]}`")
    closing = text.find("]", opening)
    name = text[opening + 1 : closing].strip(" \t\r\n")
    if closing < 0 or "[" in name or "'" in name or "\n" in name:
        raise ConditionError(
            text, opening, "this bracket is not closed: expected `]` after the attribute's name"
        )
    if not name:
        raise ConditionError(text, closing, "expected an attribute's name, such as `Provider/type:attribute`")
    span = (match.start(), closing + 1)
    return Token(Kind.ATTRIBUTE, text[slice(*span)], span, Attribute(source, name, span))


def _no_source(written: str) -> str:
    close = nearest(written, _NAMED, 1)
    meant = f"; did you mean `{close[0]}`?" if close else f"; there are {quoted_list(_NAMED, 'and')}"
    return f"`{written}` is no attribute source{meant}"


def _no_token(character: str) -> str:
    if character == "'":
        return "this quote is not closed: expected `'` after the text"
    if character == '"':
        return "expected single quotes: text is written as `'web'`"
    if character.isspace() or not character.isprintable():
        return f"character U+{ord(character):04X} cannot stand here; write the spaces of the condition anew"
    return f"`{character}` cannot stand here"
