"""JSON as it is written by hand: with comments and trailing commas, and every value with its place.

Rules:
- what follows the first piece that is not understood is not read, and that is a problem; what stands before
  is kept;
- a file that a tool of packages writes (a lock file, a restored graph) holds nothing that anyone stores, and
  is not looked at;
- a file whose schema is that of deployments is a template, or a file of parameters for one;
- `${X}` without quotes, as templates of deployments have it, is the member `X` of `env`;
- a long list of numbers is data, and cut;
- texts may hold line breaks, as Azure Resource Manager allows.

Source: https://www.rfc-editor.org/rfc/rfc8259
"""

from __future__ import annotations

import json
import re
from contextlib import suppress
from pathlib import PurePosixPath

from keyless.assess.sources.terraform_json import values_of
from keyless.assess.sources.texts import whole
from keyless.assess.sources.tree import FileText
from keyless.assess.syntax.documents import Document, DocumentKind
from keyless.assess.syntax.expressions import Entry, Expr, Items, Literal, Member, Name, Record
from keyless.assess.syntax.records import text_at
from keyless.assess.syntax.source import Lack, Problem, Source

_DEEPEST = 200
_TOKEN = re.compile(
    rb'[\s,]*+(?:("[^"\\]*+(?:\\.[^"\\]*+)*+")|([{}\[\]:])|(//[^\n]*+|/\*[^*]*+\*++(?:[^/*][^*]*+\*++)*+/)'
    rb'|(\$\{[A-Za-z_][\w.]*+\}|[^\s,:{}\[\]"/]++)|(\S))',
    re.DOTALL,
)
_TEXT, _MARK, _COMMENT, _WORD = 1, 2, 3, 4
_BETWEEN = b" \t\r\n,"
_WORDS: dict[str, bool | None] = {"true": True, "false": False, "null": None}
_NUMBERS = re.compile(rb"[\s,\d.eE+-]*+")
_MANY = 64
_NUMBER = re.compile(r"[-+]?\d{1,400}(\.\d{1,400})?([eE][-+]?\d{1,4})?")
_LOCKS = ("package-lock.json", "npm-shrinkwrap.json", "packages.lock.json", "project.assets.json")
_LOCK_ENDINGS = (".lock.json", ".deps.json", ".tsbuildinfo", ".min.json")
_APP_SETTINGS = re.compile(
    r"(appsettings([.\-_][\w.\-]+)?|local\.settings([.\-][\w.\-]+)?)\.json", re.IGNORECASE
)
_TEMPLATE_SCHEMA = re.compile(r"deployment(template|parameters)\.json", re.IGNORECASE)


class _Open:
    """A record or list that is not closed yet."""

    __slots__ = ("entries", "is_record", "items", "key", "start")

    def __init__(self, start: int, is_record: bool) -> None:
        self.start = start
        self.is_record = is_record
        self.key: Literal | None = None
        self.entries: list[Entry] = []
        self.items: list[Expr] = []


class _Failed(Exception):
    def __init__(self, at: int, lack: Lack, message: str) -> None:
        super().__init__(message)
        self.at = at
        self.lack = lack
        self.message = message


def read(path: str, text: str) -> Source:
    """A JSON file as records, or as a template where its schema says that it is one."""
    name = PurePosixPath(path).name.casefold()
    if name in _LOCKS or name.endswith(_LOCK_ENDINGS):
        return Source(path=path)
    file = FileText(path, text)
    roots, problems = parsed_json(file)
    if len(roots) == 1 and _is_template(roots[0]):
        return _template(file, roots[0], problems)
    kind = DocumentKind.APP_SETTINGS if _APP_SETTINGS.fullmatch(name) else DocumentKind.OTHER
    document = Document(path=path, kind=kind, roots=tuple(roots))
    values = values_of(file, roots[0]) if name.endswith(".tfvars.json") and len(roots) == 1 else None
    return Source(path=path, document=document, template=values, problems=problems)


def parsed_json(file: FileText) -> tuple[list[Expr], tuple[Problem, ...]]:
    """The values that a text holds (one, or with JSON Lines several), as far as it is understood."""
    reader = _Reader(file)
    try:
        reader.read()
    except _Failed as failed:
        end = min(len(file.data), failed.at + 1)
        span = file.span(min(failed.at, end), end)
        return reader.so_far(), (Problem(file.path, failed.lack, failed.message, span),)
    return reader.roots, ()


