"""Whom a decision is about: a principal, and every group that it is in.

Rules:
- membership is transitive: who is in a group that is in another is in both;
- groups that contain one another are harmless: each is counted once;
- ids compare without case.

Source: https://learn.microsoft.com/azure/role-based-access-control/overview#groups
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable

from keyless.model.directory import Group
from keyless.model.guids import guid_key

_REMEMBERED = 65536


class PrincipalIds(frozenset[str]):
    """Ids of a principal and its groups, written as they compare."""

    __slots__ = ()

    @classmethod
    def of(cls, ids: Iterable[str]) -> PrincipalIds:
        """Write ids as they compare."""
        return ids if isinstance(ids, PrincipalIds) else cls(map(guid_key, ids))


class Memberships:
    """Which groups each principal and each group lies in."""

    def __init__(self, groups: Iterable[Group] = ()) -> None:
        self._above: dict[str, list[str]] = {}
        for group in groups:
            for member in group.members:
                self._above.setdefault(guid_key(member), []).append(guid_key(group.principal_id))
        self._remembered: dict[str, PrincipalIds] = {}

    def principal_ids(self, principal_id: str) -> PrincipalIds:
        """The principal's own id and those of all its groups."""
        known = self._remembered.get(principal_id)
        if known is None:
            if len(self._remembered) >= _REMEMBERED:
                self._remembered.clear()
            known = self._remembered[principal_id] = PrincipalIds(self._paths(guid_key(principal_id)))
        return known

    def path(self, principal_id: str, group_id: str) -> tuple[str, ...]:
        """The shortest way up: the groups from the one that it is in itself to that group; empty if none."""
        start, group = guid_key(principal_id), guid_key(group_id)
        came_from = self._paths(start)
        way: list[str] = []
        while group != start:
            if group not in came_from:
                return ()
            way.append(group)
            group = came_from[group]
        return tuple(reversed(way))

    def _paths(self, start: str) -> dict[str, str]:
        """Everything that is reached from a member, each with what it was reached from first."""
        came_from = {start: start}
        waiting = deque([start])
        while waiting:
            member = waiting.popleft()
            for group in self._above.get(member, ()):
                if group not in came_from:
                    came_from[group] = member
                    waiting.append(group)
        return came_from


NO_GROUPS = Memberships()
