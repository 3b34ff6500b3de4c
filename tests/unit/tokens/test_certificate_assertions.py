"""An application's own assertion holds only where everything about it does."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from dataclasses import replace
from typing import Any

import pytest
from cryptography.hazmat.primitives import serialization

from assertions_made import assertion, b64, certificate, der, ec_key, named, named_by_sha1, pem, rsa_key
from keyless.tokens.assertions import (
    LONGEST_S,
    MAX_ASSERTION_BYTES,
    SKEW_S,
    AssertionRejected,
    Fault,
    read_assertion,
    verify_certificate_assertion,
)
from keyless.tokens.client_certificates import ClientCertificate, client_certificate, named_certificate

NOW = 1_800_000_000
CLIENT = "c11e0000-0000-4000-8000-00000000000a"
AUDIENCE = "https://login.microsoftonline.com/contoso/oauth2/v2.0/token"
KEY = rsa_key("app")
CERTIFICATE = certificate(KEY, NOW)
OTHER = certificate(KEY, NOW, name="other")
REGISTERED = (client_certificate(der(CERTIFICATE)),)


def claims(**changed: Any) -> dict[str, Any]:
    found = {"iss": CLIENT, "sub": CLIENT, "aud": AUDIENCE, "exp": NOW + 600, "jti": "one"} | changed
    return {name: value for name, value in found.items() if value is not None}


def verify(
    text: str,
    registered: tuple[ClientCertificate, ...] = REGISTERED,
    *,
    client: str = CLIENT,
    now: float = NOW,
) -> None:
    verify_certificate_assertion(
        read_assertion(text),
        client_id=client,
        certificates=registered,
        is_audience=lambda audience: audience == AUDIENCE,
        now=now,
    )


def fault(
    text: str,
    registered: tuple[ClientCertificate, ...] = REGISTERED,
    *,
    client: str = CLIENT,
    now: float = NOW,
) -> Fault:
    with pytest.raises(AssertionRejected) as caught:
        verify(text, registered, client=client, now=now)
    return caught.value.why


@pytest.mark.parametrize(
    "header",
    [
        named(CERTIFICATE),
        named(CERTIFICATE, alg="RS256"),
        named(CERTIFICATE, padded=True),
        named_by_sha1(CERTIFICATE),
        named_by_sha1(CERTIFICATE, alg="PS256"),
        {"alg": "RS256", "x5c": [base64.b64encode(der(CERTIFICATE)).decode()]},
        named(CERTIFICATE) | {"typ": "jwt"},
        named(CERTIFICATE) | {"typ": "http://openid.net/specs/jwt/1.0"},
        named(CERTIFICATE) | {"kid": "anything", "extra": [{"nested": 1}]},
        named_by_sha1(CERTIFICATE) | {"x5c": [base64.b64encode(der(CERTIFICATE)).decode(), "the chain"]},
        {"alg": "PS256", "x5t#S256": base64.b64encode(hashlib.sha256(der(CERTIFICATE)).digest()).decode()},
        {"alg": "RS256", "x5t": base64.b64encode(hashlib.sha1(der(CERTIFICATE)).digest()).decode()},
        {"alg": "PS256", "x5c": [base64.encodebytes(der(CERTIFICATE)).decode()]},
    ],
)
def test_every_way_of_naming_a_registered_certificate_is_taken(header: dict[str, Any]) -> None:
    verify(assertion(header, claims(), KEY))


def test_a_thumbprint_is_the_same_in_both_alphabets_and_no_other() -> None:
    certificate = replace(client_certificate(der(CERTIFICATE)), sha256="-_a", sha1="b_-")
    for found, x5t, x5t_s256 in (
        (certificate, None, "+/a="),
        (certificate, "b/+", "-_a"),
        (None, None, "_-a"),
        (None, "b/+ ", None),
    ):
        assert named_certificate([certificate], x5t, x5t_s256, ()) is found


def test_the_signature_is_verified_over_the_bytes_as_received() -> None:
    verify(assertion(named(CERTIFICATE, padded=True), claims(), KEY, padded=True))
    text = json.dumps(claims(), indent=4, sort_keys=True).encode()
    verify(assertion(named(CERTIFICATE), text, KEY))


def test_padding_that_was_not_signed_breaks_the_signature() -> None:
    header, payload, signature = assertion(named(CERTIFICATE), claims(), KEY).split(".")
    assert fault(f"{header}=.{payload}.{signature}") is Fault.SIGNATURE
    assert fault(f"{header}.{payload}==.{signature}") is Fault.SIGNATURE


def test_times_may_be_fractions_and_ids_compare_without_case() -> None:
    times = {"exp": NOW + 0.5, "nbf": NOW - 0.25, "iat": NOW + 0.75}
    verify(assertion(named(CERTIFICATE), claims(iss=CLIENT.upper(), **times), KEY))
    assert fault(assertion(named(CERTIFICATE), claims(exp=NOW + 0.5), KEY), now=NOW + 0.6) is Fault.TIME


@pytest.mark.parametrize(
    "alg", ["none", "None", "", "HS256", "HS512", "RS384", "RS512", "PS384", "ES256", "EdDSA"]
)
def test_no_other_algorithm_is_taken(alg: str) -> None:
    assert fault(assertion(named(CERTIFICATE, alg=alg), claims(), KEY)) is Fault.ALGORITHM
    unsigned = assertion(named(CERTIFICATE, alg=alg), claims(), KEY).rpartition(".")[0]
    assert fault(f"{unsigned}.") is Fault.ALGORITHM


@pytest.mark.parametrize("text", [pem(CERTIFICATE).encode(), der(CERTIFICATE), b""])
def test_a_mac_under_what_everybody_knows_is_refused(text: bytes) -> None:
    public = KEY.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    for secret in (text, public):
        head = b64(json.dumps(named(CERTIFICATE, alg="HS256")).encode())
        signed = f"{head}.{b64(json.dumps(claims()).encode())}"
        mac = b64(hmac.digest(secret, signed.encode(), hashlib.sha256))
        assert fault(f"{signed}.{mac}") is Fault.ALGORITHM


def test_a_signature_under_the_other_padding_is_refused() -> None:
    signed = assertion(named(CERTIFICATE, alg="RS256"), claims(), KEY).rpartition(".")[0]
    other = assertion(named(CERTIFICATE, alg="PS256"), claims(), KEY).rpartition(".")[2]
    assert fault(f"{signed}.{other}") is Fault.SIGNATURE


@pytest.mark.parametrize(
    "member",
    [
        {"jwk": {"kty": "RSA"}},
        {"jwk": None},
        {"jku": "https://evil.example/keys"},
        {"x5u": "https://evil.example/certificate"},
        {"crit": ["exp"]},
        {"crit": []},
    ],
)
def test_a_header_that_names_a_key_of_its_own_is_refused_before_its_signature(member: dict[str, Any]) -> None:
    assert fault(assertion(named(CERTIFICATE) | member, claims(), KEY)) is Fault.MALFORMED


@pytest.mark.parametrize("typ", ["JWS", "at+jwt", "JOSE", "", "jwt "])
def test_another_type_of_token_is_refused(typ: str) -> None:
    assert fault(assertion(named(CERTIFICATE) | {"typ": typ}, claims(), KEY)) is Fault.TYPE


@pytest.mark.parametrize(
    "header",
    [
        {"alg": "PS256"},
        {"alg": "PS256", "kid": hashlib.sha1(der(CERTIFICATE)).hexdigest()},
        named(OTHER),
        named_by_sha1(OTHER),
        named(CERTIFICATE) | {"x5t": named_by_sha1(OTHER)["x5t"]},
        named(OTHER) | {"x5t": named_by_sha1(CERTIFICATE)["x5t"]},
        named_by_sha1(CERTIFICATE) | {"x5c": [base64.b64encode(der(OTHER)).decode()]},
        named_by_sha1(CERTIFICATE) | {"x5c": ["not base64"]},
        named_by_sha1(OTHER) | {"x5c": named_by_sha1(OTHER)["x5c"] + named_by_sha1(CERTIFICATE)["x5c"]},
        {"alg": "PS256", "x5t": ""},
        {"alg": "PS256", "x5t#S256": named_by_sha1(CERTIFICATE)["x5t"]},
        {"alg": "PS256", "x5t": hashlib.sha1(der(CERTIFICATE)).hexdigest()},
    ],
)
def test_a_certificate_that_is_not_registered_is_not_found(header: dict[str, Any]) -> None:
    assert fault(assertion(header, claims(), KEY)) is Fault.KEY


def test_without_a_registered_certificate_nothing_is_found() -> None:
    assert fault(assertion(named(CERTIFICATE), claims(), KEY), ()) is Fault.KEY


def test_a_signature_of_another_key_is_refused() -> None:
    assert fault(assertion(named(CERTIFICATE), claims(), rsa_key("thief"))) is Fault.SIGNATURE
    header, _, signature = assertion(named(CERTIFICATE), claims(), KEY).split(".")
    assert fault(f"{header}.{b64(json.dumps(claims(jti='two')).encode())}.{signature}") is Fault.SIGNATURE
    assert fault(f"{header}.{b64(json.dumps(claims()).encode())}.") is Fault.SIGNATURE


def test_a_certificate_counts_in_its_validity_alone() -> None:
    text = assertion(named(CERTIFICATE), claims(), KEY)
    for days, begins in ((1, -2), (10, 1)):
        out_of_time = certificate(KEY, NOW, days=days, begins=begins)
        registered = (client_certificate(der(out_of_time)), *REGISTERED)
        verify(text, registered)
        assert fault(assertion(named(out_of_time), claims(), KEY), registered) is Fault.CERTIFICATE_TIME


def test_each_of_several_certificates_is_good() -> None:
    registered = (*REGISTERED, client_certificate(der(OTHER)))
    for one in (CERTIFICATE, OTHER):
        verify(assertion(named(one), claims(), KEY), registered)


@pytest.mark.parametrize(
    "changed",
    [{"iss": "someone-else"}, {"sub": "someone-else"}, {"iss": "", "sub": ""}, {"iss": CLIENT + " "}],
)
def test_issuer_and_subject_are_the_client_itself(changed: dict[str, str]) -> None:
    assert fault(assertion(named(CERTIFICATE), claims(**changed), KEY)) is Fault.CLIENT


def test_an_assertion_of_one_client_is_not_good_for_another() -> None:
    assert fault(assertion(named(CERTIFICATE), claims(), KEY), client="another") is Fault.CLIENT


@pytest.mark.parametrize(
    "audience", ["https://vault.azure.net", "", [AUDIENCE, "https://elsewhere.example"], [], AUDIENCE.upper()]
)
def test_an_assertion_for_someone_else_is_refused(audience: object) -> None:
    assert fault(assertion(named(CERTIFICATE), claims(aud=audience), KEY)) is Fault.AUDIENCE


def test_a_list_of_one_audience_is_that_audience() -> None:
    verify(assertion(named(CERTIFICATE), claims(aud=[AUDIENCE]), KEY))


@pytest.mark.parametrize(
    "changed",
    [
        {"exp": NOW},
        {"exp": NOW - 1},
        {"exp": -5},
        {"exp": NOW + LONGEST_S + 1},
        {"exp": 1e300},
        {"nbf": NOW + SKEW_S + 1},
        {"iat": NOW + SKEW_S + 1},
    ],
)
def test_out_of_its_time_an_assertion_is_refused(changed: dict[str, float]) -> None:
    assert fault(assertion(named(CERTIFICATE), claims(**changed), KEY)) is Fault.TIME


def test_clocks_may_differ_by_five_minutes() -> None:
    verify(assertion(named(CERTIFICATE), claims(nbf=NOW + SKEW_S, iat=NOW + SKEW_S), KEY))
    verify(assertion(named(CERTIFICATE), claims(exp=NOW + LONGEST_S), KEY))


def head_and(payload: bytes) -> str:
    return assertion(named(CERTIFICATE), payload, KEY)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "a.b",
        "a.b.c.d",
        "a.b.c",
        "é.b.c",
        "e30.e30.e30",
        assertion(named(CERTIFICATE), claims(), KEY) + "A" * MAX_ASSERTION_BYTES,
        assertion(named(CERTIFICATE), claims(), KEY).replace(".", "+.", 1),
        head_and(b"[]"),
        head_and(b"not json"),
        head_and(b"\xff\xfe"),
        head_and(b'{"iss": "\xff"}'),
        head_and(b"[" * 10_000),
        head_and(b'{"x":' * 2_000),
        head_and(json.dumps(claims(exp=None)).encode()),
        head_and(json.dumps(claims(iss=None)).encode()),
        head_and(json.dumps(claims(sub=None)).encode()),
        head_and(json.dumps(claims(aud=None)).encode()),
        head_and(json.dumps(claims(exp="600")).encode()),
        head_and(json.dumps(claims(exp=True)).encode()),
        head_and(json.dumps(claims(sub=["a"])).encode()),
        head_and(json.dumps(claims(jti=7)).encode()),
        head_and(json.dumps(claims()).replace(str(NOW + 600), "NaN").encode()),
        head_and(json.dumps(claims()).replace(str(NOW + 600), "1e999").encode()),
        assertion({"alg": "PS256", "x5c": "text"}, claims(), KEY),
        assertion({"alg": 7}, claims(), KEY),
        assertion({}, claims(), KEY),
    ],
)
def test_what_cannot_be_read_is_malformed(text: str) -> None:
    assert fault(text) is Fault.MALFORMED


def test_nothing_of_an_assertion_shows_in_a_repr() -> None:
    text = assertion(named(CERTIFICATE), claims(), KEY)
    shown = repr(read_assertion(text))
    assert not any(part in shown for part in text.split("."))
    assert "signature" not in shown


def test_a_mark_is_of_what_was_signed_and_not_of_how_it_was_written() -> None:
    header, payload, _ = assertion(named(CERTIFICATE), claims(), KEY).split(".")
    marks = {
        read_assertion(f"{header}{pad}.{payload}.{b64(signature)}").mark
        for pad in ("", "==")
        for signature in (b"one", b"two")
    }
    assert len(marks) == 1
    assert read_assertion(assertion(named(CERTIFICATE), claims(jti="two"), KEY)).mark not in marks


def test_only_rsa_keys_of_2048_bits_are_taken() -> None:
    for key, why in ((rsa_key("small", 1024), "1024 bits"), (ec_key("app"), "not an RSA key")):
        with pytest.raises(ValueError, match=why):
            client_certificate(der(certificate(key, NOW)))
    with pytest.raises(ValueError, match="not a certificate"):
        client_certificate(b"0")
