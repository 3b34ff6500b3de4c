"""Where an expression stands when it is followed, and one step back from it.

Rules:
- a spot is code (``within``), a template, or anything else of a file, which only has its path;
- ``frames`` are the calls that were gone into to get here, innermost last: a parameter of the function that
  the last one calls has the value of that call, and of no other.
"""

from __future__ import annotations

from dataclasses import dataclass

from keyless.assess.deployed.scopes import Use
from keyless.assess.findings.finding import Step
from keyless.assess.settings.setting import Setting
from keyless.assess.syntax.expressions import Call, Expr, Function
from keyless.assess.syntax.span import Place, Span
from keyless.assess.syntax.templates import Template
from keyless.assess.syntax.walk import Within

_MOST_FRAMES = 4


@dataclass(frozen=True, slots=True, eq=False)
class Frame:
    """A call that was gone into, the function that it calls, and where the call stands."""

    function: Function
    call: Call
    spot: Spot


@dataclass(frozen=True, slots=True, eq=False)
class Spot:
    """Where an expression stands."""

    path: str
    within: Within | None = None
    template: Template | None = None
    frames: tuple[Frame, ...] = ()
    through: tuple[Use, ...] = ()
    """The modules of templates that were gone into, as ``frames`` are the calls of code."""

    def place(self, span: Span) -> Place:
        """The place of a span of this file."""
        return Place(self.path, span)

    @property
    def key(self) -> tuple[int, ...]:
        """What tells two visits of one expression apart."""
        return (*(id(one.call) for one in self.frames), *map(id, self.through))

    def at(self, within: Within) -> Spot:
        """Another place of the code, with no call gone into."""
        return Spot(within.unit.path, within)

    def into(self, function: Function, call: Call, within: Within) -> Spot:
        """The body of a function that a call here calls."""
        frame = Frame(function, call, self)
        return Spot(within.unit.path, within, None, (*self.frames, frame)[-_MOST_FRAMES:])


@dataclass(frozen=True, slots=True, eq=False)
class Hop:
    """One step back: the value is that of ``to`` at ``spot``. ``what`` says how it came from there, at
    ``place``; with none of these the step is not worth a word (parentheses, conversions)."""

    to: Expr | Setting
    spot: Spot
    what: str = ""
    place: Place | None = None
    vault: str = ""
    """The secret of a vault that the value is kept in between."""
    onward: tuple[Step, ...] = ()
    """What lies between there and here, the nearest to here first."""


def code_spot(within: Within) -> Spot:
    """A place in code."""
    return Spot(within.unit.path, within)
