"""When the keys of another issuer are fetched, and when what is known is enough."""

from __future__ import annotations

import asyncio
import json

import pytest
from other_issuers import GITHUB, KUBERNETES, Issuer, Web

from assertions_made import rsa_key
from keyless.planes.entra import issuer_key_source
from keyless.planes.entra.issuer_key_source import (
    AFTER_FAILURE_S,
    AGAIN_AFTER_S,
    KEPT_AT_MOST_S,
    KEPT_S,
    FetchedKeys,
    KeysUnavailable,
)
from keyless.tokens.issuer_keys import IssuerKeys

DISCOVERY = f"{GITHUB}/.well-known/openid-configuration"


@pytest.fixture
def web() -> Web:
    """What GitHub publishes."""
    return Web(Issuer(GITHUB))


async def ask(keys: FetchedKeys, at: float, kid: str = "key-1", issuer: str = GITHUB) -> IssuerKeys:
    return await keys.keys(issuer, kid, "RS256", at, loopback=False)


async def test_keys_are_found_by_discovery_and_kept_for_an_hour(web: Web) -> None:
    keys = FetchedKeys(web)
    for at in (0, 1, KEPT_S):
        assert (await ask(keys, at)).find("key-1", "RS256") is not None
    assert web.fetched == [DISCOVERY, f"{GITHUB}/keys"]
    await ask(keys, KEPT_S + 1)
    assert len(web.fetched) == 4


async def test_a_new_key_is_noticed_once_a_minute(web: Web) -> None:
    keys = FetchedKeys(web)
    await ask(keys, 0)
    web.publish(Issuer(GITHUB, rsa_key("newer"), "key-2"))
    for at in (1, AGAIN_AFTER_S - 1):
        assert (await ask(keys, at, "key-2")).find("key-2", "RS256") is None
    assert (await ask(keys, AGAIN_AFTER_S, "key-2")).find("key-2", "RS256") is not None
    assert len(web.fetched) == 4
    for number in range(50):
        await ask(keys, AGAIN_AFTER_S + 1, f"made-up-{number}")
    assert len(web.fetched) == 4


async def test_a_failure_is_not_repeated_at_once(web: Web) -> None:
    keys, pages = FetchedKeys(web), dict(web.pages)
    web.pages.clear()
    for at in (0, 1, AFTER_FAILURE_S - 1):
        with pytest.raises(KeysUnavailable, match="404") as caught:
            await ask(keys, at)
        assert not caught.value.unreadable
    assert len(web.fetched) == 1
    web.pages.update(pages)
    assert await ask(keys, AFTER_FAILURE_S)


async def test_known_keys_are_used_for_a_day_while_their_issuer_is_away(web: Web) -> None:
    keys = FetchedKeys(web)
    await ask(keys, 0)
    web.pages.clear()
    assert await ask(keys, KEPT_AT_MOST_S)
    with pytest.raises(KeysUnavailable):
        await ask(keys, KEPT_AT_MOST_S + 1)


async def test_an_issuer_must_call_itself_what_it_was_asked_as(web: Web) -> None:
    web.pages[DISCOVERY] = Issuer("https://evil.example").metadata
    with pytest.raises(KeysUnavailable, match=r"it says that it is `https://evil\.example`") as caught:
        await ask(FetchedKeys(web), 0)
    assert caught.value.unreadable
    assert web.fetched == [DISCOVERY]


async def test_an_issuer_with_a_slash_at_its_end_is_asked_below_it() -> None:
    web = Web(Issuer(KUBERNETES))
    assert await ask(FetchedKeys(web), 0, issuer=KUBERNETES)
    assert web.fetched[0] == f"{KUBERNETES}.well-known/openid-configuration"


@pytest.mark.parametrize(
    "page",
    [b"", b"hello", b"[]", b"{}", json.dumps({"issuer": GITHUB}).encode(), b"\xff\xfe", b"[" * 9999],
)
async def test_a_discovery_document_that_is_none_is_told_as_such(web: Web, page: bytes) -> None:
    web.pages[DISCOVERY] = page
    with pytest.raises(KeysUnavailable) as caught:
        await ask(FetchedKeys(web), 0)
    assert caught.value.unreadable


async def test_a_key_set_that_is_no_use_is_told_as_such(web: Web) -> None:
    web.pages[f"{GITHUB}/keys"] = b'{"keys": [{"kty": "oct", "k": "AA"}]}'
    with pytest.raises(KeysUnavailable, match="private or symmetric") as caught:
        await ask(FetchedKeys(web), 0)
    assert caught.value.unreadable


async def test_those_who_come_together_wait_for_one_fetch(web: Web) -> None:
    keys = FetchedKeys(web)
    await asyncio.gather(*(ask(keys, 0) for _ in range(20)))
    assert len(web.fetched) == 2


async def test_offline_nothing_is_fetched(web: Web) -> None:
    with pytest.raises(KeysUnavailable, match="--offline"):
        await ask(FetchedKeys(web, lambda: False), 0)
    assert web.fetched == []


async def test_so_many_issuers_are_remembered_and_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(issuer_key_source, "REMEMBERED", 1)
    web = Web(Issuer(GITHUB), Issuer(KUBERNETES))
    keys = FetchedKeys(web)
    for _ in range(2):
        for issuer in (GITHUB, KUBERNETES):
            assert await ask(keys, 0, issuer=issuer)
    assert len(web.fetched) == 8
