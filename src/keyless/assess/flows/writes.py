"""What is assigned to names: the writes of a function, a file or a class, and which of them can reach a use.

Rules:
- within one function the last write before the use that surely runs before it ends the search; writes under a
  condition come beside it; where the use stands in a loop with the write, a later write reaches it too;
- `with` and `using` run for sure; so does what stands in the same arm as the use;
- taking apart (`{a, b} = x`, `a, b = f()`) writes each name with a member or index of what is taken apart;
- the variable of a loop has one of the elements of what is gone through.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from keyless.assess.syntax.expressions import (
    Assign,
    Block,
    Define,
    Expr,
    Index,
    Items,
    Lambda,
    Literal,
    Member,
    Name,
    Other,
    Record,
    Repeat,
    Statement,
    dotted,
    text_of,
)
from keyless.assess.syntax.span import Span

_SURE = frozenset({"with", "using", "lock", "fixed", "checked", "synchronized", "with_statement", "block"})
EACH = "each"
"""The kind of an ``Other`` that stands for the elements of its only part."""


@dataclass(frozen=True, slots=True, eq=False)
class Write:
    """A name (`x`, `self.x`, `options.Key`) that gets a value; none where it is only declared."""

    name: str
    value: Expr | None
    span: Span
    statement: Statement
    arms: tuple[int, ...] = ()
    """Starts of the conditional blocks and loops around it, within the function."""
    loops: tuple[tuple[int, int], ...] = ()


class Writes:
    """The writes of one body by name, in the order of the file."""

    def __init__(self, body: tuple[Statement, ...]) -> None:
        self.by_name: dict[str, list[Write]] = defaultdict(list)
        for write in _writes(body):
            self.by_name[write.name].append(write)

    def of(self, name: str) -> list[Write]:
        """All writes of a name."""
        return self.by_name.get(name, [])

    def reaching(self, name: str, position: int) -> list[Write]:
        """The writes of a name that a use at a byte offset may see, the nearest first."""
        found: list[Write] = []
        for write in reversed(self.of(name)):
            if write.span.start >= position:
                if any(start <= position < end for start, end in write.loops):
                    found.append(write)
                continue
            if write.span.start <= position < write.span.end and _declares(write, position):
                continue
            found.append(write)
            if _is_sure(write, position) and write.value is not None:
                break
        return found


def _declares(write: Write, position: int) -> bool:
    """Whether the use stands in the very statement that writes: `x = f(x)` sees earlier ones."""
    value = write.value
    return value is not None and value.span.start <= position < value.span.end


def _is_sure(write: Write, position: int) -> bool:
    statement = write.statement
    if isinstance(statement, Assign) and "+=" in statement.words:
        return False
    return all(start <= position < end for start, end in _pairs(write.arms))


def _pairs(arms: tuple[int, ...]) -> Iterator[tuple[int, int]]:
    return zip(arms[::2], arms[1::2], strict=True)


def _writes(body: tuple[Statement, ...]) -> Iterator[Write]:
    waiting: list[tuple[Statement, tuple[int, ...], tuple[tuple[int, int], ...]]] = [
        (one, (), ()) for one in reversed(body)
    ]
    while waiting:
        statement, arms, loops = waiting.pop()
        match statement:
            case Assign(target=target, value=value):
                for name, part in _targets(target, value):
                    yield Write(name, part, statement.span, statement, arms, loops)
            case Repeat(names=names, over=over, body=inner):
                if over is not None:
                    element = Other(over.span, EACH, (over,))
                    for name, part in _elements(names, element):
                        yield Write(name, part, over.span, statement, arms, loops)
                around = (statement.span.start, statement.span.end)
                waiting.extend((one, arms + around, (*loops, around)) for one in reversed(inner))
            case Block(kind=kind, body=inner):
                more = () if kind in _SURE else (statement.span.start, statement.span.end)
                waiting.extend((one, arms + more, loops) for one in reversed(inner))
            case Define(function=function):
                value = Lambda(statement.span, function)
                yield Write(function.name, value, statement.span, statement, arms, loops)
            case _:
                pass


def _elements(names: tuple[str, ...], element: Expr) -> Iterator[tuple[str, Expr]]:
    if len(names) == 1:
        yield names[0], element
        return
    for position, name in enumerate(names):
        yield name, Index(element.span, element, Literal(element.span, position))


def _targets(target: Expr, value: Expr | None) -> Iterator[tuple[str, Expr | None]]:
    waiting: list[tuple[Expr, Expr | None]] = [(target, value)]
    while waiting:
        one, given = waiting.pop()
        match one:
            case Items(items=items):
                waiting.extend(
                    (item, _taken(given, position)) for position, item in reversed(list(enumerate(items)))
                )
            case Record(entries=entries):
                for entry in reversed(entries):
                    key = text_of(entry.key) or (entry.key.id if isinstance(entry.key, Name) else None)
                    if key is not None:
                        waiting.append(
                            (entry.value, None if given is None else Member(entry.span, given, key))
                        )
            case Index(base=base, key=Literal(value=str() as key)):
                if name := dotted(base):
                    yield f"{name}.{key}", given
            case _:
                if name := dotted(one):
                    yield name, given


def _taken(given: Expr | None, position: int) -> Expr | None:
    if isinstance(given, Items) and position < len(given.items):
        return given.items[position]
    return None if given is None else Index(given.span, given, Literal(given.span, position))
