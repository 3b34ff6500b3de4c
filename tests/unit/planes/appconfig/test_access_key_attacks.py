"""What whoever has seen a signed request, or holds half of a key, can send: each is refused in Azure's words.

A good request, the ids of the keys and the store's whole answer are the attacker's to copy from.
"""

from __future__ import annotations

import base64
import dataclasses
from collections.abc import Callable
from typing import Any

import pytest
from signed_site import READ_ONLY, READ_WRITE, VERSION, SignedSite, as_reader

from keyless.model.access_keys import AccessKey
from keyless.store.collections import ACCESS_KEYS, STORES
from keyless.store.sqlite.store import SqliteStore
from keyless.tokens.keys import SigningKey
from keyless.wire.plane import Rendered
from keyless.wire.request import HeaderMap
from signed_requests_made import DEFAULT_HEADERS, NOW, RFC_1123, SECRET, Sent, at, digest

GOOD = Sent(target=f"/kv/color?{VERSION}")
WRITE = dataclasses.replace(GOOD, method="PUT", body=b'{"value":"green"}')
MINUTES_15 = 15 * 60


@pytest.fixture
async def site(store: SqliteStore, signing_key: SigningKey) -> SignedSite:
    """A store with one key-value."""
    site = await SignedSite(store, signing_key).open()
    assert (await site.send(dataclasses.replace(WRITE, body=b'{"value":"red"}'))).status == 200
    return site


def challenge(description: str) -> str:
    """The answer's header, as Azure documents it."""
    return f'HMAC-SHA256 error="invalid_token" error_description="{description}", Bearer'


def says(answer: Rendered) -> str:
    """What is said to who is refused; the body is empty."""
    assert (answer.status, answer.body) == (401, b"")
    return dict(answer.headers)["www-authenticate"]


def resigned(**changed: Any) -> Sent:
    """A request that is signed as it is: by whoever has the key's id and not its secret."""
    return dataclasses.replace(GOOD, **changed)


def header(change: Callable[[str], str]) -> str:
    """The good request's proof, changed."""
    return change(GOOD.authorization)


