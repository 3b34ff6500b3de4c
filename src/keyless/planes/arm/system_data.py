"""`systemData`: who made a resource and who changed it last.

Source: https://github.com/Azure/azure-resource-manager-rpc/blob/master/v1.0/common-api-details.md#system-metadata-for-all-azure-resources
"""

from __future__ import annotations

import msgspec

from keyless.model.identities import Principal, PrincipalKind
from keyless.planes.arm.moments import moment

_KINDS = {
    PrincipalKind.USER: "User",
    PrincipalKind.APPLICATION: "Application",
    PrincipalKind.MANAGED_IDENTITY: "ManagedIdentity",
}


class SystemData(msgspec.Struct, frozen=True, omit_defaults=True, rename="camel"):
    """Who made a resource, who changed it last, and when, as the wire has it and as it can be kept."""

    created_by: str = ""
    created_by_type: str = ""
    created_at: str = ""
    last_modified_by: str = ""
    last_modified_by_type: str = ""
    last_modified_at: str = ""


def written_by(caller: Principal, now: float, before: SystemData | None = None) -> SystemData:
    """What stands on a resource that a caller writes now; ``before`` is what stood on it."""
    who, kind, when = caller.name or caller.client_id, _KINDS.get(caller.kind, "Key"), moment(now)
    if before is None or not before.created_at:
        return SystemData(who, kind, when, who, kind, when)
    return msgspec.structs.replace(
        before, last_modified_by=who, last_modified_by_type=kind, last_modified_at=when
    )
