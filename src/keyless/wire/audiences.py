"""The audiences that tokens are issued for: those of the service catalog, and the estate's applications.

Rules:
- a resource is asked for as the catalog names it, with or without one trailing slash, in any casing; or, for
  services that accept it, as the address of one of their endpoints (``https://contoso.azconfig.io``);
- the token's ``aud`` is the catalog's spelling, with the slash if it was asked for with one, because a
  resource compares audiences exactly;
- the token exchange is asked for by its name or client id, and takes tokens of version 2.0; Microsoft Graph
  by its client id too;
- an application is asked for by its client id, or by one of its identifier URIs in the same way; what the
  catalog knows is never an application's.

Source: https://learn.microsoft.com/entra/identity/managed-identities-azure-resources/services-id-authentication-support
"""

from __future__ import annotations

import re
from functools import lru_cache
from urllib.parse import urlsplit

from keyless.catalog.services import services_of_audience, services_of_host
from keyless.model.federated_credentials import DEFAULT_AUDIENCE, EXCHANGE_CLIENT_ID
from keyless.model.identities import Application
from keyless.store.collections import APPLICATIONS
from keyless.store.ports import Reader
from keyless.tokens.audience import V2, Audience

_MAX_CHARACTERS = 256
GRAPH_CLIENT_ID = "00000003-0000-0000-c000-000000000000"
"""The application id of Microsoft Graph."""
_EXCHANGE = frozenset({DEFAULT_AUDIENCE.casefold(), EXCHANGE_CLIENT_ID})
_ENDPOINT = re.compile(r"https://[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)+")


async def audience_of(reader: Reader, resource: str) -> Audience | None:
    """What a token for a resource is made out to; none where nobody takes one."""
    known = known_audience(resource)
    if known is not None:
        return Audience(known)
    if resource.casefold() in _EXCHANGE:
        return Audience(EXCHANGE_CLIENT_ID, V2)
    if resource == GRAPH_CLIENT_ID:
        return Audience(GRAPH_CLIENT_ID)
    plain = resource.removesuffix("/")
    if not plain or len(resource) > _MAX_CHARACTERS:
        return None
    for _, application in await reader.scan(APPLICATIONS):
        spelled = _name_of(application, plain)
        if spelled is not None:
            slash = resource[len(plain) :]
            aud = application.client_id if application.token_version == V2 else spelled + slash
            return Audience(aud, application.token_version, of_azure=False)
    return None


def _name_of(application: Application, resource: str) -> str | None:
    """The application's own spelling of a name that a resource is asked for by."""
    names = (application.client_id, *application.identifier_uris)
    return next((name for name in names if name.casefold() == resource.casefold()), None)


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


def is_reserved(uri: str) -> bool:
    """Whether no application may have this for an identifier URI."""
    return known_audience(uri) is not None or uri.casefold() in _EXCHANGE


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
    advice = "ask for the audience of an Azure service, or of an application of the estate"
    if meant:
        advice = f"ask for `{meant}`"
    shown = resource[:_MAX_CHARACTERS]
    return f"The resource principal named {shown} was not found in the tenant named {tenant}: {advice}."
