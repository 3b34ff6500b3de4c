"""What the dispatcher remembers, and that it never outlives what it rests on; learning; evidence; bugs."""

from __future__ import annotations

import dataclasses
import json
import logging
import time
import uuid
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from keyless.lifecycle.clock import advance
from keyless.lifecycle.revoke import revoke
from keyless.model.denies import DeniedPrincipal, DenyAssignment
from keyless.model.directory import Group
from keyless.model.resources import Vault
from keyless.model.roles import Permission, RoleAssignment
from keyless.store.collections import (
    ASSIGNMENTS,
    DENY_ASSIGNMENTS,
    SECURITY_GROUPS,
    SIGNING_KEYS,
    VAULTS,
)
from keyless.store.sealing import RootKey
from keyless.store.sqlite.store import SqliteStore
from keyless.tokens.keys import KeyRing, SigningKey

GET = ("Shelf.Get", "Microsoft.KeyVault/vaults/books/read")
SCOPE = "/subscriptions/s/resourceGroups/g/providers/Microsoft.KeyVault/vaults/orders"


async def status(library: Any, method: str = "GET", path: str = "/books/dune", **given: Any) -> int:
    return int((await library.ask(method, path, **given)).status)


async def test_a_changed_assignment_takes_effect_on_the_next_request(library: Any) -> None:
    token = library.token("alice")
    assert await status(library, token=token) == 403
    given = await library.assign("alice", "reader")
    assert await status(library, token=token) == 200
    await library.withdraw(given)
    assert await status(library, token=token) == 403


async def test_with_a_delay_each_change_takes_effect_on_its_own_clock(library: Any) -> None:
    alice, bob = library.token("alice"), library.token("bob")
    given = await library.assign("alice", "reader")
    assert await status(library, token=alice) == 200  # what was there before the first request
    library.dispatcher.propagate(60)
    await library.withdraw(given)
    await library.dispatcher.notice(library.now)
    library.now += 30
    await library.assign("bob", "reader")
    await library.dispatcher.notice(library.now)
    library.now += 29
    assert await status(library, token=alice) == 200
    library.now += 1
    assert await status(library, token=alice) == 403
    assert await status(library, token=bob) == 403
    library.now += 30
    assert await status(library, token=bob) == 200


async def test_what_is_noticed_without_a_delay_overtakes_what_waits(library: Any) -> None:
    token = library.token("alice")
    assert await status(library, token=token) == 403
    library.dispatcher.propagate(60)
    await library.assign("bob", "reader")
    await library.dispatcher.notice(library.now)
    library.dispatcher.propagate(0)
    await library.assign("alice", "reader")
    assert await status(library, token=token) == 200
    assert await status(library, token=library.token("bob")) == 403


async def put(library: Any, collection: Any, record: Any) -> None:
    async with library.store.transaction() as transaction:
        await transaction.put(collection, (record.id,), record)


async def test_a_decision_under_a_condition_on_the_time_is_made_anew_each_time(library: Any) -> None:
    end = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(library.now + 60))
    until = f"@Environment[UtcNow] DateTimeLessThan '{end}'"
    await put(library, ASSIGNMENTS, RoleAssignment("a", "alice", "reader", SCOPE, condition=until))
    token = library.token("alice")
    assert await status(library, token=token) == 200
    library.now += 59
    assert await status(library, token=token) == 200
    library.now += 1
    assert await status(library, token=token) == 403


async def test_a_deny_assignment_takes_effect_on_the_next_request(library: Any, reader: str) -> None:
    assert await status(library, token=reader) == 200
    block = Permission(data_actions=("*",))
    deny = DenyAssignment("d", "no books", SCOPE, (block,), (DeniedPrincipal("ALICE"),))
    await put(library, DENY_ASSIGNMENTS, deny)
    answer = await library.ask("GET", "/books/dune", token=reader)
    assert answer.status == 403
    assert "DecisionReason: 'DeniedByDenyAssignment'" in json.loads(answer.body)["error"]["message"]


