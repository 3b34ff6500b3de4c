"""The tokens of a Bicep file, one looked at at a time.

Rules:
- a text is no token: what opens it is, and the parser goes through it, since expressions stand in it;
- comments and `#` directives are space; a comment that is not closed goes to the end of the file;
- lines matter in Bicep: a token knows whether a new line stands before it.

Bicep has a parser of its own here. The grammar of tree-sitter takes much of the language of today for errors
(spreads, safe access by index, function and type declarations next to them), and one error takes the
declarations after it along; where it sees none, it binds `a => a.b` and `a ?? b!` otherwise than Bicep does.

Source: https://learn.microsoft.com/azure/azure-resource-manager/bicep/file
"""

from __future__ import annotations

import re

from keyless.assess.sources.tree import FileText
from keyless.assess.syntax.source import Lack, Problem

SPACE = re.compile(
    rb"(?:[ \t\r\n\f]+|//[^\n]*+|\#(?:disable|restore|pragma)[^\n]*+|/\*(?:[^*]|\*(?!/))*+\*/)*+"
)
_TOKEN = re.compile(
    rb"([A-Za-z_][A-Za-z0-9_]*)|([0-9]+)"
    rb"|(\$+'''|'''|\.\.\.|=>|==|=~|!=|!~|<=|>=|&&|\|\||\?\?|\.\?|::|[^\x80-\xff\s])"
    rb"|([^\s\x00-\x7f]+)"
)
_KINDS = ("", "word", "number", "sign", "strange")
_STATEMENT = re.compile(
    rb"^(?:@|(?:param|var|resource|module|output|func|type|import|metadata|targetScope|extension|provider"
    rb"|assert|using|extends)\b)",
    re.MULTILINE,
)
_MOST_PROBLEMS = 20
_MOST_SKIPPED = 100_000
"""How many tokens are gone past, in the whole file, to find the end of what is not understood: since that is
looked for from where it begins, it could be gone past once for each of what it stands in."""
DEEPEST = 100
"""How far expressions and resources may stand in one another."""
_TEXT = re.compile(rb"'''.*?'''|'(?:[^'\\\n]|\\.)*+'", re.DOTALL)
_OPENING = frozenset("([{")
_CLOSING = frozenset(")]}")


class NotUnderstood(Exception):
    """What stands at ``start`` is not what the language wants there."""

    def __init__(self, start: int, end: int, message: str) -> None:
        super().__init__(message)
        self.start, self.end, self.message = start, end, message


class TooDeep(NotUnderstood):
    """Expressions stand in one another more often than is followed."""


class Tokens:
    """Where the parser is: the token that it looks at, from ``start`` to ``end`` in the file's bytes."""

    space = SPACE

    def __init__(self, file: FileText) -> None:
        self.file = file
        self.problems: list[Problem] = []
        self.kind = self.text = ""
        self.start = self.end = self.last = 0
        self.new_line = True
        self.depth = 0
        self._skipped = 0
        self.advance()

    def advance(self) -> None:
        """Look at the next token; ``last`` is where the one before ended."""
        data = self.file.data
        self.last = before = self.end
        start = self.space.match(data, before).end()  # type: ignore[union-attr]
        self.new_line = before == 0 or data.find(b"\n", before, start) >= 0
        found = _TOKEN.match(data, start)
        if found is None or data.startswith(b"/*", start):
            self._to_the_end(start)
            return
        self.start, self.end = found.span()
        self.kind = _KINDS[found.lastindex or 0]
        self.text = found[0].decode()

    def _to_the_end(self, start: int) -> None:
        size = len(self.file.data)
        if start < size:
            self.lacking(NotUnderstood(start, size, "the comment is not closed"))
        self.kind, self.text, self.start, self.end, self.new_line = "end", "", size, size, True

    def go_to(self, position: int) -> None:
        """Go on from a position in the file."""
        self.end = position
        self.advance()

    def take(self, sign: str) -> bool:
        """Whether this token is the sign or word, which then is gone past."""
        if self.text != sign:
            return False
        self.advance()
        return True

    def need(self, sign: str) -> None:
        """Go past a sign."""
        if not self.take(sign):
            raise self.wrong(f"`{sign}` is expected here")

    def word(self) -> str:
        """Go past a word."""
        if self.kind != "word":
            raise self.wrong("a name is expected here")
        found = self.text
        self.advance()
        return found

    def wrong(self, message: str) -> NotUnderstood:
        """That this token is not understood."""
        return NotUnderstood(self.start, max(self.end, self.start), message)

    def deeper(self) -> None:
        """One more within another; who goes deeper comes back by ``depth -= 1``."""
        self.depth += 1
        if self.depth > DEEPEST:
            raise TooDeep(self.start, self.end, f"it is nested more than {DEEPEST} deep")

    def lacking(self, error: NotUnderstood) -> None:
        """Say what was not understood; of very many the first ones are enough."""
        if len(self.problems) < _MOST_PROBLEMS:
            lack = Lack.TOO_DEEP if isinstance(error, TooDeep) else Lack.NOT_PARSED
            span = self.file.span(error.start, error.end)
            self.problems.append(Problem(self.file.path, lack, error.message, span))

    def skip_declaration(self) -> None:
        """Go to where the next declaration begins in a line."""
        found = _STATEMENT.search(self.file.data, self.end)
        self.depth = 0
        self.go_to(found.start() if found else len(self.file.data))

    def at_declaration(self) -> bool:
        """Whether a declaration begins here, at the start of a line."""
        data = self.file.data
        begins = self.start == 0 or data[self.start - 1 : self.start] == b"\n"
        return begins and _STATEMENT.match(data, self.start) is not None

    def skip_entry(self, start: int) -> None:
        """Go to the end of the line of an entry that begins at ``start``, past what is opened in it; not past
        what closes it."""
        self.go_to(start)
        inner, first = 0, True
        while self.kind != "end" and (first or not self.at_declaration()):
            self._skipped += 1
            if self._skipped > _MOST_SKIPPED:
                raise self.wrong("too much of the file is not understood")
            if inner == 0 and (self.text in _CLOSING or (self.new_line and not first)):
                return
            inner += (self.text in _OPENING) - (self.text in _CLOSING)
            first = False
            self._skip_token()

    def _skip_token(self) -> None:
        text = _TEXT.match(self.file.data, self.start) if self.text in {"'", "'''"} else None
        if text is None:
            self.advance()
        else:
            self.go_to(text.end())
