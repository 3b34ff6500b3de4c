"""Who counts towards a limit, when, and what is said beyond it."""

from __future__ import annotations

import dataclasses
import json
from typing import Any

import pytest

from keyless.wire.operation import Asked
from keyless.wire.throttle import CountedAt, Counts, Pool

READS = Pool("reads", 3, 10, 2)
SALES = Pool("sales", 8, 10, 2, heaviest=4)


async def weigh_a_book(asked: Asked, shelf: Any) -> int:
    """A book that is there weighs as much as the length of its title; of one to be put, of that."""
    title = asked.body.title if asked.body is not None else shelf.books.get(asked.params["name"], "")
    return max(len(title), 1)


@pytest.fixture
def counted(library: Any) -> Any:
    """The library, whose books may be read three times in ten seconds, and are weighed to be put or lent."""
    counts = {"Shelf.Get": Counts.always(READS), "Shelf.Put": Counts.always(SALES, weigh=weigh_a_book)}
    operations = tuple(
        dataclasses.replace(one, counts=counts.get(one.id)) for one in library.plane.operations
    )
    library.serve(
        dataclasses.replace(
            library.plane, operations=operations, counted_at=lambda shelf, host: CountedAt(shelf.name, "one")
        )
    )
    return library


async def status_of(
    library: Any, token: str, method: str = "GET", name: str = "dune", body: bytes = b""
) -> int:
    answer = await library.ask(method, f"/books/{name}", token=token, body=body)
    return int(answer.status)


async def test_beyond_the_limit_a_request_is_refused_until_its_time_has_come(
    counted: Any, reader: str
) -> None:
    assert [await status_of(counted, reader) for _ in range(4)] == [200, 200, 200, 429]
    counted.now += 11
    assert await status_of(counted, reader) == 200


async def test_the_answer_is_that_of_key_vault_with_the_seconds_to_wait(counted: Any, reader: str) -> None:
    for _ in range(3):
        await counted.ask("GET", "/books/dune", token=reader)
    answer = await counted.ask("GET", "/books/dune", token=reader)
    headers = dict(answer.headers)
    assert answer.status == 429
    assert json.loads(answer.body)["error"] == {
        "code": "Throttled",
        "message": "Request was not processed because too many requests were received. "
        "Reason: VaultRequestTypeLimitReached",
    }
    assert 10 <= int(headers["retry-after"]) <= 11
    assert headers["x-ms-request-id"]
    counted.now += int(headers["retry-after"])
    assert await status_of(counted, reader) == 200


async def test_nobody_counts_who_is_not_authenticated(counted: Any, reader: str) -> None:
    for token in (None, "Bearer x.y.z"):
        for _ in range(5):
            answer = await counted.ask("GET", "/books/dune", token=token)
            assert answer.status == 401
    assert await status_of(counted, reader) == 200


async def test_whoever_is_refused_counts_too(counted: Any, reader: str) -> None:
    stranger = counted.token("mallory")
    assert [await status_of(counted, stranger) for _ in range(4)] == [403, 403, 403, 429]
    assert await status_of(counted, reader) == 429


async def test_what_does_not_exist_counts_too(counted: Any, reader: str) -> None:
    assert [await status_of(counted, reader, name="none") for _ in range(4)] == [404, 404, 404, 429]


async def test_a_request_of_no_known_version_does_not_count(counted: Any, reader: str) -> None:
    for _ in range(5):
        assert (await counted.ask("GET", "/books/dune", "api-version=1", token=reader)).status == 400
    assert await status_of(counted, reader) == 200


async def test_an_operation_without_a_limit_has_none(counted: Any, reader: str) -> None:
    for _ in range(10):
        assert (await counted.ask("GET", "/of", "name=dune", token=reader)).status == 200


async def test_what_is_asked_for_weighs_what_its_object_does(counted: Any) -> None:
    await counted.assign("alice", "writer")
    await counted.assign("alice", "signer")
    token = counted.token("alice")
    heavy, light = b'{"title": "Dune"}', b'{"title": "It"}'
    assert await status_of(counted, token, "PUT", body=heavy) == 201
    assert await status_of(counted, token, "PUT", body=light) == 201
    assert await status_of(counted, token, "PUT", body=heavy) == 429
    assert await status_of(counted, token, "PUT", body=light) == 201


async def test_whoever_is_not_permitted_learns_nothing_of_the_weight(counted: Any) -> None:
    stranger = counted.token("mallory")
    answers = [await status_of(counted, stranger, "PUT", body=b'{"title": "Dune"}') for _ in range(9)]
    assert answers == [403] * 8 + [429]


async def test_a_limit_of_the_subscription_is_said_to_be_one(library: Any, reader: str) -> None:
    books = dataclasses.replace(
        library.plane,
        operations=tuple(
            dataclasses.replace(one, counts=Counts.always(dataclasses.replace(READS, subscription_times=1)))
            for one in library.plane.operations
        ),
        counted_at=lambda shelf, host: CountedAt(f"{library.now}", "one"),
    )
    library.serve(books)
    for _ in range(3):
        assert await status_of(library, reader) == 200
    library.now += 1
    library.dispatcher.forget()
    answer = await library.ask("GET", "/books/dune", token=reader)
    assert answer.status == 429
    assert b"SubscriptionRequestTypeLimitReached" in answer.body


async def test_what_is_refused_at_a_limit_is_recorded_with_the_decision(counted: Any, reader: str) -> None:
    for _ in range(5):
        await counted.ask("GET", "/books/dune", token=reader)
    assert counted.counted() == {("Shelf.Get", "Microsoft.KeyVault/vaults/books/read", "allowed"): 5}
    assert [
        (key.principal_id, key.operation, key.pool, key.units, n) for key, n in counted.sheet.throttled
    ] == [("alice", "Shelf.Get", "reads", 3, 2)]
    ((key, _),) = counted.sheet.throttled
    assert key.scope == f"{counted.shelf_scope}/books/dune"
