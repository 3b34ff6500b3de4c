"""The token answer of the metadata service and of Azure Arc's agent, which are alike.

Every value is a text, times in epoch seconds and lifetimes in seconds. The client id is always there. The
object id and the resource id are repeated where the request named the identity by them, and clients check.

Source: Azure/azure-rest-api-specs, specification/imds/data-plane, IdentityTokenResponse
"""

from __future__ import annotations

import msgspec

from keyless.planes.identity.select import IdKind
from keyless.planes.identity.service import Granted
from keyless.tokens.issuer import TOKEN_TYPE


class MetadataToken(msgspec.Struct, frozen=True, omit_defaults=True):
    """A token answer."""

    access_token: str
    client_id: str
    expires_in: str
    expires_on: str
    ext_expires_in: str
    not_before: str
    resource: str
    token_type: str
    object_id: str = ""
    msi_res_id: str = ""


def metadata_token(granted: Granted, now: int) -> MetadataToken:
    """The answer for a token that was granted."""
    token, identity = granted.token, granted.identity
    expires_in = str(token.expires_at - now)
    return MetadataToken(
        access_token=token.jwt,
        client_id=identity.client_id,
        expires_in=expires_in,
        expires_on=str(token.expires_at),
        ext_expires_in=expires_in,
        not_before=str(token.not_before),
        resource=granted.resource,
        token_type=TOKEN_TYPE,
        object_id=identity.principal_id if granted.named is IdKind.OBJECT else "",
        msi_res_id=identity.resource_id if granted.named is IdKind.RESOURCE else "",
    )
