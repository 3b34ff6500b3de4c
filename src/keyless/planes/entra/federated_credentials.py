"""Federated credentials in the store, and who owns them."""

from __future__ import annotations

from collections.abc import Sequence

from keyless.lifecycle.applications import find_application
from keyless.model.identities import Application, FederatedCredential, ManagedIdentity
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
    """Applications and user-assigned identities by client id; identities by principal id too.

    Identities are kept by resource id, so who has which other id is remembered until any of them changes.
    """

    def __init__(self) -> None:
        self._seen_revision = -1
        self._by_client: dict[str, ManagedIdentity] = {}
        self._by_principal: dict[str, ManagedIdentity] = {}

    async def find(self, store: Store, client_id: str) -> Owner | None:
        """Whoever has a client id."""
        application = await find_application(store, client_id)
        await self._look(store)
        return application or self._by_client.get(client_id.casefold())

    async def identity_of(self, store: Store, principal_id: str) -> ManagedIdentity | None:
        """The user-assigned identity with a principal id, in just that casing."""
        await self._look(store)
        return self._by_principal.get(principal_id)

    async def _look(self, store: Store) -> None:
        revision = store.revision(IDENTITIES)
        if self._seen_revision != revision:
            found = [identity for _, identity in await store.scan(IDENTITIES)]
            self._by_client = {one.client_id.casefold(): one for one in found}
            self._by_principal = {one.principal_id: one for one in found}
            self._seen_revision = revision
