"""What is down answers 503 or not at all, at once, for everyone, and leaves no evidence."""

from __future__ import annotations

import json
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from keyless.lifecycle.outages import bring_back, take_down
from keyless.model.outages import Manner
from keyless.store.sealing import RootKey
from keyless.store.sqlite.store import SqliteStore
from keyless.wire.plane import CUT

HOST = "orders.books.example"
PART = (HOST, "the shelf")


@pytest.mark.parametrize("token", ["alice", None])
async def test_what_is_unavailable_tells_everyone_so_in_its_own_shape(
    library: Any, reader: str, token: str | None
) -> None:
    await library.ask("GET", "/books/dune", token=reader)
    counted = library.counted()
    await take_down(library.store, PART, Manner.UNAVAILABLE, library.now)
    answer = await library.ask("GET", "/books/dune", token=reader if token else None)
    assert answer.status == 503
    error = json.loads(answer.body)["error"]
    assert error["code"] == "ServiceUnavailable"
    assert "the shelf is unavailable: `keyless outage end`" in error["message"]
    assert any(name == "x-ms-request-id" for name, _ in answer.headers)
    assert len(library.shelf.reached) == 1
    assert library.counted() == counted, "a request to what is down is no access"


async def test_what_is_unreachable_gives_no_answer(library: Any, reader: str) -> None:
    await take_down(library.store, PART, Manner.UNREACHABLE, library.now)
    for path in ("/books/dune", "/nowhere", "/"):
        assert await library.ask("GET", path, token=reader) is CUT
    assert library.counted() == {}


async def test_it_is_down_for_its_own_host_alone_and_until_it_is_back(library: Any, reader: str) -> None:
    await take_down(library.store, PART, Manner.UNAVAILABLE, library.now)
    assert (await library.ask("GET", "/books/dune", host=f"{HOST}:443")).status == 503
    desk = await library.ask("GET", "/who", "api-version=1", host="desk.example", x_secret="open sesame")
    assert desk.status == 200
    await bring_back(library.store, [HOST])
    assert (await library.ask("GET", "/books/dune", token=reader)).status == 200


async def test_an_outage_by_another_process_holds_from_the_next_request_on(
    library: Any, reader: str, tmp_path: Path, root_key: RootKey
) -> None:
    assert (await library.ask("GET", "/books/dune", token=reader)).status == 200
    with closing(SqliteStore(tmp_path / "store.db", root_key)) as other:
        await take_down(other, PART, Manner.UNAVAILABLE, library.now)
        assert (await library.ask("GET", "/books/dune", token=reader)).status == 503
        await bring_back(other, [HOST])
    assert (await library.ask("GET", "/books/dune", token=reader)).status == 200


async def test_planes_that_are_one_part_are_down_together_whatever_their_host(library: Any) -> None:
    import dataclasses

    library.serve(dataclasses.replace(library.plane, part="login"))
    await take_down(library.store, ("login", "the sign-in endpoint"), Manner.UNREACHABLE, library.now)
    assert await library.ask("GET", "/") is CUT
