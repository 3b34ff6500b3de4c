"""Expressions of Bicep.

Rules:
- operators bind as Bicep's do: `!` and `-`, then `* / %`, `+ -`, comparisons, equality, `&&`, `||`, `??`, and
  last `? :`; one operator in a row is one ``Other`` (``Choice`` for `??`), of its own kind;
- items and properties end with their line, or at a comma; a line that goes on with `.`, `?`, `:` or an
  operator that nothing begins with belongs to the one before;
- `az.` and `sys.` before a function are left out; `a.?b`, `a[?b]`, `a!` and `a::b` are `a.b`, `a[b]`, `a` and
  `a.b`;
- `...x` is an entry whose key is ``Other`` of the kind `spread`, or such an item;
- an entry that is not understood is ``Other`` of the kind `error`; the entries around it are kept.

Source: https://learn.microsoft.com/azure/azure-resource-manager/bicep/operators
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import ClassVar

from keyless.assess.sources.bicep_tokens import DEEPEST, NotUnderstood, Tokens, TooDeep
from keyless.assess.sources.texts import by_number
from keyless.assess.syntax.expressions import (
    Argument,
    Call,
    Choice,
    Entry,
    Expr,
    Function,
    Index,
    Items,
    Joined,
    Lambda,
    Literal,
    Loop,
    Member,
    Name,
    Other,
    Parameter,
    Record,
    Return,
)
from keyless.assess.syntax.span import Span

_LEVELS = {
    "??": 1,
    "||": 2,
    "&&": 3,
    **dict.fromkeys(("==", "!=", "=~", "!~"), 4),
    **dict.fromkeys(("<", "<=", ">", ">="), 5),
    **dict.fromkeys(("+", "-"), 6),
    **dict.fromkeys(("*", "/", "%"), 7),
}
_UNARY = 8
_PLAIN = re.compile(rb"[^'\\$\n]+|\$(?!\{)")
_ESCAPE = re.compile(rb"\\(?:u\{([0-9A-Fa-f]{1,6})\}|([^\n]))")
_CLOSED = re.compile(rb"'{3,}")
_ESCAPES = {"n": "\n", "r": "\r", "t": "\t"}
_WORDS = {"true": True, "false": False, "null": None}
_NAMESPACES = frozenset({"az", "sys"})
_LONGEST = 500


class Expressions(Tokens):
    """Reads expressions from where it is."""

    def expression(self) -> Expr:
        """An expression with all that belongs to it."""
        self.deeper()
        start = self.start
        found = self._operators(1)
        if self.text == "?":
            self.advance()
            then = self.expression()
            self.need(":")
            otherwise = self.expression()
            found = Choice(self._span(start), (then, otherwise), found)
        self.depth -= 1
        return found

    def _span(self, start: int) -> Span:
        return self.file.span(start, self.last)

    def _operators(self, level: int) -> Expr:
        start = self.start
        found = self._unary()
        for _ in range(DEEPEST):
            if not self._binds(level):
                return found
            found = self._row(start, found)
        raise TooDeep(start, self.last, f"operators take turns more than {DEEPEST} times")

    def _binds(self, level: int) -> bool:
        """Whether an operator of this level, or one that binds more closely, goes on here."""
        return _LEVELS.get(self.text, 0) >= level and not (self.new_line and self.text == "-")

    def _row(self, start: int, first: Expr) -> Expr:
        """One operator, as often as it stands in a row."""
        sign, parts = self.text, [first]
        level = _LEVELS[sign]
        while self.text == sign and self._binds(level):
            self.advance()
            parts.append(self._operators(level + 1))
        if sign == "??":
            return Choice(self._span(start), tuple(parts))
        return Other(self._span(start), sign, tuple(parts))

    def _unary(self) -> Expr:
        start, signs = self.start, list[str]()
        while self.text in {"!", "-", "+"}:
            signs.append(self.text)
            self.advance()
        if len(signs) > DEEPEST:
            raise TooDeep(start, self.last, f"more than {DEEPEST} signs stand one after the other")
        found = self._postfix()
        if signs == ["-"] and isinstance(found, Literal) and isinstance(found.value, int):
            return Literal(self._span(start), -found.value)
        for sign in reversed(signs):
            found = Other(self._span(start), sign, (found,))
        return found

    def _postfix(self) -> Expr:
        start, found = self.start, self._primary()
        for _ in range(_LONGEST):
            follow = self._following.get(self.text)
            if follow is None or (self.new_line and self.text in "[(!"):
                return found
            found = follow(self, start, found)
        raise TooDeep(start, self.last, f"more than {_LONGEST} members stand one after the other")

    def _member(self, start: int, base: Expr) -> Expr:
        self.advance()
        name = self.word()
        if self.text == "(" and isinstance(base, Name) and base.id in _NAMESPACES:
            return Name(self._span(start), name)
        return Member(self._span(start), base, name)

    def _index(self, start: int, base: Expr) -> Expr:
        self.advance()
        self.take("?")
        key = self.expression()
        self.need("]")
        return Index(self._span(start), base, key)

    def called(self, start: int, callee: Expr) -> Expr:
        self.advance()
        arguments: list[Argument] = []
        while self.text != ")":
            arguments.append(Argument(self.expression()))
            if not self.take(",") and self.text != ")":
                raise self.wrong("`,` or `)` is expected here")
        self.advance()
        return Call(self._span(start), callee, tuple(arguments))

    def _for_certain(self, _: int, base: Expr) -> Expr:
        self.advance()
        return base

    def _primary(self) -> Expr:
        if self.kind == "word":
            return self._word()
        if self.kind == "number":
            return self._number()
        read = self._beginning.get(self.text)
        if read is None and self.text.endswith("'''"):
            read = Expressions._many_lines
        if read is None:
            raise self.wrong("an expression is expected here")
        return read(self)

    def _number(self) -> Expr:
        start, text = self.start, self.text
        self.advance()
        return Literal(self._span(start), int(text) if len(text) < 20 else text)

    def _word(self) -> Expr:
        start, text = self.start, self.text
        self.advance()
        if self.text == "=>":
            return self._lambda(start, (Parameter(self._span(start), text),))
        if text in _WORDS:
            return Literal(self._span(start), _WORDS[text])
        return Name(self._span(start), text)

    def _lambda(self, start: int, parameters: tuple[Parameter, ...]) -> Expr:
        self.need("=>")
        value = self.expression()
        body = (Return(value.span, value),)
        span = self._span(start)
        return Lambda(span, Function(span=span, name="", parameters=parameters, body=body))

    def _parentheses(self) -> Expr:
        start = self.start
        self.advance()
        names: list[Expr] = []
        while self.text != ")":
            names.append(self.expression())
            if not self.take(","):
                break
        self.need(")")
        if self.text == "=>":
            found = (Parameter(one.span, one.id) for one in names if isinstance(one, Name))
            return self._lambda(start, tuple(found))
        if len(names) != 1:
            raise NotUnderstood(start, self.last, "one expression is expected in the parentheses")
        return names[0]

    def text_literal(self) -> Expr:
        """A text in single quotes, with expressions in it."""
        if self.text != "'":
            raise self.wrong("a text in single quotes is expected here")
        start, position = self.start, self.end
        parts: list[Expr] = []
        text, begin = "", position
        while (sign := self.file.data[position : position + 1]) != b"'":
            if plain := _PLAIN.match(self.file.data, position):
                text += plain[0].decode("utf-8", "replace")
                position = plain.end()
            elif sign == b"\\" and (escape := _ESCAPE.match(self.file.data, position)):
                text += _unescaped(escape)
                position = escape.end()
            elif sign == b"$":
                parts += self._piece(text, begin, position)
                parts.append(self._interpolated(position + 2))
                text, begin = "", self.end
                position = begin
            else:
                raise NotUnderstood(start, position, "the text is not closed in its line")
        parts += self._piece(text, begin, position)
        self.go_to(position + 1)
        return self._joined(start, parts)

    def _interpolated(self, position: int) -> Expr:
        """What stands in `${…}`; the closing brace is then the token looked at."""
        self.go_to(position)
        found = self.expression()
        if self.text != "}":
            raise self.wrong("`}` is expected here")
        return found

    def _piece(self, text: str, begin: int, end: int) -> list[Expr]:
        return [Literal(self.file.span(begin, end), text)] if text else []

    def _joined(self, start: int, parts: list[Expr]) -> Expr:
        span = self._span(start)
        if not parts:
            return Literal(span, "")
        if len(parts) == 1 and isinstance(parts[0], Literal):
            return Literal(span, parts[0].value)
        return Joined(span, tuple(parts))

    def _many_lines(self) -> Expr:
        """A text in three quotes; `$'''` has expressions in it, after as many `$` as it begins with."""
        start, position, signs = self.start, self.end, len(self.text) - 3
        closed = _CLOSED.search(self.file.data, position)
        if closed is None:
            raise NotUnderstood(start, len(self.file.data), "the text of several lines is not closed")
        if not signs:
            self.go_to(closed.end())
            return Literal(self._span(start), _lines(self.file.data[position : closed.end() - 3]))
        return self._many_lines_with(start, position, b"$" * signs + b"{")

    def _many_lines_with(self, start: int, position: int, opening: bytes) -> Expr:
        data, parts = self.file.data, list[Expr]()
        while True:
            closed = _CLOSED.search(data, position)
            if closed is None:
                raise NotUnderstood(start, len(data), "the text of several lines is not closed")
            opened = data.find(opening, position, closed.start())
            end = closed.end() - 3 if opened < 0 else opened
            parts += self._piece(data[position:end].decode("utf-8", "replace"), position, end)
            if opened < 0:
                self.go_to(closed.end())
                return self._joined(start, parts)
            parts.append(self._interpolated(opened + len(opening)))
            position = self.end

    def array(self) -> Expr:
        """`[…]`: a list, or what a loop gives."""
        start = self.start
        self.advance()
        if self.text == "for" and self.kind == "word":
            return self.loop(start, self.expression)
        items: list[Expr] = []
        while not self.take("]"):
            items.append(self._entry_safely(self._item))
            self._separated("]")
        return Items(self._span(start), tuple(items))

    def _item(self) -> Expr:
        start = self.start
        if self.take("..."):
            inner = self.expression()
            return Other(self._span(start), "spread", (inner,))
        return self.expression()

    def loop(self, start: int, body: Callable[[], Expr]) -> Expr:
        """`for x in xs: …]`, from the `for` on; ``body`` reads what is made each time."""
        self.need("for")
        names, over = self.loop_head()
        value = self.conditional(body)
        self.need("]")
        return Loop(self._span(start), names, over, value)

    def loop_head(self) -> tuple[tuple[str, ...], Expr]:
        """`x in xs:` or `(x, i) in xs:`."""
        names: list[str] = []
        if self.take("("):
            while self.text != ")":
                names.append(self.word())
                self.take(",")
            self.advance()
        else:
            names.append(self.word())
        self.need("in")
        over = self.expression()
        self.need(":")
        return tuple(names), over

    def conditional(self, body: Callable[[], Expr]) -> Expr:
        """What is made, under an `if (…)` where there is one."""
        start = self.start
        if self.text != "if" or self.kind != "word":
            return body()
        self.advance()
        condition = self._parentheses()
        value = body()
        return Choice(self._span(start), (value,), condition)

    def record(self) -> Record:
        """`{…}`; resources that stand in it are given to ``nested``."""
        start = self.start
        self.need("{")
        entries: list[Entry] = []
        while not self.take("}"):
            if self.text in {"@", "resource"} and self.nested():
                continue
            entries.append(self._entry())
            self._separated("}")
        return Record(self._span(start), tuple(entries))

    def nested(self) -> bool:
        """Go past a resource that begins here, in the body of another; false where it is no resource."""
        return False

    def _entry(self) -> Entry:
        start = self.start
        if self.take("..."):
            key: Expr = Other(self._span(start), "spread")
        elif self.kind in {"word", "number"}:
            key = Literal(self.file.span(start, self.end), self.text)
            self.advance()
            self.need(":")
        else:
            key = self.text_literal() if self.text == "'" else self._primary()
            self.need(":")
        value = self._entry_safely(self.expression)
        return Entry(self._span(start), key, value)

    def _entry_safely(self, read: Callable[[], Expr]) -> Expr:
        """A value; where it is not understood that is said, and the next entries are read."""
        start, depth = self.start, self.depth
        try:
            return read()
        except TooDeep:
            raise
        except NotUnderstood as error:
            self.lacking(error)
            self.depth = depth
            self.skip_entry(start)
            return Other(self._span(start), "error")

    def _separated(self, closing: str) -> None:
        if not (self.take(",") or self.text == closing or self.new_line):
            raise self.wrong(f"a new line, `,` or `{closing}` is expected here")
        if self.kind == "end" or self.at_declaration():
            raise self.wrong(f"`{closing}` is expected here")

    _following: ClassVar[dict[str, Callable[[Expressions, int, Expr], Expr]]] = {
        ".": _member,
        ".?": _member,
        "::": _member,
        "[": _index,
        "(": lambda reader, start, callee: reader.called(start, callee),
        "!": _for_certain,
    }
    _beginning: ClassVar[dict[str, Callable[[Expressions], Expr]]] = {
        "'": lambda reader: reader.text_literal(),
        "[": array,
        "{": record,
        "(": _parentheses,
    }


def _unescaped(found: re.Match[bytes]) -> str:
    if found[1] is not None:
        return by_number(int(found[1], 16))
    sign = found[2].decode("utf-8", "replace")
    return _ESCAPES.get(sign, sign)


def _lines(data: bytes) -> str:
    """A text of several lines: a line's end right behind the opening does not count."""
    text = data.decode("utf-8", "replace")
    return text.removeprefix("\r").removeprefix("\n")
