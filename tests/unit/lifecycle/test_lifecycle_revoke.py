"""Revoking principals and letting them in again."""

from __future__ import annotations

from keyless.lifecycle.revoke import restore, revoke
from keyless.store.ports import Store
from keyless.wire.revocations import revocation_of


async def test_each_revocation_is_later_than_the_one_before(store: Store, now: int) -> None:
    first = await revoke(store, "p", now)
    second = await revoke(store, "P", now)
    third = await revoke(store, "p", now + 60)
    assert [one.revoked_at for one in (first, second, third)] == [now, now + 1, now + 60]
    assert await revocation_of(store, "p") == third


async def test_a_clock_that_went_back_revokes_nothing_less(store: Store, now: int) -> None:
    await revoke(store, "p", now)
    assert (await revoke(store, "p", now - 3600)).revoked_at == now + 1


async def test_who_is_disabled_stays_so_until_restored(store: Store, now: int) -> None:
    await revoke(store, "p", now, disable=True)
    assert (await revoke(store, "p", now + 1)).disabled
    assert await restore(store, "p")
    found = await revocation_of(store, "p")
    assert found is not None
    assert (found.disabled, found.revoked_at) == (False, now + 1)


async def test_restoring_who_is_not_disabled_changes_nothing(store: Store, now: int) -> None:
    assert not await restore(store, "p")
    assert await revocation_of(store, "p") is None
    revoked = await revoke(store, "p", now)
    assert not await restore(store, "p")
    assert await revocation_of(store, "p") == revoked
