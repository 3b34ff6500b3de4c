"""Moving the estate's time.

Rules:
- it goes forward, or on request back, and is never behind the machine's;
- going back is asked for on its own, because what was written later than that keeps its times.
"""

from __future__ import annotations

from keyless.model.clock import Clock
from keyless.store.clock import ahead_s
from keyless.store.collections import CLOCK, CLOCK_KEY
from keyless.store.ports import Store, Transaction

MOST_AHEAD_S = 100 * 366 * 24 * 60 * 60


class CannotMove(Exception):
    """The time is not moved there; the message says why, and what to do."""


async def advance_to(store: Store, time_s: int, machine_time: int) -> int:
    """Move the estate's time forward to a time (epoch seconds), unless it is there already; how far it is
    ahead of the machine's then.

    Raises:
        CannotMove: that is too far.
    """
    async with store.transaction() as transaction:
        ahead = await ahead_s(transaction)
        return await _put(transaction, time_s - machine_time) if time_s - machine_time > ahead else ahead


def check_reach(ahead: int) -> None:
    """Make sure that the estate's time may be so far ahead of the machine's.

    Raises:
        CannotMove: it is too far.
    """
    if ahead > MOST_AHEAD_S:
        raise CannotMove("the estate's time can be at most a hundred years ahead of this machine's")


async def advance(store: Store, by_s: int) -> int:
    """Move the estate's time forward by a number of seconds; how far it is ahead then.

    Raises:
        CannotMove: that is too far.
    """
    async with store.transaction() as transaction:
        return await _put(transaction, await ahead_s(transaction) + by_s)


async def set_to(store: Store, time_s: int, machine_time: int, *, back: bool = False) -> int:
    """Move the estate's time to a time (epoch seconds); how far it is ahead of the machine's then.

    Raises:
        CannotMove: that is earlier than it is, and going ``back`` was not asked for; or before the machine's
            time, or too far.
    """
    wanted = time_s - machine_time
    async with store.transaction() as transaction:
        if wanted < 0:
            raise CannotMove("that is before this machine's time, and the estate's is never behind it")
        if wanted < await ahead_s(transaction) and not back:
            raise CannotMove(
                "that is earlier than it is in the estate: what was written since keeps its times. "
                "If that is right, say so with `--back`"
            )
        return await _put(transaction, wanted)


async def reset(store: Store) -> int:
    """Let the estate's time be the machine's again; how far it was ahead."""
    async with store.transaction() as transaction:
        was = await ahead_s(transaction)
        await transaction.delete(CLOCK, CLOCK_KEY)
        return was


async def _put(transaction: Transaction, ahead: int) -> int:
    check_reach(ahead)
    await transaction.put(CLOCK, CLOCK_KEY, Clock(ahead))
    return ahead
