"""The contacts of a vault: who is told of what becomes of its certificates.

Source: https://learn.microsoft.com/rest/api/keyvault/certificates/set-certificate-contacts/set-certificate-contacts
"""

from __future__ import annotations

from collections.abc import Sequence

from keyless.model.resources import Vault
from keyless.planes.keyvault.certificates.errors import ContactsNotFound
from keyless.planes.keyvault.certificates.records import CONTACTS, Contact, Contacts
from keyless.store.ports import Key, Reader, Store
from keyless.wire.errors import InvalidProperty

_MOST_CONTACTS = 100


async def find_contacts(reader: Reader, vault: Vault) -> Contacts:
    """The contacts of a vault.

    Raises:
        ContactsNotFound: it has none.
    """
    contacts = await reader.get(CONTACTS, _key(vault))
    if contacts is None:
        raise ContactsNotFound
    return contacts


class CertificateContacts:
    """The contacts of all vaults in a store."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def find(self, vault: Vault) -> Contacts:
        """The contacts of a vault; raises as ``find_contacts``."""
        return await find_contacts(self._store, vault)

    async def set(self, vault: Vault, given: Sequence[Contact]) -> Contacts:
        """Write the contacts of a vault, in place of those that were there.

        Raises:
            InvalidRequest: there is none, one has no e-mail address, or there are too many.
        """
        if not 1 <= len(given) <= _MOST_CONTACTS:
            raise InvalidProperty("contacts", f"give between 1 and {_MOST_CONTACTS}")
        if any("@" not in (contact.email or "") for contact in given):
            raise InvalidProperty("email", "every contact has an e-mail address")
        contacts = Contacts(list(given))
        async with self._store.transaction() as transaction:
            await transaction.put(CONTACTS, _key(vault), contacts)
        return contacts

    async def delete(self, vault: Vault) -> Contacts:
        """Remove the contacts of a vault; raises as ``find_contacts``."""
        async with self._store.transaction() as transaction:
            contacts = await find_contacts(transaction, vault)
            await transaction.delete(CONTACTS, _key(vault))
        return contacts


def _key(vault: Vault) -> Key:
    return (vault.name.casefold(),)
