"""The system-assigned identity of a resource, as an extension of it.

Source: https://learn.microsoft.com/rest/api/managedidentity/system-assigned-identities/get-by-scope
"""

from __future__ import annotations

from collections.abc import Mapping

from keyless.lifecycle.hosts import identity_host
from keyless.model.resource_id import ResourceId
from keyless.planes.arm.errors import ResourceNotFound
from keyless.planes.arm.managedidentity.api_versions import IDENTITIES
from keyless.planes.arm.managedidentity.rendering import shown_ids
from keyless.planes.arm.managedidentity.schemas import IdentityShown
from keyless.planes.arm.scopes import needs, of_scope
from keyless.planes.arm.service import Arm
from keyless.wire.call import Authorized
from keyless.wire.errors import NotFound
from keyless.wire.operation import Operation, operation

TYPE = "Microsoft.ManagedIdentity/identities"
_SPEC = "https://learn.microsoft.com/rest/api/managedidentity/system-assigned-identities/get-by-scope"


def of_view(site: object, params: Mapping[str, str]) -> ResourceId:
    """The view on the identity of the resource that the route begins with."""
    return ResourceId((*of_scope(site, params).segments, "providers", *TYPE.split("/"), "default"))


@operation(
    id="SystemAssignedIdentities.GetByScope",
    route=f"GET /{{scope*}}/providers/{TYPE}/default",
    api_versions=IDENTITIES,
    access=needs(f"{TYPE}/read", of_view),
    response=IdentityShown,
    errors=(NotFound,),
    spec=_SPEC,
)
async def get_system_assigned(call: Authorized[None], arm: Arm) -> IdentityShown:
    """Return the system-assigned identity of a resource."""
    host = await identity_host(arm.store, of_scope(None, call.params))
    if host is None or host.system_assigned is None:
        raise ResourceNotFound(of_view(None, call.params))
    own = ResourceId.parse(host.resource_id)
    return IdentityShown(
        id=ResourceId((*own.segments, "providers", *TYPE.split("/"), "default")).text,
        name="default",
        type=TYPE,
        location=host.location,
        tags=host.tags,
        properties=shown_ids(host.system_assigned, await arm.authority.tenant()),
    )


OPERATIONS: tuple[Operation, ...] = (get_system_assigned,)
