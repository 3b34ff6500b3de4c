"""What the requests to all identity endpoints have in common: the resource that a token is asked for."""

from __future__ import annotations

from keyless.store.ports import Reader
from keyless.tokens.audience import Audience
from keyless.tokens.issuer import TokenAuthority
from keyless.wire.audiences import audience_of, unknown_audience
from keyless.wire.errors import InvalidRequest
from keyless.wire.request import Query


def asked_resource(query: Query, missing: str) -> str:
    """The resource of a request, as it was written; ``missing`` is what to say where there is none.

    Raises:
        InvalidRequest: there is none, or more than one.
    """
    values = query.all("resource")
    if len(values) > 1:
        raise InvalidRequest(
            "the parameter `resource` is given more than once: give it once",
            field="resource",
            code="invalid_request",
        )
    if not values or not values[0]:
        raise InvalidRequest(missing, field="resource", code="invalid_request")
    return values[0]


async def audience_for(reader: Reader, authority: TokenAuthority, resource: str) -> Audience:
    """What a token for a resource is made out to.

    Raises:
        InvalidRequest: nobody takes one.
    """
    audience = await audience_of(reader, resource)
    if audience is None:
        tenant = await authority.tenant()
        raise InvalidRequest(
            f"AADSTS500011: {unknown_audience(resource, tenant.name)}",
            field="resource",
            code="invalid_resource",
        )
    return audience
