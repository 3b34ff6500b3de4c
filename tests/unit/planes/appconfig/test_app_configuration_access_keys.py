"""Who has signed a request to a store: found before the body is read, and counted with the key it names."""

from __future__ import annotations

from dataclasses import replace

import pytest

from keyless.evidence.recorder import SignInKey
from keyless.model.access_keys import AccessKey, principal_in_words, store_and_key
from keyless.model.evidence import SignInMethod, SignInOutcome
from keyless.model.identities import Principal, PrincipalKind
from keyless.model.resources import ConfigurationStore
from keyless.planes.appconfig.access_keys import StoreKeys
from keyless.store.collections import ACCESS_KEYS
from keyless.store.sqlite.store import SqliteStore
from keyless.wire.access_keys import DISABLED, signing_caller
from keyless.wire.errors import PayloadTooLarge, Unauthenticated
from keyless.wire.request import HeaderMap, Request
from signed_requests_made import NOW, SECRET, Sent

STORE = ConfigurationStore("/stores/Contoso", "Contoso", "westeurope")
KEY = AccessKey("contoso", "orders-key", SECRET)
READING = AccessKey("contoso", "reading-key", SECRET, read_only=True)
ADDRESS = "https://contoso.azconfig.io"


@pytest.fixture
async def keys(store: SqliteStore) -> StoreKeys:
    """The keys of one store."""
    async with store.transaction() as transaction:
        for key in (KEY, READING):
            await transaction.put(ACCESS_KEYS, (key.store, key.id), key)
    return StoreKeys(store)


class Body:
    """A body that is read, or is not."""

    def __init__(self, content: bytes = b"") -> None:
        self.content = content
        self.read = False

    async def __call__(self) -> bytes:
        self.read = True
        if len(self.content) > 100:
            raise PayloadTooLarge("too large")
        return self.content


async def signer(
    keys: StoreKeys,
    sent: Sent,
    body: Body | None = None,
    *,
    resource: ConfigurationStore = STORE,
    authorization: str | None = None,
) -> tuple[Principal, SignInKey]:
    path, _, query = sent.target.partition("?")
    headers = HeaderMap(sent.headers | {"authorization": authorization or sent.authorization})
    request = Request(sent.method, sent.host, path.replace("%2F", "/"), query, headers, NOW, "r")
    return await signing_caller(keys, request, resource, body or Body(sent.body))


async def refusal(keys: StoreKeys, sent: Sent, body: Body | None = None, **given: object) -> Unauthenticated:
    with pytest.raises(Unauthenticated) as caught:
        await signer(keys, sent, body, **given)  # type: ignore[arg-type]
    return caught.value


async def test_the_holder_of_a_key_is_the_key_and_has_signed_in_with_it(keys: StoreKeys) -> None:
    for key, kind in ((KEY, PrincipalKind.ACCESS_KEY), (READING, PrincipalKind.READ_ONLY_ACCESS_KEY)):
        caller, sign_in = await signer(keys, Sent(key_id=key.id))
        assert (caller.principal_id, caller.client_id, caller.kind) == (key.principal_id, key.id, kind)
        assert sign_in == SignInKey(key.principal_id, "", SignInMethod.ACCESS_KEY, key.id, ADDRESS)


async def test_the_body_of_who_has_not_signed_is_not_read(keys: StoreKeys) -> None:
    for sent in (Sent(secret=bytes(32)), Sent(key_id="unknown"), Sent(date="soon"), Sent(signed="host")):
        body = Body(b"x" * 1000)
        await refusal(keys, sent, body)
        assert not body.read


async def test_a_body_that_is_too_large_is_told_to_who_has_signed(keys: StoreKeys) -> None:
    with pytest.raises(PayloadTooLarge):
        await signer(keys, Sent(method="PUT", body=b"x" * 1000))


async def test_an_attempt_is_counted_for_a_key_that_exists_and_without_its_target(keys: StoreKeys) -> None:
    error = await refusal(keys, Sent(secret=bytes(32)))
    assert error.sign_in == SignInKey(
        KEY.principal_id, "", SignInMethod.ACCESS_KEY, KEY.id, "", SignInOutcome.FAILED, "Invalid Signature"
    )
    for unknown in ("unknown", "ORDERS-KEY", "x" * 1000):
        assert (await refusal(keys, Sent(key_id=unknown))).sign_in is None


async def test_a_request_cannot_write_its_own_text_into_the_evidence(keys: StoreKeys) -> None:
    sent = Sent()
    named = sent.authorization.replace("x-ms-date;", "x-ms-date;x-made-up;")
    error = await refusal(keys, sent, authorization=named)
    assert error.description == "Signed request header 'x-made-up' is not provided"
    assert error.sign_in is not None
    assert error.sign_in.error == "Signed request header is not provided"


async def test_a_header_that_is_not_whole_names_no_key(keys: StoreKeys) -> None:
    error = await refusal(keys, Sent(), authorization="HMAC-SHA256 Credential=orders-key")
    assert (error.description, error.sign_in) == ("[SignedHeaders][Signature] is required", None)


async def test_a_store_that_takes_no_keys_says_so_and_who_tries_is_counted(keys: StoreKeys) -> None:
    closed = ConfigurationStore("/stores/Contoso", "Contoso", "westeurope", disable_local_auth=True)
    error = await refusal(keys, Sent(), resource=closed)
    assert error.description == DISABLED
    assert error.sign_in is not None
    assert (error.sign_in.outcome, error.sign_in.error) == (SignInOutcome.FAILED, DISABLED)


async def test_a_key_of_one_store_opens_no_other(keys: StoreKeys) -> None:
    other = ConfigurationStore("/stores/other", "other", "westeurope")
    sent = replace(Sent(), host="other.azconfig.io")
    assert (await refusal(keys, sent, resource=other)).description == "Invalid Credential"


def test_a_key_is_known_by_its_name_in_the_evidence() -> None:
    odd = AccessKey("contoso", "Kd8-l9-s0:a/b", SECRET)
    assert store_and_key(odd.principal_id) == ("contoso", "Kd8-l9-s0:a/b")
    assert principal_in_words(odd.principal_id) == "access key Kd8-l9-s0:a/b of store contoso"
    assert store_and_key("11111111-2222-3333-4444-555555555555") is None
    assert principal_in_words("11111111-2222-3333-4444-555555555555").startswith("11111111")
