"""Permissions on what an operation makes use of, beside the one that it needs at its own scope.

Whoever gives an identity to a resource needs `assign` on the identity, whoever refers to a subnet `join`: ARM
checks these *linked* scopes and says so in an error of its own.

Source: https://learn.microsoft.com/azure/azure-resource-manager/troubleshooting/error-invalid-authorization
"""

from __future__ import annotations

from typing import Any

from keyless.model.actions import ActionPlane
from keyless.model.attributes import NO_ATTRIBUTES, Attributes
from keyless.model.resource_id import ResourceId
from keyless.wire.call import Authorized
from keyless.wire.errors import Forbidden, LinkedForbidden


def demand_linked(
    call: Authorized[Any],
    action: str,
    linked: ResourceId,
    *,
    own_action: str,
    own_scope: ResourceId,
    attributes: Attributes = NO_ATTRIBUTES,
) -> None:
    """Make sure that the caller may do ``action`` at a scope that the operation makes use of.

    Raises:
        LinkedForbidden: it may not.
    """
    try:
        call.demand(action, linked, ActionPlane.CONTROL, attributes)
    except Forbidden as refused:
        raise LinkedForbidden(refused, own_action, own_scope) from refused
