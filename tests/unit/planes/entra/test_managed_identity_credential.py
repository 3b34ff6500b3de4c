"""A managed identity's token in the place of an application's secret."""

from __future__ import annotations

import pytest
from login_site import TENANT, Answer, Login
from test_federation import APPLICATION, IDENTITY, exchange

from assertions_made import b64, rsa_key
from keyless.model.federated_credentials import DEFAULT_AUDIENCE, EXCHANGE_CLIENT_ID
from keyless.model.identities import FederatedCredential, IdentityKind, ManagedIdentity, Revocation
from keyless.store.collections import APPLICATIONS, FEDERATED_CREDENTIALS, IDENTITIES, REVOCATIONS
from keyless.store.sqlite.store import SqliteStore
from keyless.tokens.audience import V2, Audience
from keyless.tokens.claims import v1_issuer, v2_issuer
from keyless.tokens.issuer import Signer, TokenIssuer
from keyless.tokens.keys import KeyRing, SigningKey
from keyless.wire.audiences import audience_of

ISSUER = v2_issuer(TENANT.tenant_id)
EXCHANGE = Audience(EXCHANGE_CLIENT_ID, V2)
HOST = "/subscriptions/s/resourceGroups/g/providers/Microsoft.Web/sites/web"
SYSTEM_ASSIGNED = ManagedIdentity(IdentityKind.SYSTEM_ASSIGNED, "web", HOST, "c-web", "p-web")


def credential(owner: str, issuer: str = ISSUER, subject: str = IDENTITY.principal_id) -> FederatedCredential:
    return FederatedCredential(owner, "from-identity", issuer, subject, DEFAULT_AUDIENCE)


async def declare(login: Login, one: FederatedCredential) -> None:
    async with login.store.transaction() as transaction:
        await transaction.put(FEDERATED_CREDENTIALS, (one.owner.casefold(), one.name), one)


@pytest.fixture
async def login(store: SqliteStore, key_ring: KeyRing, now: int) -> Login:
    """The login hosts, with an application that trusts a user-assigned identity."""
    made = Login(store, key_ring, now)
    async with store.transaction() as transaction:
        await transaction.put(IDENTITIES, (IDENTITY.resource_id.casefold(),), IDENTITY)
        await transaction.put(APPLICATIONS, (APPLICATION.client_id,), APPLICATION)
    await declare(made, credential(APPLICATION.client_id))
    return made


def token(
    key: SigningKey, now: int, identity: ManagedIdentity = IDENTITY, audience: Audience = EXCHANGE
) -> str:
    """A token as a managed identity endpoint hands it out."""
    signer = Signer(TENANT.tenant_id, key)
    return TokenIssuer().managed_identity_token(signer, identity, HOST, audience, now).jwt


async def sign_in(login: Login, assertion: str, client_id: str = APPLICATION.client_id) -> Answer:
    return await exchange(login, assertion, client_id)


async def test_it_is_exchanged_for_a_token_of_the_application(
    login: Login, signing_key: SigningKey, now: int
) -> None:
    answer = await sign_in(login, token(signing_key, now))
    assert login.verified(answer).principal.principal_id == APPLICATION.principal_id


async def test_the_exchange_is_an_audience_of_its_own_and_takes_version_2(store: SqliteStore) -> None:
    for spelled in (DEFAULT_AUDIENCE, DEFAULT_AUDIENCE.upper(), EXCHANGE_CLIENT_ID):
        assert await audience_of(store, spelled) == EXCHANGE


async def test_a_token_for_anything_else_is_no_credential(
    login: Login, signing_key: SigningKey, now: int
) -> None:
    vault = await sign_in(login, token(signing_key, now, audience=Audience("https://vault.azure.net")))
    assert vault.refusal == (401, "invalid_client", [700211])
    api = await sign_in(login, token(signing_key, now, audience=Audience("api-of-an-application", V2)))
    assert api.refusal == (401, "invalid_client", [700212])
    await declare(login, credential(APPLICATION.client_id, v1_issuer(TENANT.tenant_id)))
    old = await sign_in(login, token(signing_key, now, audience=Audience(DEFAULT_AUDIENCE)))
    assert old.refusal == (400, "invalid_request", [700222])


