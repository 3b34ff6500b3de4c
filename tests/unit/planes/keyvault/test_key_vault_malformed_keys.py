"""Whatever is malformed about keys gets the vault's own error, in its own form, and never a 500."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest
from vault_site import VaultSite

KEY = "/keys/colour"
PROPERTY = "Property  has invalid value\r\n"
OCT = {"kty": "oct", "k": "A" * 43}
NOT_A_NUMBER = dict.fromkeys(("n", "e", "d", "p", "q", "dp", "dq", "qi"), "!")

NO_KEYS: tuple[dict[str, Any], ...] = (
    {},
    {"kty": None},
    {"kty": 5},
    {"kty": "DSA"},
    {"kty": "rsa"},
    {"kty": ["RSA"]},
    {"kty": "RSA", "key_size": 1024},
    {"kty": "RSA", "key_size": 2049},
    {"kty": "RSA", "key_size": "2048"},
    {"kty": "RSA", "key_size": 2**40},
    {"kty": "RSA", "key_size": 10**30},
    {"kty": "RSA", "key_size": -1},
    {"kty": "RSA", "public_exponent": 2},
    {"kty": "RSA", "public_exponent": "x"},
    {"kty": "EC", "crv": "P-999"},
    {"kty": "EC", "crv": 5},
    {"kty": "EC", "key_ops": ["fly"]},
    {"kty": "EC", "key_ops": "sign"},
    {"kty": "EC", "key_ops": [5]},
    {"kty": "EC", "key_ops": ["encrypt"]},
    {"kty": "EC", "tags": {"a": 1}},
    {"kty": "EC", "tags": {"a" * 513: ""}},
    {"kty": "EC", "tags": {str(number): "" for number in range(16)}},
    {"kty": "EC", "attributes": {"exp": "x"}},
    {"kty": "EC", "attributes": {"nbf": 10**12}},
    {"kty": "EC", "attributes": []},
    {"kty": "EC", "attributes": {"exportable": "yes"}},
    {"kty": "oct", "key_size": 7},
    {"kty": "EC", "release_policy": "x"},
    {"kty": "EC", "release_policy": {"data": "%%%"}},
)
NO_IMPORTS: tuple[Any, ...] = (
    {},
    {"key": None},
    {"key": []},
    {"key": {}},
    {"key": {"kty": "RSA"}},
    {"key": {"kty": "RSA", "n": "AQAB", "e": "AQAB"}},
    {"key": {"kty": "RSA", **NOT_A_NUMBER}},
    {"key": {"kty": "RSA", **dict.fromkeys(NOT_A_NUMBER, "AQAB")}},
    {"key": {"kty": "EC", "crv": "P-256", "x": "AA", "y": "AA", "d": "AA"}},
    {"key": {"kty": "EC", "crv": "P-256", "x": "A" * 43, "y": "A" * 43, "d": "A" * 43}},
    {"key": {"kty": "EC", "crv": "P-256", "x": "_" * 43, "y": "_" * 43, "d": "_" * 43}},
    {"key": {"kty": "oct", "k": "%%%"}},
    {"key": {"kty": "oct", "k": ""}},
    {"key": {"kty": "oct", "k": "AA"}},
    {"key": {"kty": "oct", "k": 5}},
    {"key": {**OCT, "key_ops": ["fly"]}},
    {"key": OCT, "Hsm": "x"},
    {"key": {"kty": "RSA-HSM", "key_hsm": "AAAA"}},
)
VERBS = ("encrypt", "decrypt", "wrapkey", "unwrapkey", "sign", "verify")
NO_USES: tuple[Any, ...] = (
    b"",
    b"[]",
    {},
    {"alg": 5, "value": "AA", "digest": "AA"},
    {"alg": "none", "value": "AA", "digest": "AA"},
    {"alg": "rs256", "value": "A" * 43, "digest": "A" * 43},
    {"alg": "RS256", "value": "%%", "digest": "%%"},
    {"alg": "RS256", "value": "AA=A", "digest": "AA=A"},
    {"alg": "RS256", "value": "é", "digest": "é"},
    {"alg": "RS256", "value": "A", "digest": "A"},
    {"alg": "RS256", "value": "AA", "digest": "AA"},
    {"alg": "RSA-OAEP", "value": None, "digest": None},
    {"alg": "RSA-OAEP", "value": ["AA"], "digest": {}},
)
NO_POLICIES: tuple[Any, ...] = (
    [],
    {"lifetimeActions": {}},
    {"lifetimeActions": ["Rotate"]},
    {"lifetimeActions": [{"action": {"type": "fly"}, "trigger": {"timeAfterCreate": "P90D"}}]},
    {"lifetimeActions": [{"action": {"type": "Rotate"}, "trigger": {"timeAfterCreate": "soon"}}]},
    {"lifetimeActions": [{"action": {"type": "Rotate"}, "trigger": {"timeAfterCreate": 90}}]},
    {"attributes": {"expiryTime": "P-1D"}},
    {"attributes": {"expiryTime": "x" * 5_000}},
    {"attributes": []},
)


def numbered(given: Sequence[object]) -> list[str]:
    """Ids for parameters that no id can be made of."""
    return [str(number) for number in range(len(given))]


def refused(answer: Any, beginning: str = "") -> None:
    """A bad parameter, with the service's sentence."""
    assert (answer.status, answer.code) == (400, "BadParameter")
    assert answer.message.startswith(beginning)
    assert len(answer.message) < 400


