"""What a vault answers at its limits: secrets, imports and keys, each in its class and by its weight."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from key_vault_caller import make_vault
from vault_site import VaultSite

from keyless.planes.keyvault.keys.material.base64url import encode
from keyless.store.sqlite.store import SqliteStore
from keyless.tokens.keys import SigningKey

Made = Callable[[float], Awaitable[VaultSite]]
EC = {"kty": "EC", "crv": "P-256"}
EC_HSM = {"kty": "EC-HSM", "crv": "P-256"}


@pytest.fixture
def made(store: SqliteStore, signing_key: SigningKey, now: int) -> Made:
    """How to make a premium vault with so many times the limits."""

    async def make(scale: float) -> VaultSite:
        site = VaultSite(store, signing_key, now, make_vault(sku="premium"), scale)
        await site.fill()
        return site

    return make


async def statuses(site: VaultSite, *asked: tuple[str, str, Any]) -> list[int]:
    return [(await site.ask(method, path, body)).status for method, path, body in asked]


def secret(number: int) -> tuple[str, str, Any]:
    return "PUT", f"/secrets/s{number}", {"value": "x"}


def imported() -> dict[str, Any]:
    """A key to import."""
    private = ec.generate_private_key(ec.SECP256R1()).private_numbers()
    public = private.public_numbers
    numbers = {"d": private.private_value, "x": public.x, "y": public.y}
    return {"key": {**EC, **{name: encode(one.to_bytes(32, "big")) for name, one in numbers.items()}}}


async def test_more_secrets_than_the_limit_are_not_made_while_others_are_read(made: Made) -> None:
    site = await made(0.01)
    assert await statuses(site, *(secret(number) for number in range(4))) == [200, 200, 200, 429]
    assert await statuses(site, ("GET", "/secrets/s1", None), ("GET", "/secrets", None)) == [200, 200]
    site.now += 11
    assert await statuses(site, secret(3)) == [200]


async def test_what_is_refused_says_how_long_to_wait_and_was_not_done(made: Made) -> None:
    site = await made(0.01)
    for number in range(3):
        await site.ask(*secret(number))
    refused = await site.ask(*secret(3))
    assert (refused.status, refused.code) == (429, "Throttled")
    assert refused.message.endswith("Reason: VaultRequestTypeLimitReached")
    assert 10 <= int(refused.headers["retry-after"]) <= 11
    assert (await site.ask("GET", "/secrets/s3")).status == 404


async def test_imported_keys_and_new_secrets_share_a_limit(made: Made) -> None:
    site = await made(0.01)
    asked = [secret(1), ("PUT", "/keys/k1", imported()), ("PUT", "/keys/k2", imported()), secret(2)]
    assert await statuses(site, *asked) == [200, 200, 200, 429]


async def test_a_key_of_an_hsm_weighs_twice_to_make(made: Made) -> None:
    site = await made(0.2)
    create = [("POST", f"/keys/k{number}/create", body) for number, body in enumerate([EC_HSM, EC, EC, EC])]
    assert await statuses(site, *create) == [200, 200, 200, 429]


async def test_keys_are_weighed_by_their_type_when_they_are_used(made: Made) -> None:
    site = await made(0.004)
    await site.ask("POST", "/keys/soft/create", EC)
    site.now += 30
    await site.ask("POST", "/keys/hard/create", EC_HSM)
    site.now += 30
    soft, hard = ("GET", "/keys/soft", None), ("GET", "/keys/hard", None)
    assert await statuses(site, *[hard] * 6, *[soft] * 4, hard, soft) == [200] * 10 + [429, 429]
    site.now += 11
    assert await statuses(site, *[soft] * 16, soft) == [200] * 16 + [429]


async def test_a_key_that_is_not_there_weighs_as_the_lightest(made: Made) -> None:
    site = await made(0.004)
    assert await statuses(site, *[("GET", "/keys/none", None)] * 17) == [404] * 16 + [429]


async def test_lists_of_keys_are_no_transactions_on_keys(made: Made) -> None:
    site = await made(0.004)
    for _ in range(16):
        await site.ask("GET", "/keys/none")
    assert await statuses(site, ("GET", "/keys", None)) == [200]
