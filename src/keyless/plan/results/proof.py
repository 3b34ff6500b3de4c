"""How far a plan is proved: that it is the least, that it covers what was used, and what time would show."""

from __future__ import annotations

import enum

import msgspec

from keyless.model.actions import ActionPlane


class Method(enum.StrEnum):
    """How the roles at one scope were found to be the best ones."""

    REDUCTION = "reduction"
    """Nothing was left to choose."""
    SEARCH = "search"
    """Every cover that could have been better was looked at."""
    SOLVER = "solver"
    """A mixed-integer programme, solved by HiGHS."""


class Certificate(msgspec.Struct, frozen=True, rename="camel", kw_only=True):
    """What is proved of the roles that one principal gets at one scope.

    ``cost`` is the weighted excess of what was chosen, ``bound`` a number that no choice can be below;
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


class Containment(msgspec.Struct, frozen=True, rename="camel", kw_only=True):
    """The plan against the evidence, and against what is granted today, action by action.

    ``used`` is how many permissions were used and looked at; ``missing`` are those of them that the plan does
    not grant, ``added`` what the plan grants and nothing grants today.
    """

    used: int
    missing: tuple[Permission, ...] = ()
    added: tuple[Permission, ...] = ()


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
    """What a plan made from the first part of the evidence would have denied in the rest of it."""

    principal_id: str
    scope: str
    plane: ActionPlane
    action: str
    count: int
    first_seen: int


class Forecast(msgspec.Struct, frozen=True, rename="camel", kw_only=True):
    """A hold-out over time: planned on what was seen before ``split_at``, tested on what was seen after it.

    ``events`` were tested, ``denied`` of them would have been; ``unused`` permissions of that plan were not
    used in the rest, of ``granted``. Times in epoch seconds.
    """

    since: int
    split_at: int
    until: int
    events: int
    denied: int
    granted: int
    unused: int
    would_deny: tuple[WouldDeny, ...] = ()