async def test_an_assignment_to_a_group_counts_for_its_members(library: Any) -> None:
    await put(library, ASSIGNMENTS, RoleAssignment("a", "team", "reader", SCOPE))
    token = library.token("alice")
    assert await status(library, token=token) == 403
    async with library.store.transaction() as transaction:
        await transaction.put(SECURITY_GROUPS, ("team",), Group("team", "team", members=("alice",)))
    assert await status(library, token=token) == 200


async def test_an_assignment_made_by_another_process_takes_effect_on_the_next_request(
    library: Any, tmp_path: Path, root_key: RootKey
) -> None:
    token = library.token("alice")
    assert await status(library, token=token) == 403
    with closing(SqliteStore(tmp_path / "store.db", root_key)) as elsewhere:
        async with elsewhere.transaction() as transaction:
            await transaction.put(ASSIGNMENTS, ("a",), RoleAssignment("a", "alice", "reader", SCOPE))
    assert await status(library, token=token) == 200


async def test_a_remembered_decision_is_one_callers_alone(library: Any, reader: str) -> None:
    assert await status(library, token=reader) == 200
    assert await status(library, token=library.token("bob")) == 403
    assert await status(library, token=reader) == 200


async def test_an_assignment_at_one_book_opens_no_other(library: Any) -> None:
    await library.assign("alice", "reader", f"{SCOPE}/books/dune")
    token = library.token("alice")
    assert await status(library, token=token) == 200
    assert await status(library, token=token, path="/books/dune2") == 403
    assert await status(library, token=token, path="/books/DUNE") == 404


async def test_a_control_plane_role_opens_no_book(library: Any) -> None:
    await library.assign("alice", "owner", "/")
    assert await status(library, token=library.token("alice")) == 403


async def test_a_remembered_token_is_refused_once_it_has_expired(library: Any, reader: str) -> None:
    assert await status(library, token=reader) == 200
    library.now += 3599
    assert await status(library, token=reader) == 200
    library.now += 1
    assert await status(library, token=reader) == 401


async def test_a_token_is_refused_as_soon_as_its_key_is_withdrawn(
    library: Any, reader: str, foreign_key: SigningKey
) -> None:
    assert await status(library, token=reader) == 200
    library.town.ring = KeyRing([foreign_key])
    async with library.store.transaction() as transaction:
        await transaction.put(SIGNING_KEYS, (foreign_key.kid,), foreign_key.stored())
    assert await status(library, token=reader) == 401


@pytest.mark.parametrize("learning", [False, True])
@pytest.mark.parametrize(
    "changed",
    [
        {"iss": "https://sts.windows.net/99999999-2222-3333-4444-555555555555/"},
        {"tid": "99999999-2222-3333-4444-555555555555"},
        {"aud": "https://elsewhere.example"},
        {"exp": 1},
        {"nbf": 2_000_000_000},
        {"oid": ""},
        {"appid": None},
    ],
)
async def test_learning_never_loosens_authentication(
    library: Any, learning: bool, changed: dict[str, object]
) -> None:
    await library.assign("alice", "reader")
    if learning:
        library.pupils.learning |= {"alice", ""}
    assert await status(library, token=library.token("alice", **changed)) == 401
    assert await status(library) == 401
    assert library.counted() == {}


async def test_learning_lets_pass_and_records_that_it_did(library: Any) -> None:
    library.pupils.learning.add("alice")
    assert await status(library, token=library.token("alice")) == 200
    assert await status(library, token=library.token("bob")) == 403
    assert library.counted() == {(*GET, "learned"): 1, (*GET, "denied"): 1}


async def test_what_a_grant_allows_is_not_recorded_as_learned(library: Any, reader: str) -> None:
    library.pupils.learning.add("alice")
    assert await status(library, token=reader) == 200
    assert library.counted() == {(*GET, "allowed"): 1}


async def test_who_stops_learning_is_denied_again_once_decisions_are_forgotten(library: Any) -> None:
    library.pupils.learning.add("alice")
    token = library.token("alice")
    assert await status(library, token=token) == 200
    library.pupils.learning.clear()
    library.dispatcher.forget()
    assert await status(library, token=token) == 403


