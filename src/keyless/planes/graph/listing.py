"""Objects in the form of the wire: one, or a page of many, as the query asks for them.

Rules:
- `$filter`, `$search`, `$select`, `$orderby`, `$top` and `$count` are heeded; `$expand` is not, and what is
  related has to be asked for by itself;
- a page has 100 objects, or as many as `$top` says, at most 999; the next one begins after the last object's
  place, in an order that does not change;
- `$search` works with the header `ConsistencyLevel: eventual`, as in Graph; here nothing is eventual.

Source: https://learn.microsoft.com/graph/query-parameters
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from urllib.parse import quote

from keyless.planes.graph.access import V1
from keyless.planes.graph.errors import BadRequest
from keyless.planes.graph.filters import read_filter
from keyless.wire.call import Authorized

ADDRESS = "https://graph.microsoft.com"
METADATA = f"{ADDRESS}{V1}/$metadata#"
_PAGE, _LARGEST = 100, 999
_CLAUSE = re.compile(r'\s*(?:(AND|OR)\s+)?"(\w+):([^"]*)"')
_WORD = re.compile(r"[^\W_]+")
Document = dict[str, Any]


def entity(call: Authorized[Any], kind: str, document: Document, shown: Sequence[str] = ()) -> Document:
    """One object; ``shown`` are the properties that are shown where none are asked for, all if empty."""
    names = _selected(call, document) or tuple(shown)
    picked = _picked(document, names)
    selected = f"({','.join(names)})" if names and call.request.query.get("$select") else ""
    return {"@odata.context": f"{METADATA}{kind}{selected}/$entity", **picked}


def page(
    call: Authorized[Any],
    kind: str,
    documents: Iterable[Document],
    sample: Document,
    shown: Sequence[str] = (),
) -> Document:
    """A page of objects that have the properties of ``sample``."""
    found = _ordered(call, _found(call, documents, sample))
    start, size = _start(call), _size(call)
    names = _selected(call, sample) or tuple(shown)
    answer: Document = {"@odata.context": f"{METADATA}{kind}"}
    if (call.request.query.get("$count") or "").lower() == "true":
        answer["@odata.count"] = len(found)
    if start + size < len(found):
        answer["@odata.nextLink"] = _next_link(call, start + size)
    answer["value"] = [_picked(one, names) for one in found[start : start + size]]
    return answer


def typed(document: Document, kind: str) -> Document:
    """An object among others of other types, which says what it is."""
    return {"@odata.type": f"#microsoft.graph.{kind}", **document}


def _found(call: Authorized[Any], documents: Iterable[Document], sample: Document) -> list[Document]:
    query = call.request.query
    found = list(documents)
    properties = {name.casefold(): name for name in sample}
    filtered = query.get("$filter")
    if filtered:
        holds = read_filter(filtered, properties)
        found = [one for one in found if holds(one)]
    searched = query.get("$search")
    if searched:
        if (call.request.headers.get("consistencylevel") or "").lower() != "eventual":
            raise BadRequest(
                "Request with $search query parameter only works with the header "
                "'ConsistencyLevel: eventual'."
            )
        found = [one for one in found if _is_searched(searched, one, properties)]
    return found


def _is_searched(text: str, one: Document, properties: Mapping[str, str]) -> bool:
    """Whether words of a property begin as the words that are looked for; `AND` and `OR` from the left."""
    at, holds = 0, None
    while match := _CLAUSE.match(text, at):
        joined, name, wanted = match.groups()
        if name.casefold() not in properties:
            raise BadRequest(f"there is no property `{name}` to search by")
        has = _has_words(one.get(properties[name.casefold()]), wanted)
        holds = has if holds is None else (holds or has) if joined == "OR" else (holds and has)
        at = match.end()
    if holds is None or text[at:].strip():
        raise BadRequest('the `$search` is not understood: write it as "displayName:text"')
    return holds


def _has_words(value: object, wanted: str) -> bool:
    there = [word.casefold() for word in _WORD.findall(str(value or ""))]
    return all(any(one.startswith(word.casefold()) for one in there) for word in _WORD.findall(wanted))


def _ordered(call: Authorized[Any], found: list[Document]) -> list[Document]:
    wanted = call.request.query.get("$orderby")
    if not wanted:
        return sorted(found, key=lambda one: str(one.get("id") or ""))
    name, _, way = wanted.strip().partition(" ")
    return sorted(
        found, key=lambda one: str(one.get(name) or "").casefold(), reverse=way.strip().lower() == "desc"
    )


def _selected(call: Authorized[Any], document: Document) -> tuple[str, ...]:
    query = call.request.query
    known = {name.casefold(): name for name in document}
    names = [name.strip() for name in (query.get("$select") or "").split(",") if name.strip()]
    return tuple(known[name.casefold()] for name in names if name.casefold() in known)


def _picked(document: Document, names: Sequence[str]) -> Document:
    if not names:
        return document
    return {name: document[name] for name in ("@odata.type", *names) if name in document}


def _size(call: Authorized[Any]) -> int:
    top = call.request.query.get("$top")
    if top is None:
        return _PAGE
    if not top.isdigit() or not 0 < int(top) <= _LARGEST:
        raise BadRequest(f"Invalid page size specified: '{top[:20]}'. Must be between 1 and 999 inclusive.")
    return int(top)


def _start(call: Authorized[Any]) -> int:
    token = call.request.query.get("$skiptoken") or "0"
    if not token.isdigit():
        raise BadRequest(
            "the `$skiptoken` is none that was given out here", code="Directory_ExpiredPageToken"
        )
    return int(token)


def _next_link(call: Authorized[Any], start: int) -> str:
    kept = [part for part in call.request.query_string.split("&") if part and "skiptoken" not in part.lower()]
    return f"{ADDRESS}{quote(call.request.path)}?{'&'.join([*kept, f'$skiptoken={start}'])}"
