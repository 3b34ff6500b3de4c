"""The audiences of a client's own assertions: every spelling of the token endpoint, or of the issuer.

Rules:
- `https`, a login host under any of its names, and a path that begins with the tenant, by its id or a name;
- after the tenant: nothing, the version, or the token endpoint of either version, with or without a slash;
- nothing besides: no port, user, query or fragment; `common` names no tenant.

Pure. Source: https://learn.microsoft.com/entra/identity-platform/certificate-credentials#claims-payload
"""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from keyless.model.resources import Tenant
from keyless.planes.entra.hosts import is_login_host
from keyless.planes.entra.tenants import is_named

_FORM = re.compile(
    r"https://(?P<host>[a-z0-9.-]+)/(?P<tenant>[^/?#@\s]+)"
    r"(?:/v2\.0|/oauth2/token|/oauth2/v2\.0/token)?/?",
    re.IGNORECASE,
)


def is_login_issuer(issuer: str) -> bool:
    """Whether an issuer is Entra itself, whichever its tenant."""
    try:
        return is_login_host((urlsplit(issuer).hostname or "").rstrip("."))
    except ValueError:
        return False


def is_ours(audience: str, tenant: Tenant) -> bool:
    """Whether an assertion for this audience is meant for this tenant's token endpoint."""
    form = _FORM.fullmatch(audience)
    return form is not None and is_login_host(form["host"].lower()) and is_named(tenant, form["tenant"])
