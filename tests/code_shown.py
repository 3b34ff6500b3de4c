"""Code in the one form, written down in short, so that tests can say what a reader makes of a text."""

from __future__ import annotations

from keyless.assess.sources.read import read
from keyless.assess.syntax.expressions import (
    Argument,
    Assign,
    Block,
    Call,
    Choice,
    Class,
    Define,
    Entry,
    Evaluate,
    Expr,
    Function,
    Index,
    Items,
    Joined,
    Lambda,
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
from keyless.assess.syntax.source import Source


def source_of(path: str, text: str) -> Source:
    """What is read of a text that has to be understood whole."""
    found = read(path, text.encode())
    assert found is not None
    assert found.problems == ()
    return found


def shown(path: str, text: str) -> str:
    """The statements of a text."""
    (unit,) = source_of(path, text).units
    return "; ".join(_statement(one) for one in unit.body)


def _statement(one: Statement) -> str:
    match one:
        case Assign(target=target, value=value, type=type_, marks=marks, words=words):
            head = "".join(f"@{_expression(mark)} " for mark in marks) + "".join(f"{word} " for word in words)
            typed = f": {type_}" if type_ else ""
            return f"{head}{_expression(target)}{typed}" + (f" = {_expression(value)}" if value else "")
        case Return(value=value):
            return "return" if value is None else f"return {_expression(value)}"
        case Evaluate(value=value):
            return _expression(value)
        case Repeat(names=names, over=over, body=body):
            head = " ".join(("repeat", *names, *(() if over is None else ("over", _expression(over)))))
            return f"{head} {_body(body)}"
        case Block(kind=kind, condition=condition, body=body):
            asked = "" if condition is None else f" ({_expression(condition)})"
            return f"{kind}{asked} {_body(body)}"
        case Define(function=function):
            return f"def {_function(function)}"
        case Class(name=name, bases=bases, body=body, marks=marks):
            head = "".join(f"@{_expression(mark)} " for mark in marks)
            return f"{head}class {name}({', '.join(bases)}) {_body(body)}"


def _body(body: tuple[Statement, ...]) -> str:
    return "{" + "; ".join(_statement(one) for one in body) + "}"


def _function(one: Function) -> str:
    head = "".join(f"@{_expression(mark)} " for mark in one.marks) + "".join(f"{word} " for word in one.words)
    receiver = f"({_parameter(one.receiver)})." if one.receiver else ""
    result = f": {one.result}" if one.result else ""
    given = ", ".join(_parameter(each) for each in one.parameters)
    return f"{head}{receiver}{one.name}({given}){result} {_body(one.body)}"


def _parameter(one: Parameter) -> str:
    marks = "".join(f"@{_expression(mark)} " for mark in one.marks)
    typed = f": {one.type}" if one.type else ""
    default = f" = {_expression(one.default)}" if one.default else ""
    return f"{marks}{one.name}{typed}{default}"


def _expression(one: Expr) -> str:  # noqa: C901 - one arm a form
    match one:
        case Literal(value=value):
            return repr(value)
        case Name(id=name):
            return name
        case Member(base=base, name=name):
            return f"{_expression(base)}.{name}"
        case Index(base=base, key=key):
            return f"{_expression(base)}[{_expression(key)}]"
        case Call():
            return _call(one)
        case Joined(parts=parts):
            return f"+({_several(parts)})"
        case Items(items=items):
            return f"[{_several(items)}]"
        case Record(entries=entries, type=type_):
            return (type_ or "") + _entries(entries)
        case Choice(alternatives=alternatives, condition=condition):
            asked = "" if condition is None else f" by {_expression(condition)}"
            return f"?({_several(alternatives)}{asked})"
        case Lambda(function=function):
            return f"fn {_function(function).strip()}"
        case Other(kind=kind, parts=parts):
            return f"<{' '.join((kind, *(_expression(part) for part in parts)))}>"
    raise AssertionError(type(one).__name__)


def _several(found: tuple[Expr, ...]) -> str:
    return ", ".join(_expression(one) for one in found)


def _entries(entries: tuple[Entry, ...]) -> str:
    return "{" + ", ".join(f"{_expression(one.key)}: {_expression(one.value)}" for one in entries) + "}"


def _call(one: Call) -> str:
    types = f"<{', '.join(one.types)}>" if one.types else ""
    given = ", ".join(_argument(each) for each in one.arguments)
    then = _entries(one.then) if one.then else ""
    return f"{'new ' if one.new else ''}{_expression(one.callee)}{types}({given}){then}"


def _argument(one: Argument) -> str:
    name = f"{one.name}=" if one.name else ""
    return f"{'*' if one.spread else ''}{name}{_expression(one.value)}"
