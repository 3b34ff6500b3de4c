"""The audiences that tokens are issued for: those of the service catalog, and no others.

Rules:
- a resource is asked for as the catalog names it, with or without one trailing slash, in any casing; or, for
  services that accept it, as the address of one of their endpoints (``https://contoso.azconfig.io``);
- the token's ``aud`` is the catalog's spelling, with the slash if it was asked for with one, because a
  resource compares audiences exactly.

Source: https://learn.microsoft.com/entra/identity/managed-identities-azure-resources/services-id-authentication-support
"""

from __future__ import annotations

import re
from functools import lru_cache
from urllib.parse import urlsplit

from keyless.catalog.services import services_of_audience, services_of_host

_MAX_CHARACTERS = 256
_ENDPOINT = re.compile(r"https://[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)+")


def known_audience(resource: str) -> str | None:
    """The ``aud`` of a token for a resource as it was asked for; none where no service takes it."""
    return _known(resource) if len(resource) <= _MAX_CHARACTERS else None


@lru_cache(maxsize=1024)
def _known(resource: str) -> str | None:
    plain, slash = (resource[:-1], "/") if resource.endswith("/") else (resource, "")
    if not plain or plain != plain.strip().rstrip("/"):
        return None
    for service in services_of_audience(plain):
        for audience in service.audiences:
            if audience.casefold() == plain.casefold():
                return audience + slash
        if _ENDPOINT.fullmatch(plain.casefold()):
            return plain.casefold() + slash
    return None


def audience_meant(resource: str) -> str | None:
    """The audience of the service whose endpoint a resource names, such as a vault's address; else none."""
    try:
        host = urlsplit(resource[:_MAX_CHARACTERS]).hostname or ""
    except ValueError:
        return None
    return next((one for service in services_of_host(host) for one in service.audiences), None)


def unknown_audience(resource: str, tenant: str) -> str:
    """What to say of a resource that no token is issued for: Entra's sentence, and what to do."""
    meant = audience_meant(resource)
    advice = f"ask for `{meant}`" if meant else "ask for the audience of an Azure service"
    shown = resource[:_MAX_CHARACTERS]
    return f"The resource principal named {shown} was not found in the tenant named {tenant}: {advice}."
