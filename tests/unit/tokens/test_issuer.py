"""When a token is handed out again, and when a new one is made."""

from __future__ import annotations

import itertools
from dataclasses import replace

import msgspec
import pytest
from forging import TENANT, VAULT_AUDIENCE

from keyless.model.identities import Application, IdentityKind, ManagedIdentity, PrincipalKind, Revocation
from keyless.model.resources import Tenant
from keyless.tokens import issuer as issuer_module
from keyless.tokens.audience import V2, Audience
from keyless.tokens.issuer import Signer, TokenIssuer, current_signer
from keyless.tokens.keys import KeyRing, SigningKey
from keyless.tokens.verify import Rejection, TokenRejected, verify

HOST = "/subscriptions/s/resourceGroups/g/providers/Microsoft.Web/sites/web"
IDENTITY = ManagedIdentity(IdentityKind.SYSTEM_ASSIGNED, "web", HOST, "the-client", "the-principal")
APPLICATION = Application("legacy", "app-client", "app-principal")
VAULT = Audience(VAULT_AUDIENCE)
HALF_LIFE_S = 12 * 3600


@pytest.fixture
def tokens() -> TokenIssuer:
    numbers = itertools.count()
    return TokenIssuer(lambda: f"unique-{next(numbers)}")


@pytest.fixture
def signer(signing_key: SigningKey) -> Signer:
    return Signer(TENANT, signing_key)


def test_a_managed_identity_gets_a_token_that_verifies(
    tokens: TokenIssuer, signer: Signer, key_ring: KeyRing, now: int
) -> None:
    token = tokens.managed_identity_token(signer, IDENTITY, HOST, VAULT, now)
    verified = verify(token.jwt, keys=key_ring, tenant_id=TENANT, audiences={VAULT_AUDIENCE}, now=now)
    assert verified.principal.principal_id == "the-principal"
    assert verified.principal.kind is PrincipalKind.MANAGED_IDENTITY
    assert (token.expires_at, token.not_before) == (verified.expires_at, now - 300)


def test_the_same_token_is_handed_out_until_half_its_life_is_over(
    tokens: TokenIssuer, signer: Signer, now: int
) -> None:
    first = tokens.managed_identity_token(signer, IDENTITY, HOST, VAULT, now)
    again = tokens.managed_identity_token(signer, IDENTITY, HOST, VAULT, now + HALF_LIFE_S - 1)
    later = tokens.managed_identity_token(signer, IDENTITY, HOST, VAULT, now + HALF_LIFE_S)
    assert again is first
    assert later.jwt != first.jwt
    assert later.expires_at == now + HALF_LIFE_S + 24 * 3600


def test_a_token_from_the_future_is_not_handed_out_when_the_clock_went_back(
    tokens: TokenIssuer, signer: Signer, now: int
) -> None:
    first = tokens.managed_identity_token(signer, IDENTITY, HOST, VAULT, now)
    earlier = tokens.managed_identity_token(signer, IDENTITY, HOST, VAULT, now - 3600)
    assert earlier.not_before < first.not_before


def test_whatever_differs_gets_a_token_of_its_own(
    tokens: TokenIssuer, signer: Signer, foreign_key: SigningKey, now: int
) -> None:
    other = msgspec.structs.replace(IDENTITY, principal_id="another-principal")
    issued = [
        tokens.managed_identity_token(signer, IDENTITY, HOST, VAULT, now),
        tokens.managed_identity_token(signer, other, HOST, VAULT, now),
        tokens.managed_identity_token(signer, IDENTITY, HOST + "-2", VAULT, now),
        tokens.managed_identity_token(signer, IDENTITY, HOST, Audience(VAULT_AUDIENCE + "/"), now),
        tokens.managed_identity_token(signer, IDENTITY, HOST, VAULT, now, ("CP1",)),
        tokens.managed_identity_token(replace(signer, key=foreign_key), IDENTITY, HOST, VAULT, now),
        tokens.managed_identity_token(replace(signer, tenant_id="t"), IDENTITY, HOST, VAULT, now),
    ]
    assert len({token.jwt for token in issued}) == len(issued)