@pytest.mark.parametrize("body", NO_KEYS, ids=numbered(NO_KEYS))
async def test_a_key_that_cannot_be_made_is_refused_with_what_is_wrong(
    site: VaultSite, body: dict[str, Any]
) -> None:
    refused(await site.ask("POST", f"{KEY}/create", body), PROPERTY)
    assert (await site.ask("GET", "/keys")).body["value"] == []


@pytest.mark.parametrize("body", NO_IMPORTS, ids=numbered(NO_IMPORTS))
async def test_a_key_that_cannot_be_brought_in_is_refused_with_what_is_wrong(
    site: VaultSite, body: Any
) -> None:
    refused(await site.ask("PUT", KEY, body), PROPERTY)
    assert (await site.ask("GET", "/keys")).body["value"] == []


@pytest.fixture(scope="module")
def rsa() -> dict[str, Any]:
    """A body that makes an RSA key."""
    return {"kty": "RSA", "key_size": 2048}


async def test_a_use_that_makes_no_sense_is_refused(site: VaultSite, rsa: dict[str, Any]) -> None:
    await site.ask("POST", f"{KEY}/create", rsa)
    for verb in VERBS:
        for body in NO_USES:
            refused(await site.ask("POST", f"{KEY}/{verb}", body))


@pytest.mark.parametrize("count", [0, -1, 129, 2**40, "8", None, 1.5, [8]])
async def test_random_bytes_of_no_number_are_refused(site: VaultSite, count: object) -> None:
    refused(await site.ask("POST", "/rng", {"count": count}))


@pytest.mark.parametrize("body", NO_POLICIES, ids=numbered(NO_POLICIES))
async def test_a_policy_that_is_none_is_refused(site: VaultSite, body: Any) -> None:
    await site.ask("POST", f"{KEY}/create", {"kty": "EC"})
    refused(await site.ask("PUT", f"{KEY}/rotationpolicy", body))


@pytest.mark.parametrize("name", ["a_b", "a.b", "a b", "é", "..", "a%2Fb", "a" * 128, "a\x00"])
async def test_a_name_that_no_key_can_have_is_refused(site: VaultSite, name: str) -> None:
    for method, path, body in (
        ("GET", f"/keys/{name}", None),
        ("POST", f"/keys/{name}/create", {"kty": "EC"}),
        ("PUT", f"/keys/{name}", {"key": OCT}),
        ("PATCH", f"/keys/{name}", {}),
        ("DELETE", f"/keys/{name}", None),
        ("GET", f"/keys/{name}/versions", None),
        ("POST", f"/keys/{name}/sign", {"alg": "ES256", "value": "A" * 43}),
        ("POST", f"/keys/{name}/backup", None),
        ("POST", f"/keys/{name}/rotate", None),
        ("GET", f"/keys/{name}/rotationpolicy", None),
        ("GET", f"/deletedkeys/{name}", None),
        ("POST", f"/deletedkeys/{name}/recover", None),
        ("DELETE", f"/deletedkeys/{name}", None),
    ):
        refused(await site.ask(method, path, body), "The request URI contains an invalid name: ")


@pytest.mark.parametrize("version", ["0" * 32, "x", "Z" * 32, "..", "a" * 3_000])
async def test_a_version_that_there_is_not_is_not_found(site: VaultSite, version: str) -> None:
    await site.ask("POST", f"{KEY}/create", {"kty": "EC"})
    sign = {"alg": "ES256", "value": "A" * 43}
    for method, path, body in (("GET", "", None), ("PATCH", "", {}), ("POST", "/sign", sign)):
        answer = await site.ask(method, f"{KEY}/{version}{path}", body)
        assert (answer.status, answer.code) == (404, "KeyNotFound")


@pytest.mark.parametrize(
    ("method", "path", "operation"),
    [
        ("POST", KEY, ""),
        ("GET", f"{KEY}/{'0' * 32}/sign", "sign"),
        ("POST", f"{KEY}/fly", "fly"),
        ("POST", f"{KEY}/{'0' * 32}/fly", "fly"),
        ("DELETE", f"{KEY}/rotationpolicy", "rotationpolicy"),
        ("GET", "/rng", ""),
    ],
)
async def test_an_operation_that_there_is_not_is_a_bad_parameter(
    site: VaultSite, method: str, path: str, operation: str
) -> None:
    refused(await site.ask(method, path), f"Method {method} does not allow operation '{operation}'\r\n")
