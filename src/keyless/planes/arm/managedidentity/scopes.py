"""Where the things of Microsoft.ManagedIdentity lie, and what is there."""

from __future__ import annotations

from collections.abc import Mapping

from keyless.model.identities import ManagedIdentity
from keyless.model.resource_id import ResourceId, resource_scope
from keyless.model.resources import USER_ASSIGNED_IDENTITY_TYPE
from keyless.planes.arm.errors import ResourceNotFound
from keyless.planes.arm.scopes import GROUP, of_group, of_resource
from keyless.store.collections import IDENTITIES
from keyless.store.ports import Key, Reader

LIST = f"{GROUP}/providers/{USER_ASSIGNED_IDENTITY_TYPE}"
ONE = f"{LIST}/{{identity_name}}"
of_identity = of_resource(USER_ASSIGNED_IDENTITY_TYPE, "identity_name")


def identity_id(params: Mapping[str, str]) -> ResourceId:
    """The identity that the route names, as it is spelled there."""
    return resource_scope(of_group(None, params), USER_ASSIGNED_IDENTITY_TYPE, params["identity_name"])


def identity_key(params: Mapping[str, str]) -> Key:
    """What the identity is kept under."""
    return (identity_id(params).text.casefold(),)


async def existing_identity(reader: Reader, params: Mapping[str, str]) -> ManagedIdentity:
    """The identity that the route names.

    Raises:
        ResourceNotFound: there is none.
    """
    found = await reader.get(IDENTITIES, identity_key(params))
    if found is None:
        raise ResourceNotFound(identity_id(params))
    return found
