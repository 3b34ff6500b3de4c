"""What a YAML parser's complaint means, in the words of somebody who writes the file by hand.

The parser's own sentences are only looked at, never passed on: some of them quote the text that they stumbled
over, and in an estate that text may be a secret.
"""

from __future__ import annotations

from typing import Protocol

import yaml

from keyless.estate.problems import WHOLE_FILE, At

_OPENED = (
    ("end of stream", "a quote that is opened here is never closed", "close it on the same line"),
    ("',' or ']'", "the list that is opened here is not closed, or lacks a `,`", "close it with `]`"),
    ("',' or '}'", "the mapping that is opened here is not closed, or lacks a `,`", "close it with `}`"),
)
_MISTAKES = (
    (
        "mapping values are not allowed",
        "a `:` here begins a second value on a line that already has one",
        "put text that contains `: ` in quotes, or indent the keys of one mapping alike",
    ),
    (
        "cannot start any token",
        "text cannot begin with this character",
        "indent with spaces, not tabs; put text that begins with `@`, `%` or a backtick in quotes",
    ),
    (
        "undefined alias",
        "an alias (`*name`) that nothing before it defines",
        "put text that begins with `*` in quotes",
    ),
    (
        "second occurrence",
        "an anchor (`&name`) that is already taken",
        "put text that begins with `&` in quotes",
    ),
    (
        "another document",
        "a second document begins here",
        "keep one estate in a file: take out the `---` line",
    ),
    (
        "unknown escape character",
        "an unknown escape between double quotes",
        "write `\\\\` for one backslash, or use single quotes",
    ),
    ("find expected ':'", "a key without its `:`", "write `key: value`, with a space after the `:`"),
    (
        "'-' indicator",
        "a list goes on with something that is not an item of it",
        "begin each item with `- `, all indented alike",
    ),
    (
        "block",
        "this is not indented like the lines that it belongs to",
        "indent the keys of one mapping alike, with spaces",
    ),
)
_OTHER = ("this is not YAML", "check the quotes, brackets and indentation just before it")


def explain(error: yaml.MarkedYAMLError) -> tuple[At, str, str]:
    """Where to look, what is wrong, and what to write instead."""
    said = f"{error.context or ''} {error.problem or ''}"
    for sign, message, hint in _OPENED:
        if sign in said:
            return at_mark(error.context_mark or error.problem_mark), message, hint
    for sign, message, hint in _MISTAKES:
        if sign in said:
            return at_mark(error.problem_mark), message, hint
    return at_mark(error.problem_mark or error.context_mark), *_OTHER


class _Mark(Protocol):
    line: int
    column: int


def at_mark(mark: _Mark | None) -> At:
    """The place of a mark, which counts from 0."""
    return At(mark.line + 1, mark.column + 1) if mark else WHOLE_FILE
