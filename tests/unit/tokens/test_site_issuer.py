"""The site's own issuer: what its tokens say, what it publishes, and that no kind is taken for the other."""

from __future__ import annotations

import pytest
from forging import SUBJECT, TENANT, claims_at

from keyless.model.federated_credentials import DEFAULT_AUDIENCE
from keyless.model.identities import FederatedCredential
from keyless.tokens.assertions import read_assertion
from keyless.tokens.federation import Mismatch, NoMatch, matching_credential, verify_federated_assertion
from keyless.tokens.issue import issue
from keyless.tokens.issuer import Signer, TokenIssuer
from keyless.tokens.issuer_keys import read_issuer_keys
from keyless.tokens.keys import KeyRing, SigningKey
from keyless.tokens.site_issuer import discovery_document, exchange_claims, key_set, problem_with
from keyless.tokens.verify import Rejection, TokenRejected, verify

ISSUER = "https://id.example.org"


def test_a_token_for_the_exchange_says_who_it_is_about_and_nothing_of_an_access_token(now: int) -> None:
    claims = exchange_claims(ISSUER, "the-principal", now, "an-id")
    assert claims == {
        "iss": ISSUER,
        "sub": "the-principal",
        "aud": "api://AzureADTokenExchange",
        "iat": now - 300,
        "nbf": now - 300,
        "exp": now + 3600,
        "jti": "an-id",
    }


def test_each_token_is_one_of_its_own(signing_key: SigningKey, now: int) -> None:
    issuer, signer = TokenIssuer(), Signer(TENANT, signing_key)
    first, second = (issuer.exchange_token(signer, ISSUER, "p", now) for _ in range(2))
    assert first.jwt != second.jwt
    assert (first.audience, first.expires_at) == (DEFAULT_AUDIENCE, now + 3600)


@pytest.mark.parametrize("audience", ["https://vault.azure.net", DEFAULT_AUDIENCE])
def test_no_plane_takes_such_a_token_for_an_access_token(
    audience: str, signing_key: SigningKey, key_ring: KeyRing, now: int
) -> None:
    token = TokenIssuer().exchange_token(Signer(TENANT, signing_key), ISSUER, "p", now).jwt
    with pytest.raises(TokenRejected) as caught:
        verify(token, keys=key_ring, tenant_id=TENANT, audiences={audience}, now=now)
    assert caught.value.why is Rejection.CLAIMS


def test_what_is_published_verifies_what_is_issued(signing_key: SigningKey, now: int) -> None:
    import msgspec

    token = TokenIssuer().exchange_token(Signer(TENANT, signing_key), ISSUER, "p", now).jwt
    keys = read_issuer_keys(msgspec.json.encode(key_set(KeyRing([signing_key]))))
    assertion = read_assertion(token)
    credential = FederatedCredential("owner", "site", ISSUER, "p", DEFAULT_AUDIENCE)
    assert matching_credential([credential], assertion.claims) == credential
    verify_federated_assertion(assertion, keys, now)


def test_an_access_token_stands_for_nobody_where_the_site_is_trusted(
    signing_key: SigningKey, now: int
) -> None:
    credential = FederatedCredential("owner", "site", ISSUER, SUBJECT.principal_id, DEFAULT_AUDIENCE)
    for audience in ("https://vault.azure.net", DEFAULT_AUDIENCE):
        token = issue(claims_at(now) | {"aud": audience}, signing_key)
        with pytest.raises(NoMatch) as caught:
            matching_credential([credential], read_assertion(token).claims)
        assert caught.value.what is Mismatch.ISSUER


def test_only_public_keys_are_published_and_where_they_are(
    signing_key: SigningKey, foreign_key: SigningKey
) -> None:
    keys = key_set(KeyRing([signing_key, foreign_key]))["keys"]
    assert isinstance(keys, list)
    assert [set(key) for key in keys] == [{"kty", "use", "kid", "n", "e", "alg"}] * 2
    document = discovery_document(f"{ISSUER}/orders")
    assert document["issuer"] == f"{ISSUER}/orders"
    assert document["jwks_uri"] == f"{ISSUER}/orders/openid/v1/jwks"


@pytest.mark.parametrize(
    "issuer", [ISSUER, "https://id.example.org:8443", "https://id.example.org/orders/eu", "https://localhost"]
)
def test_an_address_of_ones_own_can_be_an_issuer(issuer: str) -> None:
    assert problem_with(issuer) is None


@pytest.mark.parametrize(
    "issuer",
    [
        "",
        "http://id.example.org",
        "https://id.example.org/",
        "https://id.example.org?x=1",
        "https://id.example.org#x",
        "https://ID.example.org",
        "https://user@id.example.org",
        "https://id.example.org/a b",
        "https://id.example.org\n",
        "https://" + "a" * 700,
    ],
)
def test_what_could_be_spelled_in_two_ways_cannot(issuer: str) -> None:
    assert "cannot be an issuer: use an https URL" in (problem_with(issuer) or "")


@pytest.mark.parametrize(
    "issuer",
    [
        "https://login.microsoftonline.com/t/v2.0",
        "https://sts.windows.net/t",
        "https://sts.windows.net",
        "https://westeurope.login.microsoft.com",
        "https://contoso.vault.azure.net",
    ],
)
def test_nobody_issues_under_a_name_of_entras(issuer: str) -> None:
    assert "is Microsoft's" in (problem_with(issuer) or "")
