"""The steps of an operation within a transaction: begun, found, settled, completed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import msgspec

from keyless.model.resources import Vault
from keyless.planes.keyvault.certificates.behind import Finished, check_free, put_finished
from keyless.planes.keyvault.certificates.errors import (
    CertificateInProgress,
    NameIsTaken,
    PendingCertificateNotFound,
)
from keyless.planes.keyvault.certificates.policy import whole
from keyless.planes.keyvault.certificates.records import (
    CERTIFICATE,
    CERTIFICATE_VERSIONS,
    PENDING,
    POLICIES,
    CertificateVersion,
    PendingOperation,
    Status,
)
from keyless.planes.keyvault.objects.errors import ObjectIsDeleted
from keyless.planes.keyvault.objects.vault_records import Live, ObjectWriter
from keyless.store.ports import Transaction
from keyless.wire.errors import Bug


class Wanted(msgspec.Struct, frozen=True):
    """What is asked for of a version besides its policy."""

    enabled: bool | None = None
    tags: dict[str, str] | None = None
    preserve_order: bool | None = None


class Operation(NamedTuple):
    """An operation, with the certificate's own name."""

    name: str
    pending: PendingOperation


def pending_key(vault: Vault, name: str) -> tuple[str, str]:
    """The key of a certificate's operation and policy."""
    return (vault.name.casefold(), name.casefold())


async def begin(
    transaction: Transaction, vault: Vault, name: str, pending: PendingOperation, now: int
) -> Operation:
    """Write an operation, its policy, and the unfinished version that it makes.

    Raises:
        CertificateInProgress: another version is being made.
        ObjectIsDeleted, NameIsTaken: the name is not free.
    """
    await check_free(transaction, vault, name, now)
    before = await settled(transaction, vault, name, now)
    if before is not None:
        if before.pending.in_progress:
            raise CertificateInProgress(before.name)
        await give_way(transaction, vault, before)
    live = await _put_unfinished(transaction, vault, name, pending.version)
    await transaction.put(POLICIES, pending_key(vault, name), pending.policy)
    await transaction.put(PENDING, pending_key(vault, name), pending)
    return Operation(live.name, pending)


async def _put_unfinished(
    transaction: Transaction, vault: Vault, name: str, version: CertificateVersion
) -> Live[CertificateVersion]:
    """Write a version that is being made: as the current one only in place of one that was never finished."""
    writer = ObjectWriter(transaction, CERTIFICATE, vault)
    current = await writer.live(name)
    unfinished = msgspec.structs.replace(version, enabled=False)
    if current is None:
        return await writer.put_current(name, unfinished)
    if current.version.is_finished:
        await writer.put_version(name, unfinished)
        return current
    await transaction.delete(CERTIFICATE_VERSIONS, (*pending_key(vault, name), current.version.id))
    return await writer.put_current(name, unfinished)


async def found_operation(
    transaction: Transaction, vault: Vault, name: str, request_id: str | None, now: int
) -> Operation:
    """The operation of a live certificate, if it is the one that is asked for.

    Raises:
        PendingCertificateNotFound: there is none, or it is another.
    """
    found = await settled(transaction, vault, name, now)
    if found is None or request_id not in {None, found.pending.request_id}:
        raise PendingCertificateNotFound(name)
    return found


async def settled(transaction: Transaction, vault: Vault, name: str, now: int) -> Operation | None:
    """The operation of a live certificate, ended if its time has come."""
    head = await ObjectWriter(transaction, CERTIFICATE, vault).head(name)
    pending = await transaction.get(PENDING, pending_key(vault, name))
    if head is None or pending is None:
        return None
    found = Operation(head.name, pending)
    if not pending.is_due(now):
        return found
    if pending.cancellation_requested:
        return await _end(transaction, vault, found, status=Status.CANCELLED)
    if not pending.certificates:
        return await _end(transaction, vault, found, status=Status.FAILED)
    try:
        await complete(transaction, vault, found, pending.certificates, pending.settles_at or now)
    except (NameIsTaken, ObjectIsDeleted) as error:
        return await _end(transaction, vault, found, status=Status.FAILED, failure=error.message)
    ended = await transaction.get(PENDING, pending_key(vault, name))
    return None if ended is None else Operation(head.name, ended)


async def complete(
    transaction: Transaction, vault: Vault, found: Operation, certificates: Sequence[bytes], now: int
) -> Live[CertificateVersion]:
    """Finish what an operation makes, by certificates in DER, its own first.

    Raises:
        NameIsTaken, ObjectIsDeleted: meanwhile there is another key or secret of its name.
    """
    pending = found.pending
    if pending.key is None:
        raise Bug("an operation without a key is completed")
    await check_free(transaction, vault, found.name, now)
    finished = Finished(pending.version, whole(pending.policy), pending.key, tuple(certificates))
    certificate = await put_finished(transaction, vault, found.name, finished, now)
    await _end(transaction, vault, found, status=Status.COMPLETED, key=None, certificates=[])
    return certificate


async def _end(transaction: Transaction, vault: Vault, found: Operation, **changes: object) -> Operation:
    ended = msgspec.structs.replace(found.pending, **changes)
    await transaction.put(PENDING, pending_key(vault, found.name), ended)
    return Operation(found.name, ended)


async def give_way(transaction: Transaction, vault: Vault, found: Operation) -> None:
    """Remove the version that an operation has not finished, unless a certificate has no other."""
    writer = ObjectWriter(transaction, CERTIFICATE, vault)
    head = await writer.head(found.name)
    is_current = head is not None and head.current == found.pending.version.id
    if found.pending.status is not Status.COMPLETED and not is_current:
        await transaction.delete(
            CERTIFICATE_VERSIONS, (*pending_key(vault, found.name), found.pending.version.id)
        )


def with_wanted(pending: PendingOperation, wanted: Wanted) -> PendingOperation:
    """The operation, with what a merge asks for of the version."""
    version = pending.version
    changed = msgspec.structs.replace(
        version,
        enabled=version.enabled if wanted.enabled is None else wanted.enabled,
        tags=version.tags if wanted.tags is None else wanted.tags,
    )
    return msgspec.structs.replace(pending, version=changed)
