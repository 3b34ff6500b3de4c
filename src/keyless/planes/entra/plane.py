"""The plane of the login hosts."""

from __future__ import annotations

from keyless.model.outages import LOGIN
from keyless.planes.entra.discovery import (
    discover_instance,
    get_configuration,
    get_configuration_v1,
    get_keys,
)
from keyless.planes.entra.hosts import is_login_host
from keyless.planes.entra.issuer_key_source import FetchedKeys
from keyless.planes.entra.service import Entra
from keyless.planes.entra.token import get_token, get_token_v1
from keyless.store.ports import Store
from keyless.tokens.issuer import TokenAuthority, TokenIssuer
from keyless.wire import shapes
from keyless.wire.plane import Plane
from keyless.wire.request import Request

MAX_BODY_BYTES = 64 * 1024
"""A token request is small, even one with a certificate chain in it."""


def entra_plane(
    store: Store, authority: TokenAuthority, issuer: TokenIssuer, issuer_keys: FetchedKeys | None = None
) -> Plane:
    """The plane behind ``login.microsoftonline.com`` and its other names.

    ``issuer_keys`` gets the keys of other issuers.
    """
    return Plane(
        name="entra",
        operations=(
            get_configuration,
            get_configuration_v1,
            get_keys,
            discover_instance,
            get_token,
            get_token_v1,
        ),
        service=Entra(store, authority, issuer, issuer_keys=issuer_keys or FetchedKeys()),
        locate=_locate,
        shape=shapes.entra,
        headers=_headers,
        max_body_bytes=MAX_BODY_BYTES,
        merges_slashes=True,
        part=LOGIN,
    )


async def _locate(host: str) -> str | None:
    return host if is_login_host(host) else None


def _headers(request: Request, resource: object) -> list[tuple[str, str]]:
    headers = [("x-ms-request-id", request.request_id)]
    if (request.headers.get("return-client-request-id") or "").lower() == "true":
        headers.append(("client-request-id", shapes.correlation_id(request)))
    return headers
