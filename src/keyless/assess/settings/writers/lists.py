"""Environments as lists: records of names, `NAME=value`, `{name, value}`, and texts of several of these."""

from __future__ import annotations

import json
from collections.abc import Iterator

from keyless.assess.settings.setting import CLUSTER_SECRET, Written, setting_of
from keyless.assess.settings.writers.flat import key_of
from keyless.assess.syntax.expressions import (
    Expr,
    Index,
    Items,
    Joined,
    Literal,
    Name,
    Record,
    entry_of,
    text_of,
)
from keyless.assess.syntax.pairs import name_and_value
from keyless.assess.syntax.records import text_at, value_at
from keyless.assess.syntax.span import Place, Span

_SECRET_REFERENCE = "secretref:"
_MOST = 20_000


def environment_of(path: str, value: Expr, by: str, *, runs: bool) -> Iterator[Written]:
    """An environment: a record, a list of `NAME=value`, or a list of records with `name` and `value`."""
    if isinstance(value, Record):
        for entry in value.entries:
            if key_of(entry) and not isinstance(entry.value, Record | Items):
                yield one_of(path, key_of(entry), entry.value, entry.span, by, runs=runs)
        return
    for item in value.items if isinstance(value, Items) else ():
        pair = name_and_value(item)
        if pair is not None:
            yield one_of(path, *pair, item.span, by, runs=runs)
        elif (named := named_value(item)) is not None:
            yield one_of(path, *named, item.span, by, runs=runs)


def one_of(path: str, name: str, value: Expr, span: Span, by: str, *, runs: bool) -> Written:
    """One name with its value."""
    value = referred(value)
    return Written(
        setting=setting_of(name), name=name, value=value, place=Place(path, span), by=by, runs=runs
    )


def referred(value: Expr) -> Expr:
    """A value, with `secretref:x` as the secret that it refers to."""
    text = text_of(value)
    if text is not None and text.casefold().startswith(_SECRET_REFERENCE):
        return cluster_secret(value.span, "", text[len(_SECRET_REFERENCE) :])
    return value


def cluster_secret(span: Span, secret: str, key: str) -> Expr:
    """The expression that a key of a secret of the cluster is."""
    return Index(span, Name(span, CLUSTER_SECRET), Literal(span, f"{secret}/{key}"))


def named_value(item: Expr) -> tuple[str, Expr] | None:
    """The name and value of `{name: X, value: y}` or `{name: X, valueFrom: {secretKeyRef: …}}`."""
    written = text_of(value_at(item, "name"))
    if written is None:
        return None
    for given_as in ("value", "secureValue"):
        given = entry_of(item, given_as)
        if given is not None and not isinstance(given.value, Record | Items):
            return written, referred(given.value)
    container_app = entry_of(item, "secretRef")
    if container_app is not None and (key := text_of(container_app.value)):
        return written, cluster_secret(container_app.value.span, "", key)
    reference = entry_of(item, "valueFrom", "secretKeyRef")
    if reference is not None:
        key_of_secret = value_at(reference.value, "key")
        if key_of_secret is not None:
            secret = text_at(reference.value, "name")
            return written, cluster_secret(reference.value.span, secret, text_of(key_of_secret) or "")
    return None


def pairs_in(path: str, root: Expr, by: str, *, runs: bool) -> Iterator[Written]:
    """Every environment below: a key `env`, `environmentVariables`, with a list or record."""
    waiting = [root]
    left = _MOST
    while waiting and left:
        left -= 1
        value = waiting.pop()
        if isinstance(value, Items):
            waiting.extend(reversed(value.items))
        for entry in value.entries if isinstance(value, Record) else ():
            if key_of(entry).casefold() in {"env", "environmentvariables", "extraenv", "extraenvvars"}:
                yield from environment_of(path, entry.value, by, runs=runs)
            elif isinstance(entry.value, Record | Items):
                waiting.append(entry.value)


def words_of(value: Expr) -> list[Expr]:
    """A text taken apart at white space, the expressions in it kept whole."""
    words: list[list[Expr]] = [[]]
    for part in value.parts if isinstance(value, Joined) else (value,):
        text = text_of(part)
        if text is None:
            words[-1].append(part)
            continue
        if text[:1].isspace():
            words.append([])
        for number, piece in enumerate(text.split()):
            if number:
                words.append([])
            words[-1].append(Literal(part.span, piece.strip("\"'") if len(piece) > 1 else piece))
        if text[-1:].isspace():
            words.append([])
    return [
        one[0] if len(one) == 1 else Joined(Span(*_around(one[0].span, one[-1].span)), tuple(one))
        for one in words
        if one
    ]


def _around(first: Span, last: Span) -> tuple[int, int, int, int, int, int]:
    return first.line, first.column, last.end_line, last.end_column, first.start, last.end


def settings_in_json(value: Expr) -> Iterator[tuple[str, Expr]]:
    """`[{"name": "X", "value": "y"}]` in a text, as actions and tasks take app settings.

    Where expressions stand in it, each value is found by the quotes around it.
    """
    text = text_of(value)
    if text is not None:
        yield from _of_plain_json(text, value.span)
    elif isinstance(value, Joined):
        yield from _of_joined_json(value)


def _of_plain_json(text: str, span: Span) -> Iterator[tuple[str, Expr]]:
    try:
        items = json.loads(text)
    except (ValueError, RecursionError):
        return
    for item in items if isinstance(items, list) else ():
        if isinstance(item, dict) and isinstance(item.get("name"), str):
            yield item["name"], Literal(span, str(item.get("value", "")))


def _of_joined_json(value: Joined) -> Iterator[tuple[str, Expr]]:
    name = ""
    for part in value.parts:
        text = text_of(part)
        if text is None:
            if name:
                yield name, part
            name = ""
            continue
        behind = text.rpartition('"name"')[2] if '"name"' in text else ""
        quoted = behind.split('"')
        name = quoted[1] if len(quoted) > 2 and text.rstrip().endswith('"') else ""
