"""Tokens of other issuers, exchanged at the token endpoint."""

from __future__ import annotations

import hashlib
import hmac
import json
from typing import Any

import pytest
from cryptography.hazmat.primitives import serialization
from login_site import TENANT, VAULT_AUDIENCE, Answer, Login
from other_issuers import AUDIENCE, GITHUB, KUBERNETES, NOW, TRUST_DOMAIN, Issuer, Web
from test_entra_token_endpoint import claims as token_claims

from assertions_made import b64, ec_key, public_jwk, rsa_key
from keyless.evidence.recorder import SignInKey
from keyless.model.clusters import cluster_issuer
from keyless.model.evidence import SignInMethod, SignInOutcome
from keyless.model.identities import (
    Application,
    FederatedCredential,
    IdentityKind,
    ManagedIdentity,
    PrincipalKind,
    Revocation,
    TrustedIssuer,
)
from keyless.planes.entra.federated_credentials import federated_credentials_of
from keyless.planes.entra.issuer_key_source import FetchedKeys
from keyless.store.collections import (
    APPLICATIONS,
    FEDERATED_CREDENTIALS,
    IDENTITIES,
    REVOCATIONS,
    TRUSTED_ISSUERS,
)
from keyless.store.sqlite.store import SqliteStore
from keyless.tokens.assertions import ASSERTION_TYPE
from keyless.tokens.issue import issue
from keyless.tokens.keys import KeyRing, SigningKey
from keyless.tokens.verify import Rejection, TokenRejected, verify

IDENTITY = ManagedIdentity(
    IdentityKind.USER_ASSIGNED,
    "orders",
    "/subscriptions/s/resourceGroups/g/providers/Microsoft.ManagedIdentity/userAssignedIdentities/orders",
    "1de0717d-0000-4000-8000-00000000000a",
    "0b1ec700-0000-4000-8000-00000000000b",
)
APPLICATION = Application(
    "deploy", "a99a0000-0000-4000-8000-00000000000a", "0b1ec700-0000-4000-8000-00000000000c"
)
BRANCH = "repo:contoso/orders:ref:refs/heads/main"
ACCOUNT = "system:serviceaccount:orders:web"
SPIFFE_ID = "spiffe://example.org/ns/orders/sa/web"


def credential(
    name: str, issuer: str, subject: str, owner: str = IDENTITY.resource_id
) -> FederatedCredential:
    return FederatedCredential(owner, name, issuer, subject, AUDIENCE)


CREDENTIALS = (
    credential("github-main", GITHUB, BRANCH),
    credential("cluster-web", KUBERNETES, ACCOUNT),
    credential("spire-web", TRUST_DOMAIN, SPIFFE_ID),
    credential("github-deploy", GITHUB, BRANCH, APPLICATION.client_id),
)
ISSUERS = {name: Issuer(name) for name in (GITHUB, KUBERNETES)}
ISSUERS[TRUST_DOMAIN] = Issuer(TRUST_DOMAIN, ec_key("spire"), alg="ES256")


@pytest.fixture
def web() -> Web:
    """What the issuers publish."""
    return Web(*ISSUERS.values())


@pytest.fixture
async def trusting(store: SqliteStore, key_ring: KeyRing, now: int, web: Web) -> Login:
    """The login hosts, with an identity and an application that trust other issuers."""
    async with store.transaction() as transaction:
        await transaction.put(IDENTITIES, (IDENTITY.resource_id.casefold(),), IDENTITY)
        await transaction.put(APPLICATIONS, (APPLICATION.client_id,), APPLICATION)
        for one in CREDENTIALS:
            await transaction.put(FEDERATED_CREDENTIALS, (one.owner.casefold(), one.name.casefold()), one)
    return Login(store, key_ring, now, FetchedKeys(web))


async def exchange(login: Login, token: str, client_id: str = IDENTITY.client_id, **changed: str) -> Answer:
    fields = {
        "grant_type": "client_credentials",
        "client_id": client_id,
        "client_assertion_type": ASSERTION_TYPE,
        "client_assertion": token,
    }
    return await login.token(fields | changed)