async def test_every_decision_is_counted_and_names_its_assignment(library: Any) -> None:
    given = await library.assign("alice", "reader")
    token = library.token("alice")
    for _ in range(3):
        await library.ask("GET", "/books/dune", token=token)
    await library.ask("GET", "/books/none", token=token)
    library.recorder.flush(library.now)
    counts = {(key.scope, key.assignment_id): count for key, count in library.sheet.counts}
    assert counts == {(f"{SCOPE}/books/dune", given): 3, (f"{SCOPE}/books/none", given): 1}
    (key, _), _ = library.sheet.counts
    assert (key.principal_id, key.operation, key.plane.value) == ("alice", "Shelf.Get", "data")


async def test_of_several_required_actions_each_is_counted_up_to_the_one_refused(library: Any) -> None:
    await library.assign("alice", "writer")
    await status(library, "PUT", token=library.token("alice"), body=b'{"title": "x"}')
    await status(library, "PUT", token=library.token("bob"), body=b'{"title": "x"}')
    write, sign = "Microsoft.KeyVault/vaults/books/write", "Microsoft.KeyVault/vaults/books/sign/action"
    assert library.counted() == {
        ("Shelf.Put", write, "allowed"): 1,
        ("Shelf.Put", sign, "denied"): 1,
        ("Shelf.Put", write, "denied"): 1,
    }


async def test_who_is_not_authenticated_leaves_no_evidence(library: Any) -> None:
    await library.ask("GET", "/books/dune")
    await library.ask("GET", "/books/dune", token="Bearer a.b.c")
    assert library.counted() == {}


async def test_a_thing_that_is_missing_is_reported_once(library: Any, reader: str) -> None:
    for _ in range(3):
        assert await status(library, token=reader, path="/books/none") == 404
    (want,) = library.missing
    assert (want.principal_id, want.kind, want.container, want.name) == ("alice", "secret", "orders", "none")
    library.recorder.flush(library.now)
    assert library.sheet.wants == [(want, 3)]


async def test_a_site_is_looked_up_again_when_the_estate_changes(library: Any, reader: str) -> None:
    shelf = await library.plane.locate("orders.books.example")
    open_hosts: set[str] = set()

    async def locate(host: str) -> Vault | None:
        return shelf if host in open_hosts else None

    library.serve(dataclasses.replace(library.plane, locate=locate))
    assert await status(library, token=reader, host="second.example") == 404
    open_hosts.add("second.example")
    assert await status(library, token=reader, host="second.example") == 404
    async with library.store.transaction() as transaction:
        await transaction.put(VAULTS, ("second",), Vault(SCOPE, "second", "local"))
    assert await status(library, token=reader, host="second.example") == 200


