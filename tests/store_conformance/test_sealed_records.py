"""Sealed collections: nothing in clear on the disk, and nothing moved or altered goes unnoticed."""

from __future__ import annotations

from typing import Any

import pytest

from keyless.store.ports import Collection, DamagedStore, Store, WrongRootKey
from keyless.store.sealing import RootKey

Notes = Collection[Any]

PLAIN = "correct-horse-battery-staple"


async def put(store: Store, collection: Notes, key: str, record: Any) -> None:
    async with store.transaction() as transaction:
        await transaction.put(collection, (key,), record)


async def test_the_plain_text_is_nowhere_on_the_disk(
    backend: Any, store: Store, notes: Notes, secrets: Notes, note: Any
) -> None:
    await put(store, secrets, "db", note(PLAIN, (f"tag-{PLAIN}",)))
    await put(store, secrets, "db", note(f"new-{PLAIN}"))
    await put(store, notes, "db", note("lies-in-clear"))
    for _ in range(2):
        at_rest = backend.at_rest()
        assert b"lies-in-clear" in at_rest
        assert PLAIN.encode() not in at_rest
        store.close()


async def test_the_root_key_is_nowhere_on_the_disk(backend: Any, secrets: Notes, note: Any) -> None:
    raw = b"an unmistakable 32-byte root key"
    store = backend.open(RootKey(raw, "the test"))
    await put(store, secrets, "db", note(PLAIN))
    assert raw not in backend.at_rest()
    store.close()


async def test_the_same_record_is_sealed_differently_each_time(
    backend: Any, store: Store, secrets: Notes, note: Any
) -> None:
    seen = set()
    for _ in range(3):
        await put(store, secrets, "db", note(PLAIN))
        seen.add(backend.stored(secrets, ("db",)))
    assert len(seen) == 3


async def test_a_sealed_record_does_not_open_under_another_key(
    backend: Any, store: Store, open_store: Any, secrets: Notes, note: Any
) -> None:
    await put(store, secrets, "mine", note("mine"))
    await put(store, secrets, "yours", note(PLAIN))
    backend.overwrite(secrets, ("mine",), backend.stored(secrets, ("yours",)))
    fresh = open_store()
    with pytest.raises(DamagedStore, match="altered or moved"):
        await fresh.get(secrets, ("mine",))
    with pytest.raises(DamagedStore, match="altered or moved"):
        await fresh.scan(secrets)
    assert await fresh.get(secrets, ("yours",)) == note(PLAIN)


async def test_a_sealed_record_does_not_open_in_another_collection(
    backend: Any, store: Store, open_store: Any, secrets: Notes, note: Any
) -> None:
    elsewhere = Collection("other-secrets", type(note("")), sealed=True)
    await put(store, secrets, "db", note(PLAIN))
    backend.overwrite(elsewhere, ("db",), backend.stored(secrets, ("db",)))
    with pytest.raises(DamagedStore, match="altered or moved"):
        await open_store().get(elsewhere, ("db",))


async def test_any_altered_byte_is_noticed(
    backend: Any, store: Store, root_key: RootKey, secrets: Notes, note: Any
) -> None:
    await put(store, secrets, "db", note("x"))
    sealed = backend.stored(secrets, ("db",))
    for at in range(len(sealed)):
        altered = bytearray(sealed)
        altered[at] ^= 1
        backend.overwrite(secrets, ("db",), bytes(altered))
        fresh = backend.open(root_key)
        with pytest.raises(DamagedStore, match="altered"):
            await fresh.get(secrets, ("db",))
        fresh.close()


@pytest.mark.parametrize("left", [0, 1, 12, 13, 20])
async def test_a_record_cut_short_is_noticed(
    backend: Any, store: Store, open_store: Any, secrets: Notes, note: Any, left: int
) -> None:
    await put(store, secrets, "db", note(PLAIN))
    backend.overwrite(secrets, ("db",), backend.stored(secrets, ("db",))[:left])
    with pytest.raises(DamagedStore, match="altered"):
        await open_store().get(secrets, ("db",))


async def test_a_clear_record_that_is_none_is_a_damaged_store(
    backend: Any, store: Store, open_store: Any, notes: Notes, note: Any
) -> None:
    await put(store, notes, "a", note("1"))
    backend.overwrite(notes, ("a",), b"\xc1 no such thing")
    fresh = open_store()
    with pytest.raises(DamagedStore, match="a record of `notes` cannot be read"):
        await fresh.get(notes, ("a",))
    with pytest.raises(DamagedStore, match="a record of `notes` cannot be read"):
        await fresh.scan(notes)


async def test_a_wrong_root_key_is_recognised_and_the_message_says_what_to_do(
    backend: Any, store: Store, secrets: Notes, note: Any, root_key: RootKey
) -> None:
    await put(store, secrets, "db", note(PLAIN))
    store.close()
    before = backend.at_rest()
    wrong = RootKey(bytes(32), "the wrong file")
    with pytest.raises(WrongRootKey) as raised:
        backend.open(wrong)
    message = str(raised.value)
    for said in ("the wrong file", wrong.id, root_key.id, "KEYLESS_ROOT_KEY", "nothing was changed"):
        assert said in message
    assert backend.at_rest() == before
    again = backend.open(root_key)
    assert await again.get(secrets, ("db",)) == note(PLAIN)
    again.close()