@pytest.mark.parametrize(
    ("issuer", "subject", "more"),
    [
        (GITHUB, BRANCH, {"header": {"typ": "JWT", "x5t": "ignored"}, "repository": "contoso/orders"}),
        (KUBERNETES, ACCOUNT, {"aud": [AUDIENCE], "kubernetes.io": {"namespace": "orders"}, "jti": None}),
        (TRUST_DOMAIN, SPIFFE_ID, {"aud": [AUDIENCE], "nbf": None, "jti": None}),
    ],
)
async def test_a_token_of_each_kind_of_issuer_is_exchanged_for_the_identitys(
    trusting: Login, issuer: str, subject: str, more: dict[str, Any]
) -> None:
    answer = await exchange(trusting, ISSUERS[issuer].token(subject, **more))
    verified = trusting.verified(answer)
    assert verified.principal.principal_id == IDENTITY.principal_id
    assert verified.principal.kind is PrincipalKind.MANAGED_IDENTITY
    claims = token_claims(answer.body["access_token"])
    assert (claims["appidacr"], claims["xms_mirid"]) == ("2", IDENTITY.resource_id)
    assert "xms_az_rid" not in claims
    assert answer.body["expires_in"] == 24 * 3600


async def test_an_application_trusts_other_issuers_too(trusting: Login) -> None:
    answer = await exchange(trusting, ISSUERS[GITHUB].token(BRANCH), APPLICATION.client_id.upper())
    principal = trusting.verified(answer).principal
    assert (principal.client_id, principal.kind) == (APPLICATION.client_id, PrincipalKind.APPLICATION)
    assert token_claims(answer.body["access_token"])["appidacr"] == "2"
    assert answer.body["expires_in"] == 3600


async def test_a_token_is_exchanged_again_until_it_expires(trusting: Login) -> None:
    token = ISSUERS[GITHUB].token(BRANCH)
    for seconds in (0, 100, 299):
        trusting.now = NOW + seconds
        assert (await exchange(trusting, token)).status == 200
    trusting.now = NOW + 300
    assert (await exchange(trusting, token)).refusal == (401, "invalid_client", [700024])


@pytest.mark.parametrize(
    ("token", "number"),
    [
        (Issuer("https://other.example", rsa_key(GITHUB)).token(BRANCH), 700211),
        (Issuer(GITHUB + "/", rsa_key(GITHUB)).token(BRANCH), 700211),
        (Issuer(GITHUB.replace("token", "Token"), rsa_key(GITHUB)).token(BRANCH), 700211),
        (ISSUERS[GITHUB].token("repo:contoso/orders:ref:refs/heads/dev"), 700213),
        (ISSUERS[GITHUB].token(BRANCH + " "), 700213),
        (ISSUERS[GITHUB].token(ACCOUNT), 700213),
        (ISSUERS[GITHUB].token(BRANCH.upper()), 7002138),
        (ISSUERS[GITHUB].token(BRANCH, aud="https://github.com/contoso"), 700212),
        (ISSUERS[GITHUB].token(BRANCH, aud=AUDIENCE.lower()), 700212),
        (ISSUERS[GITHUB].token(BRANCH, aud=[AUDIENCE, "https://elsewhere.example"]), 700212),
        (ISSUERS[GITHUB].token(BRANCH, aud=[]), 700212),
    ],
)
async def test_each_part_that_does_not_match_exactly_has_its_number_and_nothing_is_fetched(
    trusting: Login, web: Web, token: str, number: int
) -> None:
    answer = await exchange(trusting, token)
    assert answer.refusal == (401, "invalid_client", [number])
    assert web.fetched == []


