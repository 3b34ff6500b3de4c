"""The `identity` of a resource: its own, and those given to it.

Source: https://learn.microsoft.com/azure/templates/microsoft.web/sites#managedserviceidentity
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from keyless.estate.imported.entry import CannotRead, Entry, as_resource_id
from keyless.estate.imported.existing import Known
from keyless.estate.imported.identities import identity_of
from keyless.estate.imported.lookup import Lookup, derived_identity
from keyless.model.identities import IdentityKind, ManagedIdentity
from keyless.model.resource_id import ResourceId

_TYPES = {
    "": (False, False),
    "none": (False, False),
    "systemassigned": (True, False),
    "userassigned": (False, True),
    "systemassigned,userassigned": (True, True),
    "userassigned,systemassigned": (True, True),
}


class Hosted(NamedTuple):
    """The identities of a resource; ``said`` tells whether its own id comes from a source."""

    own: ManagedIdentity | None
    given: tuple[str, ...]
    said: bool


def hosted_of(entry: Entry, lookup: Lookup) -> Hosted:
    """The identities of a resource."""
    block = entry.part("identity")
    kinds = _TYPES.get(block.text("type").replace(" ", "").casefold())
    if kinds is None:
        raise CannotRead("`identity.type` is none that is known")
    given = tuple(as_resource_id(one, "identity.userAssignedIdentities").text for one in _given(block))
    if not kinds[0]:
        return Hosted(None, given if kinds[1] else (), True)
    own = _own(entry.resource_id(), block, lookup)
    return Hosted(own, given, bool(block.get("principalId")))


def given_identities(entry: Entry) -> Iterator[Known]:
    """The user-assigned identities whose ids the block itself tells."""
    for resource_id, ids in _given(entry.part("identity")).items():
        if isinstance(ids, dict):
            found = identity_of(Entry({"id": resource_id, **ids}, entry.file, entry.at, entry.rank))
            if found is not None:
                yield Known(found, ("client_id", "principal_id"), entry.rank)


def _given(block: Entry) -> dict[str, object]:
    found = block.get("userAssignedIdentities") or {}
    if not isinstance(found, dict):
        raise CannotRead("`identity.userAssignedIdentities` is not an object")
    return found


def _own(place: ResourceId, block: Entry, lookup: Lookup) -> ManagedIdentity:
    known = lookup.identities.get(place.text.casefold()) or derived_identity(place)
    if not block.get("principalId"):
        return known
    principal_id = block.guid("principalId")
    client_id = lookup.client_id(principal_id) or known.client_id
    return ManagedIdentity(IdentityKind.SYSTEM_ASSIGNED, place.name, place.text, client_id, principal_id)
