"""What time it is in an estate: the machine's, and as much further as its clock was moved.

Rules:
- what vaults and configuration stores hold has its times by this one: created, expires, deleted, purged; and
  so has how often they may be asked;
- tokens, TLS, leases, evidence and the conditions of role assignments do not: their times are compared with
  clocks that nobody here moves.
"""

from __future__ import annotations

from keyless.model.clock import Clock
from keyless.store.collections import CLOCK, CLOCK_KEY
from keyless.store.ports import Reader


async def ahead_s(reader: Reader) -> int:
    """How many seconds the estate's time is ahead of the machine's."""
    return (await reader.get(CLOCK, CLOCK_KEY) or Clock()).ahead_s


async def estate_time(reader: Reader, machine_time: float) -> int:
    """The estate's time (epoch seconds) when it is ``machine_time`` at the machine."""
    return int(machine_time) + await ahead_s(reader)
