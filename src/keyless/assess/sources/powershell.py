"""PowerShell: cmdlets, commands, assignments, and calls of .NET.

Rules:
- a command is its name and its arguments in order, parameters (`-Name`) being texts; a pipe is ``Other`` of
  kind `pipeline` with its commands, and so are redirections of kind `redirect`;
- `$x` is the name `x`, `$env:X` the member `X` of `env`, `[Type]::Member` a member of the type's name;
- a text in double quotes is ``Joined`` with what is expanded in it; `"$x.y"` expands `$x` alone;
- parameters of a script are ``Assign`` with their defaults, those of a function its parameters.

Source: https://learn.microsoft.com/powershell/scripting/lang-spec/chapter-02
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from keyless.assess.sources.pieces import Piece
from keyless.assess.sources.powershell_text import parseable
from keyless.assess.sources.shell import joined
from keyless.assess.sources.tree import FileText, not_parsed
from keyless.assess.syntax.code import Language, Unit
from keyless.assess.syntax.expressions import (
    Argument,
    Assign,
    Block,
    Call,
    Choice,
    Command,
    Define,
    Entry,
    Evaluate,
    Expr,
    Function,
    Index,
    Items,
    Literal,
    Member,
    Name,
    Other,
    Parameter,
    Record,
    Repeat,
    Return,
    Statement,
)
from keyless.assess.syntax.source import Lack, Problem, Source
from keyless.grammars import TookTooLong, parsed

if TYPE_CHECKING:
    from tree_sitter import Node

_DEEPEST = 80
_WRAPPERS = frozenset(
    {
        "pipeline",
        "pipeline_chain",
        "logical_expression",
        "bitwise_expression",
        "comparison_expression",
        "additive_expression",
        "multiplicative_expression",
        "format_expression",
        "range_expression",
        "array_literal_expression",
        "unary_expression",
        "string_literal",
        "left_assignment_expression",
        "key_expression",
        "expression_with_unary_operator",
        "integer_literal",
        "command_name",
        "command_name_expr",
        "member_name",
        "argument_expression",
        "logical_argument_expression",
        "bitwise_argument_expression",
        "comparison_argument_expression",
        "additive_argument_expression",
        "multiplicative_argument_expression",
        "format_argument_expression",
        "range_argument_expression",
    }
)
_VARIABLE_IN_WORD = re.compile(r"\$(?:\{([^}]{1,100})\}|(\w[\w:]*))")
_SCOPES = ("script:", "global:", "local:", "private:", "using:", "variable:")
_ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "0": "\0", "a": "\a", "b": "\b", "\n": ""}


def read(path: str, text: str) -> Source:
    """A PowerShell script or module."""
    unit, problems = unit_of(FileText(path, text))
    return Source(path=path, units=(unit,), problems=problems)


def unit_of(file: FileText, part_of: str = "") -> tuple[Unit, tuple[Problem, ...]]:
    """The unit of a script, and what of it is not understood."""
    try:
        root = parsed("powershell", parseable(file.data))
    except TookTooLong:
        span = file.span(0, len(file.data))
        problem = Problem(file.path, Lack.TOO_SLOW, "its grammar did not get through this script", span)
        return Unit(path=file.path, language=Language.POWERSHELL, part_of=part_of), (problem,)
    reader = _Reader(file)
    body = reader.body(root.children)
    unit = Unit(path=file.path, language=Language.POWERSHELL, body=body, part_of=part_of)
    return unit, (*not_parsed(file, root), *reader.problems)


class _Reader:
    def __init__(self, file: FileText) -> None:
        self.file = file
        self.data = file.data
        self.holes = isinstance(file, Piece) and bool(file.holes)
        self.depth = 0
        self.problems: list[Problem] = []

    def body(self, nodes: list[Node]) -> tuple[Statement, ...]:
        """The statements of some nodes."""
        return tuple(one for node in nodes if node.is_named for one in self.statements(node))

    def statements(self, node: Node) -> list[Statement]:
        """The statements of a node."""
        if self.depth >= _DEEPEST:
            self._too_deep(node)
            return []
        self.depth += 1
        made = list(_STATEMENTS.get(node.type, _expression_statement)(self, node))
        self.depth -= 1
        return made

    def expression(self, node: Node) -> Expr:
        """The expression that a node is; what only wraps another is left out."""
        kind = node.type
        while kind in _WRAPPERS and node.child_count == 1:
            first = node.child(0)
            if first is None:
                break
            node, kind = first, first.type
        if self.depth >= _DEEPEST:
            self._too_deep(node)
            return Other(self.file.of(node), "too-deep")
        self.depth += 1
        found = _EXPRESSIONS.get(kind, _other)(self, node)
        self.depth -= 1
        return found

    def values(self, nodes: list[Node]) -> tuple[Expr, ...]:
        """The expressions of some nodes, as far as they are named."""
        return tuple(self.expression(one) for one in nodes if one.is_named and one.type != "comment")

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


# -- expressions


def _other(reader: _Reader, node: Node) -> Expr:
    return Other(reader.file.of(node), node.type, reader.values(node.children))


def _token(reader: _Reader, node: Node) -> Expr:
    """A word without quotes, in which variables may stand."""
    inner = [one for one in node.children if one.type in {"variable", "sub_expression"}]
    if inner:
        return _expanded(reader, inner, node.start_byte, node.end_byte)
    written = reader.text(node.start_byte, node.end_byte)
    if "$" in written and not reader.holes:
        return _with_variables(reader, node.start_byte, written)
    return reader.leaf(_unescaped(written), node.start_byte, node.end_byte)


def _with_variables(reader: _Reader, start: int, written: str) -> Expr:
    """A word that is parsed as one though variables stand in it."""
    parts: list[Expr] = []
    at = 0
    for found in _VARIABLE_IN_WORD.finditer(written):
        before = start + len(written[: found.start()].encode())
        after = start + len(written[: found.end()].encode())
        if found.start() > at:
            begin = start + len(written[:at].encode())
            parts.append(Literal(reader.file.span(begin, before), written[at : found.start()]))
        name = found.group(1) or found.group(2)
        span = reader.file.span(before, after)
        is_environment = name[:4].casefold() == "env:"
        parts.append(Member(span, Name(span, "env"), name[4:]) if is_environment else Name(span, name))
        at = found.end()
    end = start + len(written.encode())
    if at < len(written):
        begin = start + len(written[:at].encode())
        parts.append(Literal(reader.file.span(begin, end), written[at:]))
    return joined(reader.file.span(start, end), parts)


def _expandable(reader: _Reader, node: Node) -> Expr:
    inner = [one for one in node.children if one.type in {"variable", "sub_expression"}]
    return _expanded(reader, inner, node.start_byte + 1, node.end_byte - 1)


def _here_string(reader: _Reader, node: Node) -> Expr:
    inner = [one for one in node.children if one.type in {"variable", "sub_expression"}]
    start = reader.data.find(b"\n", node.start_byte, node.end_byte) + 1 or node.start_byte
    end = max(start, reader.data.rfind(b"\n", node.start_byte, node.end_byte))
    return _expanded(reader, inner, start, end)


def _expanded(reader: _Reader, inner: list[Node], start: int, end: int) -> Expr:
    parts: list[Expr] = []
    at = start
    for child in inner:
        if child.start_byte > at:
            parts.append(_plain(reader, at, child.start_byte))
        parts.append(reader.expression(child))
        at = child.end_byte
    if at < end or not parts:
        parts.append(_plain(reader, at, max(at, end)))
    return joined(reader.file.span(start, max(start, end)), parts)


def _plain(reader: _Reader, start: int, end: int) -> Expr:
    return reader.leaf(_unescaped(reader.text(start, end)).replace('""', '"'), start, end)


def _unescaped(written: str) -> str:
    if "`" not in written:
        return written
    pieces = written.split("`")
    return pieces[0] + "".join(_ESCAPES.get(one[:1], one[:1]) + one[1:] for one in pieces[1:])


def _verbatim(reader: _Reader, node: Node) -> Expr:
    start, end = node.start_byte + 1, node.end_byte - 1
    return reader.leaf(reader.text(start, end).replace("''", "'"), start, end)


def _verbatim_here(reader: _Reader, node: Node) -> Expr:
    start = reader.data.find(b"\n", node.start_byte, node.end_byte) + 1 or node.start_byte
    end = max(start, reader.data.rfind(b"\n", node.start_byte, node.end_byte))
    return reader.leaf(reader.text(start, end), start, end)


def _variable(reader: _Reader, node: Node) -> Expr:
    span = reader.file.of(node)
    name = reader.file.piece(node).lstrip("$@").strip("{}")
    folded = name.casefold()
    if folded.startswith("env:"):
        return Member(span, Name(span, "env"), name[4:])
    if folded in {"true", "false", "null"}:
        return Literal(span, {"true": True, "false": False}.get(folded))
    scope = next((one for one in _SCOPES if folded.startswith(one)), "")
    return Name(span, name[len(scope) :])


def _number(reader: _Reader, node: Node) -> Expr:
    written = reader.file.piece(node)
    return Literal(
        reader.file.of(node), int(written) if written.isdecimal() and len(written) < 40 else written
    )


def _parenthesized(reader: _Reader, node: Node) -> Expr:
    inner = [one for one in node.children if one.is_named and one.type != "comment"]
    if len(inner) == 1 and inner[0].type != "statement_list":
        return reader.expression(inner[0])
    return _of_statements(reader, node)


def _either(reader: _Reader, node: Node) -> Expr:
    """`a -or b`, and `a ?? b`, which is parsed like it."""
    return Choice(reader.file.of(node), reader.values(node.children))


def _of_statements(reader: _Reader, node: Node) -> Expr:
    """What statements give that stand where a value is wanted: `$( … )`, `if` as a value."""
    body = reader.body(node.children)
    values = [one.value for one in body if isinstance(one, Evaluate)]
    if len(values) == 1 and len(body) == 1:
        return values[0]
    return Other(reader.file.of(node), node.type, tuple(values))


def _array(reader: _Reader, node: Node) -> Expr:
    """`@( … )`: the values of its statements, where one is a list those of the list."""
    values = [one.value for one in reader.body(node.children) if isinstance(one, Evaluate)]
    if len(values) == 1 and isinstance(values[0], Items):
        return Items(reader.file.of(node), values[0].items)
    return Items(reader.file.of(node), tuple(values))


def _list(reader: _Reader, node: Node) -> Expr:
    """`a, b`: the grammar nests the first of them."""
    return Items(reader.file.of(node), reader.values(node.children))


def _pipeline(reader: _Reader, node: Node) -> Expr:
    parts = reader.values(node.children)
    return parts[0] if len(parts) == 1 else Other(reader.file.of(node), "pipeline", parts)


def _command(reader: _Reader, node: Node) -> Expr:
    return Command(reader.file.of(node), tuple(_words(reader, node)))


def _words(reader: _Reader, node: Node) -> Iterator[Expr]:
    for child in node.children:
        if child.type in {"command_name", "command_name_expr"}:
            yield _name(reader, child)
        elif child.type == "command_elements":
            yield from _arguments(reader, child)


def _name(reader: _Reader, node: Node) -> Expr:
    inner = node.child(0) if node.child_count == 1 else None
    if node.type == "command_name_expr" and inner is not None:
        return _name(reader, inner) if inner.type == "command_name" else reader.expression(inner)
    return _token(reader, node)


def _arguments(reader: _Reader, node: Node) -> Iterator[Expr]:
    for child in node.children:
        kind = child.type
        if kind == "command_argument_sep":
            continue
        if kind == "command_parameter":
            written = reader.file.piece(child)
            yield reader.leaf(written, child.start_byte, child.end_byte)
        elif kind in {"redirection", "redirections"}:
            span = reader.file.of(child)
            yield Other(span, "redirect", (Literal(span, ">"), *_targets(reader, child)))
        elif kind == "argument_list":
            yield Items(reader.file.of(child), tuple(one.value for one in _given(reader, child)))
        elif child.is_named and kind != "comment":
            yield reader.expression(child)


def _targets(reader: _Reader, node: Node) -> tuple[Expr, ...]:
    names = [one for one in node.children if one.type == "redirected_file_name"]
    if not names and node.named_child_count:
        return tuple(one for child in node.children for one in _targets(reader, child))
    return tuple(value for name in names for value in reader.values(name.children))


def _member(reader: _Reader, node: Node) -> Expr:
    base = node.child(0)
    name = next((one for one in node.children if one.type == "member_name"), None)
    span = reader.file.of(node)
    if base is None:
        return Other(span, node.type)
    return Member(span, reader.expression(base), reader.file.piece(name) if name is not None else "")


def _element(reader: _Reader, node: Node) -> Expr:
    inner = [one for one in node.children if one.is_named]
    span = reader.file.of(node)
    if len(inner) != 2:
        return Other(span, node.type, reader.values(inner))
    return Index(span, reader.expression(inner[0]), reader.expression(inner[1]))


def _call(reader: _Reader, node: Node) -> Expr:
    arguments = next((one for one in node.children if one.type == "argument_list"), None)
    given = tuple(_given(reader, arguments)) if arguments is not None else ()
    return Call(reader.file.of(node), _member(reader, node), given)


def _given(reader: _Reader, node: Node) -> Iterator[Argument]:
    for child in node.children:
        if child.type == "argument_expression_list":
            yield from (Argument(one) for one in reader.values(child.children))


def _type(reader: _Reader, node: Node) -> Expr:
    return Name(reader.file.of(node), reader.file.piece(node).strip("[]"))


def _cast(reader: _Reader, node: Node) -> Expr:
    inner = [one for one in node.children if one.is_named and one.type != "type_literal"]
    return reader.expression(inner[-1]) if inner else _other(reader, node)


def _hash(reader: _Reader, node: Node) -> Expr:
    entries: list[Entry] = []
    for body in node.children:
        for entry in body.children if body.type == "hash_literal_body" else ():
            inner = [one for one in entry.children if one.is_named]
            if entry.type == "hash_entry" and len(inner) >= 2:
                entries.append(
                    Entry(reader.file.of(entry), reader.expression(inner[0]), reader.expression(inner[-1]))
                )
    return Record(reader.file.of(node), tuple(entries))


def _script_block(reader: _Reader, node: Node) -> Expr:
    return Other(reader.file.of(node), "script-block", _values_of(reader.body(node.children)))


def _values_of(body: tuple[Statement, ...]) -> tuple[Expr, ...]:
    found: list[Expr] = []
    for one in body:
        match one:
            case Evaluate(value=value):
                found.append(value)
            case Assign(value=value) if value is not None:
                found.append(value)
            case Block(body=inner) | Repeat(body=inner):
                found.extend(_values_of(inner))
            case _:
                pass
    return tuple(found)


# -- statements


def _expression_statement(reader: _Reader, node: Node) -> Iterator[Statement]:
    if node.type != "comment":
        yield Evaluate(reader.file.of(node), reader.expression(node))


def _several(reader: _Reader, node: Node) -> Iterator[Statement]:
    yield from reader.body(node.children)


def _pipeline_statement(reader: _Reader, node: Node) -> Iterator[Statement]:
    first = node.child(0)
    if first is not None and first.type == "assignment_expression":
        yield from _assignment(reader, first)
    else:
        yield Evaluate(reader.file.of(node), reader.expression(node))


def _assignment(reader: _Reader, node: Node) -> Iterator[Statement]:
    target, value = node.child(0), node.child_by_field_name("value")
    if target is None:
        return
    made = reader.expression(value) if value is not None else None
    yield Assign(reader.file.of(node), reader.expression(target), made)


def _parameters(reader: _Reader, node: Node) -> Iterator[Statement]:
    for one in _parameters_in(reader, node):
        yield Assign(one.span, Name(one.span, one.name), one.default, type=one.type, words=("param",))


def _parameters_in(reader: _Reader, node: Node) -> Iterator[Parameter]:
    for child in node.children:
        if child.type == "parameter_list":
            yield from (_parameter(reader, one) for one in child.children if one.type == "script_parameter")


def _parameter(reader: _Reader, node: Node) -> Parameter:
    name = default = written = None
    for child in node.children:
        if child.type == "variable":
            name = reader.file.piece(child).lstrip("$")
        elif child.type == "script_parameter_default":
            default = next(iter(reader.values(child.children)), None)
        elif child.type == "attribute_list":
            marks = [reader.file.piece(one).strip("[]") for one in child.children if one.is_named]
            written = next((one for one in reversed(marks) if "(" not in one), None)
    return Parameter(reader.file.of(node), name or "", written, default)


def _function(reader: _Reader, node: Node) -> Iterator[Statement]:
    span = reader.file.of(node)
    name = next((reader.file.piece(one) for one in node.children if one.type == "function_name"), "")
    parameters: list[Parameter] = []
    body: list[Statement] = []
    for child in node.children:
        if child.type == "function_parameter_declaration":
            parameters.extend(_parameters_in(reader, child))
        elif child.type == "script_block":
            for part in child.children:
                if part.type == "param_block":
                    parameters.extend(_parameters_in(reader, part))
                elif part.is_named:
                    body.extend(reader.statements(part))
    yield Define(span, Function(span=span, name=name, parameters=tuple(parameters), body=tuple(body)))


def _if(reader: _Reader, node: Node) -> Iterator[Statement]:
    condition = node.child_by_field_name("condition")
    blocks = [one for one in node.children if one.type == "statement_block"]
    body = tuple(one for block in blocks for one in reader.body(block.children))
    test = reader.expression(condition) if condition is not None else None
    yield Block(reader.file.of(node), "if", body, test)
    for child in node.children:
        if child.type == "elseif_clauses":
            for clause in child.children:
                yield from _if(reader, clause)
        elif child.type in {"elseif_clause", "else_clause"}:
            yield from _if(reader, child)


def _loop(reader: _Reader, node: Node) -> Iterator[Statement]:
    names: list[str] = []
    over: Expr | None = None
    body: list[Statement] = []
    for child in node.children:
        if child.type == "statement_block":
            body.extend(reader.body(child.children))
        elif child.type == "variable":
            names.append(reader.file.piece(child).lstrip("$"))
        elif child.is_named and child.type != "comment":
            over = reader.expression(child)
    yield Repeat(reader.file.of(node), tuple(names), over, tuple(body))


def _block(reader: _Reader, node: Node) -> Iterator[Statement]:
    yield Block(reader.file.of(node), node.type, reader.body(node.children))


def _return(reader: _Reader, node: Node) -> Iterator[Statement]:
    word = node.child(0)
    values = reader.values(node.children)
    if word is not None and word.type in {"return", "exit", "throw"}:
        yield Return(reader.file.of(node), values[0] if values else None)


_STATEMENTS: dict[str, Callable[[_Reader, Node], Iterator[Statement]]] = {
    "statement_list": _several,
    "script_block": _several,
    "script_block_body": _several,
    "statement_block": _several,
    "ERROR": _several,
    "pipeline": _pipeline_statement,
    "assignment_expression": _assignment,
    "param_block": _parameters,
    "function_statement": _function,
    "if_statement": _if,
    "foreach_statement": _loop,
    "for_statement": _loop,
    "while_statement": _loop,
    "do_statement": _loop,
    "try_statement": _block,
    "catch_clauses": _several,
    "catch_clause": _several,
    "finally_clause": _several,
    "switch_statement": _block,
    "switch_body": _several,
    "switch_clauses": _several,
    "switch_clause": _several,
    "named_block_list": _several,
    "named_block": _block,
    "flow_control_statement": _return,
}
_EXPRESSIONS: dict[str, Callable[[_Reader, Node], Expr]] = {
    "generic_token": _token,
    "command_name": _token,
    "simple_name": _token,
    "expandable_string_literal": _expandable,
    "expandable_here_string_literal": _here_string,
    "verbatim_string_characters": _verbatim,
    "verbatim_here_string_characters": _verbatim_here,
    "variable": _variable,
    "braced_variable": _variable,
    "decimal_integer_literal": _number,
    "hexadecimal_integer_literal": _number,
    "real_literal": _number,
    "parenthesized_expression": _parenthesized,
    "sub_expression": _of_statements,
    "statement_list": _of_statements,
    "statement_block": _of_statements,
    "if_statement": _of_statements,
    "array_expression": _array,
    "array_literal_expression": _list,
    "logical_expression": _either,
    "pipeline": _pipeline,
    "pipeline_chain": _pipeline,
    "command": _command,
    "member_access": _member,
    "element_access": _element,
    "invokation_expression": _call,
    "type_literal": _type,
    "cast_expression": _cast,
    "hash_literal_expression": _hash,
    "script_block_expression": _script_block,
    "script_block": _script_block,
}
