"""The tenant that a login path names.

A tenant goes by its id, its name, or its name under `onmicrosoft.com`; `common` and `organizations` stand
for whichever tenant a person turns out to be of, so an application cannot sign in there.

Source: https://learn.microsoft.com/entra/identity-platform/v2-protocols#endpoints
"""

from __future__ import annotations

from keyless.model.resources import Tenant
from keyless.planes.entra.refusals import no_tenant_named, unknown_tenant

ALIASES = frozenset({"common", "organizations"})
_DOMAIN = ".onmicrosoft.com"


def is_named(tenant: Tenant, segment: str) -> bool:
    """Whether the path's first segment names this tenant."""
    wanted = segment.casefold()
    name = tenant.name.casefold()
    return wanted in {tenant.tenant_id.casefold(), name, name + _DOMAIN, tenant.domain}


def require_tenant(tenant: Tenant, segment: str) -> None:
    """Make sure that an application signs in to the tenant that is here.

    Raises:
        InvalidGrant: the path names another tenant, or none in particular.
    """
    if segment.casefold() in ALIASES:
        raise no_tenant_named(segment)
    if not is_named(tenant, segment):
        raise unknown_tenant(segment)


def tenant_segment(tenant: Tenant, segment: str) -> str:
    """How a discovery document names the tenant in its addresses: by its id, or by the alias asked for.

    Raises:
        InvalidGrant: the path names another tenant.
    """
    if segment.casefold() in ALIASES:
        return segment.casefold()
    if not is_named(tenant, segment):
        raise unknown_tenant(segment, discovering=True)
    return tenant.tenant_id
