"""What the names of a file have as values and types, as far as the file itself says it.

Rules:
- the functions around come first, from the innermost, then the fields of the class, then the top of the file;
- the last value before the use counts; a name that only one place writes has that value wherever it stands.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, replace

from keyless.assess.syntax.code import Unit
from keyless.assess.syntax.expressions import (
    Assign,
    Block,
    Call,
    Class,
    Define,
    Expr,
    Function,
    Member,
    Name,
    Repeat,
    Statement,
    dotted,
)
from keyless.assess.syntax.walk import Within

_SELF = ("self.", "this.")


@dataclass(frozen=True, slots=True)
class Held:
    """A value that a name is given, and what it stands in; ``type`` is the declared one."""

    value: Expr | None
    within: Within
    type: str = ""


class Nearby:
    """The names of the files that are asked about; each body is gone through once."""

    def __init__(self) -> None:
        self._bodies: dict[int, tuple[object, dict[str, list[Held]]]] = {}

    def held(self, expression: Expr, within: Within) -> Held | None:
        """What a name or field holds where it is used; none where the file does not say."""
        name = dotted(expression)
        if name is None:
            return None
        for function, around in _functions(within):
            if found := self._of(function, around).get(name):
                return _before(found, expression)
            parameter = next((one for one in function.parameters if one.name == name), None)
            if parameter is not None:
                return Held(None, around, parameter.type or "")
        return self._field(name, within) or self._at_top(name, within)

    def made(self, expression: Expr, within: Within) -> str:
        """The type of an expression: declared, made on the spot, or that a chain of calls starts at."""
        for _ in range(8):
            match expression:
                case Call(callee=Member(base=base), new=False):
                    expression = base
                case Call(callee=callee):
                    return plain(dotted(callee) or "")
                case _:
                    held = self.held(expression, within)
                    if held is None:
                        return plain(dotted(expression) or "")
                    if held.type and held.type not in _UNTOLD:
                        return plain(held.type)
                    if held.value is None:
                        return ""
                    expression, within = held.value, held.within
        return ""

    def value(self, expression: Expr, within: Within) -> tuple[Expr, Within]:
        """What a name holds, gone back through other names; the expression itself where nothing says it."""
        for _ in range(8):
            held = self.held(expression, within) if isinstance(expression, Name | Member) else None
            if held is None or held.value is None:
                break
            expression, within = held.value, held.within
        return expression, within

    def _field(self, name: str, within: Within) -> Held | None:
        bare = next((name.removeprefix(one) for one in _SELF if name.startswith(one)), name)
        for position in range(len(within.classes), 0, -1):
            around = replace(within, functions=(), given_to=(), classes=within.classes[:position])
            fields = self._of(within.classes[position - 1], around)
            found = fields.get(f"self.{name}") or fields.get(bare) or fields.get(f"this.{bare}")
            found = found or fields.get(f"self.{bare}")
            if found:
                return next((one for one in found if one.value is not None), found[0])
        return None

    def _at_top(self, name: str, within: Within) -> Held | None:
        found = self._of(within.unit, Within(within.unit)).get(name)
        return found[-1] if found else None

    def _of(self, body_of: Function | Class | Unit, around: Within) -> dict[str, list[Held]]:
        key = id(body_of)
        if key not in self._bodies:
            found: dict[str, list[Held]] = defaultdict(list)
            for name, held in _held(body_of.body, around, isinstance(body_of, Class)):
                found[name].append(held)
            self._bodies[key] = (body_of, dict(found))
        return self._bodies[key][1]


_UNTOLD = frozenset({"var", "let", "const", "auto", "any", "object", "dynamic"})


def plain(written: str) -> str:
    """The name of a type without its module and what it is made of."""
    return written.strip("*&? ").partition("<")[0].rpartition(".")[2]


def _functions(within: Within) -> Iterator[tuple[Function, Within]]:
    for position in range(len(within.functions), 0, -1):
        functions, given = within.functions[:position], within.given_to[:position]
        yield functions[-1], replace(within, functions=functions, given_to=given)


def _before(found: list[Held], expression: Expr) -> Held:
    earlier = [one for one in found if one.value is None or one.value.span.end <= expression.span.start]
    return (earlier or found)[-1]


def _held(body: tuple[Statement, ...], around: Within, into_functions: bool) -> Iterator[tuple[str, Held]]:
    waiting = [(one, around) for one in reversed(body)]
    while waiting:
        statement, within = waiting.pop()
        match statement:
            case Assign(target=target, value=value, type=declared):
                if name := dotted(target):
                    yield name, Held(value, replace(within, statement=statement), declared or "")
            case Block(body=inner) | Repeat(body=inner):
                waiting.extend((one, within) for one in reversed(inner))
            case Define(function=function) if into_functions:
                inside = replace(
                    within, functions=(*within.functions, function), given_to=(*within.given_to, None)
                )
                waiting.extend((one, inside) for one in reversed(function.body))
            case _:
                pass
