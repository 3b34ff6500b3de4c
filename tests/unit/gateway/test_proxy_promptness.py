"""A tunnel does not make a client wait that sends a request's head and body apart, as urllib3 does."""

from __future__ import annotations

import asyncio
import socket
import time

import pytest
from proxy_world import Site, World

ROUNDS = 25
DELAYED_S = 0.04  # how long Linux puts an acknowledgement off


@pytest.mark.skipif(not hasattr(socket, "TCP_QUICKACK"), reason="this system has no prompt acknowledgements")
def test_a_body_that_waits_for_its_head_to_be_acknowledged_comes_at_once(world: World) -> None:
    async def answer_pairs(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while not reader.at_eof():
            await reader.readexactly(2)
            writer.write(b"!")

    world.start()
    site = world.add(Site("pairs", handler=answer_pairs))
    client, _ = world.connect(f"localhost:{site.port}")
    assert not client.socket.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
    began = time.monotonic()
    for _ in range(ROUNDS):
        client.say("h")
        client.say("b")
        assert client.socket.recv(1) == b"!"
    client.socket.close()
    assert time.monotonic() - began < ROUNDS * DELAYED_S / 2
