"""Federated credentials in the store, and who owns them."""

from __future__ import annotations

from collections.abc import Sequence

from keyless.model.identities import Application, FederatedCredential, ManagedIdentity
from keyless.planes.entra.applications import find_application
from keyless.store.collections import FEDERATED_CREDENTIALS, IDENTITIES
from keyless.store.ports import Reader, Store

Owner = Application | ManagedIdentity


def owner_id(owner: Owner) -> str:
    """The id that an owner's federated credentials are kept under."""
    return owner.resource_id if isinstance(owner, ManagedIdentity) else owner.client_id


async def federated_credentials_of(reader: Reader, owner: str) -> Sequence[FederatedCredential]:
    """The federated credentials of an owner, by its id."""
    return [one for _, one in await reader.scan(FEDERATED_CREDENTIALS, (owner.casefold(),))]


class Owners:
    """Applications and user-assigned identities by client id.

    Identities are kept by resource id, so who has which client id is remembered until any of them changes.
    """

    def __init__(self) -> None:
        self._identities: tuple[int, dict[str, ManagedIdentity]] = (-1, {})

    async def find(self, store: Store, client_id: str) -> Owner | None:
        """Whoever has a client id."""
        application = await find_application(store, client_id)
        return application or (await self._known(store)).get(client_id.casefold())

    async def _known(self, store: Store) -> dict[str, ManagedIdentity]:
        revision = store.revision(IDENTITIES)
        if self._identities[0] != revision:
            found = [identity for _, identity in await store.scan(IDENTITIES)]
            self._identities = (revision, {one.client_id.casefold(): one for one in found})
        return self._identities[1]
