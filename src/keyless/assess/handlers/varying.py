"""Whether a value differs from one run of some code to the next.

Rules:
- what a request brings differs with it: parameters of the handler, and what is made of them;
- what a loop goes through differs in it, and so does all that is assigned in it;
- a text, a setting and whatever else stands outside is the same each time.
"""

from __future__ import annotations

from collections.abc import Iterator

from keyless.assess.syntax.expressions import (
    Assign,
    Block,
    Expr,
    Function,
    Loop,
    Member,
    Name,
    Repeat,
    Statement,
    within,
)
from keyless.assess.syntax.span import Span

_SHARED = frozenset({"self", "this", "cls"})
_MOST_ROUNDS = 6


def varies_with(expression: Expr | None, names: frozenset[str]) -> bool:
    """Whether any of some names is in an expression."""
    if expression is None:
        return False
    return any(isinstance(one, Name) and one.id in names for one in within(expression))


def names_of_request(function: Function) -> frozenset[str]:
    """What a handler is given, and what it makes of that."""
    given = {one.name for one in function.parameters} - _SHARED
    return _with_what_follows(frozenset(given), function.body)


def names_of_loops(function_body: tuple[Statement, ...], span: Span) -> frozenset[str]:
    """What differs from round to round of the loops around a piece of code."""
    names: set[str] = set()
    body: tuple[Statement, ...] = ()
    for one in loops_around(function_body, span):
        names |= set(one.names)
        body = (*body, *one.body) if isinstance(one, Repeat) else body
    assigned = {
        one.target.id for one in _all(body) if isinstance(one, Assign) and isinstance(one.target, Name)
    }
    return frozenset(names | assigned)


def loops_around(body: tuple[Statement, ...], span: Span) -> Iterator[Repeat | Loop]:
    """The loops that a piece of code stands in, outermost first."""
    for statement in body:
        if not _around(statement.span, span):
            continue
        if isinstance(statement, Repeat):
            yield statement
        if isinstance(statement, Repeat | Block):
            yield from loops_around(statement.body, span)
        for value in _values(statement):
            yield from (one for one in within(value) if isinstance(one, Loop) and _around(one.span, span))


def _values(statement: Statement) -> Iterator[Expr]:
    value = getattr(statement, "value", None)
    if value is not None:
        yield value


def _around(outer: Span, inner: Span) -> bool:
    return outer.start <= inner.start and inner.end <= outer.end


def _with_what_follows(names: frozenset[str], body: tuple[Statement, ...]) -> frozenset[str]:
    """Names, and those that are assigned from them, through a few assignments."""
    known = set(names)
    assigned = [one for one in _all(body) if isinstance(one, Assign)]
    for _ in range(_MOST_ROUNDS):
        found = {_target(one) for one in assigned if varies_with(one.value, frozenset(known))} - {""}
        if found <= known:
            break
        known |= found
    return frozenset(known)


def _target(one: Assign) -> str:
    target: Expr = one.target
    while isinstance(target, Member):
        target = target.base
    return target.id if isinstance(target, Name) and target.id not in _SHARED else ""


def _all(body: tuple[Statement, ...]) -> Iterator[Statement]:
    waiting = list(reversed(body))
    while waiting:
        one = waiting.pop()
        yield one
        if isinstance(one, Repeat | Block):
            waiting.extend(reversed(one.body))
