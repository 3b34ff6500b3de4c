"""Texts that a call formats: `fmt.Sprintf("%s…", a)`, `String.format`, `string.Format("{0}…", a)`.

Rules:
- the call is the text with its parts, where the format is literal and every field of it says what goes there;
- anything else stays the call that it is.
"""

from __future__ import annotations

import re

from keyless.assess.sources.texts import joined
from keyless.assess.syntax.expressions import Call, Expr, Literal, Member, dotted, text_of

_WITH_PERCENT = frozenset({"fmt.Sprintf", "String.format"})
_WITH_BRACES = frozenset({"string.Format", "String.Format", "MessageFormat.format"})
_PERCENT = re.compile(r"%(?:%|n|(?:(\d{1,2})[$])?[#0\- +]{0,5}\d{0,4}(?:\.\d{1,4})?[a-zA-Z])")
_BRACES = re.compile(r"\{\{|\}\}|\{(\d{1,2})(?:,-?\d{1,4})?(?::[^{}]{0,80})?\}")
_PLAIN = {"%%": "%", "%n": "\n", "{{": "{", "}}": "}"}


def formatted_call(call: Call) -> Expr:
    """The text that a call makes of a format; the call itself where it makes none, or not plainly."""
    name = dotted(call.callee) or ""
    if name in _WITH_PERCENT or name in _WITH_BRACES:
        given = [one.value for one in call.arguments if not one.spread]
        pattern = _BRACES if name in _WITH_BRACES else _PERCENT
        return _filled(call, given[0], given[1:], pattern) if given else call
    if isinstance(call.callee, Member) and call.callee.name == "formatted":
        return _filled(call, call.callee.base, [one.value for one in call.arguments], _PERCENT)
    return call


def _filled(call: Call, text: Expr, given: list[Expr], pattern: re.Pattern[str]) -> Expr:
    written = text_of(text)
    if written is None:
        return call
    parts: list[Expr] = []
    end = count = 0
    for match in pattern.finditer(written):
        parts.append(Literal(text.span, written[end : match.start()]))
        end = match.end()
        if match[0] in _PLAIN:
            parts.append(Literal(text.span, _PLAIN[match[0]]))
            continue
        at = count if match[1] is None else int(match[1]) - (pattern is _PERCENT)
        count += match[1] is None
        if not 0 <= at < len(given):
            return call
        parts.append(given[at])
    return joined(call.span, [*parts, Literal(text.span, written[end:])])
