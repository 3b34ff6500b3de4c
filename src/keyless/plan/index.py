"""Roles with what they grant in effect, over everything that is known to be grantable.

The universe of permissions is: the known actions of every provider; what built-in roles grant without that
a known action answers to it (a pattern then counts as one permission, so that a grant of unknown size is
never taken for nothing); and the actions in question, known or not.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from keyless.authz.effective import Universe
from keyless.catalog.operations import known_actions, unnamed_grants
from keyless.catalog.roles import built_in_roles
from keyless.model.actions import ActionPlane
from keyless.model.roles import RoleDefinition

Action = tuple[ActionPlane, str]
"""An action and its plane; the text is as it was observed."""

_NOT_FOR_ALL = re.compile(r"\b(preview|deprecated|legacy|service role|first party|1p)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class RankedRole:
    """A role, the set of what it grants, and its place among roles that are equal otherwise."""

    role: RoleDefinition
    bits: int
    for_all: bool
    """Whether its name does not mark it as preview, deprecated, legacy, or some service's own."""

    @property
    def by_name(self) -> tuple[str, str]:
        """The order of names: without case, then by id."""
        return (self.role.name.casefold(), self.role.id)

    @property
    def rank(self) -> tuple[bool, str, str]:
        """Which of two equal roles is preferred: the lesser. Generally usable ones first, then by name."""
        return (not self.for_all, *self.by_name)


@dataclass(frozen=True, slots=True)
class RoleIndex:
    """Roles over one universe, in the order of their names. ``of_all``: they are all that are built in."""

    universe: Universe
    roles: tuple[RankedRole, ...]
    of_all: bool = True

    def bit(self, action: Action) -> int:
        """The set of that one action."""
        return self.universe.bit(*action)

    def bits_of(self, role: RoleDefinition) -> int:
        """What any role grants, also one that is not in the index."""
        return self.universe.effective(role)


def is_for_all(role: RoleDefinition) -> bool:
    """Whether nothing in a role's name says preview, deprecated, legacy, or that it is a service's own."""
    return _NOT_FOR_ALL.search(role.name) is None


def general_roles() -> tuple[RoleDefinition, ...]:
    """The built-in roles without those that are preview, deprecated, legacy or a service's own."""
    return tuple(role for role in built_in_roles() if is_for_all(role))


def role_index(
    actions: frozenset[Action] = frozenset(), roles: tuple[RoleDefinition, ...] | None = None
) -> RoleIndex:
    """The index of ``roles`` (all built-in ones unless given); the universe also holds ``actions``."""
    base = _index(frozenset(), roles)
    return base if all(base.bit(action) for action in actions) else _index(actions, roles)


@lru_cache(maxsize=8)
def _index(actions: frozenset[Action], roles: tuple[RoleDefinition, ...] | None) -> RoleIndex:
    universe = Universe(_plane(ActionPlane.CONTROL, actions), _plane(ActionPlane.DATA, actions))
    given = built_in_roles() if roles is None else roles
    ranked = (RankedRole(role, universe.effective(role), is_for_all(role)) for role in given)
    return RoleIndex(universe, tuple(sorted(ranked, key=lambda one: one.by_name)), of_all=roles is None)


def _plane(plane: ActionPlane, actions: frozenset[Action]) -> tuple[str, ...]:
    asked = sorted(action for at, action in actions if at is plane)
    return (*known_actions(plane), *unnamed_grants(plane), *asked)
