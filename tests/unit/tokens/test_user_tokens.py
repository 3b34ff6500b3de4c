"""The tokens of users: what stands in them, and as whom they are taken."""

from __future__ import annotations

import pytest
from forging import TENANT, VAULT_AUDIENCE, header_of, signed

from keyless.model.directory import GLOBAL_ADMINISTRATOR, User
from keyless.model.identities import PrincipalKind, Revocation
from keyless.tokens.audience import V2, Audience
from keyless.tokens.issuer import Signer, TokenIssuer
from keyless.tokens.keys import KeyRing, SigningKey
from keyless.tokens.user_claims import AZURE_CLI, MEMBER, SignedInUser, user_claims
from keyless.tokens.verify import Rejection, TokenRejected, verify

UPN = "ada@contoso.onmicrosoft.com"
ADA = SignedInUser(TENANT, User("the-user", UPN, "Ada"), (GLOBAL_ADMINISTRATOR,))
VAULT = Audience(VAULT_AUDIENCE)


def test_a_users_token_has_the_claims_of_a_user_whom_the_azure_cli_acts_for(now: int) -> None:
    claims = user_claims(ADA, VAULT, now, "u", ("CP1",))
    assert set(claims) == {
        "acr", "aio", "amr", "appid", "appidacr", "aud", "exp", "iat", "idtyp", "iss", "name", "nbf", "oid",
        "puid", "rh", "scp", "sub", "tid", "unique_name", "upn", "uti", "ver", "wids", "xms_cc",
    }  # fmt: skip
    assert (claims["oid"], claims["upn"], claims["unique_name"]) == ("the-user", UPN, UPN)
    assert (claims["appid"], claims["appidacr"], claims["idtyp"]) == (AZURE_CLI, "0", "user")
    assert claims["scp"] == "user_impersonation"
    assert claims["wids"] == [GLOBAL_ADMINISTRATOR, MEMBER]
    assert claims["exp"] == now + 3600


def test_the_subject_of_a_user_differs_by_application_and_is_no_object_id(now: int) -> None:
    other = SignedInUser(TENANT, ADA.user, client_id="another-application")
    subjects = {str(user_claims(one, VAULT, now, "u")["sub"]) for one in (ADA, other)}
    assert len(subjects | {"the-user"}) == 3
    assert user_claims(ADA, VAULT, now, "v")["sub"] in subjects


@pytest.mark.parametrize(
    ("audience", "scope"),
    [
        ("https://graph.microsoft.com", "Directory.AccessAsUser.All"),
        ("https://graph.microsoft.com/", "User.Read.All"),
        ("https://azconfig.io", "KeyValue.Write"),
        ("https://management.core.windows.net/", "user_impersonation"),
    ],
)
def test_each_resource_has_its_own_delegated_permissions(audience: str, scope: str, now: int) -> None:
    assert scope in str(user_claims(ADA, Audience(audience), now, "u")["scp"]).split()


def test_a_version_2_token_of_a_user_is_for_applications(now: int) -> None:
    claims = user_claims(ADA, Audience("the-app", V2, of_azure=False), now, "u")
    assert (claims["preferred_username"], claims["azp"], claims["azpacr"]) == (UPN, AZURE_CLI, "0")
    assert not {"upn", "unique_name", "idtyp", "appid"} & set(claims)


def test_a_users_token_verifies_as_the_users(signing_key: SigningKey, key_ring: KeyRing, now: int) -> None:
    issued = TokenIssuer().user_token(Signer(TENANT, signing_key), ADA, VAULT, now)
    verified = verify(issued.jwt, keys=key_ring, tenant_id=TENANT, audiences={VAULT_AUDIENCE}, now=now)
    principal = verified.principal
    assert (principal.principal_id, principal.client_id) == ("the-user", AZURE_CLI)
    assert (principal.kind, principal.name) == (PrincipalKind.USER, UPN)
    assert verified.expires_at == issued.expires_at == now + 3600


@pytest.mark.parametrize("missing", ["upn", "scp", "oid", "appid"])
def test_a_users_token_without_a_name_or_a_permission_does_not_hold(
    signing_key: SigningKey, key_ring: KeyRing, now: int, missing: str
) -> None:
    claims = user_claims(ADA, VAULT, now, "u")
    del claims[missing]
    with pytest.raises(TokenRejected) as caught:
        verify(
            signed(signing_key, header_of(signing_key), claims),
            keys=key_ring,
            tenant_id=TENANT,
            audiences={VAULT_AUDIENCE},
            now=now,
        )
    assert caught.value.why is Rejection.CLAIMS


def test_a_user_can_be_revoked_like_everybody(signing_key: SigningKey, key_ring: KeyRing, now: int) -> None:
    tokens = TokenIssuer()
    revocations = {"the-user": Revocation("the-user", now)}
    early = tokens.user_token(Signer(TENANT, signing_key), ADA, VAULT, now)
    late = tokens.user_token(Signer(TENANT, signing_key, now), ADA, VAULT, now)
    asked = {"keys": key_ring, "tenant_id": TENANT, "audiences": {VAULT_AUDIENCE}, "now": now}
    with pytest.raises(TokenRejected) as caught:
        verify(early.jwt, **asked, revocations=revocations)
    assert caught.value.why is Rejection.REVOKED
    assert verify(late.jwt, **asked, revocations=revocations)
