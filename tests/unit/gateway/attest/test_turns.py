"""One user's flood delays that user alone, and what has begun ends before the next begins."""

from __future__ import annotations

import asyncio
import gc
import threading

from keyless.gateway.attest.peer import Attestor
from keyless.gateway.attest.processes import Processes
from keyless.gateway.attest.sockets import socket_table
from keyless.gateway.attest.turns import Turns

FLOOD, VICTIM = 1, 2


class Gate:
    """Something slow to look at, which goes on when it is told to."""

    def __init__(self) -> None:
        self.open = threading.Event()
        self.begun = threading.Semaphore(0)
        self.running = 0
        self.most = 0
        self._lock = threading.Lock()

    def look(self) -> str:
        with self._lock:
            self.running += 1
            self.most = max(self.most, self.running)
        self.begun.release()
        assert self.open.wait(20)
        with self._lock:
            self.running -= 1
        return "seen"


def turns(at_once: int = 4) -> Turns:
    return Turns(Attestor(socket_table(), Processes()), at_once)


async def begun(gate: Gate, number: int = 1) -> None:
    for _ in range(number):
        assert await asyncio.to_thread(gate.begun.acquire, timeout=20)


async def test_one_users_flood_delays_nobody_else() -> None:
    made, gate = turns(), Gate()
    flood = [asyncio.create_task(made.take(FLOOD, gate.look)) for _ in range(50)]
    await begun(gate)
    assert await made.take(VICTIM, lambda: "seen") == "seen"
    assert (gate.most, gate.running) == (1, 1)
    gate.open.set()
    assert await asyncio.gather(*flood) == ["seen"] * 50
    assert gate.most == 1


async def test_of_all_users_only_a_few_are_looked_at_at_once() -> None:
    made, gate = turns(at_once=2), Gate()
    tasks = [asyncio.create_task(made.take(user, gate.look)) for user in range(6)]
    await begun(gate, 2)
    gate.open.set()
    assert await asyncio.gather(*tasks) == ["seen"] * 6
    assert gate.most == 2


async def test_a_look_that_nobody_waits_for_keeps_its_turn_until_it_ends() -> None:
    made, gate = turns(), Gate()
    left = asyncio.create_task(made.take(FLOOD, gate.look))
    await begun(gate)
    left.cancel()
    following = asyncio.create_task(made.take(FLOOD, gate.look))
    queued = asyncio.create_task(made.take(FLOOD, gate.look))
    await asyncio.sleep(0)
    queued.cancel()
    gate.open.set()
    assert await following == "seen"
    await asyncio.wait({left, queued})
    assert left.cancelled()
    assert queued.cancelled()
    assert gate.most == 1
    assert gate.begun.acquire(blocking=False), "the one that followed has looked"
    assert not gate.begun.acquire(blocking=False), "the one that left the queue has not"


async def test_a_look_that_nobody_waits_for_and_that_fails_is_no_error_of_the_loop() -> None:
    errors: list[dict[str, object]] = []
    asyncio.get_running_loop().set_exception_handler(lambda loop, context: errors.append(context))
    made, gate = turns(), Gate()

    def fail() -> str:
        gate.look()
        raise RuntimeError("the process has gone")

    left = asyncio.create_task(made.take(FLOOD, fail))
    await begun(gate)
    left.cancel()
    await asyncio.sleep(0)
    gate.open.set()
    await asyncio.wait({left})
    assert left.cancelled()
    del left
    gc.collect()
    assert errors == []
