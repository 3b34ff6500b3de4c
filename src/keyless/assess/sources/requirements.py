"""`requirements.txt`: the packages that a program in Python is installed with, as one flat record.

Rules:
- a package is an entry: its name, and the rest of its line (extras, versions, markers, hashes), over
  continued lines;
- comments, options (`-r other.txt`) and addresses are no packages.

Source: https://pip.pypa.io/en/stable/reference/requirements-file-format/
"""

from __future__ import annotations

import re

from keyless.assess.sources.characters import Characters
from keyless.assess.sources.tree import FileText
from keyless.assess.syntax.documents import Document, DocumentKind
from keyless.assess.syntax.expressions import Entry, Literal, Record
from keyless.assess.syntax.source import Source

_LINE = re.compile(
    r"^[ \t]*+([A-Za-z0-9][A-Za-z0-9._-]*+)(?![:/\w])((?:\\\r?\n|[^\n#\\]|\\(?!\r?\n)|(?<=\S)#)*+)",
    re.MULTILINE,
)


def read(path: str, text: str) -> Source:
    """A list of packages."""
    file = FileText(path, text)
    characters = Characters(file)
    entries = tuple(_entry(characters, one) for one in _LINE.finditer(text))
    root = Record(file.span(0, len(file.data)), entries)
    return Source(path=path, document=Document(path=path, kind=DocumentKind.OTHER, roots=(root,)))


def _entry(characters: Characters, line: re.Match[str]) -> Entry:
    end = line.start(2) + len(line.group(2).rstrip())
    name = characters.span(*line.span(1))
    rest = characters.span(line.start(2), end)
    whole = characters.span(line.start(1), end)
    return Entry(whole, Literal(name, line.group(1)), Literal(rest, line.group(2).strip()))
