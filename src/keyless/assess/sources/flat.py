"""What is one flat record of names and values: `.env` files and properties."""

from __future__ import annotations

from collections.abc import Iterable

from keyless.assess.sources.characters import Characters
from keyless.assess.sources.pieces import Piece, segments_of
from keyless.assess.sources.surroundings import expressed, may_hold_expressions
from keyless.assess.sources.tree import FileText
from keyless.assess.syntax.documents import Document, DocumentKind
from keyless.assess.syntax.expressions import Entry, Expr, Literal, Record
from keyless.assess.syntax.source import Problem, Source

Flat = tuple[str, int, int, str, int, int]
"""A key with where it stands in characters, and a value with where it stands."""


def flat_document(
    file: FileText,
    kind: DocumentKind,
    entries: Iterable[Flat],
    *,
    names: bool,
    problems: tuple[Problem, ...] = (),
) -> Source:
    """The document of these entries; ``names`` is whether `$X` in a value is an expression."""
    characters = Characters(file)
    made = tuple(_entry(characters, one, names=names) for one in entries)
    root = Record(file.span(0, len(file.data)), made)
    document = Document(path=file.path, kind=kind, roots=(root,))
    return Source(path=file.path, document=document, problems=problems)


def _entry(characters: Characters, flat: Flat, *, names: bool) -> Entry:
    key, key_start, key_end, value, start, end = flat
    span = characters.span(key_start, max(end, key_end))
    name = Literal(characters.span(key_start, key_end), key)
    return Entry(span, name, value_of(characters, value, start, end, names=names))


def value_of(characters: Characters, value: str, start: int, end: int, *, names: bool) -> Expr:
    """A value with the expressions in it."""
    span = characters.span(start, end)
    if not may_hold_expressions(value):
        return Literal(span, value)
    written = characters.file.text[start:end]
    at = span.start
    segments = [(0, at)] if written == value else segments_of(value, written, at)
    piece = Piece(characters.file, value, segments)
    found = expressed(value, Characters(piece).span, names=names)
    return Literal(span, value) if isinstance(found, Literal) else found
