"""The authority, the event loops and the proxy that the gateway's tests use."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest
import uvloop
from proxy_world import NOW, Loop, World

from keyless.gateway.authority import Authority


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    """A local authority."""
    return Authority.open(tmp_path / "tls", NOW)


@pytest.fixture(params=[asyncio.new_event_loop, uvloop.new_event_loop], ids=["asyncio", "uvloop"])
def loop(request: pytest.FixtureRequest) -> Iterator[Loop]:
    """An event loop in a thread, of each kind."""
    running = Loop(request.param)
    yield running
    running.close()


@pytest.fixture
def world(loop: Loop, authority: Authority) -> Iterator[World]:
    """A proxy that the test starts as it likes."""
    made = World(loop, authority)
    yield made
    loop.run(made.stop())
