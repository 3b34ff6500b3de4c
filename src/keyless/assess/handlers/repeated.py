"""Whether code runs again and again for the same thing: for each request, or in a loop.

Rules:
- in a handler, or a function that handlers call, it runs for each request;
- in a loop it does where nothing in it differs from round to round; what gives back within the loop, or is
  tried in it, tries again, and a `while` waits for something: both are left out;
- what is kept once it is done does not.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass

from keyless.assess.handlers.cached import is_kept
from keyless.assess.handlers.reached import Reached, reached_from_handlers
from keyless.assess.handlers.varying import loops_around, names_of_loops, varies_with
from keyless.assess.repository import Repository
from keyless.assess.syntax.expressions import Block, Call, Expr, Loop, Repeat, Return, Statement
from keyless.assess.syntax.walk import Within


class Again(enum.StrEnum):
    """Why code runs again."""

    REQUEST = "request"
    REACHED = "reached"
    LOOP = "loop"


@dataclass(frozen=True, slots=True)
class Repeated:
    """Code that runs again; ``reached`` is how, where it is for each request."""

    again: Again
    reached: Reached | None = None


def repeated(repository: Repository, call: Call, within: Within) -> Repeated | None:
    """Why a call is made again and again; none where nothing shows that it is."""
    if is_kept(call, within):
        return None
    reached = repository.view(reached_from_handlers).of(within)
    if reached is not None:
        return Repeated(Again.REACHED if reached.steps else Again.REQUEST, reached)
    return Repeated(Again.LOOP) if within.in_loop and _in_vain(call, within) else None


def _in_vain(call: Call, within: Within) -> bool:
    """Whether each round of a loop makes the same call."""
    body = within.function.body if within.function is not None else within.unit.body
    around = list(loops_around(body, call.span))
    if not around or any(isinstance(one, Repeat) and (not one.names or _tries(one.body)) for one in around):
        return False
    names = names_of_loops(body, call.span)
    given: list[Expr] = [one.value for one in call.arguments]
    return not any(varies_with(one, names) for one in (call.callee, *given)) and _plain(around)


def _plain(around: list[Repeat | Loop]) -> bool:
    return all(one.over is not None for one in around)


def _tries(body: tuple[Statement, ...]) -> bool:
    return any(
        isinstance(one, Return) or (isinstance(one, Block) and (one.kind == "try" or _tries(one.body)))
        for one in body
    )
