"""What an access key opens: the address of the service that a scope lies in, as sign-ins name their targets.

The four services of a storage account have an address each; which one it is, the scope says.
"""

from __future__ import annotations

from functools import lru_cache

from keyless.catalog.services import Service, services
from keyless.model.resource_id import ResourceId


@lru_cache(maxsize=65536)
def address_of(scope: str) -> str:
    """The address, `https://orders.blob.core.windows.net`; empty where no service of the catalog fits."""
    resource = ResourceId.parse(scope)
    for one in services():
        found = resource.ancestor_of_type(one.arm_type) if one.arm_type else None
        suffix = next((suffix for suffix in one.endpoint_suffixes if suffix.startswith(".")), "")
        if found is not None and suffix and _is_of(one, resource):
            return f"https://{found.name.lower()}{suffix}"
    return ""


def _is_of(service: Service, resource: ResourceId) -> bool:
    """Whether a resource is one of a service that shares its type with others."""
    parts = {part for part in resource.key if part.endswith("services")}
    return not parts or f"{service.key}services" in parts
