"""What a vault holds, for those who manage vaults, not for who asks a vault's own host."""

from __future__ import annotations

from typing import Any

from keyless.planes.keyvault.certificates.records import CERTIFICATE, CONTACTS, ISSUERS
from keyless.planes.keyvault.keys.records import KEY
from keyless.planes.keyvault.objects.kind import Kind
from keyless.planes.keyvault.secrets.records import SECRET
from keyless.store.collections import EVENT_SUBSCRIPTIONS, EXPIRY_TOLD
from keyless.store.ports import Collection, Transaction

KINDS: tuple[Kind[Any], ...] = (SECRET, KEY, CERTIFICATE)
"""Every kind of object that a vault holds."""
HELD: tuple[Collection[Any], ...] = (
    *(one for kind in KINDS for one in kind.collections),
    ISSUERS,
    CONTACTS,
)
"""Every collection whose keys begin with a vault's case-folded name."""


class VaultContents:
    """Takes away what vaults held."""

    async def forget(self, transaction: Transaction, vault_name: str) -> None:
        """Take away everything that a vault held, what was deleted in it included."""
        for collection in (*HELD, EXPIRY_TOLD, EVENT_SUBSCRIPTIONS):
            for key, _ in await transaction.scan(collection, (vault_name.casefold(),)):
                await transaction.delete(collection, key)
