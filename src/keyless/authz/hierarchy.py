"""Which scopes lie within which: ids by whole segments, and management groups by what the tenant says.

Rules:
- a scope covers itself and what lies below it, as ``ResourceId.contains`` says;
- a management group covers the management groups and subscriptions in it, and all that lies in those;
- the tenant's root group, whose name is the tenant's id, covers all management groups and subscriptions;
- management groups that contain one another are harmless: each is counted once.

Source: https://learn.microsoft.com/azure/governance/management-groups/overview
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from keyless.model.management import ManagementGroup, management_group_scope
from keyless.model.resource_id import ResourceId

_GROUPS = management_group_scope("").key[:3]
_NAME_AT = len(_GROUPS)
_REACH_OF_GROUP = _NAME_AT + 1
Key = tuple[str, ...]


class Hierarchy:
    """The management groups of a tenant; ``root`` is the root group's name, empty where there is none."""

    def __init__(self, groups: Iterable[ManagementGroup] = (), root: str = "") -> None:
        groups = tuple(groups)
        self._root = root.casefold()
        self._parents = {group.name.casefold(): (group.parent or "").casefold() for group in groups}
        self._placed = {
            subscription.casefold(): group.name.casefold()
            for group in groups
            for subscription in group.subscriptions
        }
        self._chains: dict[str, tuple[Key, ...]] = {}

    def covers(self, outer: ResourceId, inner: ResourceId) -> bool:
        """Whether ``inner`` is the scope ``outer`` or lies below it."""
        key, asked = outer.key, inner.key
        reach = len(key)
        if not reach:
            return True
        # the last segments differ more often than those before them, and are compared without a copy
        if reach <= len(asked) and asked[reach - 1] == key[-1] and asked[:reach] == key:
            return True
        return reach == _REACH_OF_GROUP and key[:_NAME_AT] == _GROUPS and key in self.groups_above(inner)

    def groups_above(self, scope: ResourceId) -> tuple[Key, ...]:
        """The keys of the management groups that a scope lies in, the nearest first, itself left out."""
        key = scope.key
        if key[:1] == ("subscriptions",):
            return self._chain(self._placed.get(key[1], self._root))
        if key[:_NAME_AT] == _GROUPS and len(key) > _NAME_AT:
            chain = self._chain(key[_NAME_AT])
            return chain[1:] if len(key) == _REACH_OF_GROUP else chain
        return ()

    def knows(self, scope: ResourceId) -> bool:
        """Whether it is known what lies in a scope: of a management group that is not here, it is not."""
        key = scope.key
        if key[:_NAME_AT] != _GROUPS or len(key) != _REACH_OF_GROUP:
            return True
        return key[_NAME_AT] == self._root or key[_NAME_AT] in self._parents

    def _chain(self, name: str) -> tuple[Key, ...]:
        """A management group and all above it; the root group comes last."""
        known = self._chains.get(name)
        if known is None:
            names = dict.fromkeys((*_upwards(name, self._parents), *_upwards(self._root, self._parents)))
            known = tuple((*_GROUPS, each) for each in names)
            if name in self._parents or name == self._root:  # names from outside are not remembered
                self._chains[name] = known
        return known


def _upwards(name: str, parents: Mapping[str, str]) -> list[str]:
    names: list[str] = []
    while name and name not in names:
        names.append(name)
        name = parents.get(name, "")
    return names


FLAT = Hierarchy()
"""No management groups."""
