"""What goes with a scope that goes: the roles that were given on it, and on what was in it.

Source: https://learn.microsoft.com/azure/role-based-access-control/troubleshooting
"""

from __future__ import annotations

from keyless.model.resource_id import InvalidResourceId, ResourceId
from keyless.store.collections import ASSIGNMENTS
from keyless.store.ports import Transaction


async def drop_assignments_within(transaction: Transaction, scope: ResourceId) -> None:
    """Delete the role assignments at a scope and below it."""
    for key, assignment in await transaction.scan(ASSIGNMENTS):
        if _lies_within(assignment.scope, scope):
            await transaction.delete(ASSIGNMENTS, key)


def _lies_within(text: str, scope: ResourceId) -> bool:
    try:
        return scope.contains(ResourceId.parse(text))
    except InvalidResourceId:
        return False
