"""What evidence keeps of sign-ins at the token endpoint: who, with what, for what, and how it went."""

from __future__ import annotations

import pytest
from login_site import CLIENT_ID, CREDENTIALS, LEGACY, SECRET, TENANT, VAULT_AUDIENCE, Login

from keyless.evidence.recorder import SignInKey
from keyless.model.evidence import SignInMethod, SignInOutcome

WITH_A_SECRET = SignInKey(LEGACY.principal_id, CLIENT_ID, SignInMethod.CLIENT_SECRET, "", VAULT_AUDIENCE)
WITH_A_WRONG_SECRET = SignInKey(
    LEGACY.principal_id,
    CLIENT_ID,
    SignInMethod.CLIENT_SECRET,
    outcome=SignInOutcome.FAILED,
    error="AADSTS7000215",
)


async def test_a_sign_in_with_a_secret_is_counted_with_its_target(legacy: Login) -> None:
    for _ in range(2):
        assert (await legacy.token(CREDENTIALS)).status == 200
    assert legacy.sign_ins() == [(WITH_A_SECRET, 2)]


async def test_one_for_an_audience_with_a_slash_or_of_version_1_counts_as_the_same(legacy: Login) -> None:
    await legacy.token(CREDENTIALS | {"scope": f"{VAULT_AUDIENCE}//.default"})
    await legacy.post(
        f"/{TENANT.tenant_id}/oauth2/token",
        CREDENTIALS | {"resource": VAULT_AUDIENCE},
    )
    assert legacy.sign_ins() == [(WITH_A_SECRET, 2)]


async def test_a_wrong_secret_is_counted_as_failed_without_what_it_asked_for(legacy: Login) -> None:
    assert (await legacy.token(CREDENTIALS | {"client_secret": "guess"})).status == 401
    assert legacy.sign_ins() == [(WITH_A_WRONG_SECRET, 1)]


@pytest.mark.parametrize(
    "fields",
    [
        CREDENTIALS | {"client_id": "c11e0000-0000-4000-8000-0000000000ff"},
        CREDENTIALS | {"scope": "https://nothing.example/.default"},
        CREDENTIALS | {"scope": "user.read"},
        CREDENTIALS | {"grant_type": "password"},
        {"grant_type": "client_credentials", "client_id": CLIENT_ID},
    ],
    ids=["unknown application", "unknown resource", "no default scope", "another grant", "no secret"],
)
async def test_what_is_no_sign_in_of_an_application_is_not_counted(
    legacy: Login, fields: dict[str, str]
) -> None:
    assert (await legacy.token(fields)).status >= 400
    assert legacy.sign_ins() == []


async def test_no_secret_is_in_what_is_counted(legacy: Login) -> None:
    await legacy.token(CREDENTIALS)
    await legacy.token(CREDENTIALS | {"client_secret": "another-guess"})
    written = repr(legacy.sign_ins())
    assert SECRET not in written
    assert "another-guess" not in written