async def test_who_trusts_nobody_is_told_so(trusting: Login) -> None:
    async with trusting.store.transaction() as transaction:
        for one in CREDENTIALS:
            if one.owner == IDENTITY.resource_id:
                await transaction.delete(FEDERATED_CREDENTIALS, (one.owner.casefold(), one.name))
    answer = await exchange(trusting, ISSUERS[GITHUB].token(BRANCH))
    assert answer.refusal == (400, "invalid_request", [70021])
    assert len(await federated_credentials_of(trusting.store, APPLICATION.client_id)) == 1
    assert (await exchange(trusting, ISSUERS[GITHUB].token(BRANCH), APPLICATION.client_id)).status == 200


async def test_an_identity_that_was_deleted_gets_no_token_though_its_credentials_are_there(
    trusting: Login,
) -> None:
    assert (await exchange(trusting, ISSUERS[GITHUB].token(BRANCH))).status == 200
    async with trusting.store.transaction() as transaction:
        await transaction.delete(IDENTITIES, (IDENTITY.resource_id.casefold(),))
    answer = await exchange(trusting, ISSUERS[GITHUB].token(BRANCH))
    assert answer.refusal == (400, "unauthorized_client", [700016])


async def test_who_is_meant_must_be_said_and_be_known(trusting: Login) -> None:
    answer = await exchange(trusting, ISSUERS[GITHUB].token(BRANCH), "")
    assert answer.refusal == (400, "invalid_request", [900144])
    answer = await exchange(trusting, ISSUERS[GITHUB].token(BRANCH), "nobody")
    assert answer.refusal == (400, "unauthorized_client", [700016])
    answer = await exchange(trusting, ISSUERS[GITHUB].token(BRANCH), IDENTITY.principal_id)
    assert answer.refusal == (400, "unauthorized_client", [700016])


@pytest.mark.parametrize(
    ("changed", "number"),
    [
        ({"exp": NOW}, 700024),
        ({"nbf": NOW + 301}, 700024),
        ({"iat": NOW + 301}, 700024),
        ({"exp": None}, 50027),
        ({"header": {"typ": "at+jwt"}}, 5002727),
        ({"header": {"alg": "none"}}, 5002738),
        ({"header": {"alg": "HS256"}}, 5002738),
        ({"header": {"alg": "ES256"}}, 7000272),
        ({"header": {"kid": "another"}}, 7000272),
        ({"header": {"alg": "PS256"}}, 200),
        ({"header": {"alg": "RS512"}}, 200),
        ({"header": {"kid": None}}, 200),
        ({"header": {"jwk": public_jwk(rsa_key("thief"), "key-1")}}, 50027),
        ({"header": {"jku": "https://evil.example/keys"}}, 50027),
        ({"header": {"x5u": "https://evil.example/certificate"}}, 50027),
        ({"header": {"crit": ["b64"], "b64": False}}, 50027),
        ({"header": {"x5c": ["aGVsbG8="]}}, 200),
    ],
)
async def test_what_a_token_says_of_itself_decides_nothing(
    trusting: Login, changed: dict[str, Any], number: int
) -> None:
    answer = await exchange(trusting, ISSUERS[GITHUB].token(BRANCH, **changed))
    if number == 200:
        assert answer.status == 200
    else:
        assert answer.body["error_codes"] == [number]


async def test_a_token_that_another_key_has_signed_is_refused(trusting: Login) -> None:
    for key in (rsa_key("thief"), rsa_key(KUBERNETES)):
        answer = await exchange(trusting, Issuer(GITHUB, key).token(BRANCH))
        assert answer.refusal == (401, "invalid_client", [700027])


async def test_a_mac_under_the_public_key_is_refused(trusting: Login) -> None:
    public = rsa_key(GITHUB).public_key()
    for secret in (
        public.public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo),
        ISSUERS[GITHUB].jwks,
    ):
        for alg in ("HS256", "RS256"):
            head = b64(json.dumps({"alg": alg, "kid": "key-1"}).encode())
            payload = ISSUERS[GITHUB].token(BRANCH).split(".")[1]
            mac = b64(hmac.digest(secret, f"{head}.{payload}".encode(), hashlib.sha256))
            answer = await exchange(trusting, f"{head}.{payload}.{mac}")
            assert answer.body["error_codes"] == [5002738 if alg == "HS256" else 700027]