UNSIGNED = {
    "none": "",
    "another scheme": "Basic b3JkZXJzLWtleTpzZWNyZXQ=",
    "the scheme without a space": header(lambda text: text.replace("HMAC-SHA256 ", "HMAC-SHA256")),
    "a longer scheme": header(lambda text: text.replace("HMAC-SHA256", "HMAC-SHA2567")),
    "a shorter scheme": header(lambda text: text.replace("HMAC-SHA256", "HMAC-SHA")),
}
CHANGED_PROOFS = {
    "no parameters": ("HMAC-SHA256", "[Credential][SignedHeaders][Signature] is required"),
    "no signature": (
        header(lambda text: text.partition("&Signature=")[0]),
        "[Signature] is required",
    ),
    "an empty signature": (
        header(lambda text: text.partition("&Signature=")[0] + "&Signature="),
        "[Signature] is required",
    ),
    "parameters in another case": (
        header(lambda text: text.replace("Credential", "credential")),
        "[Credential] is required",
    ),
    "two credentials": (
        header(lambda text: text.replace("Credential=", "Credential=other&Credential=")),
        "[Credential][SignedHeaders][Signature] is required",
    ),
    "two signatures": (
        header(lambda text: text + "&Signature=YQ=="),
        "[Credential][SignedHeaders][Signature] is required",
    ),
    "an unknown key": (header(lambda text: text.replace(READ_WRITE, "unknown")), "Invalid Credential"),
    "the id in another case": (
        header(lambda text: text.replace(READ_WRITE, READ_WRITE.upper())),
        "Invalid Credential",
    ),
    "another key's id": (
        header(lambda text: text.replace(f"Credential={READ_WRITE}", "Credential=rotated-key")),
        "Invalid Signature",
    ),
    "a signature that is no base64": (
        header(lambda text: text.partition("Signature=")[0] + "Signature=not!base64"),
        "Invalid Signature",
    ),
    "a signature in base64 for URLs": (
        header(lambda text: text.partition("Signature=")[0] + "Signature=-_-_" + "A" * 40),
        "Invalid Signature",
    ),
    "a shorter signature": (
        header(lambda text: text.partition("Signature=")[0] + f"Signature={digest(b'')[:8]}"),
        "Invalid Signature",
    ),
    "zeros for a signature": (
        header(lambda text: text.partition("Signature=")[0] + f"Signature={'A' * 43}="),
        "Invalid Signature",
    ),
    "fewer signed headers": (
        header(lambda text: text.replace("x-ms-date;host;", "x-ms-date;")),
        "host is required as a signed header",
    ),
    "no date": (
        header(lambda text: text.replace("x-ms-date;", "")),
        "x-ms-date is required as a signed header",
    ),
    "no hash": (
        header(lambda text: text.replace(";x-ms-content-sha256", "")),
        "x-ms-content-sha256 is required as a signed header",
    ),
    "the other date, which is not there": (
        header(lambda text: text.replace("x-ms-date", "date")),
        "Signed request header 'date' is not provided",
    ),
    "a header that is not there": (
        header(lambda text: text.replace("x-ms-date;", "x-ms-date;x-other;")),
        "Signed request header 'x-other' is not provided",
    ),
    "a header whose name is a challenge": (
        header(lambda text: text.replace("x-ms-date;", 'x-ms-date;x" realm="evil;')),
        "Signed request header '?' is not provided",
    ),
    "an empty name": (
        header(lambda text: text.replace("x-ms-date;", "x-ms-date;;")),
        "Invalid SignedHeaders parameter",
    ),
    "headers in another order": (
        header(lambda text: text.replace("x-ms-date;host", "host;x-ms-date")),
        "Invalid Signature",
    ),
    "very many headers": (
        header(lambda text: text.replace("x-ms-date;", "x-ms-date;" + "host;" * 40)),
        "Invalid SignedHeaders parameter",
    ),
}
FORGED = {
    "signed with nothing": (resigned(secret=b""), "Invalid Signature"),
    "signed with the secret as text": (resigned(secret=base64.b64encode(SECRET)), "Invalid Signature"),
    "signed with the key's id": (resigned(secret=READ_WRITE.encode()), "Invalid Signature"),
    "signed before": (resigned(date=at(RFC_1123, -MINUTES_15 - 1)), "The access token has expired"),
    "signed in advance": (resigned(date=at(RFC_1123, MINUTES_15 + 1)), "The access token has expired"),
    "a date that is none": (resigned(date="today"), "Invalid access token date"),
    "an empty date": (resigned(date=""), "Invalid access token date"),
}
ALTERED = {
    "another method": {"method": "DELETE"},
    "the method in lower case, for another": {"method": "delete"},
    "another key": {"target": f"/kv/colour?{VERSION}"},
    "another collection": {"target": f"/locks/color?{VERSION}", "method": "PUT"},
    "another label": {"target": f"/kv/color?{VERSION}&label=prod"},
    "another version": {"target": "/kv/color?api-version=1.0"},
    "the query in another order": {"target": f"/kv/color?label=&{VERSION}"},
    "a query that is in the path": {"target": f"/kv/color%3F{VERSION}?{VERSION}"},
    "the path encoded twice": {"target": f"/kv/%2563olor?{VERSION}"},
    "another host": {"host": "fabrikam.azconfig.io"},
    "the host with a port": {"host": "contoso.azconfig.io:443"},
    "the host with a dot": {"host": "contoso.azconfig.io."},
}


@pytest.mark.parametrize("trick", UNSIGNED)
async def test_who_does_not_sign_is_told_both_schemes(site: SignedSite, trick: str) -> None:
    answer = await site.send(GOOD, authorization=UNSIGNED[trick])
    assert says(answer).startswith("HMAC-SHA256, Bearer")


@pytest.mark.parametrize("trick", CHANGED_PROOFS)
async def test_a_proof_that_is_changed_proves_nothing(site: SignedSite, trick: str) -> None:
    await site.give(AccessKey("contoso", "rotated-key", bytes(range(1, 33))))
    proof, description = CHANGED_PROOFS[trick]
    assert says(await site.send(GOOD, authorization=proof)) == challenge(description)


@pytest.mark.parametrize("trick", FORGED)
async def test_what_was_not_signed_by_the_key_now_is_refused(site: SignedSite, trick: str) -> None:
    sent, description = FORGED[trick]
    assert says(await site.send(sent)) == challenge(description)


@pytest.mark.parametrize("trick", ALTERED)
async def test_a_proof_holds_for_its_own_request_alone(site: SignedSite, trick: str) -> None:
    altered = dataclasses.replace(GOOD, **ALTERED[trick])
    answer = await site.send(altered, authorization=GOOD.authorization)
    if altered.host == "fabrikam.azconfig.io":
        assert answer.status == 404  # there is no such store
    else:
        assert says(answer) == challenge("Invalid Signature")


@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "DELETE"])
async def test_the_body_is_the_one_whose_hash_was_signed_whatever_the_method(
    site: SignedSite, method: str
) -> None:
    sent = dataclasses.replace(GOOD, method=method)
    other = dataclasses.replace(sent, body=b'{"value":"evil"}')
    headers = {"x_ms_content_sha256": digest(b"")}
    answer = await site.send(other, authorization=sent.authorization, **headers)
    assert says(answer) == challenge("Invalid request content hash")
    answer = await site.send(other, authorization=sent.authorization)
    assert says(answer) == challenge("Invalid Signature")


