"""What the sources tell of ids, beside the records themselves: whose they are, and what they go with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from keyless.estate.imported.entry import Entry, IdOf, as_guid
from keyless.model.derived_ids import system_assigned_identity, user_assigned_identity
from keyless.model.identities import ManagedIdentity
from keyless.model.resource_id import ResourceId
from keyless.model.resources import USER_ASSIGNED_IDENTITY_TYPE


@dataclass(slots=True)
class Lookup:
    """Identities by the case-folded id of their resource, and client ids by principal id."""

    identities: dict[str, ManagedIdentity] = field(default_factory=dict)
    client_ids: dict[str, str] = field(default_factory=dict)

    def principal(self, entry: Entry, name: str) -> str:
        """The object id in a field; what only a deployment knows is looked up.

        Raises:
            CannotRead: there is none.
        """
        found = entry.get(name)
        if not isinstance(found, IdOf):
            return entry.guid(name)
        return as_guid(getattr(self.identity(found.resource_id), _FIELDS[found.which]), name)

    def identity(self, resource_id: str) -> ManagedIdentity:
        """The identity of a resource: the one that is known, else with the ids that follow from the name."""
        place = ResourceId.parse(resource_id)
        return self.identities.get(place.text.casefold()) or derived_identity(place)

    def client_id(self, principal_id: str) -> str | None:
        """The client id that goes with a principal, if a list of service principals told it."""
        return self.client_ids.get(principal_id)


_FIELDS: Mapping[str, str] = {"principalId": "principal_id", "clientId": "client_id"}


def derived_identity(place: ResourceId) -> ManagedIdentity:
    """An identity with the ids that an estate file without ids would give it."""
    if place.is_type(USER_ASSIGNED_IDENTITY_TYPE):
        return user_assigned_identity(ResourceId(place.segments[:4]), place.name)
    return system_assigned_identity(place, place.name)