class _Reader:
    """Goes through the bytes: places are counted in them, and all that JSON is made of is one byte each."""

    def __init__(self, file: FileText) -> None:
        self.file = file
        self.data = file.data
        self.roots: list[Expr] = []
        self.open: list[_Open] = []

    def read(self) -> None:
        span = self.file.span
        at, end = 0, len(self.data.rstrip(_BETWEEN))
        while at < end and (token := _TOKEN.match(self.data, at, end)) is not None:
            group, at = token.lastindex, token.end()
            if group == _TEXT:
                start, after = token.span(_TEXT)
                self._value(Literal(span(start, after), self._text(token[_TEXT].decode(), start)), start)
            elif group == _MARK:
                self._mark(token[_MARK].decode(), token.start(_MARK))
            elif group == _WORD and self._is_one_of_many():
                at = _NUMBERS.match(self.data, token.start(_WORD)).end()  # type: ignore[union-attr]
            elif group == _WORD:
                self._value(self._word(token[_WORD].decode(), token.start(_WORD)), token.start(_WORD))
            elif group != _COMMENT:
                raise _Failed(token.start(5), Lack.NOT_PARSED, "this is not understood as JSON")
        if self.open:
            raise _Failed(len(self.data), Lack.NOT_PARSED, "a bracket is not closed before the file ends")

    def so_far(self) -> list[Expr]:
        """What was read, with everything closed that is open; what then stands for a key is lost."""
        while self.open:
            with suppress(_Failed):
                self._close(len(self.data))
        return self.roots

    def _text(self, written: str, at: int) -> str:
        if "\\" not in written:
            return written[1:-1]
        try:
            return whole(json.loads(written, strict=False))
        except ValueError as error:
            raise _Failed(at, Lack.NOT_PARSED, "this text has an escape that JSON does not know") from error

    def _is_one_of_many(self) -> bool:
        """Whether a list of numbers goes on that is long enough to be data."""
        items = self.open[-1].items if self.open else []
        last = items[-1] if len(items) >= _MANY else None
        return isinstance(last, Literal) and type(last.value) in {int, float}

    def _word(self, written: str, at: int) -> Expr:
        span = self.file.span(at, at + len(written.encode()))
        if written.startswith("${"):
            return Member(span, Name(span, "env"), written[2:-1])
        if written in _WORDS:
            return Literal(span, _WORDS[written])
        found = _NUMBER.fullmatch(written)
        if found is None:
            raise _Failed(at, Lack.NOT_PARSED, "this is no value of JSON")
        whole = found.group(1) is None and found.group(2) is None and len(written) < 100
        return Literal(span, int(written) if whole else float(written))

    def _mark(self, mark: str, at: int) -> None:
        if mark in "{[":
            if len(self.open) >= _DEEPEST:
                raise _Failed(at, Lack.TOO_DEEP, f"it is nested more than {_DEEPEST} levels deep")
            self.open.append(_Open(at, mark == "{"))
        elif mark == ":":
            if not self.open or self.open[-1].key is None:
                raise _Failed(at, Lack.NOT_PARSED, "there is no key before this colon")
        elif not self.open or self.open[-1].is_record != (mark == "}"):
            raise _Failed(at, Lack.NOT_PARSED, "this bracket closes nothing that is open")
        else:
            self._close(at + 1)

    def _close(self, end: int) -> None:
        done = self.open.pop()
        span = self.file.span(done.start, end)
        value = Record(span, tuple(done.entries)) if done.is_record else Items(span, tuple(done.items))
        self._value(value, done.start)

    def _value(self, value: Expr, at: int) -> None:
        if not self.open:
            self.roots.append(value)
            return
        around = self.open[-1]
        if not around.is_record:
            around.items.append(value)
        elif around.key is None:
            if not isinstance(value, Literal):
                raise _Failed(at, Lack.NOT_PARSED, "a key is wanted here")
            around.key = value
        else:
            span = self.file.span(around.key.span.start, value.span.end)
            around.entries.append(Entry(span, around.key, value))
            around.key = None


def _is_template(root: Expr) -> bool:
    return _TEMPLATE_SCHEMA.search(text_at(root, "$schema")) is not None


def _template(file: FileText, root: Expr, problems: tuple[Problem, ...]) -> Source:
    from keyless.assess.sources.arm import template_of

    template, more = template_of(file, root)
    return Source(path=file.path, template=template, problems=(*problems, *more))
