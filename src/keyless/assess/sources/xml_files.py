"""XML: configuration of .NET, publish profiles, project files, as nested records.

Rules:
- an element is a record: its attributes have keys with `@`, its elements their names (without namespace
  prefixes' addresses), and its text, where there is any but white space, the key `#text`;
- a file that defines entities is read no further: nothing is expanded, and nothing outside is fetched;
- elements carry their own span; an attribute's value that of the start of the element's tag, as far as it
  can be found there.

Source: https://docs.python.org/3/library/pyexpat.html
"""

from __future__ import annotations

import re
from pathlib import PurePosixPath
from typing import NoReturn
from xml.parsers import expat

from keyless.assess.sources.policies import escaped
from keyless.assess.sources.tree import FileText
from keyless.assess.syntax.documents import Document, DocumentKind
from keyless.assess.syntax.expressions import Entry, Expr, Literal, Record, text_of
from keyless.assess.syntax.source import Lack, Problem, Source
from keyless.assess.syntax.span import Span

_DEEPEST = 200
_WEB_CONFIG = re.compile(r"(web|app|applicationhost)([.\-][\w.\-]*)?\.config", re.IGNORECASE)
_PROFILES = (".publishsettings", ".pubxml")
_NO_XML = re.compile(r"\s*(<|$)")
_ATTRIBUTE = re.compile(rb"""([^\s=<>"'/]++)\s*+=\s*+(?:"([^"]*+)"|'([^']*+)')""")
_TAG_PART = re.compile(rb""">|"[^"]*+"|'[^']*+'""")


class _Open:
    __slots__ = ("entries", "name", "start", "text")

    def __init__(self, name: str, start: int) -> None:
        self.name = name
        self.start = start
        self.entries: list[Entry] = []
        self.text: list[str] = []


class _Refused(Exception):
    def __init__(self, lack: Lack, message: str) -> None:
        super().__init__(message)
        self.lack = lack
        self.message = message


def read(path: str, text: str) -> Source:
    """An XML file as records."""
    if not _NO_XML.match(text):  # a `.config` of some other format
        return Source(path=path, document=Document(path=path, kind=DocumentKind.OTHER))
    reader, problems = _read(FileText(path, text))
    kind = _kind_of(path, reader.root)
    roots = () if reader.root is None else (reader.root,)
    return Source(path=path, document=Document(path=path, kind=kind, roots=roots), problems=problems)


def _read(file: FileText) -> tuple[_Reader, tuple[Problem, ...]]:
    """What a file holds; a policy of API Management with C# in it is read without the signs of that."""
    reader = _Reader(file)
    problems = reader.read()
    if problems and (as_xml := escaped(file.data)) != file.data:
        again = _Reader(FileText(file.path, as_xml.decode()))
        problems_again = again.read()
        if not problems_again:
            return again, ()
    return reader, problems


def _kind_of(path: str, root: Expr | None) -> DocumentKind:
    name = PurePosixPath(path).name.casefold()
    entries = root.entries if isinstance(root, Record) else ()
    tops = {text_of(one.key) for one in entries}
    if name.endswith(_PROFILES) or tops & {"publishData", "publishProfile"}:
        return DocumentKind.PUBLISH_PROFILE
    if _WEB_CONFIG.fullmatch(name) or (name.endswith(".config") and "configuration" in tops):
        return DocumentKind.WEB_CONFIG
    return DocumentKind.OTHER


class _Reader:
    def __init__(self, file: FileText) -> None:
        self.file = file
        self.root: Expr | None = None
        self._open: list[_Open] = [_Open("", 0)]
        self._parser = expat.ParserCreate("utf-8")
        self._parser.buffer_text = True
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end
        self._parser.CharacterDataHandler = self._characters
        self._parser.EntityDeclHandler = self._entity

    def read(self) -> tuple[Problem, ...]:
        problems: tuple[Problem, ...] = ()
        try:
            self._parser.Parse(self.file.data, True)
        except _Refused as refused:
            problems = (self._problem(refused.lack, refused.message),)
        except expat.ExpatError as error:
            said = expat.ErrorString(error.code) if error.code else "no XML"
            problems = (self._problem(Lack.NOT_PARSED, f"this is not understood as XML: {said}"),)
        while len(self._open) > 1:
            self._close(self._at())
        top = self._open[0]
        if top.entries:
            self.root = Record(self.file.span(0, len(self.file.data)), tuple(top.entries))
        return problems

    def _at(self) -> int:
        return min(max(0, self._parser.CurrentByteIndex), len(self.file.data))

    def _problem(self, lack: Lack, message: str) -> Problem:
        at = self._at()
        return Problem(self.file.path, lack, message, self.file.span(at, min(at + 1, len(self.file.data))))

    def _entity(self, *_: object) -> NoReturn:
        raise _Refused(
            Lack.NOT_PARSED, "entities that a file defines are not expanded: it is read up to here"
        )

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        if len(self._open) > _DEEPEST:
            raise _Refused(Lack.TOO_DEEP, f"it is nested more than {_DEEPEST} levels deep")
        start = self._at()
        opened = _Open(name, start)
        if attributes:
            spans = self._attribute_spans(start)
            head = self.file.span(start, start + 1 + len(name.encode()))
            for key, value in attributes.items():
                whole, inner = spans.get(key, (head, head))
                opened.entries.append(Entry(whole, Literal(whole, f"@{key}"), Literal(inner, value)))
        self._open.append(opened)

    def _attribute_spans(self, start: int) -> dict[str, tuple[Span, Span]]:
        """Where the attributes of the tag that begins at a byte stand: the whole, and the value."""
        found: dict[str, tuple[Span, Span]] = {}
        end = self._end_of_tag(start)
        for one in _ATTRIBUTE.finditer(self.file.data, start, end):
            inner = one.span(2) if one.group(2) is not None else one.span(3)
            name = one.group(1).decode("utf-8", "replace")
            found.setdefault(name, (self.file.span(*one.span()), self.file.span(*inner)))
        return found

    def _end_of_tag(self, start: int) -> int:
        """The `>` that ends a tag, past those within values."""
        at = start
        for one in _TAG_PART.finditer(self.file.data, start):
            at = one.end()
            if one.group() == b">":
                break
        return at

    def _characters(self, text: str) -> None:
        self._open[-1].text.append(text)

    def _end(self, _: str) -> None:
        data, at = self.file.data, self._at()
        if data.startswith(b"</", at):
            at = data.find(b">", at) + 1 or len(data)
        self._close(at)

    def _close(self, end: int) -> None:
        done = self._open.pop()
        name = self.file.span(done.start + 1, done.start + 1 + len(done.name.encode()))
        span = self.file.span(done.start, max(end, done.start))
        text = "".join(done.text).strip()
        if text:
            done.entries.append(self._text(done, text))
        value = Record(span, tuple(done.entries))
        self._open[-1].entries.append(Entry(span, Literal(name, done.name), value))

    def _text(self, done: _Open, text: str) -> Entry:
        """The text of an element: its place is what follows the tag, up to the next one."""
        data = self.file.data
        at = self._end_of_tag(done.start)
        end = data.find(b"<", at)
        written = data[at : end if end >= 0 else len(data)]
        start = at + len(written) - len(written.lstrip())
        span = self.file.span(start, max(start, at + len(written.rstrip())))
        return Entry(span, Literal(span, "#text"), Literal(span, text))
