"""Which keys of another issuer are taken, and for what."""

from __future__ import annotations

import json
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from assertions_made import b64, ec_key, public_jwk, rsa_key
from keyless.tokens.issuer_keys import MOST_KEYS, UnusableKeys, read_issuer_keys

RSA = public_jwk(rsa_key("issuer"), "one")
EC = public_jwk(ec_key("issuer"), "two")


def key_set(*keys: dict[str, Any]) -> bytes:
    return json.dumps({"keys": keys}).encode()


def test_the_algorithm_follows_from_the_key() -> None:
    keys = read_issuer_keys(key_set(RSA, EC))
    for alg in ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512"):
        found = keys.find("one", alg)
        assert found is not None
        assert found.kid == "one"
        assert keys.find("two", alg) is None
    assert keys.find("two", "ES256") is not None
    for alg in ("none", "HS256", "ES384", "ES512", "EdDSA", "", "ES256K"):
        assert keys.find("one", alg) is None
        assert keys.find("two", alg) is None
    for curve, alg in ((ec.SECP384R1, "ES384"), (ec.SECP521R1, "ES512")):
        other = read_issuer_keys(key_set(public_jwk(ec_key("other", curve), "three")))
        assert other.find("three", alg) is not None
        assert other.find("three", "ES256") is None


def test_a_key_that_names_its_algorithm_is_for_no_other() -> None:
    keys = read_issuer_keys(key_set({**RSA, "alg": "RS256"}))
    assert keys.find("one", "RS256") is not None
    assert keys.find("one", "PS256") is None


def test_a_key_is_found_by_its_id_or_alone() -> None:
    both = read_issuer_keys(key_set(RSA, public_jwk(rsa_key("another"), "other")))
    assert both.find("other", "RS256") is not None
    assert both.find("nobody", "RS256") is None
    assert both.find(None, "RS256") is None
    assert read_issuer_keys(key_set(RSA)).find(None, "RS256") is not None
    twins = read_issuer_keys(key_set(RSA, {**public_jwk(rsa_key("another"), "one")}))
    assert twins.find("one", "RS256") is None


@pytest.mark.parametrize(
    "left_out",
    [
        {**RSA, "use": "enc"},
        {**RSA, "kid": 7},
        {**RSA, "alg": "HS256"},
        {**RSA, "alg": "RSA-OAEP"},
        {**RSA, "alg": ["RS256"]},
        {**RSA, "n": "!"},
        {**RSA, "n": 5},
        {"kty": "RSA", "kid": "x"},
        {**EC, "x": b64(b"\x01" * 32)},
        {**EC, "crv": "secp256k1"},
        {**EC, "crv": ["P-256"]} | {"crv": "P-1"},
        {"kty": "OKP", "crv": "Ed25519", "x": "AA", "kid": "x"},
        {"kty": "oct", "kid": "x"},
        {"kid": "x"},
        public_jwk(rsa_key("small", 1024), "small"),
    ],
)
def test_a_key_that_is_no_use_is_left_out(left_out: dict[str, Any]) -> None:
    assert len(read_issuer_keys(key_set(left_out, EC))) == 1
    with pytest.raises(UnusableKeys, match="no public RSA or EC key"):
        read_issuer_keys(key_set(left_out))


@pytest.mark.parametrize("member", ["d", "p", "q", "dp", "dq", "qi", "k"])
def test_a_set_with_a_private_key_is_refused_whole_and_not_shown(member: str) -> None:
    with pytest.raises(UnusableKeys, match="private or symmetric") as caught:
        read_issuer_keys(key_set(EC, {**RSA, member: "secret-number"}))
    assert "secret-number" not in str(caught.value)


@pytest.mark.parametrize(
    "data", [b"", b"[]", b"{}", b'{"keys": 7}', b'{"keys": [7]}', b'{"keys": []}', b"\xff", b"[" * 9999]
)
def test_what_is_no_key_set_is_refused(data: bytes) -> None:
    with pytest.raises(UnusableKeys):
        read_issuer_keys(data)


def test_a_set_has_so_many_keys_and_no_more() -> None:
    with pytest.raises(UnusableKeys, match="more than"):
        read_issuer_keys(key_set(*([RSA] * (MOST_KEYS + 1))))