async def test_keys_that_are_given_are_never_fetched(trusting: Login, web: Web) -> None:
    given = Issuer(GITHUB, rsa_key("given"))
    async with trusting.store.transaction() as transaction:
        await transaction.put(TRUSTED_ISSUERS, (GITHUB,), TrustedIssuer(GITHUB, given.jwks))
    assert (await exchange(trusting, given.token(BRANCH))).status == 200
    assert (await exchange(trusting, ISSUERS[GITHUB].token(BRANCH))).body["error_codes"] == [700027]
    answer = await exchange(trusting, given.token(BRANCH, header={"kid": "another"}))
    assert answer.refusal == (401, "invalid_client", [7000272])
    assert web.fetched == []


async def test_the_estate_says_who_may_be_on_this_machine(trusting: Login, web: Web) -> None:
    assert (await exchange(trusting, ISSUERS[GITHUB].token(BRANCH))).status == 200
    assert web.loopback == {False}
    async with trusting.store.transaction() as transaction:
        await transaction.put(TRUSTED_ISSUERS, (GITHUB,), TrustedIssuer(GITHUB, loopback=True))
    assert (await exchange(trusting, ISSUERS[GITHUB].token(BRANCH))).status == 200
    assert web.loopback == {False, True}


async def test_an_issuer_that_does_not_answer_is_told_as_such(trusting: Login, web: Web) -> None:
    web.pages.clear()
    answer = await exchange(trusting, ISSUERS[GITHUB].token(BRANCH))
    assert answer.refusal == (400, "invalid_request", [90061])
    web.pages[f"{KUBERNETES}.well-known/openid-configuration"] = b"hello"
    answer = await exchange(trusting, ISSUERS[KUBERNETES].token(ACCOUNT))
    assert answer.refusal == (400, "invalid_request", [900612])


async def test_entras_own_tokens_are_not_exchanged(trusting: Login, signing_key: SigningKey) -> None:
    for issuer in (
        f"https://sts.windows.net/{TENANT.tenant_id}/",
        f"https://login.microsoftonline.com/{TENANT.tenant_id}/v2.0",
        "https://login.microsoftonline.com./x",
    ):
        one = credential("entra", issuer, "subject")
        async with trusting.store.transaction() as transaction:
            await transaction.put(FEDERATED_CREDENTIALS, (one.owner.casefold(), "entra"), one)
        token = Issuer(issuer, signing_key.key.private_key, signing_key.kid).token("subject")  # type: ignore[arg-type]
        answer = await exchange(trusting, token)
        assert answer.refusal == (400, "invalid_request", [700222])


async def test_an_access_token_is_no_assertion_and_an_assertion_no_access_token(
    trusting: Login, signing_key: SigningKey, key_ring: KeyRing
) -> None:
    issuer = cluster_issuer(TENANT.tenant_id, "westeurope")
    one = credential("aks-web", issuer, ACCOUNT)
    async with trusting.store.transaction() as transaction:
        await transaction.put(FEDERATED_CREDENTIALS, (one.owner.casefold(), one.name), one)
    claims = {"iss": issuer, "sub": ACCOUNT, "aud": [AUDIENCE], "exp": NOW + 3600, "nbf": NOW, "iat": NOW}
    projected = issue(claims, signing_key)
    access = (await exchange(trusting, projected)).body["access_token"]
    assert (await exchange(trusting, access)).body["error_codes"] == [700211]
    for audience in (AUDIENCE, VAULT_AUDIENCE):
        with pytest.raises(TokenRejected) as caught:
            verify(projected, keys=key_ring, tenant_id=TENANT.tenant_id, audiences={audience}, now=NOW)
        assert caught.value.why in {Rejection.CLAIMS, Rejection.ISSUER}
    all_claims = claims | {"tid": TENANT.tenant_id, "oid": "o", "appid": "a", "aud": VAULT_AUDIENCE}
    with pytest.raises(TokenRejected) as caught:
        verify(
            issue(all_claims, signing_key),
            keys=key_ring,
            tenant_id=TENANT.tenant_id,
            audiences={VAULT_AUDIENCE},
            now=NOW,
        )
    assert caught.value.why is Rejection.ISSUER


