"""Files of keys and certificates in PEM: their whole text is one literal."""

from __future__ import annotations

from keyless.assess.sources.tree import FileText
from keyless.assess.syntax.documents import Document, DocumentKind
from keyless.assess.syntax.expressions import Literal
from keyless.assess.syntax.source import Source


def read(path: str, text: str) -> Source:
    """A file of keys."""
    file = FileText(path, text)
    end = file.data.find(b"\n")
    span = file.span(0, end if end >= 0 else len(file.data))
    return Source(
        path=path, document=Document(path=path, kind=DocumentKind.OTHER, roots=(Literal(span, text),))
    )
