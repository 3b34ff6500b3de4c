"""What a role grants in effect, as a set of actions: bits of one integer, over a stated universe of actions.

Rules, the same as of ``Permission.grants`` and of a decision:
- a block gives what it lists less what the same block takes out; a role gives the union over its blocks;
- control-plane actions and data actions have bits of their own and never mix;
- a block with a condition gives nothing: conditions are not evaluated here, and one that is not evaluated
  denies. A set therefore never says too much.

Sets are Python integers, so that union, difference and counting are ``|``, ``& ~`` and ``int.bit_count``.

Source: https://learn.microsoft.com/azure/role-based-access-control/role-definitions
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator

from keyless.model.actions import ActionPlane, action_matches
from keyless.model.roles import Permission, RoleDefinition

_AFTER_ALL = "\U0010ffff"


class Universe:
    """A fixed set of actions on the two planes; spellings that differ only in case are one action.

    Control actions have the low bits and data actions the high ones, each in case-folded order, so that
    what a literal prefix matches is one run of bits.
    """

    def __init__(self, control: Iterable[str], data: Iterable[str]) -> None:
        by_plane = {ActionPlane.CONTROL: _distinct(control), ActionPlane.DATA: _distinct(data)}
        self._folded = {plane: list(actions) for plane, actions in by_plane.items()}
        self._first_bit = {ActionPlane.CONTROL: 0, ActionPlane.DATA: len(self._folded[ActionPlane.CONTROL])}
        self._names = tuple(name for actions in by_plane.values() for name in actions.values())
        self._bits = {
            plane: {folded: 1 << bit for bit, folded in enumerate(actions, self._first_bit[plane])}
            for plane, actions in self._folded.items()
        }
        self._patterns: dict[tuple[ActionPlane, str], int] = {}

    def __len__(self) -> int:
        return len(self._names)

    def bit(self, plane: ActionPlane, action: str) -> int:
        """The set of that one action; 0 where the universe has it not."""
        return self._bits[plane].get(action.casefold(), 0)

    def of_patterns(self, plane: ActionPlane, patterns: Iterable[str]) -> int:
        """The actions of one plane that any of the patterns covers."""
        bits = 0
        for pattern in patterns:
            bits |= self._of_pattern(plane, pattern)
        return bits

    def effective(self, role: RoleDefinition) -> int:
        """What a role grants: the union over its blocks without a condition."""
        bits = 0
        for block in role.permissions:
            if block.condition is None:
                bits |= self._of_block(block)
        return bits

    def names(self, bits: int, plane: ActionPlane | None = None) -> tuple[str, ...]:
        """The actions of a set as they were spelled, control before data; of one plane only, if named."""
        split = self._first_bit[ActionPlane.DATA]
        if plane is ActionPlane.CONTROL:
            bits &= (1 << split) - 1
        elif plane is ActionPlane.DATA:
            bits = bits >> split << split
        return tuple(self._names[position] for position in _positions(bits))

    def _of_block(self, block: Permission) -> int:
        control = self.of_patterns(ActionPlane.CONTROL, block.actions)
        data = self.of_patterns(ActionPlane.DATA, block.data_actions)
        if control and block.not_actions:
            control &= ~self.of_patterns(ActionPlane.CONTROL, block.not_actions)
        if data and block.not_data_actions:
            data &= ~self.of_patterns(ActionPlane.DATA, block.not_data_actions)
        return control | data

    def _of_pattern(self, plane: ActionPlane, pattern: str) -> int:
        if "*" not in pattern:
            return self.bit(plane, pattern)
        key = (plane, pattern)
        if key not in self._patterns:
            self._patterns[key] = self._of_wildcard(plane, pattern.casefold())
        return self._patterns[key]

    def _of_wildcard(self, plane: ActionPlane, pattern: str) -> int:
        folded, first = self._folded[plane], self._first_bit[plane]
        prefix, _, rest = pattern.partition("*")
        low, high = bisect_left(folded, prefix), bisect_left(folded, prefix + _AFTER_ALL)
        if not rest:
            return ((1 << (high - low)) - 1) << (first + low)
        bits = 0
        for at in range(low, high):
            if action_matches(pattern, folded[at]):
                bits |= 1 << (first + at)
        return bits


def _distinct(actions: Iterable[str]) -> dict[str, str]:
    """Case-folded form to first spelling, in the order of the folded forms."""
    spelled: dict[str, str] = {}
    for action in actions:
        spelled.setdefault(action.casefold(), action)
    return dict(sorted(spelled.items()))


def _positions(bits: int) -> Iterator[int]:
    """Which bits are set, lowest first."""
    digits = f"{bits:b}"[::-1]
    at = digits.find("1")
    while at >= 0:
        yield at
        at = digits.find("1", at + 1)
