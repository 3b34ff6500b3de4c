"""Roles with what they grant in effect, over everything that is known to be grantable.

The universe of permissions is: the known actions of every provider; what built-in roles grant without that
a known action answers to it (a pattern then counts as one permission, so that a grant of unknown size is
never taken for nothing); and the actions in question, known or not.
"""

from __future__ import annotations

import re
from collections.abc import Hashable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from keyless.authz.effective import Universe
from keyless.authz.hierarchy import FLAT, Hierarchy
from keyless.catalog.operations import known_actions, unnamed_grants
from keyless.catalog.roles import built_in_roles
from keyless.model.actions import ActionPlane
from keyless.model.resource_id import ResourceId
from keyless.model.roles import RoleDefinition
from keyless.plan.policy.effort import DEFAULT_EFFORT, Effort
from keyless.plan.weigh import COUNTED, Weigher

Action = tuple[ActionPlane, str]
"""An action and its plane; the text is as it was observed."""

Key = tuple[str, ...]
"""A scope's case-folded segments."""

MOST_SERVICES = 2
"""A role for more services than that is of none in particular."""

_GENERAL = frozenset(
    f"microsoft.{one}"
    for one in ("authorization", "features", "insights", "resourcehealth", "resources", "support")
)
"""The providers that roles of every service grant something of."""

_PRODUCTS = {
    "Backup": ("microsoft.recoveryservices/", "microsoft.dataprotection/"),
    "Center for SAP": ("microsoft.workloads/",),
    "CosmosDB": ("microsoft.documentdb/",),
    "Defender": ("microsoft.security/",),
    "Front Door": ("microsoft.cdn/", "microsoft.network/"),
    "OpenShift": ("microsoft.redhatopenshift/",),
    "Operator Nexus": ("microsoft.networkcloud/", "microsoft.managednetworkfabric/"),
    "Sentinel": ("microsoft.securityinsights/", "microsoft.operationalinsights/"),
}
"""Products that roles are called after, and whose roles then act on other services, with their providers."""

