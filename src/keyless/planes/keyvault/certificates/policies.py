"""The policies of certificates: seen, and changed for versions to come."""

from __future__ import annotations

from keyless.model.resources import Vault
from keyless.planes.keyvault.certificates.errors import CertificateNotFound
from keyless.planes.keyvault.certificates.policy import completed, whole
from keyless.planes.keyvault.certificates.policy_schemas import CertificatePolicy
from keyless.planes.keyvault.certificates.profiles import profile_of
from keyless.planes.keyvault.certificates.records import CERTIFICATE, POLICIES
from keyless.planes.keyvault.objects.vault_records import ObjectReader
from keyless.store.ports import Reader, Store, Transaction


async def policy_of(reader: Reader, vault: Vault, name: str) -> tuple[str, CertificatePolicy]:
    """A live certificate's own name, and its policy.

    Raises:
        CertificateNotFound: there is no live certificate of that name.
    """
    records = ObjectReader(reader, CERTIFICATE, vault)
    head, policy = await records.head(name), await reader.get(POLICIES, records.key(name))
    if head is None or policy is None:
        raise CertificateNotFound(name)
    return head.name, policy


async def put_changed(
    transaction: Transaction, vault: Vault, name: str, given: CertificatePolicy, now: int
) -> tuple[str, CertificatePolicy]:
    """Change what is given of a live certificate's policy; gives its own name too.

    Raises:
        CertificateNotFound: there is no live certificate of that name.
        InvalidRequest: the policy says what none can.
    """
    own_name, before = await policy_of(transaction, vault, name)
    policy = completed(given, vault, now=now, before=before)
    profile_of(whole(policy).x509)  # refuses what no certificate can say
    await transaction.put(POLICIES, ObjectReader(transaction, CERTIFICATE, vault).key(name), policy)
    return own_name, policy


class Policies:
    """The policies of the certificates of all vaults in a store. Times (``now``) are epoch seconds."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def find(self, vault: Vault, name: str) -> tuple[str, CertificatePolicy]:
        """A certificate's policy; raises as ``policy_of``."""
        return await policy_of(self._store, vault, name)

    async def update(
        self, vault: Vault, name: str, given: CertificatePolicy, *, now: int
    ) -> tuple[str, CertificatePolicy]:
        """Change what is given of a policy; raises as ``put_changed``."""
        async with self._store.transaction() as transaction:
            return await put_changed(transaction, vault, name, given, now)
