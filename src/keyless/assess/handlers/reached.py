"""What handlers call: functions of the repository that run for each request without being handlers.

Rules:
- calls are followed from handlers through a few functions, by the same knowledge of what a call calls that
  flows have;
- what is kept (memoised, lazy, under a guard) is not followed: it does not run for each request;
- a class that a handler makes an object of runs its constructor.
"""

from __future__ import annotations

from collections import defaultdict, deque
from dataclasses import dataclass

from keyless.assess.calls import CallSite, calls
from keyless.assess.findings.finding import Step
from keyless.assess.flows.code import code
from keyless.assess.flows.targets import targets
from keyless.assess.handlers.cached import is_kept, is_memoised
from keyless.assess.handlers.handler import Handler, handlers
from keyless.assess.repository import Repository
from keyless.assess.syntax.expressions import Function
from keyless.assess.syntax.span import Place
from keyless.assess.syntax.walk import Within

_DEEPEST = 4


@dataclass(frozen=True, slots=True, eq=False)
class Reached:
    """A function, and the handler that it is reached from; ``steps`` are the calls on the way."""

    handler: Handler
    function: Function
    steps: tuple[Step, ...] = ()


class ReachedFunctions:
    """The functions that run for each request, by how they are reached."""

    def __init__(self, repository: Repository) -> None:
        self._handlers = repository.view(handlers)
        self._found: dict[int, Reached] = {}
        self._go(repository)

    def of(self, around: Within) -> Reached | None:
        """How code is reached for each request; none where it is not, as far as that can be seen."""
        handler = self._handlers.of(around)
        if handler is not None:
            return Reached(handler, handler.function)
        return next((found for one in around.functions if (found := self._found.get(id(one)))), None)

    def _go(self, repository: Repository) -> None:
        sites: dict[int, list[CallSite]] = defaultdict(list)
        waiting: deque[tuple[CallSite, Reached]] = deque()
        for site in repository.view(calls):
            handler = self._handlers.of(site.within)
            if handler is not None:
                waiting.append((site, Reached(handler, handler.function)))
            for function in site.within.functions:
                sites[id(function)].append(site)
        linked = repository.view(code)
        while waiting:
            site, by = waiting.popleft()
            if len(by.steps) >= _DEEPEST:
                continue
            for called in targets(linked, site.call, site.within):
                function = called.function
                if id(function) in self._found or is_memoised(function) or is_kept(site.call, site.within):
                    continue
                if self._handlers.of(called.within) is not None:
                    continue
                step = Step(Place(site.within.unit.path, site.call.span), f"calls `{called.name}`")
                reached = Reached(by.handler, function, (*by.steps, step))
                self._found[id(function)] = reached
                waiting.extend((one, reached) for one in sites[id(function)])


def reached_from_handlers(repository: Repository) -> ReachedFunctions:
    """What runs for each request: `repository.view(reached_from_handlers)`."""
    return ReachedFunctions(repository)