async def test_what_is_remembered_of_requests_and_hosts_is_bounded(
    library: Any, reader: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("keyless.wire.meaning._REMEMBERED", 10)
    for number in range(50):
        assert await status(library, token=reader, path=f"/books/{number}") == 404
        assert await status(library, host=f"h{number}.example") == 404
    assert len(library.dispatcher._meanings._meanings) <= 10
    assert len(library.dispatcher._meanings._sites) <= 10


@pytest.mark.parametrize("asked", [{"path": "/books/" + "d" * 3000}, {"host": "h" * 3000}], ids=list)
async def test_nothing_is_remembered_under_texts_that_a_stranger_makes_long(
    library: Any, asked: dict[str, str]
) -> None:
    assert await status(library, **asked) in {401, 404}
    meanings = library.dispatcher._meanings
    routers = [site.router for sites in meanings._sites.values() for site in sites]
    remembered = [meanings._meanings, meanings._sites, *(router._remembered for router in routers)]
    assert max((len(repr(key)) for each in remembered for key in each), default=0) < 3000


async def test_a_request_refused_again_and_again_holds_on_to_nothing(library: Any, reader: str) -> None:
    for _ in range(20):
        await library.ask("GET", "/books/dune", "", token=reader)
    (meaning,) = library.dispatcher._meanings._meanings.values()
    frames, traceback = 0, meaning.problem.__traceback__
    while traceback is not None:
        frames, traceback = frames + 1, traceback.tb_next
    assert frames <= 3


@pytest.mark.parametrize("method", ["GET", "POST"])
async def test_an_unexpected_exception_becomes_a_bare_500_and_is_logged(
    library: Any, caplog: pytest.LogCaptureFixture, method: str
) -> None:
    with caplog.at_level(logging.ERROR, "keyless.wire"):
        answer = await library.ask(method, "/break", "")
    assert answer.status == 500
    said = json.loads(answer.body)
    assert said == {"error": {"code": "InternalServerError", "message": "an internal error occurred"}}
    assert "hunter2" not in str(answer)
    (record,) = caplog.records
    assert dict(answer.headers)["x-ms-request-id"] in record.getMessage()


async def test_a_store_that_fails_is_a_bare_500_too(library: Any, reader: str) -> None:
    library.store.close()
    answer = await library.ask("GET", "/books/dune", token=reader)
    assert answer.status == 500
    assert json.loads(answer.body)["error"]["message"] == "an internal error occurred"


async def test_request_ids_have_the_form_of_a_guid_and_do_not_repeat(library: Any) -> None:
    ids = [library.dispatcher.next_request_id() for _ in range(1000)]
    assert len(set(ids)) == 1000
    assert all(str(uuid.UUID(text)) == text and uuid.UUID(text).version == 4 for text in ids)


async def test_a_key_whose_end_has_come_verifies_nothing_though_nobody_writes_to_the_store(
    library: Any, reader: str, foreign_key: SigningKey
) -> None:
    library.town.ring = KeyRing([library.key, foreign_key], changes_at=library.now + 100)
    library.dispatcher.forget()
    assert await status(library, token=reader) == 200
    library.town.ring = KeyRing([foreign_key])
    library.now += 99
    assert await status(library, token=reader) == 200
    library.now += 1
    assert await status(library, token=reader) == 401


async def test_a_revoked_principals_token_is_refused_on_the_next_request_and_nobody_elses(
    library: Any, reader: str
) -> None:
    await library.assign("bob", "reader")
    bob = library.token("bob")
    assert await status(library, token=reader) == await status(library, token=bob) == 200
    await revoke(library.store, "alice", library.now)
    refused = await library.ask("GET", "/books/dune", token=reader)
    assert refused.status == 401
    assert 'error="insufficient_claims"' in dict(refused.headers)["www-authenticate"]
    assert await status(library, token=bob) == 200
    library.now += 1
    assert await status(library, token=library.token("alice")) == 200
    assert await status(library, token=reader) == 401


async def test_a_revocation_by_another_process_takes_effect_on_the_next_request(
    library: Any, reader: str, tmp_path: Path, root_key: RootKey
) -> None:
    assert await status(library, token=reader) == 200
    with closing(SqliteStore(tmp_path / "store.db", root_key)) as elsewhere:
        await revoke(elsewhere, "alice", library.now)
    assert await status(library, token=reader) == 401


async def test_learning_does_not_let_a_revoked_principal_in(library: Any) -> None:
    library.pupils.learning.add("alice")
    token = library.token("alice")
    assert await status(library, token=token) == 200
    await revoke(library.store, "alice", library.now)
    assert await status(library, token=token) == 401


async def test_a_moved_clock_holds_from_the_next_request_on_where_the_plane_keeps_it(library: Any) -> None:
    library.serve(dataclasses.replace(library.plane, keeps_estate_time=True))
    await library.assign("alice", "reader")
    token = library.token("alice")
    assert await status(library, token=token) == 200
    await advance(library.store, 86_400)
    assert await status(library, token=token) == 200  # the token's own times are the machine's
    before, after = library.shelf.reached
    assert (before.now, before.machine_time) == (library.now, library.now)
    assert (after.now, after.machine_time) == (library.now + 86_400, library.now)


async def test_a_moved_clock_does_not_hold_where_the_plane_does_not_keep_it(library: Any) -> None:
    await library.assign("alice", "reader")
    await advance(library.store, 86_400)
    assert await status(library, token=library.token("alice")) == 200
    (call,) = library.shelf.reached
    assert call.now == library.now
