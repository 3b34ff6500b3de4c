"""What is kept of a generic resource when it is written, and what is answered of it.

Rules:
- everything that its caller wrote is kept and answered, `properties` with a `provisioningState`; what is only
  ever written, because it is a password, is not kept: nothing here could make use of it;
- a resource that has, or once had, an identity is one that a workload can run as: it is kept as compute too;
- a PATCH merges: objects member by member, everything else is replaced, null takes away; tags are replaced.

Source: https://learn.microsoft.com/rest/api/resources/resources/create-or-update-by-id
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from keyless.lifecycle.hosts import store_as_host
from keyless.lifecycle.identities import live_identities, settle_identities
from keyless.model.identities import ComputeResource
from keyless.model.management import GenericResource
from keyless.model.resource_id import ResourceId
from keyless.model.resources import ConfigurationStore
from keyless.planes.arm.errors import InvalidContent
from keyless.planes.arm.held import Held
from keyless.planes.arm.host_identity import shown_identity
from keyless.planes.arm.tags import cased_once, check_tags
from keyless.store.collections import COMPUTE, RESOURCES
from keyless.store.ports import Reader, Transaction

Json = dict[str, Any]

_OWN = frozenset({"id", "name", "type", "location", "tags", "identity", "systemdata", "etag"})
_WRITE_ONLY = frozenset(
    {"adminpassword", "administratorloginpassword", "password", "clientsecret", "secret", "connectionstring"}
)
_DEEPEST = 64


def body_of(asked: Mapping[str, Any]) -> Json:
    """What is kept of what a caller wrote, beside id, location, tags and identity."""
    kept = {name: value for name, value in asked.items() if name.casefold() not in _OWN}
    return _object(_without_passwords(kept, 0), "the body")


def _without_passwords(value: Any, depth: int) -> Any:  # noqa: ANN401  # JSON is anything
    if depth > _DEEPEST:
        raise InvalidContent(f"the body is nested more than {_DEEPEST} deep")
    if isinstance(value, list):
        return [_without_passwords(one, depth + 1) for one in value]
    if not isinstance(value, dict):
        return value
    return {
        name: _without_passwords(one, depth + 1)
        for name, one in value.items()
        if name.casefold() not in _WRITE_ONLY
    }


def tags_of(asked: Mapping[str, Any]) -> dict[str, str] | None:
    """The tags that a caller wrote; none where it wrote none.

    Raises:
        InvalidContent: they are none.
    """
    given = asked.get("tags")
    if given is None:
        return None
    try:
        tags = msgspec.convert(given, dict[str, str])
    except msgspec.ValidationError as error:
        raise InvalidContent(f"`tags` must be texts by name: {error}") from error
    check_tags(tags)
    return cased_once(tags)


def merged(there: Mapping[str, Any], change: Mapping[str, Any]) -> Json:
    """A JSON merge patch (RFC 7396)."""
    out = dict(there)
    for name, value in change.items():
        if value is None:
            out.pop(name, None)
        elif isinstance(value, dict):
            before = out.get(name)
            out[name] = merged(before if isinstance(before, dict) else {}, value)
        else:
            out[name] = value
    return out


async def put_resource(
    transaction: Transaction, written: GenericResource, host: ComputeResource | None, now: int
) -> None:
    """Keep what was written, and the host of identities that it is, if it is one; settle its identities."""
    before = await live_identities(transaction)
    key = (written.resource_id.casefold(),)
    await transaction.put(RESOURCES, key, written)
    if host is not None:
        kept = msgspec.structs.replace(host, location=written.location, tags=written.tags)
        await transaction.put(COMPUTE, key, kept)
    await settle_identities(transaction, before, now)


async def answered(reader: Reader, held: Held, tenant_id: str) -> Json:
    """A resource as the wire has it."""
    more = dict(held.more)
    properties = _object(more.pop("properties", {}), "properties")
    shown: Json = {
        "id": held.resource.text,
        "name": held.resource.name,
        "type": held.resource.resource_type,
        "location": held.location,
    }
    if held.tags:
        shown["tags"] = dict(held.tags)
    identity = await identity_of(reader, held, tenant_id)
    if identity is not None:
        shown["identity"] = identity
    return shown | more | {"properties": {**properties, "provisioningState": "Succeeded"}}


async def identity_of(reader: Reader, held: Held, tenant_id: str) -> Json | None:
    """The identity that a resource has, of whatever type it is; none where it has none."""
    if isinstance(held.record, ConfigurationStore):
        return await shown_identity(reader, store_as_host(held.record), tenant_id)
    if isinstance(held.record, ComputeResource):
        return await shown_identity(reader, held.record, tenant_id)
    found: Json | None = held.more.get("identity")
    return found


def written_of(held: Held) -> GenericResource:
    """What was written of a resource, to be changed; of one that an estate declares, all that it says."""
    record = held.record
    if isinstance(record, GenericResource):
        return record
    return GenericResource(
        held.resource.text,
        held.location,
        dict(held.tags),
        dict(held.more),
        held.created_on,
        held.updated_on,
    )


def host_of(held: Held | None, place: ResourceId, location: str) -> ComputeResource:
    """The host of identities that a resource is, or will be."""
    if held is not None and isinstance(held.record, ComputeResource):
        return held.record
    return ComputeResource(place.text, place.name, location)


def _object(value: Any, what: str) -> Json:  # noqa: ANN401  # JSON is anything
    if not isinstance(value, dict):
        raise InvalidContent(f"`{what}` must be an object")
    return value
