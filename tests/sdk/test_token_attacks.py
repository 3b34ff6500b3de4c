"""The attacks on access tokens and on assertions, each against a plane that runs.

A good token and an honest assertion are the attacker's to copy from; nothing made from them opens anything.
"""

from __future__ import annotations

import base64
import json
import time
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

import pytest
from attack_site import LOGIN, NOBODY, SECRET_URL, SETTING_URL, VAULT, Place, refused
from attack_wire import (
    TOKEN_URL,
    Application,
    b64,
    by_curve,
    by_mac,
    by_rsa,
    parts,
    public_jwk,
    public_pem,
    unsigned,
)
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from matrix_site import self_signed
from sdk_estates import APPLICATION, TENANT_ID
from sdk_wire import Answer, Wire, claims_of

ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"


@pytest.fixture(scope="module")
def web(attacked: Place) -> Wire:
    """The web app, which may read the vault and the store."""
    return attacked.wire("web")


@pytest.fixture(scope="module")
def stolen(web: Wire) -> str:
    """A good token of the web app for the vault."""
    return web.bearer(VAULT)["Authorization"].removeprefix("Bearer ")


@pytest.fixture(scope="module")
def published(web: Wire) -> dict[str, Any]:
    """The key that the plane's tokens are signed with, as everybody can see it."""
    found: dict[str, Any] = web.ask("GET", f"{LOGIN}/discovery/v2.0/keys").json["keys"][0]
    return found


# --- algorithm confusion and injected keys


def own_key() -> rsa.RSAPrivateKey:
    """A key of the attacker's own."""
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


ATTACKER = own_key()
INJECTED = {
    "jwk": public_jwk(ATTACKER),
    "jku": "https://evil.example/keys",
    "x5u": "https://evil.example/chain.pem",
    "x5c": ["AAAA"],
    "crit": ["exp"],
    "kid": "../../../../dev/null",
}


def forged_access_tokens(stolen: str, published: Mapping[str, Any]) -> dict[str, str]:
    """Tokens that say what a good one says, and were never issued."""
    header, payload, signature = stolen.split(".")
    named = json.loads(base64.urlsafe_b64decode(header + "=="))
    claims = claims_of(stolen)
    longer = claims | {"exp": claims["exp"] + 3600}
    return {
        "none": unsigned(named | {"alg": "none"}, claims),
        "none in another casing": unsigned(named | {"alg": "nOnE"}, claims),
        "no signature": f"{header}.{payload}.",
        "a MAC under the public key": by_mac(public_pem(published), named | {"alg": "HS256"}, claims),
        "a MAC under its modulus": by_mac(published["n"].encode(), named | {"alg": "HS256"}, claims),
        "a MAC under nothing": by_mac(b"", named | {"alg": "HS256"}, claims),
        "another key under the known id": by_rsa(ATTACKER, named, claims),
        "the other padding": by_rsa(ATTACKER, named | {"alg": "PS256"}, claims),
        "a curve": by_curve(named | {"alg": "ES256"}, claims),
        "longer life": f"{header}.{parts({}, longer).split('.')[1]}.{signature}",
        "another header": f"{b64(json.dumps(named | {'alg': 'none'}).encode())}.{payload}.{signature}",
        **{name: by_rsa(ATTACKER, named | {name: value}, claims) for name, value in INJECTED.items()},
    }


FORGED = (
    "none",
    "none in another casing",
    "no signature",
    "a MAC under the public key",
    "a MAC under its modulus",
    "a MAC under nothing",
    "another key under the known id",
    "the other padding",
    "a curve",
    "longer life",
    "another header",
    *INJECTED,
)


@pytest.mark.parametrize("forgery", FORGED)
def test_a_forged_access_token_opens_nothing(
    web: Wire, stolen: str, published: dict[str, Any], forgery: str
) -> None:
    assert web.ask("GET", SECRET_URL, {"Authorization": f"Bearer {stolen}"}).status == 200
    header = {"Authorization": f"Bearer {forged_access_tokens(stolen, published)[forgery]}"}
    for url in (SECRET_URL, SETTING_URL):
        answer = web.ask("GET", url, header)
        refused(answer, 401)
        assert b"hello" not in answer.body


