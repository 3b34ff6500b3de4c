"""How client secrets are kept and verified, and applications registered."""

from __future__ import annotations

from dataclasses import replace

import pytest
from login_site import CLIENT_ID, CREDENTIALS, LEGACY, SECRET, Login

from keyless.lifecycle.applications import find_application, register, registration
from keyless.lifecycle.secret_hash import hash_secret, secret_matches
from keyless.model.identities import Application
from keyless.model.secret_text import SecretText
from keyless.planes.entra import client_secrets
from keyless.planes.entra.client_secrets import ClientSecrets
from keyless.store.collections import APPLICATIONS
from keyless.store.sqlite.store import SqliteStore


def test_a_hash_holds_its_secret_and_no_other() -> None:
    kept = hash_secret(SECRET)
    assert secret_matches(SECRET, kept)
    assert not secret_matches(SECRET + "x", kept)
    assert not secret_matches("", kept)
    assert SECRET.encode() not in kept


def test_two_hashes_of_one_secret_differ() -> None:
    assert hash_secret(SECRET) != hash_secret(SECRET)
    assert hash_secret(SECRET, b"s" * 16) == hash_secret(SECRET, b"s" * 16)


@pytest.mark.parametrize(
    "kept", [b"", b"\x01", b"\x02" + b"x" * 48, b"\x01" + b"x" * 47, b"\x01" + b"x" * 49]
)
def test_bytes_that_are_no_hash_match_nothing(kept: bytes) -> None:
    assert not secret_matches("", kept)


def application(*secrets: str) -> Application:
    return Application("legacy", CLIENT_ID, "principal", tuple(hash_secret(secret) for secret in secrets))


async def test_each_of_an_applications_secrets_is_good() -> None:
    both = application("first", "second")
    verifier = ClientSecrets()
    assert await verifier.verify(both, SecretText("first"))
    assert await verifier.verify(both, SecretText("second"))
    assert not await verifier.verify(both, SecretText("third"))
    assert not await verifier.verify(application(), SecretText(""))


@pytest.fixture
def hashings(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The secrets that were hashed, one by one."""
    hashed: list[str] = []

    def watched(secret: str, kept: bytes) -> bool:
        hashed.append(secret)
        return secret_matches(secret, kept)

    monkeypatch.setattr(client_secrets, "secret_matches", watched)
    return hashed


async def test_a_verified_secret_is_hashed_once_and_a_wrong_one_each_time(hashings: list[str]) -> None:
    verifier, one = ClientSecrets(), application("right")
    for secret in ("right", "right", "wrong", "wrong"):
        assert (await verifier.verify(one, SecretText(secret)) is not None) is (secret == "right")
    assert hashings == ["right", "wrong", "wrong"]


async def test_a_secret_that_was_replaced_is_worth_nothing_at_once() -> None:
    verifier, before = ClientSecrets(), application("old")
    assert await verifier.verify(before, SecretText("old"))
    assert not await verifier.verify(application("new"), SecretText("old"))
    assert await verifier.verify(before, SecretText("old"))


async def test_what_one_application_has_verified_is_not_good_for_another() -> None:
    verifier, one = ClientSecrets(), application("shared")
    assert await verifier.verify(one, SecretText("shared"))
    other = Application("other", "other-client", "other", application("different").secret_hashes)
    assert not await verifier.verify(other, SecretText("shared"))


async def test_what_is_remembered_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(client_secrets, "_REMEMBERED", 1)
    verifier, both = ClientSecrets(), application("a", "b")
    assert await verifier.verify(both, SecretText("a"))
    assert await verifier.verify(both, SecretText("b"))
    assert await verifier.verify(both, SecretText("a"))


async def test_a_registered_application_is_kept_as_a_hash(store: SqliteStore) -> None:
    made = await register(store, LEGACY)
    found = await find_application(store, CLIENT_ID.lower())
    assert found == made
    assert (made.name, made.client_id, made.principal_id) == ("legacy-job", CLIENT_ID, LEGACY.principal_id)
    assert secret_matches(SECRET, made.secret_hashes[0])
    assert SECRET not in repr(made)


async def test_registering_the_same_again_changes_nothing(store: SqliteStore) -> None:
    made = await register(store, LEGACY)
    revision = store.revision(APPLICATIONS)
    assert await register(store, LEGACY) == made
    assert store.revision(APPLICATIONS) == revision


async def test_a_new_name_keeps_the_hash_and_a_new_secret_replaces_it(store: SqliteStore) -> None:
    made = await register(store, LEGACY)
    renamed = await registration(store, replace(LEGACY, name="job"))
    assert (renamed.name, renamed.secret_hashes) == ("job", made.secret_hashes)
    changed = await register(store, replace(LEGACY, client_secret=SecretText("new")))
    assert len(changed.secret_hashes) == 1
    assert not secret_matches(SECRET, changed.secret_hashes[0])


async def test_a_changed_secret_revokes_the_old_one_at_the_token_endpoint(legacy: Login) -> None:
    assert (await legacy.token(CREDENTIALS)).status == 200
    await register(legacy.store, replace(LEGACY, client_secret=SecretText("new")))
    assert (await legacy.token(CREDENTIALS)).refusal == (401, "invalid_client", [7000215])
    assert (await legacy.token(CREDENTIALS | {"client_secret": "new"})).status == 200


async def test_an_application_that_was_removed_gets_no_token(legacy: Login) -> None:
    assert (await legacy.token(CREDENTIALS)).status == 200
    async with legacy.store.transaction() as transaction:
        await transaction.delete(APPLICATIONS, (CLIENT_ID.casefold(),))
    assert (await legacy.token(CREDENTIALS)).refusal == (400, "unauthorized_client", [700016])
