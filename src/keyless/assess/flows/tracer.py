"""Following an expression back, one step at a time, within bounds: what the parts of the search share.

Rules:
- every form has one function that gives the steps back from it; nothing else decides where a value comes
  from;
- a query looks at a bounded number of expressions; what is left then is unknown, and nothing is looked at
  twice on one way;
- all queries together have a bound too: once it is reached flows are missing, so that is a problem;
- what an object is (which literal, which call makes it) is found by the same steps, and only as deep as a
  member of a member of it needs.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from keyless.assess.flows.code import Code, code
from keyless.assess.flows.flow import Flow
from keyless.assess.flows.spot import Hop, Spot
from keyless.assess.repository import Repository
from keyless.assess.settings.setting import Setting
from keyless.assess.settings.written import written_by_setting
from keyless.assess.syntax.expressions import Expr
from keyless.assess.syntax.source import Lack, Problem


@dataclass(frozen=True, slots=True, eq=False)
class Seen:
    """What one look at an expression shows: flows that begin there, and steps further back."""

    flows: tuple[Flow, ...] = ()
    hops: tuple[Hop, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.flows or self.hops)


Look = Callable[["Tracer", Expr, Spot], Seen]
NOTHING = Seen()

_LOOKED_AT_IN_A_QUERY = 600
_LOOKED_AT_IN_ALL = 2_000_000
_TOO_MUCH = Problem(
    "",
    Lack.TOO_SLOW,
    f"flows were followed through {_LOOKED_AT_IN_ALL:,} expressions and no further: assess parts of it",
)
_DEEPEST = 12
_MOST_VALUES = 8
_MOST_PASSED = 64


class Tracer:
    """The steps back from expressions of one repository."""

    def __init__(self, repository: Repository, look: Look) -> None:
        self.repository = repository
        self.code: Code = repository.view(code)
        self._look = look
        self._left = 0
        self._left_in_all = _LOOKED_AT_IN_ALL
        self._depth = 0
        self._active: set[tuple[int, tuple[int, ...]]] = set()

    def begin(self) -> None:
        """A new query."""
        self._left = _LOOKED_AT_IN_A_QUERY

    def spend(self) -> bool:
        """Whether one more expression may be looked at."""
        self._left -= 1
        self._left_in_all -= 1
        if self._left_in_all <= 0:
            self.repository.lacking.add(_TOO_MUCH)
            return False
        return self._left > 0

    def look(self, expression: Expr, spot: Spot) -> Seen:
        """What an expression shows; nothing where the bounds are reached, or it is being looked at."""
        key = (id(expression), spot.key)
        if key in self._active or self._depth >= _DEEPEST or not self.spend():
            return NOTHING
        self._active.add(key)
        self._depth += 1
        try:
            return self._look(self, expression, spot)
        finally:
            self._depth -= 1
            self._active.discard(key)

    def values(self, expression: Expr, spot: Spot) -> list[tuple[Expr, Spot]]:
        """What an expression is, as far as it can be followed: literals, objects, calls, unknown names.

        What is read from settings is what the repository writes there.
        """
        return [(one, at) for one, at, ends in self.passing(expression, spot) if ends][:_MOST_VALUES]

    def passing(self, expression: Expr, spot: Spot) -> list[tuple[Expr, Spot, bool]]:
        """All that the search for values passes, with whether it ends there."""
        found: list[tuple[Expr, Spot, bool]] = []
        seen: set[tuple[int, tuple[int, ...]]] = set()
        waiting: list[tuple[Expr, Spot]] = [(expression, spot)]
        for one, at in waiting:
            key = (id(one), at.key)
            if key in seen or len(found) >= _MOST_PASSED:
                continue
            seen.add(key)
            hops = self.look(one, at).hops
            found.append((one, at, not hops))
            for hop in hops:
                waiting.extend(self._written(hop.to) if isinstance(hop.to, Setting) else [(hop.to, hop.spot)])
        return found

    def _written(self, setting: Setting) -> list[tuple[Expr, Spot]]:
        writes = self.repository.view(written_by_setting).get(setting, ())[:_MOST_VALUES]
        return [(one.value, Spot(one.place.path, one.within, one.template)) for one in writes]
