"""What an expression is at a call of a client: the values that it may have, and its type.

Rules:
- values and types are those that flows follow, over functions and files;
- a chain of calls has the type that it starts at: `new XBuilder().a().b()` is still of the builder.
"""

from __future__ import annotations

from functools import lru_cache

from keyless.assess.flows.code import code
from keyless.assess.flows.origins import look
from keyless.assess.flows.spot import Spot, code_spot
from keyless.assess.flows.targets import targets
from keyless.assess.flows.tracer import Tracer
from keyless.assess.flows.types import type_of
from keyless.assess.repository import Repository
from keyless.assess.settings.setting import Setting
from keyless.assess.syntax.code import Unit
from keyless.assess.syntax.expressions import Call, Expr, Literal, Member, dotted
from keyless.assess.syntax.walk import Within

_LONGEST_CHAIN = 64
_MOST_VALUES = 8
_NOTHING = (None, "")


class Nearby:
    """The values and types of one repository's expressions."""

    def __init__(self, repository: Repository) -> None:
        self._code = repository.view(code)
        self._tracer = Tracer(repository, look)

    def values(self, expression: Expr, within: Within) -> list[tuple[Expr, Within]]:
        """What an expression may be, other than nothing; itself where no more is known."""
        self._tracer.begin()
        found: list[tuple[Expr, Within]] = []
        seen: set[tuple[int, tuple[int, ...]]] = set()
        waiting: list[tuple[Expr, Spot]] = [(expression, code_spot(within))]
        for one, spot in waiting:
            key = (id(one), spot.key)
            if key in seen or spot.within is None or len(found) >= _MOST_VALUES:
                continue
            seen.add(key)
            hops = () if self._is_made(one, spot.within) else self._tracer.look(one, spot).hops
            waiting.extend((hop.to, hop.spot) for hop in hops if not isinstance(hop.to, Setting))
            if not hops and not _is_empty(one):
                found.append((one, spot.within))
        return found or [(expression, within)]

    def _is_made(self, expression: Expr, within: Within) -> bool:
        """Whether it is a call of no function of the repository: what that makes is the value."""
        return isinstance(expression, Call) and not targets(self._code, expression, within)

    def declared(self, expression: Expr, within: Within) -> str:
        """The type of an expression as it is written; empty where nothing says it."""
        return type_of(self._code, expression, within)

    def made(self, expression: Expr, within: Within) -> list[tuple[str, Unit]]:
        """The plain names of the types that a chain of calls may start at, each with the file saying so."""
        first, one = _start(expression)
        if isinstance(one, Call) and self._is_made(one, within):
            return [(plain(dotted(one.callee) or ""), within.unit)]
        if first is not one and isinstance(first, Call) and targets(self._code, first, within):
            one = first
        written = self.declared(one, within)
        found = [(plain(written), within.unit)] if written else []
        for value, at in () if written and not isinstance(one, Call) else self.values(one, within):
            _, start = _start(value)
            if isinstance(start, Call):
                found.append((plain(dotted(start.callee) or ""), at.unit))
        return found or [(plain(dotted(one) or ""), within.unit)]


@lru_cache(maxsize=65536)
def plain(written: str) -> str:
    """The name of a type without its module and what it is made of."""
    return written.strip("*&? ").partition("<")[0].rpartition(".")[2]


def _start(expression: Expr) -> tuple[Expr, Expr]:
    """The first call of a chain, and what the chain starts at."""
    first = one = expression
    for _ in range(_LONGEST_CHAIN):
        if isinstance(one, Call) and isinstance(one.callee, Member) and not one.new:
            first, one = one, one.callee.base
        elif isinstance(one, Call) and isinstance(one.callee, Call):
            first, one = one, one.callee
        else:
            break
    return first, one


def _is_empty(expression: Expr) -> bool:
    return isinstance(expression, Literal) and expression.value in _NOTHING
