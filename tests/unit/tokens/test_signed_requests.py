"""Requests signed with an access key: every client's path and date, and every way to tamper."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote, unquote

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from yarl import URL

from keyless.tokens.signed_request import (
    SKEW_S,
    Authorization,
    KeyRejected,
    Signed,
    check_content,
    check_headers,
    check_signature,
    encodings,
    is_signed,
    read_authorization,
)
from signed_requests_made import DEFAULT_HEADERS, NOW, RFC_1123, SECRET, Sent, at, digest

PYTHON = "%b, %d %Y %H:%M:%S.%f GMT"


def accept(sent: Sent, **received: Any) -> None:
    """Verify what was sent; ``received`` is what arrives in its place."""
    headers: Mapping[str, str] = received.get("headers", sent.headers)
    path, _, query = received.get("target", sent.target).partition("?")
    authorization = read_authorization(received.get("authorization", sent.authorization))
    check_headers(authorization, headers.get, NOW)
    request = Signed(received.get("method", sent.method), unquote(path), query, headers.get)
    check_signature(authorization, SECRET, request)
    check_content(headers.get, received.get("body", sent.body))


def refusal(sent: Sent, **received: Any) -> str:
    with pytest.raises(KeyRejected) as caught:
        accept(sent, **received)
    return caught.value.description


def test_a_signed_request_is_accepted() -> None:
    accept(Sent())
    accept(Sent(method="PUT", body=b'{"value": "green"}'))


@pytest.mark.parametrize(
    "date",
    [
        at(RFC_1123),
        at(PYTHON),
        at("%b, %d %Y %H:%M:%S GMT"),
        at("%Y-%m-%dT%H:%M:%SZ"),
        at("%Y-%m-%dT%H:%M:%S"),
        at("%A, %d-%b-%y %H:%M:%S GMT"),
    ],
)
def test_a_date_is_read_in_any_form_that_a_client_sends(date: str) -> None:
    accept(Sent(date=date))


@pytest.mark.parametrize(
    "date", ["", "soon", "Nov, 99 2026 03:37:30 GMT", "Xyz, 23 2026 03:37:30 GMT", "0", "9"]
)
def test_what_is_no_date_is_refused(date: str) -> None:
    assert refusal(Sent(date=date)) == "Invalid access token date"


@pytest.mark.parametrize("form", [RFC_1123, PYTHON])
def test_a_date_may_be_fifteen_minutes_off_and_no_more(form: str) -> None:
    for offset_s in (-SKEW_S, SKEW_S):
        accept(Sent(date=at(form, offset_s)))
        assert refusal(Sent(date=at(form, offset_s + (1 if offset_s > 0 else -1)))) == (
            "The access token has expired"
        )


def test_the_date_may_come_in_the_date_header() -> None:
    accept(Sent(signed="date;host;x-ms-content-sha256", date_header="date"))


def test_of_two_dates_the_one_of_the_service_counts() -> None:
    stale = {"date": at(RFC_1123, -2 * SKEW_S)}
    both = "date;x-ms-date;host;x-ms-content-sha256"
    authorization = Authorization("k", tuple(both.split(";")), b"")
    check_headers(authorization, (Sent().headers | stale).get, NOW)
    fresh_but_other = Sent().headers | {"x-ms-date": stale["date"], "date": at(RFC_1123)}
    with pytest.raises(KeyRejected, match="has expired"):
        check_headers(authorization, fresh_but_other.get, NOW)


def test_an_unsigned_date_does_not_count() -> None:
    assert refusal(Sent(signed="host;x-ms-content-sha256")) == "x-ms-date is required as a signed header"


@pytest.mark.parametrize("left_out", ["host", "x-ms-content-sha256"])
def test_host_and_content_must_be_signed(left_out: str) -> None:
    signed = ";".join(name for name in DEFAULT_HEADERS.split(";") if name != left_out)
    assert refusal(Sent(signed=signed)) == f"{left_out} is required as a signed header"


def test_further_headers_may_be_signed_in_any_casing_and_must_be_there() -> None:
    more = Sent(signed=f"{DEFAULT_HEADERS};Content-Type")
    accept(more)
    without = {name: value for name, value in more.headers.items() if name != "content-type"}
    assert refusal(more, headers=without) == "Signed request header 'content-type' is not provided"
    assert refusal(more, headers=more.headers | {"content-type": "text/html"}) == "Invalid Signature"


@pytest.mark.parametrize(
    "received",
    [
        {"method": "DELETE"},
        {"target": "/kv/app%2Fcolour?api-version=2026-04-01&label=%00"},
        {"target": "/kv/app%2Fcolor?api-version=2026-04-01&label=prod"},
        {"target": "/kv/app%2Fcolor"},
        {"target": "/locks/app%2Fcolor?api-version=2026-04-01&label=%00"},
        {"headers": Sent().headers | {"host": "fabrikam.azconfig.io"}},
        {"headers": Sent().headers | {"x-ms-date": at(RFC_1123, 1)}},
        {"headers": Sent().headers | {"x-ms-content-sha256": digest(b"other")}, "body": b"other"},
        {"authorization": Sent(secret=bytes(32)).authorization},
        {"authorization": Sent(secret=b"").authorization},
    ],
)
def test_whatever_is_changed_on_the_way_breaks_the_signature(received: dict[str, Any]) -> None:
    assert refusal(Sent(), **received) == "Invalid Signature"


def test_another_body_than_the_one_signed_is_refused() -> None:
    assert refusal(Sent(method="PUT", body=b"green"), body=b"red") == "Invalid request content hash"
    assert refusal(Sent(), body=b"smuggled") == "Invalid request content hash"


@pytest.mark.parametrize(
    ("authorization", "says"),
    [
        ("HMAC-SHA256", "[Credential][SignedHeaders][Signature] is required"),
        ("HMAC-SHA256 Credential=a", "[SignedHeaders][Signature] is required"),
        ("HMAC-SHA256 Credential=a&SignedHeaders=host", "[Signature] is required"),
        ("HMAC-SHA256 Credential=&SignedHeaders=host&Signature=YQ==", "[Credential] is required"),
        (
            "HMAC-SHA256 Credential=a&Credential=b&SignedHeaders=host&Signature=YQ==",
            "[Credential][SignedHeaders][Signature] is required",
        ),
        ("HMAC-SHA256 Credential=a&SignedHeaders=host&Signature=not!base64", "Invalid Signature"),
        ("HMAC-SHA256 Credential=a&SignedHeaders=host&Signature=Y", "Invalid Signature"),
        (f"HMAC-SHA256 Credential={'a' * 5000}&SignedHeaders=host&Signature=YQ==", "is required"),
    ],
)
def test_a_header_that_is_not_whole_is_refused_with_what_is_missing(authorization: str, says: str) -> None:
    with pytest.raises(KeyRejected) as caught:
        read_authorization(authorization)
    assert caught.value.description.endswith(says)


def test_parts_may_be_separated_by_commas_as_in_some_samples() -> None:
    sent = Sent()
    accept(sent, authorization=sent.authorization.replace("&", ", "))


def test_an_id_may_hold_equals_signs_and_slashes() -> None:
    sent = Sent(key_id="Kd8-l9-s0:a/b+c==")
    assert read_authorization(sent.authorization).credential == "Kd8-l9-s0:a/b+c=="
    accept(sent)


def test_an_unknown_signed_header_is_not_repeated_unless_it_could_be_one() -> None:
    headers = Sent().headers
    names = (*DEFAULT_HEADERS.split(";"), 'x" evil="')
    with pytest.raises(KeyRejected, match=r"'\?'"):
        check_headers(Authorization("k", names, b""), headers.get, NOW)


def test_the_number_of_signed_headers_is_bounded() -> None:
    names = (*DEFAULT_HEADERS.split(";"), *["host"] * 100)
    with pytest.raises(KeyRejected, match="Invalid SignedHeaders"):
        check_headers(Authorization("k", names, b""), Sent().headers.get, NOW)


def test_only_this_scheme_is_taken_for_it() -> None:
    assert is_signed("HMAC-SHA256 Credential=a")
    assert is_signed("hmac-sha256 Credential=a")
    assert not is_signed("Bearer HMAC-SHA256")
    assert not is_signed(None)


KEYS = st.text(st.characters(codec="utf-8", exclude_characters="\x00"), min_size=1, max_size=12)
JAVASCRIPT = "-_.!~*'()"
GO = "-_.~$&+=:@"
JAVA = "-._~!$&'()*+,;=:@"


def as_python(key: str) -> str:
    return quote(key, safe="")


def as_asynchronous_python(key: str) -> str:
    return str(URL(f"/kv/{quote(key, safe='')}", encoded=False)).removeprefix("/kv/")


@pytest.mark.parametrize(
    "encode",
    [
        as_python,
        as_asynchronous_python,
        lambda key: quote(key, safe=JAVASCRIPT),
        lambda key: quote(key, safe=GO),
        lambda key: quote(key, safe=JAVA),
        quote,
    ],
    ids=["Python and .NET", "asynchronous Python", "JavaScript", "Go", "Java", "slashes kept"],
)
@given(key=KEYS)
def test_every_clients_way_to_send_a_key_is_known(encode: Any, key: str) -> None:
    sent = Sent(target=f"/kv/{encode(key)}?api-version=2026-04-01")
    path = unquote(sent.target.partition("?")[0])
    if path == f"/kv/{key}" and key not in {".", ".."}:
        accept(sent)


@given(path=st.builds(lambda parts: "/" + "/".join(parts), st.lists(KEYS, min_size=1, max_size=3)))
@example(path="/kv/a?b")
@example(path="/kv/a#b")
@example(path="/kv/%41")
@example(path="/k?v/a")
def test_all_encodings_are_paths_that_mean_that_path(path: str) -> None:
    found = encodings(path)
    assert {unquote(one) for one in found} == {path}
    assert not [one for one in found if "?" in one or "#" in one]
    assert len(found) == len(set(found))


@pytest.mark.parametrize(
    ("signed", "sent"),
    [
        ("/kv/a?api-version=1.0", "/kv/a%3Fapi-version=1.0"),
        ("/kv/a?label=x?api-version=1.0", "/kv/a%3Flabel=x?api-version=1.0"),
        ("/kv/a%3Flabel=x?api-version=1.0", "/kv/a?label=x?api-version=1.0"),
        ("/kv/%41?api-version=1.0", "/kv/%2541?api-version=1.0"),
        ("/kv?api-version=1.0", "/kv%3Fapi-version=1.0"),
    ],
)
def test_what_was_signed_as_a_query_does_not_pass_as_a_path_nor_the_other_way(signed: str, sent: str) -> None:
    assert refusal(Sent(method="DELETE", target=signed), target=sent) == "Invalid Signature"


def test_a_header_that_is_named_by_the_request_is_no_kind_of_refusal_of_its_own() -> None:
    names = (*DEFAULT_HEADERS.split(";"), "x-made-up")
    with pytest.raises(KeyRejected) as caught:
        check_headers(Authorization("k", names, b""), Sent().headers.get, NOW)
    assert "x-made-up" in caught.value.description
    assert "x-made-up" not in caught.value.kind


def test_a_path_without_reserved_characters_has_one_encoding() -> None:
    assert encodings("/kv") == ("/kv",)
    assert encodings("/kv/app-color_1.x~") == ("/kv/app-color_1.x~",)


def test_a_signature_does_not_show_in_a_repr() -> None:
    authorization = read_authorization(Sent().authorization)
    assert "signature" not in repr(authorization)
