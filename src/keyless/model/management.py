"""What the management plane keeps beside vaults, stores, identities and compute.

Sources: https://learn.microsoft.com/azure/governance/management-groups/overview,
https://learn.microsoft.com/azure/azure-resource-manager/management/lock-resources
"""

from __future__ import annotations

from typing import Any

import msgspec

from keyless.model.resource_id import ResourceId


class ManagementGroup(msgspec.Struct, frozen=True, omit_defaults=True, rename="camel"):
    """A management group. ``parent`` is the name of the one above it, none for the tenant's root group.

    ``subscriptions`` are the ids (GUIDs) of those that lie directly in it.
    """

    name: str
    display_name: str
    parent: str | None = None
    subscriptions: tuple[str, ...] = ()


class ManagementLock(msgspec.Struct, frozen=True, omit_defaults=True, rename="camel"):
    """A lock at a scope; ``level`` is `CanNotDelete` or `ReadOnly`, ``owners`` are application ids."""

    name: str
    scope: str
    level: str
    notes: str = ""
    owners: tuple[str, ...] = ()


class GenericResource(msgspec.Struct, frozen=True, omit_defaults=True, rename="camel"):
    """A resource of a type that Keyless has no plane for, as its caller wrote it.

    ``body`` holds everything but id, name, type, location and tags: properties, sku, kind, plan and the like.
    Both times are epoch seconds.
    """

    resource_id: str
    location: str
    tags: dict[str, str] = {}
    body: dict[str, Any] = {}
    created_on: int = 0
    updated_on: int = 0


class ActivityEvent(msgspec.Struct, frozen=True, omit_defaults=True, rename="camel"):
    """One write of the management plane, as the activity log tells it; times are epoch seconds.

    ``operation`` is the action; ``status`` is `Started`, `Succeeded` or `Failed`, ``sub_status`` the HTTP
    status; ``properties`` never hold a value of what was written.
    """

    event_id: str
    correlation_id: str
    at: float
    operation: str
    resource_id: str
    caller: str
    caller_object_id: str
    status: str
    sub_status: int
    claims: dict[str, str] = {}
    authorization_scope: str = ""
    role_assignment_id: str = ""
    method: str = ""
    client_request_id: str = ""
    properties: dict[str, str] = {}


def management_group_scope(name: str) -> ResourceId:
    """``/providers/Microsoft.Management/managementGroups/{name}``."""
    return ResourceId(("providers", "Microsoft.Management", "managementGroups", name))