def assertion_forgeries(application: Application) -> dict[str, str]:
    """Assertions that say what a good one says, and were not signed with the registered certificate."""
    pem = application.certificate.public_bytes(serialization.Encoding.PEM)
    key = application.certificate.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    attackers = Application(self_signed())
    chain = [base64.b64encode(attackers.der).decode()]
    claims = application.claims()
    return {
        "none": unsigned(application.header(alg="none"), claims),
        "no signature": f"{parts(application.header(), claims)}.",
        "a MAC under the certificate": by_mac(pem, application.header(alg="HS256"), claims),
        "a MAC under its bytes": by_mac(application.der, application.header(alg="HS256"), claims),
        "a MAC under the public key": by_mac(key, application.header(alg="HS256"), claims),
        "another key under the known thumbprint": by_rsa(ATTACKER, application.header(), claims),
        "the other padding": by_rsa(application.key, application.header(alg="RS256"), claims)[:-8]
        + "AAAAAAAA",
        "a curve": by_curve(application.header(alg="ES256"), claims),
        "a certificate of one's own": by_rsa(attackers.key, attackers.header(), claims),
        "a certificate of one's own in x5c": by_rsa(attackers.key, {"alg": "RS256", "x5c": chain}, claims),
        "another's beside the registered one": by_rsa(attackers.key, application.header(x5c=chain), claims),
        "jwk": by_rsa(ATTACKER, application.header(jwk=public_jwk(ATTACKER)), claims),
        "jku": by_rsa(ATTACKER, application.header(jku="https://evil.example/keys"), claims),
        "x5u": by_rsa(ATTACKER, application.header(x5u="https://evil.example/chain.pem"), claims),
        "crit, though truly signed": by_rsa(application.key, application.header(crit=["exp"]), claims),
        "jwk, though truly signed": by_rsa(
            application.key, application.header(jwk=public_jwk(application.key)), claims
        ),
    }


ASSERTION_FORGERIES = tuple(assertion_forgeries(Application(self_signed())))


def signed_in(wire: Wire, assertion: str, **changed: str) -> Answer:
    """What the token endpoint answers to an assertion."""
    form = {
        "grant_type": "client_credentials",
        "client_id": APPLICATION.client_id,
        "client_assertion_type": ASSERTION_TYPE,
        "client_assertion": assertion,
        "scope": f"{VAULT}/.default",
        **changed,
    }
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    return wire.ask("POST", TOKEN_URL, headers, urlencode(form).encode())


def test_an_honest_assertion_gets_a_token_that_opens_the_vault(web: Wire, attacked: Place) -> None:
    answer = signed_in(web, attacked.application.assertion())
    assert answer.status == 200
    header = {"Authorization": f"Bearer {answer.json['access_token']}"}
    assert web.ask("GET", SECRET_URL, header).json["value"] == "hello"


@pytest.mark.parametrize("forgery", ASSERTION_FORGERIES)
def test_a_forged_assertion_gets_no_token(web: Wire, attacked: Place, forgery: str) -> None:
    refused(signed_in(web, assertion_forgeries(attacked.application)[forgery]), 400, 401)


# --- a token for one thing, shown to another


def test_a_token_is_good_for_its_own_audience_alone(web: Wire, stolen: str) -> None:
    audiences = (
        "https://azconfig.io",
        "https://management.azure.com",
        "https://graph.microsoft.com",
        f"{VAULT}/",
    )
    tokens = {audience: web.bearer(audience) for audience in audiences}
    for audience, header in tokens.items():
        refused(web.ask("GET", SECRET_URL, header), 401)
        expected = 200 if audience == "https://azconfig.io" else 401
        assert web.ask("GET", SETTING_URL, header).status == expected
    refused(web.ask("GET", SETTING_URL, {"Authorization": f"Bearer {stolen}"}), 401)


def test_a_token_of_another_issuer_is_refused(web: Wire, stolen: str, published: dict[str, Any]) -> None:
    claims = claims_of(stolen) | {"iss": f"https://sts.windows.net/{NOBODY}/"}
    header = {"alg": "RS256", "typ": "JWT", "kid": published["kid"]}
    for changed in (claims, claims | {"tid": NOBODY}):
        forged = by_rsa(ATTACKER, header, changed)
        refused(web.ask("GET", SECRET_URL, {"Authorization": f"Bearer {forged}"}), 401)


