"""At which scopes a plan gives roles: the vault, store or account, or the single object in it.

Azure's own advice differs by service: one vault per application and roles at the vault, but containers and
queues rather than whole storage accounts. So a person decides, by service where needed.

Source: https://learn.microsoft.com/azure/key-vault/general/rbac-guide
"""

from __future__ import annotations

import enum

import msgspec

from keyless.catalog.services import services
from keyless.model.nearest import nearest, quoted_list


class ScopeLevel(enum.StrEnum):
    """Where roles for an object go."""

    CONTAINER = "container"
    """To the vault, store, account or namespace that it lies in."""
    OBJECT = "object"
    """To the object itself, where the service documents role assignments at it."""


class ScopeRules(msgspec.Struct, frozen=True, rename="camel", forbid_unknown_fields=True, omit_defaults=True):
    """The level for all services, and by the catalog's key (`keyvault`) for those that differ."""

    level: ScopeLevel = ScopeLevel.CONTAINER
    services: dict[str, ScopeLevel] = {}

    def __post_init__(self) -> None:
        known = [one.key for one in services()]
        unknown = sorted(set(self.services) - set(known))
        if unknown:
            near = nearest(unknown[0], known)
            advice = f"did you mean {quoted_list(near)}?" if near else f"they are {quoted_list(known, 'and')}"
            raise ValueError(f"`services` has `{unknown[0]}`, which is no service of the catalog; {advice}")

    def of_objects(self) -> frozenset[str]:
        """The keys of the services whose objects get roles of their own."""
        keys = (one.key for one in services())
        return frozenset(key for key in keys if self.services.get(key, self.level) is ScopeLevel.OBJECT)
