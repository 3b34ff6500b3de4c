"""How far a plan is proved: that it is the least, that it covers what was used, and what time would show."""

from __future__ import annotations

import enum

import msgspec

from keyless.model.actions import ActionPlane
from keyless.plan.results.actions import GrantedAction


class Method(enum.StrEnum):
    """How the roles at one scope were found to be the best ones."""

    REDUCTION = "reduction"
    """Nothing was left to choose."""
    SEARCH = "search"
    """Every cover that could have been better was looked at."""
    SOLVER = "solver"
    """A mixed-integer programme, solved by HiGHS."""
    WIDENED = "widened"
    """A rule of thumb, to keep a limit on assignments; the bound is that of the plan without a limit."""


class Certificate(msgspec.Struct, frozen=True, rename="camel", kw_only=True):
    """What is proved of the roles that one principal gets at one scope.

    ``cost`` is what the choice weighs, its excess and odd roles; ``bound`` a number that no choice is below;
    they are equal where it is ``optimal``.
    """

    principal_id: str
    scope: str
    method: Method
    cost: int
    bound: int

    @property
    def optimal(self) -> bool:
        """Whether no choice has less excess."""
        return self.cost == self.bound


class Permission(msgspec.Struct, frozen=True, order=True, rename="camel"):
    """One action for one principal at one scope."""

    principal_id: str
    scope: str
    plane: ActionPlane
    action: str


class Added(msgspec.Struct, frozen=True, rename="camel", kw_only=True):
    """What one assignment of a plan grants and nothing grants today: exactly, in the shorter of two forms.

    It is ``count`` permissions of the role: all of them, less ``all_but``; or where that is shorter, those in
    ``only``. ``used`` are those of them that were used.
    """

    assignment_id: str
    principal_id: str
    role_id: str
    role_name: str
    scope: str
    count: int
    used: tuple[GrantedAction, ...] = ()
    only: tuple[GrantedAction, ...] | None = None
    all_but: tuple[GrantedAction, ...] = ()


class Containment(msgspec.Struct, frozen=True, rename="camel", kw_only=True):
    """The plan against the evidence, and against what is granted today, action by action.

    ``used`` is how many permissions were used, each decided upon as the service would: ``by_plan`` of them
    the plan's assignments allow by themselves, ``by_kept`` only assignments that it leaves; ``uncovered``
    no role grants, which the plan says; ``missing`` are the rest, and there must be none. ``added`` is what
    the plan grants and nothing grants today.
    """

    used: int
    by_plan: int = 0
    by_kept: int = 0
    uncovered: int = 0
    missing: tuple[Permission, ...] = ()
    added: tuple[Added, ...] = ()

    @property
    def holds(self) -> bool:
        """Whether all that was used is allowed, or said not to be."""
        return not self.missing


class Dropped(msgspec.Struct, frozen=True, rename="camel", kw_only=True):
    """What was used and is not planned for; ``reason`` says by which rule. Times in epoch seconds."""

    principal_id: str
    scope: str
    plane: ActionPlane
    action: str
    count: int
    last_seen: int
    reason: str


class WouldDeny(msgspec.Struct, frozen=True, rename="camel", kw_only=True):
    """What a plan made from the first part of the evidence would have denied in the rest of it.

    A ``new_caller`` was not seen at all in the first part.
    """

    principal_id: str
    scope: str
    plane: ActionPlane
    action: str
    count: int
    first_seen: int
    new_caller: bool = False


class Forecast(msgspec.Struct, frozen=True, rename="camel", kw_only=True):
    """A hold-out over time: planned on what was seen before ``split_at``, tested on what was seen after it.

    ``events`` were tested, ``denied`` of them would have been, as ``would_deny`` lists; ``unused`` of the
    permissions ``granted`` by that plan were not used in the rest. ``planned_for`` of them were granted
    because they were used before; ``not_again`` lists which of these were not used in the rest. Times in
    epoch seconds.
    """

    since: int
    split_at: int
    until: int
    events: int
    denied: int
    granted: int
    unused: int
    planned_for: int = 0
    would_deny: tuple[WouldDeny, ...] = ()
    not_again: tuple[Permission, ...] = ()

    @property
    def denied_share(self) -> float:
        """The part of the events that would have been denied: how much too tight that plan was."""
        return self.denied / self.events if self.events else 0.0

    @property
    def unused_share(self) -> float:
        """The part of the permissions that were not used: how much wider than needed that plan was."""
        return self.unused / self.granted if self.granted else 0.0
