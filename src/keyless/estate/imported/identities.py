"""User-assigned identities and their federated credentials.

Source: https://learn.microsoft.com/rest/api/managedidentity/user-assigned-identities/list-by-subscription
"""

from __future__ import annotations

from collections.abc import Iterator

from keyless.estate.imported.entry import CannotRead, Entry
from keyless.estate.imported.existing import Known
from keyless.estate.imported.lookup import Lookup, derived_identity
from keyless.model.identities import FederatedCredential, IdentityKind, ManagedIdentity
from keyless.model.resource_id import ResourceId
from keyless.model.resources import USER_ASSIGNED_IDENTITY_TYPE


def identity_of(entry: Entry) -> ManagedIdentity | None:
    """A user-assigned identity with its ids; none where the source does not tell them."""
    if not entry.get("principalId") or not entry.get("clientId"):
        return None
    place = entry.resource_id()
    return ManagedIdentity(
        kind=IdentityKind.USER_ASSIGNED,
        name=place.name,
        resource_id=place.text,
        client_id=entry.guid("clientId"),
        principal_id=entry.guid("principalId"),
        location=entry.text("location"),
        tags=tuple(sorted(entry.tags().items())),
    )


def read_identity(entry: Entry, lookup: Lookup) -> Iterator[Known]:
    """A user-assigned identity; of one that was not deployed yet the ids follow from its name."""
    found = identity_of(entry)
    if found is not None:
        yield Known(found, ("client_id", "principal_id", "location", "tags"), entry.rank)
        return
    place = entry.resource_id()
    if not place.is_type(USER_ASSIGNED_IDENTITY_TYPE):
        raise CannotRead("its `id` is not that of a user-assigned identity")
    known = lookup.identities.get(place.text.casefold())
    yield Known(known or derived_identity(place), (), entry.rank)


def read_federated(entry: Entry, lookup: Lookup) -> Iterator[Known]:
    """A federated credential of a user-assigned identity."""
    place = entry.resource_id()
    owner = ResourceId(place.segments[:8])
    if not owner.is_type(USER_ASSIGNED_IDENTITY_TYPE):
        raise CannotRead("its `id` does not say of which identity it is")
    audiences = entry.texts("audiences")
    if len(audiences) != 1:
        raise CannotRead("it must have one entry under `audiences`")
    record = FederatedCredential(
        owner.text, place.name, entry.needed("issuer"), entry.needed("subject"), audiences[0]
    )
    yield Known(record, ("issuer", "subject", "audience"), entry.rank)
