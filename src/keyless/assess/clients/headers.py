"""Keys that code sends by itself, in a header of HTTP or in an address.

Rules:
- a header is an entry of an object, the first of two arguments, or an index that is assigned to;
- `api-key` is a word of many services: it counts where texts of the same file speak of one of ours;
- `?code=` counts in an address of a function app (`.azurewebsites.net/api/`), and in any other where what
  follows is called a key; `code` as a parameter by itself where that is called a key of a function: what
  sign-ins hand on under the same name is called a code.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from dataclasses import dataclass

from keyless.assess.clients.kinds import word_of
from keyless.assess.repository import Repository
from keyless.assess.syntax.expressions import (
    Assign,
    Call,
    Entry,
    Expr,
    Index,
    Joined,
    Member,
    Name,
    Record,
    text_of,
)
from keyless.assess.syntax.expressions import within as parts_within
from keyless.assess.syntax.walk import Site, Within
from keyless.assess.walked import walked
from keyless.catalog.client_calls import key_headers

FUNCTIONS = "functions"
_FUNCTION_ADDRESS, _CODE = ".azurewebsites.net/api/", "code="
_IN_ADDRESS = ("?code=", "&code=")
_PARAMETER = "code"
_KEY = re.compile(r"(?i)(func\w{0,60}|api|host|master)[_-]?key\d?$")
_FUNCTION_KEY = re.compile(r"(?i)func\w{0,60}key\d?$")


@dataclass(frozen=True, slots=True)
class SentKey:
    """A key that code sends: the service that it is sent to, in what, and where."""

    service: str
    header: str
    value: Expr
    at: Expr
    within: Within


def sent_keys(repository: Repository) -> Iterator[SentKey]:
    """The keys that code sends, file by file."""
    sent: dict[int, list[tuple[str, Expr, Expr, Within]]] = {}
    seen = repository.view(walked)
    for site in (*seen.records, *seen.calls, *seen.assigned, *seen.joined):
        for one in _sent(site):
            sent.setdefault(id(site.within.unit), []).append(one)
    texts: dict[int, list[str]] = {}
    for site in seen.texts if sent else ():
        text = text_of(site.expression)
        if text is not None and id(site.within.unit) in sent:
            texts.setdefault(id(site.within.unit), []).append(text)
    for unit, found in sent.items():
        for name, value, at, within in found:
            service = FUNCTIONS if name == _CODE else key_headers()[name].service_of(texts.get(unit, ()))
            if service:
                yield SentKey(service, name, value, at, within)


def _sent(site: Site) -> Iterator[tuple[str, Expr, Expr, Within]]:
    one, within = site.expression, site.within
    match one:
        case Record(entries=entries):
            yield from _in_entries(entries, one, within)
        case Call(arguments=arguments, then=then):
            yield from _in_entries(then, one, within)
            if len(arguments) == 2 and (name := _header(arguments[0].value, arguments[1].value)):
                yield name, arguments[1].value, one, within
        case Index(key=key):
            value = _assigned(one, within)
            if value is not None and (name := _header(key, value)):
                yield name, value, one, within
        case Joined(parts=parts):
            for before, after in itertools.pairwise(parts):
                text = (text_of(before) or "").casefold()
                if text.endswith(_CODE) and (
                    _FUNCTION_ADDRESS in _text(parts) or _is_key_of_any(text, after)
                ):
                    yield _CODE, after, one, within


def _is_key_of_any(text: str, after: Expr) -> bool:
    return text.endswith(_IN_ADDRESS) and any(_KEY.search(word) for word in _words(after))


def _assigned(target: Expr, within: Within) -> Expr | None:
    statement = within.statement
    return statement.value if isinstance(statement, Assign) and statement.target is target else None


def _in_entries(
    entries: tuple[Entry, ...], at: Expr, within: Within
) -> Iterator[tuple[str, Expr, Expr, Within]]:
    for entry in entries:
        if name := _header(entry.key, entry.value):
            yield name, entry.value, at, within


def _header(expression: Expr, value: Expr) -> str:
    name = (text_of(expression) or (expression.id if isinstance(expression, Name) else "")).casefold()
    if name == _PARAMETER:
        return _CODE if any(_FUNCTION_KEY.search(word) for word in _words(value)) else ""
    return name if name in key_headers() and text_of(expression) is not None else ""


def _words(value: Expr) -> Iterator[str]:
    """What a value is called, and what it is read under."""
    for one in parts_within(value):
        if isinstance(one, Name | Member | Index):
            yield word_of(one)
        elif isinstance(one, Call):
            yield from (text for given in one.arguments if (text := text_of(given.value)) is not None)


def _text(parts: tuple[Expr, ...]) -> str:
    return "".join(text_of(one) or "" for one in parts).casefold()
