"""What scopes and principals are to each other in the tenant: management groups, and groups of principals."""

from __future__ import annotations

from keyless.authz.groups import Memberships
from keyless.authz.hierarchy import Hierarchy
from keyless.planes.arm.service import Arm
from keyless.store.collections import MANAGEMENT_GROUPS, SECURITY_GROUPS
from keyless.store.ports import Reader


async def hierarchy_of(arm: Arm, reader: Reader | None = None) -> Hierarchy:
    """Which scopes lie within which."""
    tenant = await arm.authority.tenant()
    groups = await (reader or arm.store).scan(MANAGEMENT_GROUPS)
    return Hierarchy([group for _, group in groups], tenant.tenant_id)


async def memberships_of(reader: Reader) -> Memberships:
    """Which groups each principal is in."""
    return Memberships([group for _, group in await reader.scan(SECURITY_GROUPS)])
