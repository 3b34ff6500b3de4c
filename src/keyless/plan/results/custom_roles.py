"""A custom role that a plan proposes."""

from __future__ import annotations

import msgspec

from keyless.model.roles import RoleDefinition


class ProposedRole(msgspec.Struct, frozen=True, rename="camel", kw_only=True):
    """A role with exactly what was used; ``excess_saved`` is against the best roles that there are."""

    definition: RoleDefinition
    excess_saved: int
    reason: str
