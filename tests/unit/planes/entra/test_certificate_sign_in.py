"""Applications that sign in with a certificate, at the token endpoint."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from typing import Any

import pytest
from login_site import CLIENT_ID, HOST, LEGACY, TENANT, VAULT_AUDIENCE, Answer, Login
from test_entra_token_endpoint import claims as token_claims

from assertions_made import assertion, certificate, der, named, named_by_sha1, rsa_key
from keyless.evidence.recorder import SignInKey
from keyless.lifecycle.applications import register
from keyless.model.evidence import SignInMethod, SignInOutcome
from keyless.model.identities import Application, ApplicationCertificate
from keyless.planes.entra import used_assertions
from keyless.planes.entra.used_assertions import AGAIN_WITHIN_S, PURPOSES, UsedAssertions
from keyless.tokens.assertions import ASSERTION_TYPE, read_assertion

NOW = 1_800_000_000
KEY = rsa_key("app")
CERTIFICATE = certificate(KEY, NOW)
SIGNS = replace(LEGACY, client_secret=None, certificates=(ApplicationCertificate(der(CERTIFICATE)),))
AUDIENCE = f"https://{HOST}/{TENANT.tenant_id}/oauth2/v2.0/token"


@pytest.fixture
async def signing(login: Login) -> Login:
    """The login hosts, with an application that has a certificate and no secret."""
    await register(login.store, SIGNS)
    return login


def own(**changed: Any) -> str:
    """An assertion that the application has signed."""
    claims = {"iss": CLIENT_ID, "sub": CLIENT_ID, "aud": AUDIENCE, "exp": NOW + 600, "jti": "one"}
    return assertion(named(CERTIFICATE), claims | changed, KEY)


def fields(text: str, **changed: str) -> dict[str, str]:
    found = {
        "grant_type": "client_credentials",
        "client_id": CLIENT_ID,
        "client_assertion_type": ASSERTION_TYPE,
        "client_assertion": text,
    }
    return found | changed


async def test_an_application_gets_a_token_for_its_assertion(signing: Login) -> None:
    answer = await signing.token(fields(own()))
    assert signing.verified(answer).principal.principal_id == LEGACY.principal_id
    assert token_claims(answer.body["access_token"])["appidacr"] == "2"
    assert answer.body["expires_in"] == 3600


async def test_the_version_1_endpoint_takes_it_too(signing: Login) -> None:
    asked = fields(own(), resource=VAULT_AUDIENCE)
    answer = await signing.post(f"/{TENANT.tenant_id}/oauth2/token", asked)
    assert signing.verified(answer).principal.client_id == CLIENT_ID


async def test_the_client_id_may_be_left_out(signing: Login) -> None:
    asked = fields(own())
    del asked["client_id"]
    assert signing.verified(await signing.token(asked)).principal.client_id == CLIENT_ID


@pytest.mark.parametrize(
    "audience",
    [
        f"https://{HOST}/{TENANT.tenant_id}/oauth2/v2.0/token",
        f"https://{HOST}/{TENANT.tenant_id}/oauth2/token",
        f"https://{HOST}/{TENANT.tenant_id}/v2.0",
        f"https://{HOST}/{TENANT.tenant_id}/v2.0/",
        f"https://{HOST}/{TENANT.tenant_id}",
        f"https://{HOST}/{TENANT.tenant_id}/",
        f"https://{HOST}/contoso/oauth2/v2.0/token",
        f"https://{HOST}/contoso.onmicrosoft.com/oauth2/v2.0/token",
        f"https://login.windows.net/{TENANT.tenant_id.upper()}/oauth2/token",
        f"https://westeurope.login.microsoft.com/{TENANT.tenant_id}/oauth2/v2.0/token",
        f"https://sts.windows.net/{TENANT.tenant_id}/",
    ],
)
async def test_every_spelling_of_the_token_endpoint_is_an_audience(signing: Login, audience: str) -> None:
    assert (await signing.token(fields(own(aud=audience)))).status == 200


@pytest.mark.parametrize(
    "audience",
    [
        f"http://{HOST}/{TENANT.tenant_id}/oauth2/v2.0/token",
        f"https://{HOST}/99999999-9999-4999-8999-999999999999/oauth2/v2.0/token",
        f"https://{HOST}/common/oauth2/v2.0/token",
        f"https://{HOST}/oauth2/v2.0/token",
        f"https://{HOST}/",
        f"https://{HOST}.evil.example/{TENANT.tenant_id}/oauth2/v2.0/token",
        f"https://{HOST}@evil.example/{TENANT.tenant_id}/oauth2/v2.0/token",
        f"https://{HOST}:444/{TENANT.tenant_id}/oauth2/v2.0/token",
        f"https://{HOST}/{TENANT.tenant_id}/oauth2/v2.0/token?x",
        f"https://{HOST}/{TENANT.tenant_id}/oauth2/v2.0/token\n",
        f"https://{HOST}/{TENANT.tenant_id}/oauth2/v3.0/token",
        "https://vault.azure.net",
        "api://AzureADTokenExchange",
    ],
)
async def test_other_audiences_are_refused(signing: Login, audience: str) -> None:
    answer = await signing.token(fields(own(aud=audience)))
    assert answer.refusal == (401, "invalid_client", [700023])


EXPIRED = certificate(KEY, NOW, days=1, begins=-2)


@pytest.mark.parametrize(
    ("text", "refusal"),
    [
        ("not.an.assertion", (400, "invalid_request", [50027])),
        (own() + "A" * 17_000, (400, "invalid_request", [50027])),
        (own(exp=NOW), (401, "invalid_client", [700024])),
        (own(nbf=NOW + 3600), (401, "invalid_client", [700024])),
        (own(iss="another"), (401, "invalid_client", [700021])),
        (own(sub="another"), (401, "invalid_client", [700021])),
        (own()[:-4] + "AAAA", (401, "invalid_client", [700027])),
        (
            assertion(named(certificate(KEY, NOW)), {"iss": "x", "sub": "x", "aud": "x", "exp": 1}, KEY),
            (401, "invalid_client", [700027]),
        ),
        (
            assertion({"alg": "none"}, {"iss": "x", "sub": "x", "aud": "x", "exp": 1}, KEY),
            (400, "invalid_request", [5002738]),
        ),
        (
            assertion({"alg": "PS256", "typ": "x"}, {"iss": "x", "sub": "x", "aud": "x", "exp": 1}, KEY),
            (400, "invalid_request", [5002727]),
        ),
    ],
)
async def test_each_fault_has_entras_number_and_shows_nothing_of_the_assertion(
    signing: Login, text: str, refusal: tuple[int, str, list[int]]
) -> None:
    answer = await signing.token(fields(text))
    assert answer.refusal == refusal
    parts = [part for part in text.split(".") if len(part) > 3]
    assert not any(part in answer.body["error_description"] for part in parts)


async def test_an_expired_certificate_is_told_as_such(login: Login) -> None:
    await register(login.store, replace(SIGNS, certificates=(ApplicationCertificate(der(EXPIRED)),)))
    claims = {"iss": CLIENT_ID, "sub": CLIENT_ID, "aud": AUDIENCE, "exp": NOW + 600}
    answer = await login.token(fields(assertion(named_by_sha1(EXPIRED), claims, KEY)))
    assert answer.refusal == (401, "invalid_client", [1000502])


async def test_an_application_with_a_secret_alone_takes_no_assertion(legacy: Login) -> None:
    answer = await legacy.token(fields(own()))
    assert answer.refusal == (401, "invalid_client", [700027])


async def test_an_application_with_a_certificate_alone_takes_no_secret(signing: Login) -> None:
    asked = {"grant_type": "client_credentials", "client_id": CLIENT_ID, "client_secret": ""}
    assert (await signing.token(asked)).refusal == (401, "invalid_client", [7000216])
    for secret in ("x", " ", "\x00"):
        answer = await signing.token(asked | {"client_secret": secret})
        assert answer.refusal == (401, "invalid_client", [7000215])


async def test_an_unknown_application_is_unknown_here_too(signing: Login) -> None:
    for changed in ({"client_id": "nobody"}, {"client_id": "x" * 5000}):
        answer = await signing.token(fields(own(), **changed))
        assert answer.refusal == (400, "unauthorized_client", [700016])


@pytest.mark.parametrize("kind", ["", "urn:ietf:params:oauth:client-assertion-type:saml2-bearer", "jwt"])
async def test_the_assertions_type_must_be_said(signing: Login, kind: str) -> None:
    answer = await signing.token(fields(own(), client_assertion_type=kind))
    assert answer.refusal == (400, "invalid_request", [90023 if kind else 900144])


async def test_a_secret_beside_an_assertion_is_one_too_many(signing: Login) -> None:
    answer = await signing.token(fields(own(), client_secret="x"))
    assert answer.refusal == (400, "invalid_request", [90023])


async def test_a_certificate_that_was_replaced_is_worth_nothing_at_once(signing: Login) -> None:
    assert (await signing.token(fields(own()))).status == 200
    newer = certificate(rsa_key("newer"), NOW)
    await register(signing.store, replace(SIGNS, certificates=(ApplicationCertificate(der(newer)),)))
    assert (await signing.token(fields(own(jti="two")))).refusal == (401, "invalid_client", [700027])


async def asked_at(login: Login, seconds: int, text: str, **changed: str) -> Answer:
    login.now = NOW + seconds
    return await login.token(fields(text, **changed))


async def test_an_assertion_is_used_again_as_client_libraries_do(signing: Login) -> None:
    text = own()
    assert (await asked_at(signing, 0, text)).status == 200
    assert (await asked_at(signing, AGAIN_WITHIN_S, text)).status == 200
    assert (await asked_at(signing, 300, text, scope="https://azconfig.io/.default")).status == 200
    challenged = {"claims": '{"access_token":{"nbf":{"essential":true,"value":"1"}}}'}
    assert (await asked_at(signing, 400, text, **challenged)).status == 200


async def test_a_replayed_assertion_is_refused(signing: Login) -> None:
    text = own()
    assert (await asked_at(signing, 0, text)).status == 200
    for seconds in (AGAIN_WITHIN_S + 1, 599):
        answer = await asked_at(signing, seconds, text)
        assert answer.refusal == (401, "invalid_client", [50013])
    assert (await asked_at(signing, 600, text)).refusal == (401, "invalid_client", [700024])


async def test_a_replay_is_not_hidden_by_another_spelling(signing: Login) -> None:
    header, payload, signature = own().split(".")
    assert (await asked_at(signing, 0, f"{header}.{payload}.{signature}")).status == 200
    again = await asked_at(signing, 100, f"{header}.{payload}.{signature}==")
    assert again.refusal == (401, "invalid_client", [50013])
    upper = await asked_at(signing, 100, own(), client_id=CLIENT_ID.upper())
    assert upper.refusal == (401, "invalid_client", [50013])


async def test_an_id_is_good_for_one_assertion(signing: Login) -> None:
    assert (await signing.token(fields(own()))).status == 200
    assert (await signing.token(fields(own(exp=NOW + 601)))).refusal == (401, "invalid_client", [50013])
    assert (await signing.token(fields(own(jti="two")))).status == 200


async def test_without_an_id_the_assertion_itself_is_remembered(signing: Login) -> None:
    text = own(jti=None)
    assert (await asked_at(signing, 0, text)).status == 200
    assert (await asked_at(signing, 100, text)).refusal == (401, "invalid_client", [50013])


async def test_an_assertion_that_got_nothing_is_not_used_up(signing: Login) -> None:
    text = own()
    assert (await asked_at(signing, 0, text, scope="https://nowhere.example/.default")).status == 400
    assert (await asked_at(signing, 100, text)).status == 200


def test_what_is_remembered_is_bounded_and_full_means_no(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(used_assertions, "REMEMBERED", 2)
    used = UsedAssertions()
    one, two, three = (read_assertion(own(jti=name)) for name in ("1", "2", "3"))
    later = read_assertion(own(jti="4", exp=NOW + 1200))
    assert used.use("client", one, "vault", NOW)
    assert used.use("client", two, "vault", NOW)
    assert not used.use("client", three, "vault", NOW)
    assert used.use("client", later, "vault", NOW + 600)


def test_an_assertion_is_good_for_so_many_things_and_no_more() -> None:
    used, text = UsedAssertions(), read_assertion(own())
    assert all(used.use("client", text, str(number), NOW) for number in range(PURPOSES))
    assert not used.use("client", text, "one more", NOW)
    assert used.use("client", text, "0", NOW)
    assert used.use("another client", text, "one more", NOW)


async def test_sign_ins_are_counted_by_certificate(signing: Login) -> None:
    assert (await signing.token(fields(own()))).status == 200
    assert (await signing.token(fields(own(iss="another")))).status == 401
    assert (await signing.token(fields("not.an.assertion"))).status == 400
    whose = SignInKey(LEGACY.principal_id, CLIENT_ID, SignInMethod.CERTIFICATE)
    thumbprint = hashlib.sha1(der(CERTIFICATE)).hexdigest().upper()
    assert signing.sign_ins() == [
        (whose._replace(by=thumbprint, target=VAULT_AUDIENCE), 1),
        (whose._replace(outcome=SignInOutcome.FAILED, error="AADSTS700021"), 1),
    ]


async def test_an_application_keeps_its_certificates_in_the_store(signing: Login) -> None:
    kept = await register(signing.store, SIGNS)
    assert isinstance(kept, Application)
    assert [one.der for one in kept.certificates] == [der(CERTIFICATE)]
    assert kept.secret_hashes == ()
