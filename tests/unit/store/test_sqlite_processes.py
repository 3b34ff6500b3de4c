"""The store among processes: acknowledged writes outlive a kill, and writers lose nothing of each other's."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import msgspec
import pytest

from keyless.store.ports import Collection
from keyless.store.sealing import RootKey
from keyless.store.sqlite.store import SqliteStore


class Count(msgspec.Struct, frozen=True):
    number: int


COUNTS = Collection("counts", Count)
SECRETS = Collection("secrets", Count, sealed=True)

# Forks a child for every line that it reads, so that Python starts once: the child works on the store until
# it is killed or done, and writes to the pipe only what is committed.
NURSERY = """
import asyncio, os, sys
from pathlib import Path
import msgspec
from keyless.store.ports import Collection
from keyless.store.sealing import RootKey
from keyless.store.sqlite.store import SqliteStore

class Count(msgspec.Struct, frozen=True):
    number: int

COUNTS = Collection("counts", Count)
SECRETS = Collection("secrets", Count, sealed=True)

def opened():
    return SqliteStore(Path(sys.argv[1]), RootKey(bytes(range(32)), "the test"))

async def write_on():
    store = opened()
    while True:
        async with store.transaction() as transaction:
            found = await transaction.get(COUNTS, ("n",))
            number = found.number + 1 if found else 1
            await transaction.put(COUNTS, ("n",), Count(number))
            await transaction.put(SECRETS, (str(number),), Count(number))
        os.write(1, f"{number}\\n".encode())

async def add(times):
    store = opened()
    for _ in range(times):
        async with store.transaction() as transaction:
            found = await transaction.get(COUNTS, ("n",))
            await transaction.put(COUNTS, ("n",), Count(found.number + 1 if found else 1))
    store.close()

def create():
    opened().close()

WORK = {"write": lambda: asyncio.run(write_on()), "add": lambda: asyncio.run(add(50)), "create": create}

for line in sys.stdin:
    work, children = line.split()[0], int(line.split()[1])
    pids = []
    for _ in range(children):
        pid = os.fork()
        if not pid:
            status = 1
            try:
                WORK[work]()
                status = 0
            finally:
                os._exit(status)
        pids.append(pid)
    os.write(1, f"pids {' '.join(map(str, pids))}\\n".encode())
    statuses = [os.waitpid(pid, 0)[1] for pid in pids]
    os.write(1, f"done {max(statuses)}\\n".encode())
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "store.db"


class Nursery:
    """A process whose children work on a store."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process
        self.acknowledged = 0

    def begin(self, work: str, children: int = 1) -> list[int]:
        """Start children; their process ids."""
        assert self._process.stdin is not None
        self.acknowledged = 0
        self._process.stdin.write(f"{work} {children}\n")
        self._process.stdin.flush()
        while not (line := self._line()).startswith("pids"):
            self.acknowledged = int(line)
        return [int(pid) for pid in line.split()[1:]]

    def hear(self) -> None:
        """Wait for one more acknowledgement."""
        self.acknowledged = int(self._line())

    def end(self) -> int:
        """Hear the rest, until all children have ended; the worst of their statuses."""
        while not (line := self._line()).startswith("done"):
            self.acknowledged = int(line)
        return int(line.split()[1])

    def _line(self) -> str:
        assert self._process.stdout is not None
        return self._process.stdout.readline()


@pytest.fixture
def nursery(file: Path) -> Iterator[Nursery]:
    with subprocess.Popen(
        [sys.executable, "-c", NURSERY, str(file)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        yield Nursery(process)
        assert process.stdin is not None
        process.stdin.close()


async def test_an_acknowledged_write_survives_a_kill(file: Path, nursery: Nursery, root_key: RootKey) -> None:
    chance = random.Random(20)
    for _ in range(30):
        (pid,) = nursery.begin("write")
        for _ in range(chance.randrange(1, 12)):
            nursery.hear()
        os.kill(pid, signal.SIGKILL)
        assert os.WTERMSIG(nursery.end()) == signal.SIGKILL
        with closing(SqliteStore(file, root_key)) as store:
            found = await store.get(COUNTS, ("n",))
            assert found is not None
            assert found.number >= nursery.acknowledged > 0
            whole = [record.number for _, record in await store.scan(SECRETS)]
            assert sorted(whole) == list(range(1, found.number + 1))


async def test_writers_in_several_processes_lose_nothing(
    file: Path, nursery: Nursery, root_key: RootKey
) -> None:
    SqliteStore(file, root_key).close()
    nursery.begin("add", 3)
    assert nursery.end() == 0
    with closing(SqliteStore(file, root_key)) as store:
        assert await store.get(COUNTS, ("n",)) == Count(150)
        assert store.revision(COUNTS) == 150


async def test_several_processes_may_create_the_store_at_once(
    file: Path, nursery: Nursery, root_key: RootKey
) -> None:
    for _ in range(5):
        nursery.begin("create", 4)
        assert nursery.end() == 0
        with closing(SqliteStore(file, root_key)) as store:
            async with store.transaction() as transaction:
                await transaction.put(SECRETS, ("a",), Count(1))
            assert await store.get(SECRETS, ("a",)) == Count(1)
        file.unlink()
