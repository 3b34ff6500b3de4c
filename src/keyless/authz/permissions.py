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
from keyless.model.actions import AZURE_RBAC, ActionPlane
from keyless.model.roles import Permission

_REMEMBERED = 4096

Ways = tuple[Guard | None, ...]
"""The conditions under which an action is spoken of, each enough by itself; none stands for no condition."""

UNGUARDED: Ways = (None,)
NO_WAY: Ways = ()


class Permissions:
    """The permission blocks of one role or deny assignment.

    ``control`` and ``data`` are the answers that are remembered, by action; ``ways`` has the others too.
    """

    __slots__ = ("_blocks", "control", "data")

    def __init__(self, blocks: Sequence[Permission]) -> None:
        self._blocks = tuple((block, guard_of(block.condition, block.condition_version)) for block in blocks)
        self.control: dict[str, Ways] = {}
        self.data: dict[str, Ways] = {}

    def ways(self, plane: ActionPlane, action: str) -> Ways:
        """Under which conditions the blocks speak of an action of a plane; of the directory's, under none."""
        if plane not in AZURE_RBAC:
            return NO_WAY
        remembered = self.data if plane is ActionPlane.DATA else self.control
        known = remembered.get(action)
        if known is None:
            if len(remembered) >= _REMEMBERED:
                remembered.clear()
            known = remembered[action] = self._find_ways(plane, action)
        return known

    def _find_ways(self, plane: ActionPlane, action: str) -> Ways:
        ways = tuple(guard for block, guard in self._blocks if block.grants(plane, action))
        return UNGUARDED if None in ways else ways