async def test_only_a_user_assigned_identity_of_this_store_counts(
    login: Login, signing_key: SigningKey, now: int
) -> None:
    await declare(login, credential(APPLICATION.client_id, subject=SYSTEM_ASSIGNED.principal_id))
    answer = await sign_in(login, token(signing_key, now, SYSTEM_ASSIGNED))
    assert answer.refusal == (400, "invalid_request", [700222])


async def test_an_applications_token_is_no_credential(
    login: Login, signing_key: SigningKey, now: int
) -> None:
    await declare(login, credential(APPLICATION.client_id, subject=APPLICATION.principal_id))
    signer = Signer(TENANT.tenant_id, signing_key)
    own = TokenIssuer().application_token(signer, APPLICATION, EXCHANGE, now).jwt
    assert (await sign_in(login, own)).refusal == (400, "invalid_request", [700222])


async def test_it_stands_for_applications_alone(login: Login, signing_key: SigningKey, now: int) -> None:
    await declare(login, credential(IDENTITY.resource_id))
    answer = await sign_in(login, token(signing_key, now), IDENTITY.client_id)
    assert answer.refusal == (400, "invalid_request", [700222])


async def test_another_tenants_token_is_told_apart(login: Login, signing_key: SigningKey, now: int) -> None:
    elsewhere = "99999999-0000-4000-8000-000000000000"
    await declare(login, credential(APPLICATION.client_id, v2_issuer(elsewhere)))
    foreign = TokenIssuer().managed_identity_token(
        Signer(elsewhere, signing_key), IDENTITY, HOST, EXCHANGE, now
    )
    assert (await sign_in(login, foreign.jwt)).refusal == (400, "invalid_request", [700236])


async def test_a_forged_one_does_not_hold(login: Login, signing_key: SigningKey, now: int) -> None:
    good = token(signing_key, now)
    stranger = SigningKey(signing_key.kid, rsa_key_of("stranger"), now)
    assert (await sign_in(login, token(stranger, now))).body["error_codes"] == [700027]
    head, payload, signature = good.split(".")
    header = b64(b'{"alg":"none","typ":"JWT"}')
    unsigned = f"{header}.{payload}."
    assert (await sign_in(login, unsigned)).status in {400, 401}
    flipped = signature[:-8] + ("A" * 8 if signature[-8:] != "A" * 8 else "B" * 8)
    assert (await sign_in(login, f"{head}.{payload}.{flipped}")).body["error_codes"] == [700027]


async def test_it_ends_with_its_time_and_with_a_revocation(
    login: Login, signing_key: SigningKey, now: int
) -> None:
    good = token(signing_key, now)
    async with login.store.transaction() as transaction:
        revoked = Revocation(IDENTITY.principal_id, now)
        await transaction.put(REVOCATIONS, (IDENTITY.principal_id,), revoked)
    assert (await sign_in(login, good)).body["error_codes"] == [700024]
    login.now = now + 2
    assert (await sign_in(login, token(signing_key, now + 1))).status == 200
    login.now = now + 24 * 60 * 60 + 2
    assert (await sign_in(login, token(signing_key, now + 1))).body["error_codes"] == [700024]


async def test_a_deleted_identity_speaks_for_nobody(login: Login, signing_key: SigningKey, now: int) -> None:
    async with login.store.transaction() as transaction:
        await transaction.delete(IDENTITIES, (IDENTITY.resource_id.casefold(),))
    assert (await sign_in(login, token(signing_key, now))).refusal == (400, "invalid_request", [700222])


def rsa_key_of(name: str):  # joserfc's key of one made for tests
    from joserfc.jwk import RSAKey

    return RSAKey.import_key(rsa_key(name))
