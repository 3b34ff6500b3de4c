"""Bash and other shells of its kind: commands, assignments, and what surrounds them.

Rules:
- a word is a text with quotes and escapes resolved, or ``Joined`` with the variables in it; `$X` is the name
  `X`, `${X:-d}` a ``Choice`` of it and the default, `$(…)` the command within;
- a pipe is ``Other`` of kind `pipeline` with its commands; `a && b || c` are statements one after the other;
- where output is sent (`> file`) and a here-document are words of the command: ``Other`` of kind `redirect`
  (the operator and the target) and `heredoc`;
- `export X=…` is an ``Assign`` whose words say `export`; `X=… command` is an ``Assign`` before the command.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from keyless.assess.sources.pieces import Piece
from keyless.assess.sources.tree import FileText, not_parsed
from keyless.assess.syntax.code import Language, Unit
from keyless.assess.syntax.expressions import (
    Assign,
    Block,
    Choice,
    Command,
    Define,
    Evaluate,
    Expr,
    Function,
    Index,
    Items,
    Joined,
    Literal,
    Name,
    Other,
    Repeat,
    Statement,
)
from keyless.assess.syntax.source import Lack, Problem, Source
from keyless.assess.syntax.span import Span
from keyless.grammars import TookTooLong, parsed

if TYPE_CHECKING:
    from tree_sitter import Node

_DEEPEST = 80
_ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "0": "\0", "a": "\a", "e": "\x1b"}
_SKIPPED = frozenset(
    {"comment", ";", "\n", "&", ";;", ";&", ";;&", "(", ")", "{", "}", "do", "done", "`", "$("}
)


def read(path: str, text: str) -> Source:
    """A shell script."""
    unit, problems = unit_of(FileText(path, text))
    return Source(path=path, units=(unit,), problems=problems)


def unit_of(file: FileText, part_of: str = "") -> tuple[Unit, tuple[Problem, ...]]:
    """The unit of a script, and what of it is not understood."""
    body, problems = statements_of(file)
    return Unit(path=file.path, language=Language.SHELL, body=body, part_of=part_of), problems


def statements_of(file: FileText) -> tuple[tuple[Statement, ...], tuple[Problem, ...]]:
    """The statements of a script, and what of it is not understood."""
    try:
        root = _tree(_ended(file.data))
    except TookTooLong:
        span = file.span(0, len(file.data))
        return (), (Problem(file.path, Lack.TOO_SLOW, "its grammar did not get through this script", span),)
    reader = _Reader(file)
    body = reader.body(root.children)
    return body, (*not_parsed(file, root), *reader.problems)


_STUMBLES = re.compile(
    rb"(?<==)([\w./-]{0,80})<([A-Za-z][\w .-]{0,80})>(?=[\s;]|$)|(\$\{\w{1,80}:[ ]?)(\$\w{1,80})"
)
"""What the grammar does not know: what stands for a value that is to come (`A=<your name>`), and a variable
where a piece of another begins (`${A:$B}`)."""


def _tree(data: bytes) -> Node:
    """The tree of a script; where it has errors, that of the script without what it stumbles over."""
    root = parsed("bash", data)
    mended = _STUMBLES.sub(_in_its_place, data) if root.has_error else data
    again = root if mended == data else parsed("bash", mended)
    return root if again.has_error else again


def _in_its_place(found: re.Match[bytes]) -> bytes:
    """A word, or a number, of the same length."""
    if found[3] is None:
        return found[1] + b"_" + re.sub(rb"\W", b"_", found[2]) + b"_"
    return found[3] + b"0" * len(found[4])


def _ended(data: bytes) -> bytes:
    """The text without a backslash at its very end, which the grammar would have more after."""
    bare = data.rstrip()
    return bare[:-1] + b" " + data[len(bare) :] if bare.endswith(b"\\") else data


class _Reader:
    def __init__(self, file: FileText) -> None:
        self.file = file
        self.data = file.data
        self.holes = isinstance(file, Piece) and bool(file.holes)
        self.depth = 0
        self.problems: list[Problem] = []

    def body(self, nodes: list[Node]) -> tuple[Statement, ...]:
        """The statements of some nodes."""
        return tuple(statement for node in nodes if node.type not in _SKIPPED for statement in self.of(node))

    def of(self, node: Node) -> Iterator[Statement]:
        """The statements of a node."""
        if self.depth >= _DEEPEST:
            self._too_deep(node)
            return
        self.depth += 1
        made = _STATEMENTS.get(node.type)
        if made is not None:
            yield from made(self, node)
        elif node.is_named and node.type != "heredoc_body":
            yield Evaluate(self.file.of(node), self.expression(node))
        self.depth -= 1

    def expression(self, node: Node) -> Expr:
        """The expression that a node is."""
        if self.depth >= _DEEPEST:
            self._too_deep(node)
            return Other(self.file.of(node), "too-deep")
        self.depth += 1
        made = _EXPRESSIONS.get(node.type, _other)
        found = made(self, node)
        self.depth -= 1
        return found

    def leaf(self, value: str, start: int, end: int) -> Expr:
        """A text between two bytes, with the holes in it."""
        if self.holes:
            assert isinstance(self.file, Piece)  # noqa: S101 - nothing else has holes
            return self.file.filled(value, start, end)
        return Literal(self.file.span(start, end), value)

    def text(self, start: int, end: int) -> str:
        """What is written between two bytes."""
        return self.data[start:end].decode("utf-8", "replace")

    def _too_deep(self, node: Node) -> None:
        if not self.problems:
            message = f"it is nested more than {_DEEPEST} levels deep"
            self.problems.append(Problem(self.file.path, Lack.TOO_DEEP, message, self.file.of(node)))


# -- words


def _word(reader: _Reader, node: Node) -> Expr:
    written = reader.text(node.start_byte, node.end_byte)
    return reader.leaf(_unescaped(written), node.start_byte, node.end_byte)


def _unescaped(written: str) -> str:
    if "\\" not in written:
        return written
    parts: list[str] = []
    characters = iter(written)
    for character in characters:
        following = next(characters, "") if character == "\\" else character
        parts.append("" if following == "\n" else following)
    return "".join(parts)


def _raw(reader: _Reader, node: Node) -> Expr:
    start, end = node.start_byte + 1, node.end_byte - 1
    return reader.leaf(reader.text(start, end), start, end)


def _ansi(reader: _Reader, node: Node) -> Expr:
    start, end = node.start_byte + 2, node.end_byte - 1
    written = reader.text(start, end)
    if "\\" in written:
        pieces = written.split("\\")
        written = pieces[0] + "".join(_ESCAPES.get(one[:1], one[:1]) + one[1:] for one in pieces[1:])
    return reader.leaf(written, start, end)


def _string(reader: _Reader, node: Node) -> Expr:
    return _filled(reader, node, node.start_byte + 1, node.end_byte - 1)


def _filled(reader: _Reader, node: Node, start: int, end: int) -> Expr:
    """A text with what is expanded in it; the grammar has no nodes for all of the text."""
    parts: list[Expr] = []
    at = start
    for child in node.children:
        if child.type in {"simple_expansion", "expansion", "command_substitution", "arithmetic_expansion"}:
            if child.start_byte > at:
                parts.append(_quoted(reader, at, child.start_byte))
            parts.append(reader.expression(child))
            at = child.end_byte
    if at < end or not parts:
        parts.append(_quoted(reader, at, max(at, end)))
    return joined(reader.file.span(start, max(start, end)), parts)


def _quoted(reader: _Reader, start: int, end: int) -> Expr:
    written = reader.text(start, end)
    if "\\" in written:
        for escaped in ('"', "$", "`", "\\", "\n"):
            written = written.replace("\\" + escaped, "" if escaped == "\n" else escaped)
    return reader.leaf(written, start, end)


def _concatenation(reader: _Reader, node: Node) -> Expr:
    parts: list[Expr] = []
    for child in node.children:
        made = reader.expression(child)
        parts.extend(made.parts if isinstance(made, Joined) else (made,))
    return joined(reader.file.of(node), parts)


def joined(span: Span, parts: list[Expr]) -> Expr:
    """Parts as one text: literals side by side are one, and one part is all."""
    merged: list[Expr] = []
    for part in parts:
        last = merged[-1] if merged else None
        if isinstance(part, Literal) and isinstance(last, Literal):
            whole = Span(
                last.span.line,
                last.span.column,
                part.span.end_line,
                part.span.end_column,
                last.span.start,
                part.span.end,
            )
            merged[-1] = Literal(whole, f"{last.value}{part.value}")
        else:
            merged.append(part)
    if len(merged) == 1:
        return merged[0]
    return Joined(span, tuple(merged)) if merged else Literal(span, "")


# -- what is expanded


def _simple_expansion(reader: _Reader, node: Node) -> Expr:
    return Name(reader.file.of(node), reader.text(node.start_byte + 1, node.end_byte))


def _expansion(reader: _Reader, node: Node) -> Expr:
    """`${X}`, `${X:-default}`, `${X[0]}`, `${X%%.*}`: the last counts as `X`."""
    span = reader.file.of(node)
    read: Expr | None = None
    operator = ""
    defaults: list[Expr] = []
    for child in node.children:
        if child.type in {"variable_name", "special_variable_name"} and read is None:
            read = Name(span, reader.file.piece(child))
        elif child.type == "subscript" and read is None:
            read = _subscript(reader, child)
        elif child.type in {":-", ":=", "-", "="}:
            operator = child.type
        elif operator and child.type != "}":
            defaults.append(reader.expression(child))
    if read is None:
        return Other(span, "expansion")
    return Choice(span, (read, joined(span, defaults))) if operator and defaults else read


def _subscript(reader: _Reader, node: Node) -> Expr:
    name, index = node.child_by_field_name("name"), node.child_by_field_name("index")
    span = reader.file.of(node)
    base = Name(span, reader.file.piece(name) if name is not None else "")
    return base if index is None else Index(span, base, reader.expression(index))


def _substitution(reader: _Reader, node: Node) -> Expr:
    body = reader.body(node.children)
    if len(body) == 1 and isinstance(body[0], Evaluate):
        return body[0].value
    parts = tuple(one.value for one in body if isinstance(one, Evaluate))
    return Other(reader.file.of(node), node.type, parts)


def _pipeline(reader: _Reader, node: Node) -> Expr:
    body = reader.body([one for one in node.children if one.type not in {"|", "|&"}])
    parts = tuple(one.value for one in body if isinstance(one, Evaluate))
    return Other(reader.file.of(node), "pipeline", parts)


def _array(reader: _Reader, node: Node) -> Expr:
    items = [reader.expression(one) for one in node.children if one.is_named]
    return Items(reader.file.of(node), tuple(items))


def _other(reader: _Reader, node: Node) -> Expr:
    parts = [reader.expression(one) for one in node.children if one.is_named and one.type != "comment"]
    return Other(reader.file.of(node), node.type, tuple(parts))


def _command(reader: _Reader, node: Node) -> Expr:
    return Command(reader.file.of(node), tuple(_words(reader, node)))


def _words(reader: _Reader, node: Node) -> Iterator[Expr]:
    for child in node.children:
        if child.type == "command_name":
            yield from (reader.expression(one) for one in child.children)
        elif child.type in {"file_redirect", "heredoc_redirect", "herestring_redirect"}:
            yield from _redirects(reader, child)
        elif child.is_named and child.type not in {"variable_assignment", "comment"}:
            yield reader.expression(child)


def _redirects(reader: _Reader, node: Node) -> Iterator[Expr]:
    span = reader.file.of(node)
    if node.type == "herestring_redirect":
        yield Other(span, "heredoc", tuple(reader.expression(one) for one in node.children if one.is_named))
        return
    if node.type == "file_redirect":
        target = node.child_by_field_name("destination")
        signs = [one for one in node.children if not one.is_named]
        if target is not None and signs:
            sign = Literal(reader.file.of(signs[0]), signs[0].type)
            yield Other(span, "redirect", (sign, reader.expression(target)))
        return
    for child in node.children:
        if child.type == "heredoc_body":
            yield Other(span, "heredoc", (_filled(reader, child, child.start_byte, child.end_byte),))
        elif child.type == "file_redirect":
            yield from _redirects(reader, child)
        elif child.type == "pipeline":
            yield _pipeline(reader, child)


# -- statements


def _command_statement(reader: _Reader, node: Node) -> Iterator[Statement]:
    for child in node.children:
        if child.type == "variable_assignment":
            yield from _assignment(reader, child, ("command",))
    yield Evaluate(reader.file.of(node), _command(reader, node))


def _assignment(reader: _Reader, node: Node, words: tuple[str, ...] = ()) -> Iterator[Statement]:
    name, value = node.child_by_field_name("name"), node.child_by_field_name("value")
    if name is None:
        return
    target: Expr = Name(reader.file.of(name), reader.file.piece(name).partition("[")[0])
    end = reader.file.span(node.end_byte, node.end_byte)
    made = Literal(end, "") if value is None else reader.expression(value)
    yield Assign(reader.file.of(node), target, made, words=words)


def _declaration(reader: _Reader, node: Node) -> Iterator[Statement]:
    said = tuple(one.type for one in node.children if not one.is_named)
    plain = True
    for child in node.children:
        if child.type == "variable_assignment":
            plain = False
            yield from _assignment(reader, child, said)
    if plain:
        words = [Literal(reader.file.of(one), reader.file.piece(one)) for one in node.children]
        yield Evaluate(reader.file.of(node), Command(reader.file.of(node), tuple(words)))


def _redirected(reader: _Reader, node: Node) -> Iterator[Statement]:
    body = node.child_by_field_name("body")
    redirects = [
        one
        for child in node.children
        if child.type.endswith("_redirect")
        for one in _redirects(reader, child)
    ]
    made = list(reader.of(body)) if body is not None else []
    last = made[-1] if made else None
    if isinstance(last, Evaluate) and isinstance(last.value, Command):
        command = Command(reader.file.of(node), (*last.value.words, *redirects))
        yield from made[:-1]
        yield Evaluate(command.span, command)
        return
    yield from made
    if redirects:
        yield Evaluate(reader.file.of(node), Other(reader.file.of(node), "redirects", tuple(redirects)))


def _several(reader: _Reader, node: Node) -> Iterator[Statement]:
    yield from reader.body([one for one in _unrolled(node) if one.type not in {"&&", "||", "!"}])


def _unrolled(node: Node) -> list[Node]:
    """The members of a list; `a && b && c` is a list within a list, however long it is."""
    parts: list[Node] = []
    first: Node | None = node
    while first is not None:
        children = first.children
        first = children[0] if children and children[0].type == "list" else None
        parts.extend(reversed(children[1:] if first is not None else children))
    return parts[::-1]


def _grouped(reader: _Reader, node: Node) -> Iterator[Statement]:
    yield Block(reader.file.of(node), node.type, reader.body(node.children))


def _if(reader: _Reader, node: Node) -> Iterator[Statement]:
    """The arms of an `if`: each keyword of its own begins another part."""
    condition: list[Node] = []
    body: list[Node] = []
    arms: list[Node] = []
    into = condition
    for child in node.children:
        if child.type == "then" or (child.type == "else" and node.type == "else_clause"):
            into = body
        elif child.type in {"elif_clause", "else_clause"}:
            arms.append(child)
        elif child.is_named:
            into.append(child)
    yield Block(
        reader.file.of(node),
        "if",
        reader.body(body),
        _condition(reader, node, condition) if condition else None,
    )
    for arm in arms:
        yield from _if(reader, arm)


def _condition(reader: _Reader, node: Node, nodes: list[Node]) -> Expr:
    made = reader.body(nodes)
    parts = tuple(one.value for one in made if isinstance(one, Evaluate))
    return parts[0] if len(parts) == 1 else Other(reader.file.of(node), "condition", parts)


def _for(reader: _Reader, node: Node) -> Iterator[Statement]:
    name = node.child_by_field_name("variable")
    values = [reader.expression(one) for one in node.children_by_field_name("value")]
    body = node.child_by_field_name("body")
    names = (reader.file.piece(name),) if name is not None else ()
    span = reader.file.of(node)
    yield Repeat(span, names, Items(span, tuple(values)), reader.body(body.children) if body else ())


def _while(reader: _Reader, node: Node) -> Iterator[Statement]:
    conditions = [one for one in node.children_by_field_name("condition") if one.is_named]
    body = node.child_by_field_name("body")
    over = _condition(reader, node, conditions)
    yield Repeat(reader.file.of(node), (), over, reader.body(body.children) if body else ())


def _case(reader: _Reader, node: Node) -> Iterator[Statement]:
    value = node.child_by_field_name("value")
    condition = reader.expression(value) if value is not None else None
    for item in node.children:
        if item.type == "case_item":
            patterns = item.children_by_field_name("value")
            after = max((one.end_byte for one in patterns), default=item.start_byte)
            body = [one for one in item.children if one.start_byte >= after and one.is_named]
            yield Block(reader.file.of(item), "switch", reader.body(body), condition)


def _function(reader: _Reader, node: Node) -> Iterator[Statement]:
    name, body = node.child_by_field_name("name"), node.child_by_field_name("body")
    span = reader.file.of(node)
    inner = reader.body(body.children) if body is not None else ()
    yield Define(
        span, Function(span=span, name=reader.file.piece(name) if name is not None else "", body=inner)
    )


def _mistaken(reader: _Reader, node: Node) -> Iterator[Statement]:
    """What stands in a piece that the grammar does not understand as a whole."""
    yield from reader.body([one for one in node.children if one.is_named])


def _nothing(_reader: _Reader, _node: Node) -> Iterator[Statement]:
    return iter(())


_STATEMENTS: dict[str, Callable[[_Reader, Node], Iterator[Statement]]] = {
    "command": _command_statement,
    "variable_assignment": _assignment,
    "variable_assignments": _several,
    "declaration_command": _declaration,
    "redirected_statement": _redirected,
    "list": _several,
    "negated_command": _several,
    "compound_statement": _grouped,
    "subshell": _grouped,
    "do_group": _grouped,
    "if_statement": _if,
    "for_statement": _for,
    "while_statement": _while,
    "case_statement": _case,
    "function_definition": _function,
    "ERROR": _mistaken,
    "heredoc_body": _nothing,
    "word": _nothing,
}
_EXPRESSIONS: dict[str, Callable[[_Reader, Node], Expr]] = {
    "word": _word,
    "number": _word,
    "variable_name": _word,
    "raw_string": _raw,
    "ansi_c_string": _ansi,
    "string": _string,
    "translated_string": _concatenation,
    "concatenation": _concatenation,
    "simple_expansion": _simple_expansion,
    "expansion": _expansion,
    "subscript": _subscript,
    "command_substitution": _substitution,
    "process_substitution": _substitution,
    "pipeline": _pipeline,
    "array": _array,
    "command": _command,
}