async def test_the_clusters_tokens_verify_under_our_own_keys_alone(
    trusting: Login, web: Web, foreign_key: SigningKey
) -> None:
    issuer = cluster_issuer(TENANT.tenant_id, "westeurope")
    one = credential("aks-web", issuer, ACCOUNT)
    async with trusting.store.transaction() as transaction:
        await transaction.put(FEDERATED_CREDENTIALS, (one.owner.casefold(), one.name), one)
        await transaction.put(TRUSTED_ISSUERS, (issuer,), TrustedIssuer(issuer, Issuer(issuer).jwks))
    claims = {"iss": issuer, "sub": ACCOUNT, "aud": [AUDIENCE], "exp": NOW + 3600}
    answer = await exchange(trusting, issue(claims, foreign_key))
    assert answer.refusal == (401, "invalid_client", [7000272])
    assert (await exchange(trusting, Issuer(issuer).token(ACCOUNT))).status == 401
    assert web.fetched == []


async def test_sign_ins_are_counted_by_federated_credential(trusting: Login) -> None:
    assert (await exchange(trusting, ISSUERS[GITHUB].token(BRANCH))).status == 200
    assert (await exchange(trusting, ISSUERS[GITHUB].token(ACCOUNT))).status == 401
    whose = SignInKey(IDENTITY.principal_id, IDENTITY.client_id, SignInMethod.FEDERATED_CREDENTIAL)
    assert trusting.sign_ins() == [
        (whose._replace(by="github-main", target=VAULT_AUDIENCE), 1),
        (whose._replace(outcome=SignInOutcome.FAILED, error="AADSTS700213"), 1),
    ]


async def test_a_claim_to_be_the_applications_own_leads_nowhere_for_an_identity(trusting: Login) -> None:
    token = Issuer(IDENTITY.client_id, rsa_key("thief")).token(IDENTITY.client_id)
    answer = await exchange(trusting, token)
    assert answer.refusal == (400, "unauthorized_client", [700016])
    token = Issuer(APPLICATION.client_id, rsa_key("thief")).token(APPLICATION.client_id)
    answer = await exchange(trusting, token, APPLICATION.client_id)
    assert answer.refusal == (401, "invalid_client", [700027])


async def test_a_disabled_identity_gets_no_token_whoever_vouches_for_it(trusting: Login) -> None:
    revoked = Revocation(IDENTITY.principal_id, NOW - 10, disabled=True)
    async with trusting.store.transaction() as transaction:
        await transaction.put(REVOCATIONS, (IDENTITY.principal_id,), revoked)
    answer = await exchange(trusting, ISSUERS[GITHUB].token(BRANCH))
    assert answer.refusal == (400, "unauthorized_client", [7000112])
    assert (await exchange(trusting, ISSUERS[GITHUB].token(BRANCH), APPLICATION.client_id)).status == 200


@pytest.mark.parametrize("issuer", ["https://[::1", "://", "https://", "javascript://x", "x://y\n"])
async def test_an_issuer_that_is_no_address_leads_nowhere(trusting: Login, web: Web, issuer: str) -> None:
    one = credential("odd", issuer, BRANCH)
    async with trusting.store.transaction() as transaction:
        await transaction.put(FEDERATED_CREDENTIALS, (one.owner.casefold(), "odd"), one)
    answer = await exchange(trusting, Issuer(issuer, rsa_key("thief")).token(BRANCH))
    assert answer.refusal == (400, "invalid_request", [90061])
