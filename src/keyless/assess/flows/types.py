"""Which type a value has, as far as the code says it.

Rules:
- a declared type comes first, then the class that makes the object, then what the called function declares;
- `this` and `self` have the class around them; a type is given as it is written, with what it is made of.
"""

from __future__ import annotations

from keyless.assess.flows.code import Code
from keyless.assess.flows.definitions import DefinedClass, plain_type
from keyless.assess.flows.fields import field_writes
from keyless.assess.flows.writes import Write
from keyless.assess.syntax.expressions import Assign, Call, Expr, Function, Index, Member, Name, Record
from keyless.assess.syntax.walk import Within

SELF = frozenset({"self", "this", "cls"})
_UNTYPED = frozenset({"", "var", "let", "const", "auto", "any", "object", "dynamic", "String", "string"})
_DEEPEST = 5


def type_of(code: Code, expression: Expr, within: Within, depth: int = 0) -> str:  # noqa: PLR0911 - one arm a form
    """The type of an expression; empty where nothing says it."""
    if depth > _DEEPEST:
        return ""
    match expression:
        case Name(id=name):
            return _of_name(code, name, within, depth)
        case Member(base=base, name=name):
            return _of_field(code, name, class_of(code, base, within, depth + 1), depth)
        case Call():
            return _of_call(code, expression, within)
        case Record(type=written):
            return written or ""
        case Index(base=Call() as call):
            return type_of(code, call, within, depth + 1)
        case _:
            return ""


def class_of(code: Code, expression: Expr, within: Within, depth: int = 0) -> list[DefinedClass]:
    """The classes of the repository that an expression's type means."""
    if isinstance(expression, Name) and expression.id in SELF:
        around = code.class_around(within)
        return [] if around is None else [around]
    written = type_of(code, expression, within, depth)
    return code.defined.classes_named(plain_type(written), within.unit)[:4] if written else []


def _of_name(code: Code, name: str, within: Within, depth: int) -> str:
    for function in reversed(within.functions):
        if found := _declared(function, name):
            return found
        if writes := code.writes(function).of(name):
            return _of_writes(code, writes, within, depth)
    if within.classes and (around := code.class_around(within)):
        if name in SELF:
            return around.declared.name
        if found := _of_field(code, name, [around], depth):
            return found
    return _of_writes(code, [one for _, one in code.top(within.unit, name)], Within(within.unit), depth)


def _declared(function: Function, name: str) -> str:
    receiver = () if function.receiver is None else (function.receiver,)
    return next((one.type or "" for one in (*receiver, *function.parameters) if one.name == name), "")


def _of_writes(code: Code, writes: list[Write], within: Within, depth: int) -> str:
    for write in writes[:4]:
        if isinstance(write.statement, Assign) and (write.statement.type or "") not in _UNTYPED:
            return write.statement.type or ""
        if write.value is not None and (found := type_of(code, write.value, within, depth + 1)):
            return found
    return ""


def _of_field(code: Code, name: str, classes: list[DefinedClass], depth: int) -> str:
    for one in classes:
        for write, within in field_writes(code, one, name):
            if found := _of_writes(code, [write], within, depth):
                return found
    return ""


def _of_call(code: Code, call: Call, within: Within) -> str:
    callee = call.callee
    if len(call.types) == 1 and isinstance(callee, Member):
        return call.types[0]
    name = callee.id if isinstance(callee, Name) else callee.name if isinstance(callee, Member) else ""
    if code.defined.classes_named(plain_type(name), within.unit):
        return name
    results = {one.function.result for one in code.defined.functions.get(name, ())}
    if len(results) == 1:
        return (results.pop() or "").strip("() ").partition(",")[0]
    return name if isinstance(callee, Name) and name[:1].isupper() else ""
