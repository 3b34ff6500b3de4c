"""Bicep files and Bicep's files of parameters, read into a ``Template``.

Rules:
- a declaration that is not understood is a problem, and the next ones are read;
- a resource in another has the full type, and the other's symbol for its parent; so has one with `parent:`;
- what a function gives is a variable whose value is a ``Lambda``; what an import brings in is one whose value
  is a member of ``Other`` of the kind `import`, with the path in it;
- types are passed over: only a parameter's and an output's are kept, as they are written.

Source: https://learn.microsoft.com/azure/azure-resource-manager/bicep/file
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar

from keyless.assess.sources.bicep_expressions import Expressions
from keyless.assess.sources.bicep_tokens import NotUnderstood
from keyless.assess.sources.declared import Declared
from keyless.assess.sources.tree import FileText
from keyless.assess.syntax.expressions import (
    Call,
    Choice,
    Entry,
    Expr,
    Function,
    Index,
    Lambda,
    Literal,
    Loop,
    Member,
    Name,
    Other,
    Parameter,
    Record,
    Return,
    text_of,
)
from keyless.assess.syntax.records import value_at
from keyless.assess.syntax.source import Source
from keyless.assess.syntax.templates import (
    Dialect,
    Module,
    Output,
    Resource,
    Template,
    TemplateParameter,
    TemplateVariable,
)

_RESOURCE = re.compile(rb"resource\s+[A-Za-z_]\w*\s+'")
_SECURE_TYPES = frozenset({"secureString", "secureObject"})
_LONGEST_TYPE = 200


@dataclass(slots=True)
class _Body:
    """The object of a resource or module, and under what it is made."""

    body: Record
    condition: Expr | None = None
    repeated: Expr | None = None
    items: tuple[str, ...] = ()


def read(path: str, text: str) -> Source:
    """A Bicep file."""
    file = FileText(path, text)
    reader = _Reader(file)
    reader.declarations()
    return Source(path=path, template=reader.template(), problems=tuple(reader.problems))


class _Reader(Expressions):
    """Reads declarations."""

    def __init__(self, file: FileText) -> None:
        self.found = Declared()
        self._within: tuple[str, str] | None = None
        super().__init__(file)

    def template(self) -> Template:
        """What was read."""
        values_only = self.file.path.endswith(".bicepparam")
        return self.found.template(self.file, Dialect.BICEP, values_only=values_only)

    def declarations(self) -> None:
        """Read to the end of the file."""
        while self.kind != "end":
            begin = self.start
            try:
                self._declaration()
                if not self.new_line and self.kind != "end":
                    raise self.wrong("a new line is expected here")
            except NotUnderstood as error:
                self.lacking(error)
                self.end = max(
                    begin + 1, self.start if self.at_declaration() and self.start > begin else self.end
                )
                self.skip_declaration()

    def _declaration(self) -> None:
        start, secure = self.start, self._decorators()
        read = self._reading.get(self.text)
        if read is None or self.kind != "word":
            raise self.wrong("a declaration is expected here")
        read(self, start, secure)

    def _decorators(self) -> bool:
        """Go past decorators; whether one of them is `@secure()`."""
        secure = False
        while self.take("@"):
            mark = self.expression()
            name = mark.callee if isinstance(mark, Call) else mark
            secure |= isinstance(name, Name) and name.id == "secure"
        return secure

    def _parameter(self, start: int, secure: bool) -> None:
        self.advance()
        begin, name = self.start, self.word()
        if self.file.path.endswith(".bicepparam"):
            self.need("=")
            key = Literal(self.file.span(begin, begin + len(name)), name)
            value = self.expression()
            self.found.given.append(Entry(self.file.span(start, self.last), key, value))
            return
        kind = self._type()
        default = self.expression() if self.take("=") else None
        self.found.parameters.append(
            TemplateParameter(
                span=self.file.span(start, self.last),
                name=name,
                type=kind,
                secure=secure or kind in _SECURE_TYPES,
                default=default,
            )
        )

    def _type(self, ends: str = "=") -> str:
        """Go past a type."""
        begin, inner, goes_on = self.start, 0, True
        while self.kind != "end":
            if inner == 0 and (self.text == ends or (self.new_line and not goes_on and self.text != "|")):
                break
            inner += (self.text in "([{<") - (self.text in ")]}>")
            goes_on = self.text == "|"
            self._skip_token()
        text = self.file.data[begin : self.last][:_LONGEST_TYPE].decode("utf-8", "replace")
        return " ".join(text.split())

    def _variable(self, start: int, _: bool) -> None:
        self.advance()
        name = self.word()
        if self.text != "=":
            self._type()
        self.need("=")
        value = self.expression()
        self._add_variable(start, name, value)

    def _add_variable(self, start: int, name: str, value: Expr) -> None:
        self.found.variables.append(TemplateVariable(self.file.span(start, self.last), name, value))

    def _output(self, start: int, secure: bool) -> None:
        self.advance()
        name, kind = self.word(), self._type()
        self.need("=")
        value = self.expression()
        self.found.outputs.append(
            Output(
                span=self.file.span(start, self.last),
                name=name,
                value=value,
                type=kind,
                secure=secure or kind in _SECURE_TYPES,
            )
        )

    def _target_scope(self, _: int, __: bool) -> None:
        self.advance()
        self.need("=")
        found = text_of(self.expression()) or ""
        self.found.target_scope = "" if found == "resourceGroup" else found

    def _metadata(self, _: int, __: bool) -> None:
        self.advance()
        self.word()
        self.need("=")
        self.expression()

    def _type_declaration(self, _: int, __: bool) -> None:
        self.advance()
        self.word()
        self.need("=")
        self._type(ends="")

    def _function(self, start: int, _: bool) -> None:
        self.advance()
        name = self.word()
        parameters = self._function_parameters()
        self._type(ends="=>")
        self.need("=>")
        value = self.expression()
        span = self.file.span(start, self.last)
        body = (Return(value.span, value),)
        function = Function(span=span, name=name, parameters=tuple(parameters), body=body)
        self._add_variable(start, name, Lambda(span, function))

    def _function_parameters(self) -> list[Parameter]:
        found: list[Parameter] = []
        self.need("(")
        while self.text != ")":
            begin, name = self.start, self.word()
            inner = 0
            while not (inner == 0 and self.text in {",", ")"}) and self.kind != "end":
                inner += (self.text in "([{<") - (self.text in ")]}>")
                self._skip_token()
            found.append(Parameter(self.file.span(begin, self.last), name))
            self.take(",")
        self.advance()
        return found

    def _import(self, start: int, _: bool) -> None:
        self.advance()
        names: list[tuple[str, str]] = []
        if self.text == "'":  # an extension, as they were written once
            self._extension_rest()
            return
        if self.take("*"):
            self.need("as")
            names.append(("", self.word()))
        else:
            names = self._imported_names()
        self.need("from")
        path = self.text_literal()
        for name, alias in names:
            span = self.file.span(start, self.last)
            whole = Other(span, "import", (path,))
            self._add_variable(start, alias, Member(span, whole, name) if name else whole)

    def _imported_names(self) -> list[tuple[str, str]]:
        names: list[tuple[str, str]] = []
        self.need("{")
        while self.text != "}":
            name = self.word() if self.kind == "word" else text_of(self.text_literal()) or ""
            names.append((name, self.word() if self.take("as") else name))
            self.take(",")
        self.advance()
        return names

    def _extension(self, _: int, __: bool) -> None:
        self.advance()
        self._extension_rest()

    def _extension_rest(self) -> None:
        if self.kind == "word":
            self.word()
        else:
            self.text_literal()
        while self.kind != "end" and not self.new_line:
            if self.text == "{":
                self.record()
            else:
                self.word()

    def _using(self, _: int, __: bool) -> None:
        name = self.text
        self.advance()
        if self.take("none"):
            return
        path = text_of(self.text_literal()) or ""
        if not self.new_line and self.kind == "word":  # `with { … }`
            self._extension_rest()
        if name == "using" and ":" not in path:
            folder = posixpath.dirname(self.file.path)
            self.found.given_for = posixpath.normpath(posixpath.join(folder, path))

    def _resource(self, start: int, _: bool) -> None:
        head = self.start
        self.advance()
        symbol = self.word()
        written = text_of(self.text_literal()) or ""
        head_end = self.last
        existing = self.take("existing")
        self.need("=")
        kind, _at, version = written.partition("@")
        parent, parent_kind = self._within or (None, "")
        if parent_kind and "." not in kind.partition("/")[0]:
            kind = f"{parent_kind}/{kind}"
        place = len(self.found.resources)
        body = self._body((symbol, kind))
        self.found.resources.insert(
            place,
            Resource(
                span=self.file.span(start, self.last),
                head=self.file.span(head, head_end),
                symbol=symbol,
                type=kind,
                arm_type=kind,
                body=body.body,
                name=value_at(body.body, "name"),
                api_version=version,
                existing=existing,
                parent=parent or _symbol(value_at(body.body, "parent")),
                scope=value_at(body.body, "scope"),
                condition=body.condition,
                repeated=body.repeated,
                items=body.items,
            ),
        )

    def _module(self, start: int, _: bool) -> None:
        begin = self.start
        self.advance()
        symbol = self.word()
        source = text_of(self.text_literal()) or ""
        head = self.file.span(begin, self.last)
        self.need("=")
        body = self._body(None)
        given = value_at(body.body, "params")
        self.found.modules.append(
            Module(
                span=self.file.span(start, self.last),
                head=head,
                symbol=symbol,
                source=source,
                arguments=given if isinstance(given, Record) else Record(head, ()),
                scope=value_at(body.body, "scope"),
                condition=body.condition,
                repeated=body.repeated,
                items=body.items,
            )
        )

    def _body(self, within: tuple[str, str] | None) -> _Body:
        """What stands behind the `=`: an object, under an `if` or in a loop."""
        before, self._within = self._within, within
        self.deeper()
        start = self.start
        if self.take("["):
            found: Expr = self.loop(start, self.record)
        else:
            found = self.conditional(self.record)
        self.depth -= 1
        self._within = before
        return _unwrapped(found)

    def nested(self) -> bool:
        """Read a resource in the body of another."""
        start = self.start
        if self.text == "@":
            self._decorators()
        if _RESOURCE.match(self.file.data, self.start) is None:
            return False
        self._resource(start, False)
        return True

    _reading: ClassVar[dict[str, Callable[[_Reader, int, bool], None]]] = {
        "param": _parameter,
        "var": _variable,
        "resource": _resource,
        "module": _module,
        "output": _output,
        "targetScope": _target_scope,
        "metadata": _metadata,
        "assert": _metadata,
        "type": _type_declaration,
        "func": _function,
        "import": _import,
        "extension": _extension,
        "provider": _extension,
        "using": _using,
        "extends": _using,
    }


def _unwrapped(found: Expr) -> _Body:
    over = condition = None
    names: tuple[str, ...] = ()
    if isinstance(found, Loop):
        names, over, found = found.names, found.over, found.value
    if isinstance(found, Choice):
        condition, found = found.condition, found.alternatives[0]
    body = found if isinstance(found, Record) else Record(found.span, ())
    return _Body(body, condition, over, names)


def _symbol(expression: Expr | None) -> str | None:
    if isinstance(expression, Index):
        expression = expression.base
    return getattr(expression, "id", None) or getattr(expression, "name", None)
