"""Planes that are made when they are asked for."""

from __future__ import annotations

from typing import Any

from keyless.wire.plane import Plane
from keyless.wire.serving import Deferred, Served


def made_later(plane: Plane, made: list[Plane]) -> Deferred:
    def make() -> Plane:
        made.append(plane)
        return plane

    return Deferred("orders.books.example".__eq__, make)


async def test_a_deferred_plane_is_made_once_and_only_for_its_own_hosts(library: Any) -> None:
    made: list[Plane] = []
    library.serve(made_later(library.plane, made))
    assert (await library.ask("GET", "/books/dune", host="elsewhere.example")).status == 404
    assert made == []
    for _ in range(2):
        assert (await library.ask("GET", "/books/dune")).status == 401
        library.dispatcher.forget()
    assert made == [library.plane]


async def test_a_deferred_plane_decides_like_any_other(library: Any) -> None:
    library.serve(made_later(library.plane, []))
    await library.assign("alice", "reader")
    assert (await library.ask("GET", "/books/dune", token=library.token("alice"))).status == 200
    assert (await library.ask("GET", "/books/dune", token=library.token("bob"))).status == 403


def test_what_is_deferred_is_taken_to_decide(library: Any) -> None:
    assert Served([made_later(library.plane, [])]).decide
    assert Served([library.plane]).decide
    assert not Served([]).decide