def test_what_is_remembered_is_bounded(
    tokens: TokenIssuer, signer: Signer, now: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(issuer_module, "_REMEMBERED", 2)
    first = tokens.managed_identity_token(signer, IDENTITY, HOST, Audience("https://a"), now)
    for audience in ("https://b", "https://c"):
        tokens.managed_identity_token(signer, IDENTITY, HOST, Audience(audience), now)
    assert tokens.managed_identity_token(signer, IDENTITY, HOST, Audience("https://a"), now).jwt != first.jwt


def test_an_application_gets_a_new_token_each_time(signer: Signer, key_ring: KeyRing, now: int) -> None:
    tokens = TokenIssuer()
    first, second = (tokens.application_token(signer, APPLICATION, VAULT, now, ("CP1",)) for _ in range(2))
    assert first.jwt != second.jwt
    verified = verify(first.jwt, keys=key_ring, tenant_id=TENANT, audiences={VAULT_AUDIENCE}, now=now)
    assert verified.principal.kind is PrincipalKind.APPLICATION
    assert first.expires_at == now + 3600


def test_an_issued_token_does_not_show_in_its_repr(tokens: TokenIssuer, signer: Signer, now: int) -> None:
    token = tokens.application_token(signer, APPLICATION, VAULT, now)
    assert token.jwt not in repr(token)


async def test_the_current_signer_is_the_tenants_newest_key(
    signing_key: SigningKey, key_ring: KeyRing
) -> None:
    class Authority:
        async def tenant(self) -> Tenant:
            return Tenant(TENANT, "contoso", "s", "s")

        async def key_ring(self) -> KeyRing:
            return key_ring

    assert await current_signer(Authority()) == Signer(TENANT, signing_key)


def test_a_token_of_before_a_revocation_is_not_handed_out_again(
    tokens: TokenIssuer, signer: Signer, key_ring: KeyRing, now: int
) -> None:
    first = tokens.managed_identity_token(signer, IDENTITY, HOST, VAULT, now)
    after = replace(signer, issued_after=now)
    second = tokens.managed_identity_token(after, IDENTITY, HOST, VAULT, now)
    assert second.jwt != first.jwt
    assert second.issued_at == now + 1
    revocations = {"the-principal": Revocation("the-principal", now)}
    assert verify(
        second.jwt,
        keys=key_ring,
        tenant_id=TENANT,
        audiences={VAULT_AUDIENCE},
        now=now,
        revocations=revocations,
    )
    assert tokens.managed_identity_token(after, IDENTITY, HOST, VAULT, now + 60) is second


def test_an_applications_token_is_issued_after_its_revocation_too(
    tokens: TokenIssuer, signer: Signer, now: int
) -> None:
    token = tokens.application_token(replace(signer, issued_after=now), APPLICATION, VAULT, now)
    assert token.issued_at == now + 1
    old = tokens.application_token(replace(signer, issued_after=now - 60), APPLICATION, VAULT, now)
    assert old.issued_at == now


def test_a_version_2_token_is_another_and_does_not_verify_where_version_1_is_wanted(
    tokens: TokenIssuer, signer: Signer, key_ring: KeyRing, now: int
) -> None:
    first = tokens.managed_identity_token(signer, IDENTITY, HOST, VAULT, now)
    second = tokens.managed_identity_token(signer, IDENTITY, HOST, Audience(VAULT_AUDIENCE, V2), now)
    assert first.audience == second.audience
    with pytest.raises(TokenRejected) as caught:
        verify(second.jwt, keys=key_ring, tenant_id=TENANT, audiences={VAULT_AUDIENCE}, now=now)
    assert caught.value.why is Rejection.CLAIMS
