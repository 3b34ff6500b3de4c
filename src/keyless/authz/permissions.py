"""What a role grants, or a deny assignment takes: permission blocks, read once and asked often.

Rules:
- a block speaks of an action if it lists it and does not take it out again; what it takes out counts in
  that block alone;
- each block stands under its own condition;
- control-plane actions and data actions are two lists that never mix.

An answer is remembered by action, and the number of actions remembered is bounded: they come from outside.
"""

from __future__ import annotations

from collections.abc import Sequence

from keyless.authz.guards import Guard, guard_of
from keyless.model.actions import ActionPlane
from keyless.model.roles import Permission

_REMEMBERED = 4096

Ways = tuple[Guard | None, ...]
"""The conditions under which an action is spoken of, each enough by itself; none stands for no condition."""

UNGUARDED: Ways = (None,)
NO_WAY: Ways = ()


class Permissions:
    """The permission blocks of one role or deny assignment."""

    __slots__ = ("_blocks", "_remembered")

    def __init__(self, blocks: Sequence[Permission]) -> None:
        self._blocks = tuple((block, guard_of(block.condition, block.condition_version)) for block in blocks)
        self._remembered: dict[str, Ways] = {}

    def ways(self, plane: ActionPlane, action: str, key: str) -> Ways:
        """Under which conditions the blocks speak of an action; ``key`` is ``action_key`` of the two."""
        known = self._remembered.get(key)
        if known is None:
            if len(self._remembered) >= _REMEMBERED:
                self._remembered.clear()
            known = self._remembered[key] = self._find_ways(plane, action)
        return known

    def _find_ways(self, plane: ActionPlane, action: str) -> Ways:
        ways = tuple(guard for block, guard in self._blocks if block.grants(plane, action))
        return UNGUARDED if None in ways else ways


def action_key(plane: ActionPlane, action: str) -> str:
    """What requests for one action on one plane have in common."""
    return f"{plane}:{action.casefold()}"
