"""Operations that make certificates: begun, seen, cancelled, deleted, merged, and settled in time.

Rules:
- a certificate has at most one operation; while it is in progress no other begins. What it makes is a version
  without a certificate, disabled, which is the current one only where there is no other;
- who signs here (`Self`, and issuers of the provider `Test`) is ready at once, but the operation stays in
  progress for a moment, as on Azure, so that it can be cancelled; an issuer that cannot be reached from here
  fails; with `Unknown` it waits for a merge;
- an operation settles when somebody looks after its time, or when the vaults' keeper does; it is cancelled
  then where that was requested;
- a merge needs a certificate of the operation's own key, and is not for those that an issuer is working on;
- a version that was never finished gives way to the next.

Source: https://learn.microsoft.com/azure/key-vault/certificates/create-certificate-scenarios
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import Certificate

from keyless.model.resources import Vault
from keyless.planes.keyvault.certificates.beginning import SETTLES_S, Beginner
from keyless.planes.keyvault.certificates.errors import (
    CertificateInProgress,
    MergeForbidden,
    NotInProgress,
    PendingCertificateNotFound,
)
from keyless.planes.keyvault.certificates.issuing import private_key
from keyless.planes.keyvault.certificates.policy_schemas import CertificatePolicy
from keyless.planes.keyvault.certificates.records import (
    CERTIFICATE,
    PENDING,
    CertificateVersion,
    PendingOperation,
)
from keyless.planes.keyvault.certificates.settling import (
    Operation,
    Wanted,
    begin,
    complete,
    found_operation,
    give_way,
    pending_key,
    settled,
    with_wanted,
)
from keyless.planes.keyvault.certificates.x509.bundles import LONGEST_CHAIN, in_order, read_certificate
from keyless.planes.keyvault.objects.objects import Entropy
from keyless.planes.keyvault.objects.properties import check_tags
from keyless.planes.keyvault.objects.vault_records import Live, ObjectReader
from keyless.planes.keyvault.vaults import check_name
from keyless.store.ports import Store
from keyless.wire.errors import InvalidProperty


class PendingOperations:
    """The operations of all vaults in a store. Times (``now``) are epoch seconds."""

    def __init__(self, store: Store, entropy: Entropy) -> None:
        self._store = store
        self._beginner = Beginner(store, entropy)

    async def begin(
        self, vault: Vault, name: str, given: CertificatePolicy | None, wanted: Wanted, *, now: int
    ) -> Operation:
        """Begin to make a version, by the given policy or, without one, by that of the certificate.

        Raises:
            InvalidRequest: the name, the policy or a tag is not allowed.
            IssuerNotFound, IssuerDisabled: the policy's issuer is not there, or does not work.
            CertificateInProgress: another version is being made.
            ObjectIsDeleted, NameIsTaken: the name is not free.
        """
        check_tags(wanted.tags)
        before = await self._store.get(PENDING, pending_key(vault, check_name(name)))
        head = await ObjectReader(self._store, CERTIFICATE, vault).head(name)
        if head is not None and before is not None and before.in_progress and not before.is_due(now):
            raise CertificateInProgress(head.name)  # before a key is made for nothing
        pending = await self._beginner.operation(vault, name, given, wanted, now)
        async with self._store.transaction() as transaction:
            return await begin(transaction, vault, name, pending, now)

    async def find(self, vault: Vault, name: str, request_id: str | None = None, *, now: int) -> Operation:
        """A certificate's operation, if it is the one that is asked for.

        Raises:
            PendingCertificateNotFound: there is none, or it is another.
        """
        head = await ObjectReader(self._store, CERTIFICATE, vault).head(name)
        pending = await self._store.get(PENDING, pending_key(vault, name))
        found = None if head is None or pending is None else Operation(head.name, pending)
        if found is not None and found.pending.is_due(now):
            found = await self.settle(vault, name, now=now)
        if found is None or request_id not in {None, found.pending.request_id}:
            raise PendingCertificateNotFound(name)
        return found

    async def settle(self, vault: Vault, name: str, *, now: int) -> Operation | None:
        """End an operation whose time has come; none where there is no operation."""
        async with self._store.transaction() as transaction:
            return await settled(transaction, vault, name, now)

    async def cancel(
        self, vault: Vault, name: str, request_id: str | None, *, requested: bool, now: int
    ) -> Operation:
        """Request that an operation be cancelled, or take that back.

        Raises:
            PendingCertificateNotFound: there is none.
            NotInProgress: it has ended.
        """
        async with self._store.transaction() as transaction:
            found = await found_operation(transaction, vault, name, request_id, now)
            if not found.pending.in_progress:
                raise NotInProgress
            settles_at = now + SETTLES_S if requested or not found.pending.waits_for_merge else None
            changed = msgspec.structs.replace(
                found.pending, cancellation_requested=requested, settles_at=settles_at
            )
            await transaction.put(PENDING, pending_key(vault, name), changed)
        return Operation(found.name, changed)

    async def delete(self, vault: Vault, name: str, request_id: str | None, *, now: int) -> Operation:
        """Forget an operation, and what it has not finished.

        Raises:
            PendingCertificateNotFound: there is none.
        """
        async with self._store.transaction() as transaction:
            found = await found_operation(transaction, vault, name, request_id, now)
            await give_way(transaction, vault, found)
            await transaction.delete(PENDING, pending_key(vault, name))
        return found

    async def merge(
        self, vault: Vault, name: str, chain: Sequence[bytes], wanted: Wanted, *, now: int
    ) -> Live[CertificateVersion]:
        """Finish a version with a certificate that was signed elsewhere.

        Raises:
            PendingCertificateNotFound: there is no operation.
            MergeForbidden: its issuer is working on it.
            NotInProgress: it is completed.
            InvalidRequest: there is no certificate of its key, there are too many, or a tag is not allowed.
        """
        check_tags(wanted.tags)
        if len(chain) > LONGEST_CHAIN:  # each may be asked whether it signed any other
            raise InvalidProperty("x5c", f"it has {len(chain)} entries, and {LONGEST_CHAIN} are the most")
        certificates = [read_certificate(each) for each in chain]
        async with self._store.transaction() as transaction:
            found = await found_operation(transaction, vault, name, None, now)
            ders = _own_first(found.pending, certificates)
            changed = Operation(found.name, with_wanted(found.pending, wanted))
            return await complete(transaction, vault, changed, ders, now)


def _own_first(pending: PendingOperation, certificates: Sequence[Certificate]) -> list[bytes]:
    """Certificates in DER, that of the operation's key first.

    Raises:
        MergeForbidden, NotInProgress: nothing can be merged.
        InvalidRequest: none is of that key.
    """
    if pending.in_progress and not pending.waits_for_merge:
        raise MergeForbidden(pending.issuer.name or "")
    if pending.key is None:
        raise NotInProgress
    key = private_key(pending.key).public_key()
    ordered = in_order(key, certificates, keep_order=bool(pending.version.preserve_order))
    if ordered is None:
        raise InvalidProperty("x5c", "no certificate in it is of the key that the request was made with")
    return [each.public_bytes(Encoding.DER) for each in ordered]
