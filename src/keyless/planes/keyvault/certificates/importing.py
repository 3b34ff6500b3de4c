"""Importing certificates: a version that is whole at once, with the key and the secret behind it.

Rules:
- a version is imported like one that is made: under a free name or as the next one, and not while another is
  being made;
- the certificate has the policy of the last import from then on;
- what an operation has not finished gives way.

Source: https://learn.microsoft.com/azure/key-vault/certificates/tutorial-import-certificate
"""

from __future__ import annotations

import msgspec

from keyless.model.resources import Vault
from keyless.planes.keyvault.certificates.behind import Finished, check_free, put_finished
from keyless.planes.keyvault.certificates.errors import CertificateInProgress
from keyless.planes.keyvault.certificates.imported import Content, Imported, read_import
from keyless.planes.keyvault.certificates.objects import Certificate
from keyless.planes.keyvault.certificates.policy import whole
from keyless.planes.keyvault.certificates.policy_schemas import CertificatePolicy
from keyless.planes.keyvault.certificates.records import (
    CERTIFICATE,
    CERTIFICATE_VERSIONS,
    PENDING,
    POLICIES,
    CertificateVersion,
    Status,
)
from keyless.planes.keyvault.certificates.settling import Wanted, pending_key, settled
from keyless.planes.keyvault.keys.material.threads import READING
from keyless.planes.keyvault.objects.objects import Entropy
from keyless.planes.keyvault.objects.properties import check_tags
from keyless.planes.keyvault.objects.vault_records import ObjectReader
from keyless.planes.keyvault.vaults import check_name
from keyless.store.ports import Store, Transaction

_ID_BYTES = 16


class Imports:
    """Imports into all vaults in a store. ``entropy`` gives version ids."""

    def __init__(self, store: Store, entropy: Entropy) -> None:
        self._store = store
        self._entropy = entropy

    async def take(
        self, vault: Vault, name: str, content: Content, wanted: Wanted, *, now: int
    ) -> Certificate:
        """Make what a request brings the newest version of a certificate.

        Raises:
            InvalidRequest: the name, the content, the policy or a tag is not allowed.
            CertificateInProgress: another version is being made.
            ObjectIsDeleted, NameIsTaken: the name is not free.
        """
        check_tags(wanted.tags)
        check_name(name)
        imported = await READING.run(lambda: read_import(content, vault, now))
        finished = Finished(
            self._version(wanted, now), whole(imported.policy), imported.key, imported.certificates
        )
        async with self._store.transaction() as transaction:
            await check_free(transaction, vault, name, now)
            await _make_room(transaction, vault, name, now)
            policy = await _as_old_as_before(transaction, vault, name, imported)
            await transaction.put(POLICIES, pending_key(vault, name), policy)
            return await put_finished(transaction, vault, name, finished, now)

    def _version(self, wanted: Wanted, now: int) -> CertificateVersion:
        return CertificateVersion(
            id=self._entropy(_ID_BYTES).hex(),
            created=now,
            updated=now,
            enabled=wanted.enabled is not False,
            tags=wanted.tags,
            preserve_order=wanted.preserve_order,
        )


async def _make_room(transaction: Transaction, vault: Vault, name: str, now: int) -> None:
    """Remove what an operation has not finished.

    Raises:
        CertificateInProgress: it is still at it.
    """
    key = pending_key(vault, name)
    before = await settled(transaction, vault, name, now)
    if before is not None and before.pending.in_progress:
        raise CertificateInProgress(before.name)
    if before is not None and before.pending.status is not Status.COMPLETED:
        await transaction.delete(PENDING, key)
        await transaction.delete(CERTIFICATE_VERSIONS, (*key, before.pending.version.id))
    live = await ObjectReader(transaction, CERTIFICATE, vault).live(name)
    if live is not None and not live.version.is_finished:
        await transaction.delete(CERTIFICATE_VERSIONS, (*key, live.version.id))


async def _as_old_as_before(
    transaction: Transaction, vault: Vault, name: str, imported: Imported
) -> CertificatePolicy:
    """The policy of an import, which is as old as the one that it replaces."""
    policy = imported.policy
    head = await ObjectReader(transaction, CERTIFICATE, vault).head(name)
    before = await transaction.get(POLICIES, pending_key(vault, name))
    if head is None or before is None or before.attributes is None or policy.attributes is None:
        return policy
    attributes = msgspec.structs.replace(policy.attributes, created=before.attributes.created)
    return msgspec.structs.replace(policy, attributes=attributes)
