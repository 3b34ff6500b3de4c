"""Whatever is sent in place of an assertion, a key set or an issuer's address is taken or refused."""

from __future__ import annotations

import contextlib
import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from assertions_made import assertion, b64, certificate, der, named, public_jwk, rsa_key
from keyless.model.federated_credentials import problems_of
from keyless.model.identities import FederatedCredential
from keyless.planes.entra.issuer_addresses import AddressRefused, place_of
from keyless.tokens.assertions import AssertionRejected, read_assertion, verify_certificate_assertion
from keyless.tokens.client_certificates import client_certificate
from keyless.tokens.federation import NoMatch, matching_credential
from keyless.tokens.issuer_keys import UnusableKeys, read_issuer_keys

NOW = 1_800_000_000
CLIENT = "c11e0000-0000-4000-8000-00000000000a"
KEY = rsa_key("app")
CERTIFICATE = certificate(KEY, NOW)
REGISTERED = [client_certificate(der(CERTIFICATE))]
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
MEMBERS = st.sampled_from(["alg", "typ", "kid", "x5t", "x5t#S256", "x5c", "crit", "jwk", "jku", "x5u", "b64"])
CLAIMS = st.sampled_from(["iss", "sub", "aud", "exp", "nbf", "iat", "jti"])
HONEST = {"iss": CLIENT, "sub": CLIENT, "aud": "us", "exp": NOW + 600}


def dotted(parts: list[bytes]) -> str:
    return ".".join(map(b64, parts))


def verify(text: str) -> None:
    verify_certificate_assertion(
        read_assertion(text),
        client_id=CLIENT,
        certificates=REGISTERED,
        is_audience=lambda audience: audience == "us",
        now=NOW,
    )


@given(
    st.text(max_size=60) | st.lists(st.binary(max_size=20), max_size=4).map(lambda p: ".".join(map(b64, p)))
)
def test_any_text_is_refused_and_nothing_else_happens(text: str) -> None:
    with contextlib.suppress(AssertionRejected):
        read_assertion(text)
        raise AssertionError(text)


@given(st.dictionaries(MEMBERS, JSON, max_size=3), st.dictionaries(CLAIMS, JSON, max_size=3))
def test_any_change_of_an_honest_assertion_is_taken_or_refused(
    header: dict[str, Any], claims: dict[str, Any]
) -> None:
    with contextlib.suppress(AssertionRejected):
        verify(assertion({**named(CERTIFICATE), **header}, {**HONEST, **claims}, KEY))
        assert {**HONEST, **claims}["iss"].lower() == CLIENT


@given(st.integers(0, 2_000), st.integers(0, 255))
def test_a_changed_byte_never_verifies(position: int, byte: int) -> None:
    text = bytearray(assertion(named(CERTIFICATE), HONEST, KEY).encode())
    position %= len(text)
    changed = text[position] != byte
    text[position] = byte
    try:
        verify(text.decode("latin-1"))
    except AssertionRejected:
        return
    assert not changed


@given(st.dictionaries(st.sampled_from(["iss", "sub", "aud"]), st.text(max_size=6), min_size=1))
def test_only_the_very_same_three_texts_match(changed: dict[str, str]) -> None:
    credential = FederatedCredential("/o", "one", "https://issuer.example", "subject", "audience")
    same = {"iss": credential.issuer, "sub": credential.subject, "aud": credential.audience}
    claims = read_assertion(assertion({"alg": "RS256"}, {"exp": 1, **same, **changed}, KEY)).claims
    try:
        found = matching_credential([credential], claims)
    except NoMatch:
        assert {**same, **changed} != same
    else:
        assert (found, {**same, **changed}) == (credential, same)


@given(st.binary(max_size=60) | JSON.map(lambda value: json.dumps({"keys": [value]}).encode()))
def test_any_bytes_are_a_key_set_or_refused(data: bytes) -> None:
    with contextlib.suppress(UnusableKeys):
        assert len(read_issuer_keys(data)) > 0


@given(st.dictionaries(st.sampled_from(["kty", "n", "e", "kid", "use", "alg", "crv", "x", "y", "d"]), JSON))
def test_any_change_of_a_key_is_taken_or_refused(changed: dict[str, Any]) -> None:
    data = json.dumps({"keys": [{**public_jwk(KEY, "one"), **changed}]}).encode()
    with contextlib.suppress(UnusableKeys):
        assert len(read_issuer_keys(data)) == 1
        assert "d" not in changed


@given(st.text(max_size=40) | st.text(max_size=30).map("https://{}".format))
def test_any_text_is_an_address_to_ask_or_refused(url: str) -> None:
    with contextlib.suppress(AddressRefused):
        place = place_of(url, lambda host, port: ["203.0.113.5"], loopback=False)
        assert url.startswith("https://") or url.lower().startswith("https://")
        assert place.path.startswith("/")
        assert "\r" not in place.path + place.host


@given(st.text(max_size=30), st.text(max_size=30), st.text(max_size=30), st.text(max_size=30))
def test_any_credential_can_be_judged(name: str, issuer: str, subject: str, audience: str) -> None:
    problems = list(problems_of(FederatedCredential("/o", name, issuer, subject, audience)))
    assert {problem.field for problem in problems} <= {"name", "issuer", "subject", "audience"}
    assert all(problem.hint for problem in problems)
