"""Files of keys and certificates in PEM: their whole text is one literal. Files of one password are as well.

A password's file has one line, and its name says what it is: the line stands under that name.
"""

from __future__ import annotations

from pathlib import PurePosixPath

from keyless.assess.files.kinds import is_of_password
from keyless.assess.sources.tree import FileText
from keyless.assess.syntax.documents import Document, DocumentKind
from keyless.assess.syntax.expressions import Entry, Expr, Literal, Record
from keyless.assess.syntax.source import Source


def read(path: str, text: str) -> Source:
    """A file of keys."""
    file = FileText(path, text)
    end = file.data.find(b"\n") if "PRIVATE KEY-----" in text else -1
    span = file.span(0, end if end >= 0 else len(file.data))
    root: Expr = Literal(span, text)
    if is_of_password(path) and "\n" not in text.strip():
        name = Literal(span, PurePosixPath(path).name.removesuffix(".txt"))
        root = Record(span, (Entry(span, name, Literal(span, text.strip())),))
    return Source(path=path, document=Document(path=path, kind=DocumentKind.OTHER, roots=(root,)))