def test_an_access_token_is_no_assertion(web: Wire, stolen: str) -> None:
    refused(signed_in(web, stolen), 400, 401)
    refused(signed_in(web, stolen, client_id=str(claims_of(stolen)["appid"])), 400, 401)


def test_an_assertion_is_no_access_token(web: Wire, attacked: Place) -> None:
    for changed in ({}, {"aud": VAULT}, {"aud": VAULT, "oid": APPLICATION.principal_id, "tid": TENANT_ID}):
        header = {"Authorization": f"Bearer {attacked.application.assertion(**changed)}"}
        for url in (SECRET_URL, SETTING_URL):
            refused(web.ask("GET", url, header), 401)


@pytest.mark.parametrize(
    "audience",
    [
        VAULT,
        f"https://login.microsoftonline.com/{NOBODY}/oauth2/v2.0/token",
        "https://login.microsoftonline.com.evil.example/oauth2/v2.0/token",
        "api://AzureADTokenExchange",
        [TOKEN_URL, VAULT],
        "",
    ],
)
def test_an_assertion_for_another_audience_gets_no_token(
    web: Wire, attacked: Place, audience: object
) -> None:
    refused(signed_in(web, attacked.application.assertion(aud=audience)), 400, 401)


@pytest.mark.parametrize(
    "changed",
    [
        {"iss": NOBODY},
        {"sub": NOBODY},
        {"sub": ""},
    ],
    ids=str,
)
def test_an_assertion_of_another_client_gets_no_token(
    web: Wire, attacked: Place, changed: dict[str, str]
) -> None:
    refused(signed_in(web, attacked.application.assertion(**changed)), 400, 401)


# --- out of its time, and again


def test_an_assertion_out_of_its_time_gets_no_token(web: Wire, attacked: Place) -> None:
    now = int(time.time())
    for changed in (
        {"exp": now - 1},
        {"exp": now - 86_400, "nbf": now - 90_000},
        {"nbf": now + 3600, "exp": now + 7200},
        {"iat": now + 3600},
        {"exp": now + 10 * 86_400},
        {"exp": "9999999999"},
        {"exp": None},
        {"exp": 1e308},
    ):
        answer = signed_in(web, attacked.application.assertion(**changed))
        refused(answer, 400, 401)
        assert "AADSTS" in answer.json["error_description"]


def test_an_id_is_not_good_for_a_second_assertion(web: Wire, attacked: Place) -> None:
    first = attacked.application.assertion(jti="the-same")
    assert signed_in(web, first).status == 200
    refused(
        signed_in(web, attacked.application.assertion(jti="the-same", nbf=int(time.time()) - 5)), 400, 401
    )
    assert signed_in(web, first).status == 200  # the very same, within the minute that a repeated request has


def test_an_overheard_assertion_is_not_good_for_another_client(web: Wire, attacked: Place) -> None:
    overheard = attacked.application.assertion()
    refused(signed_in(web, overheard, client_id=NOBODY), 400, 401)
    refused(signed_in(web, overheard, client_secret="and-a-secret"), 400, 401)


# --- more than anyone needs


@pytest.mark.parametrize("size", [17 * 1024, 60 * 1024, 1024 * 1024])
def test_an_oversized_token_is_refused_and_nothing_breaks(web: Wire, stolen: str, size: int) -> None:
    header = {"Authorization": f"Bearer {stolen}{'A' * size}"}
    for url in (SECRET_URL, SETTING_URL):
        try:
            refused(web.ask("GET", url, header), 400, 401, 431)
        except OSError:
            assert size > 64 * 1024  # a head that no server reads to its end
    assert web.ask("GET", SECRET_URL, {"Authorization": f"Bearer {stolen}"}).status == 200


@pytest.mark.parametrize("size", [17 * 1024, 300 * 1024, 3 * 1024 * 1024])
def test_an_oversized_assertion_is_refused_and_nothing_breaks(web: Wire, attacked: Place, size: int) -> None:
    padded = attacked.application.assertion(padding="A" * size)
    refused(signed_in(web, padded), 400, 401, 413)
    assert signed_in(web, attacked.application.assertion()).status == 200