@pytest.mark.parametrize("name", ["authorization", *DEFAULT_HEADERS.split(";")])
async def test_of_two_values_neither_counts(site: SignedSite, name: str) -> None:
    values = {**GOOD.headers, "authorization": GOOD.authorization}
    doubled = HeaderMap(values, repeated={name: ("other",)})
    answer = await site.send(GOOD, all_headers=doubled)
    assert says(answer) == challenge(f"Request header '{name}' is provided more than once")


@pytest.mark.parametrize("skew_s", [-MINUTES_15, MINUTES_15])
async def test_a_request_may_come_again_until_its_date_is_fifteen_minutes_off(
    site: SignedSite, skew_s: int
) -> None:
    site.now = NOW - skew_s
    for _ in range(2):
        assert (await site.send(GOOD)).status == 200
    site.now += 1 if skew_s < 0 else -1
    assert says(await site.send(GOOD)) == challenge("The access token has expired")


async def test_further_parameters_and_headers_in_another_case_do_not_matter(site: SignedSite) -> None:
    for change in (
        lambda text: text + "&Version=1",
        lambda text: text.replace("HMAC-SHA256", "hmac-sha256"),
        lambda text: text.replace("x-ms-date", "X-MS-Date"),
        lambda text: text.replace("&", ", "),
    ):
        assert (await site.send(GOOD, authorization=header(change))).status == 200


READING_ALONE = {
    "write": ("PUT", f"/kv/color?{VERSION}", b'{"value":"evil"}'),
    "delete": ("DELETE", f"/kv/color?{VERSION}", b""),
    "lock": ("PUT", f"/locks/color?{VERSION}", b""),
    "unlock": ("DELETE", f"/locks/color?{VERSION}", b""),
    "make a snapshot": ("PUT", f"/snapshots/evil?{VERSION}", b'{"filters":[{"key":"*"}]}'),
    "archive a snapshot": ("PATCH", f"/snapshots/good?{VERSION}", b'{"status":"archived"}'),
}


@pytest.mark.parametrize("what", READING_ALONE)
async def test_a_key_for_reading_does_nothing_else_and_nobody_learns_with_it(
    site: SignedSite, what: str
) -> None:
    method, target, body = READING_ALONE[what]
    sent = Sent(method, target, body)
    answer = await site.send(as_reader(sent), content_type="application/json")
    assert answer.status == 403
    assert f"The access key '{READ_ONLY}' is read-only".encode() in answer.body
    assert (await site.send(as_reader(GOOD))).status == 200
    assert (await site.send(sent, content_type="application/json")).status not in {401, 403}


async def test_a_key_that_was_regenerated_opens_nothing_from_the_next_request_on(site: SignedSite) -> None:
    assert (await site.send(GOOD)).status == 200
    await site.give(AccessKey("contoso", READ_WRITE, bytes(32)))
    assert says(await site.send(GOOD)) == challenge("Invalid Signature")
    assert (await site.send(resigned(secret=bytes(32)))).status == 200


async def test_a_key_that_was_taken_away_is_unknown(site: SignedSite) -> None:
    async with site.store.transaction() as transaction:
        await transaction.delete(ACCESS_KEYS, ("contoso", READ_WRITE))
    assert says(await site.send(GOOD)) == challenge("Invalid Credential")


async def test_a_store_whose_local_authentication_is_switched_off_takes_no_key_at_once(
    site: SignedSite,
) -> None:
    assert (await site.send(GOOD)).status == 200
    await site.become(disable_local_auth=True)
    assert says(await site.send(GOOD)) == challenge("Authentication scheme disabled")
    assert says(await site.send(GOOD, authorization="")) == "Bearer"
    await site.become(disable_local_auth=False)
    assert (await site.send(GOOD)).status == 200


async def test_the_keys_of_a_store_that_is_deleted_open_nothing_until_it_is_back(site: SignedSite) -> None:
    async with site.store.transaction() as transaction:
        await transaction.delete(STORES, ("contoso",))
    assert (await site.send(GOOD)).status == 404
    await site.become()
    assert (await site.send(GOOD)).status == 200


async def test_no_secret_shows_in_an_answer_or_in_the_evidence(site: SignedSite) -> None:
    texts = [base64.b64encode(SECRET).decode(), GOOD.authorization.rpartition("=")[2]]
    answers = [await site.send(GOOD), await site.send(resigned(date="today"))]
    site.recorder.flush(NOW)
    seen = repr((answers, site.sheet))
    assert READ_WRITE in seen
    assert not [text for text in texts if text and text in seen]
