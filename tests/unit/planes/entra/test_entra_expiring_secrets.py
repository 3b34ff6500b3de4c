"""Client secrets that expire: the right one, too late."""

from __future__ import annotations

from dataclasses import replace

from login_site import CREDENTIALS, LEGACY, Login

from keyless.lifecycle.applications import register
from keyless.model.evidence import SignInOutcome


async def expiring(login: Login, in_s: int) -> Login:
    """The login hosts, with an application whose secret expires."""
    await register(login.store, replace(LEGACY, secret_expires_at=login.now + in_s))
    return login


async def test_a_secret_holds_until_it_expires_and_not_from_then_on(login: Login) -> None:
    assert (await (await expiring(login, 1)).token(CREDENTIALS)).status == 200
    answer = await (await expiring(login, 0)).token(CREDENTIALS)
    assert answer.refusal == (401, "invalid_client", [7000222])
    assert "are expired" in answer.body["error_description"]


async def test_that_a_secret_has_expired_is_told_only_to_who_knows_it(login: Login) -> None:
    await expiring(login, -1)
    answer = await login.token(CREDENTIALS | {"client_secret": "guess"})
    assert answer.refusal == (401, "invalid_client", [7000215])


async def test_a_sign_in_with_an_expired_secret_is_counted_as_failed(login: Login) -> None:
    await expiring(login, -1)
    await login.token(CREDENTIALS)
    ((key, count),) = login.sign_ins()
    assert (key.outcome, key.error, count) == (SignInOutcome.FAILED, "AADSTS7000222", 1)


async def test_a_new_day_is_enough_to_let_the_same_secret_in_again(login: Login) -> None:
    await expiring(login, -1)
    before = await register(login.store, replace(LEGACY, secret_expires_at=login.now - 1))
    after = await register(login.store, replace(LEGACY, secret_expires_at=login.now + 60))
    assert after.secret_hashes == before.secret_hashes
    assert (await login.token(CREDENTIALS)).status == 200
