"""What an expression of a template comes to, where that is one plain value.

Rules:
- every way that it leads to must end in the same literal; what hangs on a condition that can be told is the
  side that it tells, and else that literal if both sides are;
- truths, comparisons for equality, `empty`, a text that is put together of plain ones, and the simplest
  functions of texts are worked out; nothing else is;
- whatever cannot be told is ``NOT_TOLD``, which is no value; null is one.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from keyless.assess.deployed.allowance import Allowance
from keyless.assess.deployed.linked import Linked, linked
from keyless.assess.deployed.scopes import Use
from keyless.assess.repository import Repository
from keyless.assess.syntax.expressions import Call, Choice, Expr, Joined, Literal, Other, dotted
from keyless.assess.syntax.templates import Template

_DEEPEST = 6
_MOST = 300
Plain = str | int | float | bool | None


class NotTold:
    """That a value cannot be told."""


NOT_TOLD = NotTold()


def plain(
    repository: Repository, template: Template, expression: Expr, through: tuple[Use, ...] = ()
) -> Plain | NotTold:
    """The value that an expression has wherever it is deployed."""
    if isinstance(expression, Literal):
        return expression.value
    return _Working(repository).out(Linked(expression, template, (), through), 0)


class _Working:
    """Works out one value."""

    def __init__(self, repository: Repository) -> None:
        self._repository = repository
        self._allowance = Allowance(_MOST)

    def out(self, at: Linked, depth: int) -> Plain | NotTold:
        """What an expression comes to."""
        if not self._allowance.spend():
            return NOT_TOLD
        ends = linked(self._repository, at.template, at.expression, at.through)
        return _same([self._end(end, depth) for end in ends])

    def _end(self, end: Linked, depth: int) -> Plain | NotTold:
        one = end.expression
        if isinstance(one, Literal):
            return one.value
        if depth > _DEEPEST:
            return NOT_TOLD
        return _put_together(one, lambda part: self.out(replace(end, expression=part), depth + 1))


def _same(values: list[Plain | NotTold]) -> Plain | NotTold:
    first = values[0] if values else NOT_TOLD
    same = all(type(one) is type(first) and one == first for one in values)
    return first if same else NOT_TOLD


def _put_together(one: Expr, of: Callable[[Expr], Plain | NotTold]) -> Plain | NotTold:
    if isinstance(one, Choice):
        told = of(one.condition) if one.condition is not None else NOT_TOLD
        if isinstance(told, bool) and len(one.alternatives) == 2:
            return of(one.alternatives[0 if told else 1])
        return _same([of(part) for part in one.alternatives])
    if isinstance(one, Joined):
        return _text([of(part) for part in one.parts])
    if isinstance(one, Other):
        return _operation(one, of)
    if isinstance(one, Call):
        return _called((dotted(one.callee) or "").casefold(), [of(each.value) for each in one.arguments])
    return NOT_TOLD


def _operation(one: Other, of: Callable[[Expr], Plain | NotTold]) -> Plain | NotTold:
    work = _OPERATIONS.get(one.kind)
    return work([of(part) for part in one.parts]) if work is not None else NOT_TOLD


def _not(sides: list[Plain | NotTold]) -> Plain | NotTold:
    return not sides[0] if sides and isinstance(sides[0], bool) else NOT_TOLD


def _equal(sides: list[Plain | NotTold]) -> Plain | NotTold:
    if any(isinstance(one, NotTold) for one in sides) or len(sides) != 2:
        return NOT_TOLD
    return type(sides[0]) is type(sides[1]) and sides[0] == sides[1]


def _different(sides: list[Plain | NotTold]) -> Plain | NotTold:
    return _not([_equal(sides)])


def _every(sides: list[Plain | NotTold]) -> Plain | NotTold:
    if any(one is False for one in sides):
        return False
    return True if all(one is True for one in sides) else NOT_TOLD


def _any(sides: list[Plain | NotTold]) -> Plain | NotTold:
    if any(one is True for one in sides):
        return True
    return False if all(one is False for one in sides) else NOT_TOLD


def _empty(given: list[Plain | NotTold]) -> Plain | NotTold:
    first = given[0] if given else NOT_TOLD
    return not first if isinstance(first, str) or first is None else NOT_TOLD


def _called(name: str, given: list[Plain | NotTold]) -> Plain | NotTold:
    first = given[0] if given else NOT_TOLD
    if name == "concat":
        return _text(given)
    if name in {"tolower", "lower"} and isinstance(first, str):
        return first.lower()
    if name in {"bool", "tobool"} and isinstance(first, bool):
        return first
    work = _FUNCTIONS.get(name)
    return work(given) if work is not None else NOT_TOLD


def _text(parts: list[Plain | NotTold]) -> Plain | NotTold:
    found: list[str] = []
    for one in parts:
        if not isinstance(one, str | int) or isinstance(one, bool):
            return NOT_TOLD
        found.append(str(one))
    return "".join(found)


_Work = Callable[[list[Plain | NotTold]], Plain | NotTold]
_OPERATIONS: dict[str, _Work] = {"!": _not, "==": _equal, "!=": _different, "&&": _every, "||": _any}
_FUNCTIONS: dict[str, _Work] = {
    "not": _not,
    "equals": _equal,
    "and": _every,
    "or": _any,
    "empty": _empty,
}