_NOT_FOR_ALL = re.compile(r"\b(preview|deprecated|legacy|service role|first party|1p)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class RankedRole:
    """A role, the set of what it grants, and its place among roles that are equal otherwise."""

    role: RoleDefinition
    bits: int
    for_all: bool
    """Whether its name does not mark it as preview, deprecated, legacy, or some service's own."""
    home: int = 0
    """All permissions of the few services that it is for; none where it is for many, or for none."""

    @property
    def by_name(self) -> tuple[str, str]:
        """The order of names: without case, then by id."""
        return (self.role.name.casefold(), self.role.id)

    def is_odd_for(self, demand: int) -> bool:
        """Whether it would surprise to see it chosen: it is not for everyone, or of quite another service."""
        return not self.for_all or self.is_foreign_to(demand)

    def is_foreign_to(self, demand: int) -> bool:
        """Whether it is for services of which nothing is demanded."""
        return bool(self.home) and not self.home & demand


@dataclass(frozen=True, slots=True)
class RoleIndex:
    """Roles over one universe, in the order of their names, and how the best ones of them are chosen.

    ``of_all``: they are all that are built in, at least. ``limited`` are those that may be assigned only
    below some scope, by its key; ``hierarchy`` says which management groups a scope lies in;
    ``custom`` are the tenant's custom roles by id, chosen from or not. ``memo`` remembers answers about these
    roles, which never change.
    """

    universe: Universe
    roles: tuple[RankedRole, ...]
    of_all: bool = True
    weigher: Weigher = COUNTED
    effort: Effort = DEFAULT_EFFORT
    limited: Mapping[Key, tuple[RankedRole, ...]] = field(default_factory=dict)
    hierarchy: Hierarchy = FLAT
    custom: Mapping[str, RoleDefinition] = field(default_factory=dict)
    memo: dict[Hashable, Any] = field(default_factory=dict, compare=False, repr=False)

    def bit(self, action: Action) -> int:
        """The set of that one action."""
        return self.universe.bit(*action)

    def bits_of(self, role: RoleDefinition) -> int:
        """What any role grants, also one that is not in the index."""
        return self.universe.effective(role)

    def ranked(self, role: RoleDefinition) -> RankedRole:
        """Any role as this index would have it."""
        return _ranked(self.universe, role)

    def cost(self, bits: int) -> int:
        """What a set of permissions weighs."""
        return self.weigher.cost(bits)

    def granting(self, action: int) -> tuple[tuple[int, RankedRole], ...]:
        """The roles for everywhere that grant one action (a set of one), and what all that they grant weighs.

        The lightest come first.
        """
        by_action: dict[int, tuple[tuple[int, RankedRole], ...]] = self.memo.setdefault("granting", {})
        if action not in by_action:
            weighed = self.memo.get("weighed") or self.memo.setdefault("weighed", self._weighed())
            by_action[action] = tuple(one for one in weighed if one[1].bits & action)
        return by_action[action]

    def _weighed(self) -> list[tuple[int, RankedRole]]:
        weighed = [(self.cost(one.bits), one) for one in self.roles]
        return sorted(weighed, key=lambda one: (one[0], one[1].by_name))

    def limited_at(self, scope: ResourceId) -> tuple[RankedRole, ...]:
        """The roles that may be assigned at the scope and not everywhere, by name."""
        if not self.limited:
            return ()
        outer = (scope.key[:length] for length in range(len(scope.key) + 1))
        keys = (*outer, *self.hierarchy.groups_above(scope))
        found = {one.role.id: one for key in keys for one in self.limited.get(key, ())}
        return tuple(sorted(found.values(), key=lambda one: one.by_name))

    def roles_at(self, scope: ResourceId) -> tuple[RankedRole, ...]:
        """The roles that may be chosen at the scope, by name."""
        limited = self.limited_at(scope)
        if not limited:
            return self.roles
        key = ("roles", tuple(one.role.id for one in limited))
        if key not in self.memo:
            self.memo[key] = tuple(sorted((*self.roles, *limited), key=lambda one: one.by_name))
        found: tuple[RankedRole, ...] = self.memo[key]
        return found


def is_for_all(role: RoleDefinition) -> bool:
    """Whether nothing in a role's name says preview, deprecated, legacy, or that it is a service's own.

    It is a service's own, too, where it is called after a product and grants nothing of that product: then it
    is for what the product does elsewhere.
    """
    return _NOT_FOR_ALL.search(role.name) is None and not _serves_a_product(role)


def _serves_a_product(role: RoleDefinition) -> bool:
    if role.custom:
        return False
    patterns = {one.casefold() for block in role.permissions for one in (*block.actions, *block.data_actions)}
    return any(
        product in role.name and not any(one.startswith((*providers, "*")) for one in patterns)
        for product, providers in _PRODUCTS.items()
    )


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
    ranked = (_ranked(universe, role) for role in given)
    return RoleIndex(universe, tuple(sorted(ranked, key=lambda one: one.by_name)), of_all=roles is None)


def _ranked(universe: Universe, role: RoleDefinition) -> RankedRole:
    return RankedRole(role, universe.effective(role), is_for_all(role), _home(universe, role))


def _home(universe: Universe, role: RoleDefinition) -> int:
    """Every permission of the services that a role is for; none where those are many, or cannot be told."""
    patterns = [one for block in role.permissions for one in (*block.actions, *block.data_actions)]
    providers = {one.split("/", 1)[0].casefold() for one in patterns} - _GENERAL
    if len(providers) > MOST_SERVICES or any("*" in one for one in providers):
        return 0
    every = [f"{provider}/*" for provider in sorted(providers)]
    return universe.of_patterns(ActionPlane.CONTROL, every) | universe.of_patterns(ActionPlane.DATA, every)


def _plane(plane: ActionPlane, actions: frozenset[Action]) -> tuple[str, ...]:
    asked = sorted(action for at, action in actions if at is plane)
    return (*known_actions(plane), *unnamed_grants(plane), *asked)
