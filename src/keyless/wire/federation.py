"""Whether this site is an issuer that others trust, and what is asked of it for an exchange."""

from __future__ import annotations

from keyless.model.federated_credentials import DEFAULT_AUDIENCE
from keyless.store.collections import FEDERATION
from keyless.store.ports import Reader

FEDERATION_KEY = ("federation",)


async def site_issuer(reader: Reader) -> str | None:
    """The issuer that this site is for others; none where it is none."""
    found = await reader.get(FEDERATION, FEDERATION_KEY)
    return None if found is None else found.issuer


async def exchange_issuer(reader: Reader, resource: str) -> str | None:
    """Whose token a request for a resource means: the site's issuer's, where it is for an exchange."""
    is_exchange = resource.casefold() == DEFAULT_AUDIENCE.casefold()
    return await site_issuer(reader) if is_exchange else None
