"""Decisions per second against other engines, and what our own cost does as assignments grow.

Same worlds, same questions, one process, alternating rounds; every engine must give the same answers. Seconds
are those of the processor that the process had: others who share the machine then count less.
"""

from __future__ import annotations

import asyncio
import gc
import statistics
import tempfile
import time
import tracemalloc
from collections.abc import Callable
from pathlib import Path

from bench.engines import Engine, casbin, cedar, ours
from bench.worlds import BenchWorld, world_of
from keyless.authz.snapshot import compile_roles, compile_snapshot
from keyless.store.collections import ASSIGNMENTS
from keyless.store.sealing import RootKey
from keyless.store.sqlite.store import SqliteStore
from keyless.wire.policies import Policies

SIDE_BY_SIDE = (100, 10_000)
GROWING = (100, 1_000, 10_000, 100_000, 1_000_000)
BESIDE = 100_000
ROUNDS, LEAST_S = 5, 0.4


def decisions() -> None:
    """Measure, and print tables."""
    for size in SIDE_BY_SIDE:
        side_by_side(size)
    for size in GROWING:
        _growing(size)
    with tempfile.TemporaryDirectory(prefix="keyless-bench-") as folder:
        asyncio.run(_written(Path(folder)))


def side_by_side(size: int) -> None:
    world = world_of(size)
    engines: dict[str, Engine] = {
        "keyless": ours(world),
        "cedarpy": cedar(world),
        "pycasbin, fast enforcer": casbin(world, fast=True),
        "pycasbin, plain enforcer": casbin(world, fast=False),
    }
    expected = [engines["keyless"](question) for question in world.questions]
    for name, ask in engines.items():
        few = world.questions[: 40 if "plain" in name else None]
        if [ask(question) for question in few] != expected[: len(few)]:
            raise AssertionError(f"{name} decides differently")
    rates: dict[str, list[float]] = {name: [] for name in engines}
    for _ in range(ROUNDS):
        for name, ask in engines.items():
            rates[name].append(_rate(ask, world))
    own = statistics.median(rates["keyless"])
    print(f"decisions/s at {size:,} assignments ({sum(expected)} of {len(expected)} questions: yes)")
    for name, measured in rates.items():
        rate = statistics.median(measured)
        slower = "" if name == "keyless" else f"ours: {own / rate:,.1f} times as many"
        print(f"  {name:<26}{rate:>12,.0f}   {slower}".rstrip())


def _rate(ask: Engine, world: BenchWorld) -> float:
    """Questions answered in a second."""
    answered, started = 0, time.process_time()
    while True:
        for question in world.questions:
            ask(question)
            answered += 1
            if answered % 8 == 0 and time.process_time() - started > LEAST_S:
                return answered / (time.process_time() - started)


def _growing(size: int) -> None:
    world = world_of(size)
    gc.collect()
    tracemalloc.start()
    snapshot = compile_snapshot(world.assignments, world.roles)
    bytes_each = tracemalloc.get_traced_memory()[0] / size
    tracemalloc.stop()
    del snapshot
    compiled_s = _seconds(lambda: compile_snapshot(world.assignments, world.roles))
    snapshot = compile_snapshot(world.assignments, world.roles)
    roles, changed = compile_roles(world.roles), world.assignments[size // 2]
    change_s = _seconds(lambda: snapshot.with_assignments([changed], [changed], roles))
    ask = ours(world)
    rates = statistics.median(_rate(ask, world) for _ in range(3))
    print(
        f"{size:>9,} assignments: {rates:>9,.0f} decisions/s, {1e6 / rates:.2f} µs each; "
        f"{bytes_each:,.0f} bytes an assignment beside its record; compiled in {compiled_s:.3f} s; "
        f"one changed in {change_s * 1000:.2f} ms"
    )


async def _written(folder: Path) -> None:
    """What a role assignment costs that is written beside many others, until it counts."""
    world = world_of(BESIDE)
    store = SqliteStore(folder / "store.db", RootKey(bytes(range(32)), "the bench"))
    async with store.transaction() as transaction:
        for one in world.assignments:
            await transaction.put(ASSIGNMENTS, (one.id,), one)
    policies = Policies(store, {role.id: role for role in world.roles})
    started = time.process_time()
    await policies.snapshot(0)
    first_s = time.process_time() - started
    times = []
    for number in range(BESIDE, BESIDE + 20):
        (added,) = world_of(1, offset=number).assignments
        async with store.transaction() as transaction:
            await transaction.put(ASSIGNMENTS, (added.id,), added)
        started = time.process_time()
        await policies.snapshot(0)
        times.append(time.process_time() - started)
    store.close()
    print(
        f"beside {BESIDE:,} assignments in the store: all read and compiled once in {first_s:.2f} s; "
        f"one that is written counts {statistics.median(times) * 1000:.2f} ms after its commit"
    )


def _seconds(do: Callable[[], object]) -> float:
    """The least of three times."""
    times = []
    for _ in range(3):
        started = time.process_time()
        do()
        times.append(time.process_time() - started)
    return min(times)


if __name__ == "__main__":
    decisions()
