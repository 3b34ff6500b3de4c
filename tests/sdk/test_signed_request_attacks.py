"""Signed requests as bytes on the wire: repeated headers, other encodings, bodies where none belongs.

What can be said of a request that was read is in the tests of the plane; here the server reads it first.
"""

from __future__ import annotations

import dataclasses
from datetime import UTC, datetime

import pytest
from attack_site import Place
from sdk_estates import ENDPOINT
from sdk_wire import Answer, Wire

from signed_requests_made import RFC_1123, Sent, digest

VERSION = "api-version=2026-04-01"
TARGET = f"/kv/colour?{VERSION}"
REFUSED = 'HMAC-SHA256 error="invalid_token" error_description="{}", Bearer'


@pytest.fixture(scope="module")
def web(attacked: Place) -> Wire:
    """Anybody who can reach the store."""
    return attacked.wire("web")


def made(target: str = TARGET, method: str = "GET", body: bytes = b"") -> Sent:
    """A request that the stolen key has signed just now."""
    now = datetime.now(UTC).strftime(RFC_1123)
    host = ENDPOINT.removeprefix("https://")
    return Sent(method, target, body, host, now, key_id="stolen")


def sent(wire: Wire, signed: Sent, target: str | None = None, **more: str) -> Answer:
    """The answer to a signed request; headers beside its own have names with a capital letter."""
    headers = {**signed.headers, "authorization": signed.authorization}
    del headers["host"]
    headers |= {name.replace("_", "-"): value for name, value in more.items()}
    return wire.ask(signed.method, f"{ENDPOINT}{target or signed.target}", headers, signed.body or None)


def challenge(answer: Answer) -> str:
    """What is said to who is refused."""
    assert answer.status == 401, answer.body
    return answer.headers["www-authenticate"]


def test_what_the_key_has_signed_is_answered(web: Wire) -> None:
    assert sent(web, made()).json["value"] == "blue"


@pytest.mark.parametrize("name", ["Authorization", "X-ms-date", "X-ms-content-sha256"])
def test_a_header_that_is_sent_twice_does_not_count(web: Wire, name: str) -> None:
    signed = made()
    value = {**signed.headers, "authorization": signed.authorization}[name.lower()]
    answer = sent(web, signed, **{name.replace("-", "_"): value})
    assert challenge(answer) == REFUSED.format(f"Request header '{name.lower()}' is provided more than once")


@pytest.mark.parametrize(
    "target",
    [
        f"/kv/%2563olour?{VERSION}",
        f"/kv/./colour?{VERSION}",
        f"/kv//colour?{VERSION}",
        f"/kv/colour%00?{VERSION}",
        f"/kv/colour%FF?{VERSION}",
        f"/kv/colour%ED%B2%80?{VERSION}",
        f"/kv/colour?{VERSION}&",
        "/kv/colour?api%2Dversion=2026-04-01",
    ],
)
def test_another_target_than_the_one_signed_is_refused(web: Wire, target: str) -> None:
    assert challenge(sent(web, made(), target)) == REFUSED.format("Invalid Signature")


def test_another_encoding_of_the_very_path_that_was_signed_means_what_was_signed(web: Wire) -> None:
    assert sent(web, made(), f"/kv/%63olour?{VERSION}").json["value"] == "blue"


def test_a_body_beside_the_signed_one_is_refused_where_no_body_belongs(web: Wire) -> None:
    smuggled = dataclasses.replace(made(), body=b"{}")
    answer = sent(web, smuggled, authorization=made().authorization, x_ms_content_sha256=digest(b""))
    assert challenge(answer) == REFUSED.format("Invalid request content hash")


def test_bytes_that_are_no_text_are_refused(web: Wire) -> None:
    signed = made()
    for name in ("authorization", "x-ms-date", "x-ms-content-sha256", "content-type"):
        value = {**signed.headers, "authorization": signed.authorization}[name]
        answer = sent(web, signed, **{name.replace("-", "_"): value + "\xff"})
        assert answer.status == (200 if name == "content-type" else 401)


def test_what_the_key_never_signed_writes_nothing(web: Wire) -> None:
    signed = made(method="PUT", body=b'{"value":"evil"}')
    answer = sent(
        web, dataclasses.replace(signed, body=b'{"value":"worse"}'), authorization=signed.authorization
    )
    assert challenge(answer) == REFUSED.format("Invalid Signature")
    assert sent(web, made()).json["value"] == "blue"
