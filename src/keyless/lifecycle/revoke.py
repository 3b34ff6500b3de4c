"""Revoking a principal, and letting it in again.

Rules:
- each revocation is later than the one before, by a second at least, so that a token that was issued between
  two in the same second does not outlive the second one;
- to restore a disabled principal lets it get tokens again; those of before its revocation stay refused;
- whoever is deleted is disabled, so that no token outlives its principal.
"""

from __future__ import annotations

from keyless.model.identities import Revocation
from keyless.store.collections import REVOCATIONS
from keyless.store.ports import Store, Transaction
from keyless.wire.revocations import revocation_key, revocation_of


async def revoke(store: Store, principal_id: str, now: int, *, disable: bool = False) -> Revocation:
    """Refuse every token that a principal has; with ``disable`` it gets no other. ``now``: epoch seconds."""
    async with store.transaction() as transaction:
        return await revoke_in(transaction, principal_id, now, disable=disable)


async def revoke_in(
    transaction: Transaction, principal_id: str, now: int, *, disable: bool = False
) -> Revocation:
    """As ``revoke``, as a part of something larger."""
    there = await revocation_of(transaction, principal_id)
    revoked_at = now if there is None else max(now, there.revoked_at + 1)
    made = Revocation(principal_id, revoked_at, disable or (there is not None and there.disabled))
    await transaction.put(REVOCATIONS, revocation_key(principal_id), made)
    return made


async def restore(store: Store, principal_id: str) -> bool:
    """Let a disabled principal get tokens again; false where it was not disabled."""
    async with store.transaction() as transaction:
        return await restore_in(transaction, principal_id)


async def restore_in(transaction: Transaction, principal_id: str) -> bool:
    """As ``restore``, as a part of something larger."""
    there = await revocation_of(transaction, principal_id)
    if there is None or not there.disabled:
        return False
    restored = Revocation(there.principal_id, there.revoked_at)
    await transaction.put(REVOCATIONS, revocation_key(principal_id), restored)
    return True
