"""Client credentials with a client secret."""

from __future__ import annotations

import base64
from urllib.parse import parse_qsl, quote_plus

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from login_site import CLIENT_ID, CREDENTIALS, LEGACY, SECRET, TENANT, VAULT_AUDIENCE, Login

from keyless.lifecycle.revoke import restore, revoke
from keyless.model.identities import PrincipalKind
from keyless.planes.entra.token import TokenAnswer, TokenAnswerV1
from keyless.planes.entra.token_request import MAX_FIELDS, form_fields
from keyless.tokens.claims import BACKDATED_S
from keyless.wire.errors import InvalidGrant

V2 = f"/{TENANT.tenant_id}/oauth2/v2.0/token"
V1 = f"/{TENANT.tenant_id}/oauth2/token"
SCOPE = {"scope": f"{VAULT_AUDIENCE}/.default"}


def basic(client_id: str, secret: str) -> dict[str, str]:
    pair = f"{quote_plus(client_id)}:{quote_plus(secret)}"
    return {"Authorization": "Basic " + base64.b64encode(pair.encode()).decode()}


def claims(token: str) -> dict[str, object]:
    part = token.split(".")[1]
    return msgspec.json.decode(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)), type=dict)


async def test_an_application_gets_a_token_for_its_secret(legacy: Login) -> None:
    answer = await legacy.token(CREDENTIALS)
    verified = legacy.verified(answer)
    assert verified.principal.principal_id == LEGACY.principal_id
    assert verified.principal.client_id == CLIENT_ID
    assert verified.principal.kind is PrincipalKind.APPLICATION
    assert msgspec.convert(answer.body, TokenAnswer).expires_in == 3600
    assert answer.body["token_type"] == "Bearer"
    assert answer.headers["cache-control"] == "no-store, no-cache"
    assert claims(answer.body["access_token"])["appidacr"] == "1"


async def test_version_1_answers_in_texts(legacy: Login, now: int) -> None:
    answer = await legacy.post(V1, CREDENTIALS | {"resource": VAULT_AUDIENCE + "/"})
    assert legacy.verified(answer, VAULT_AUDIENCE + "/")
    assert msgspec.convert(answer.body, TokenAnswerV1)
    assert answer.body | {"access_token": ""} == {
        "token_type": "Bearer",
        "expires_in": "3600",
        "ext_expires_in": "3600",
        "expires_on": str(now + 3600),
        "not_before": str(now - 300),
        "resource": VAULT_AUDIENCE + "/",
        "access_token": "",
    }


async def test_the_secret_may_come_by_http_basic(legacy: Login) -> None:
    fields = {"grant_type": "client_credentials"} | SCOPE
    for extra in ({}, {"client_id": CLIENT_ID}):
        answer = await legacy.post(V2, fields | extra, basic(CLIENT_ID, SECRET))
        assert legacy.verified(answer).principal.client_id == CLIENT_ID


@pytest.mark.parametrize("tenant", [TENANT.tenant_id.upper(), "contoso", "contoso.onmicrosoft.com"])
async def test_the_tenant_goes_by_id_or_name(legacy: Login, tenant: str) -> None:
    assert (await legacy.token(CREDENTIALS, tenant=tenant)).status == 200


async def test_the_client_id_compares_without_case(legacy: Login) -> None:
    answer = await legacy.token(CREDENTIALS | {"client_id": CLIENT_ID.lower()})
    assert legacy.verified(answer).principal.client_id == CLIENT_ID


@pytest.mark.parametrize(
    ("scope", "audience"),
    [
        ("https://azconfig.io/.default", "https://azconfig.io"),
        ("https://contoso.azconfig.io/.default", "https://contoso.azconfig.io"),
        ("https://management.core.windows.net//.default", "https://management.core.windows.net/"),
        (" https://vault.azure.net/.default ", "https://vault.azure.net"),
        ("https://vault.azure.net/.default openid offline_access profile", "https://vault.azure.net"),
        ("openid email https://vault.azure.net/.default", "https://vault.azure.net"),
    ],
)
async def test_the_audience_is_the_resource_of_the_scope(legacy: Login, scope: str, audience: str) -> None:
    assert legacy.verified(await legacy.token(CREDENTIALS | {"scope": scope}), audience)


async def test_capabilities_asked_for_in_claims_are_in_the_token(legacy: Login) -> None:
    asked = '{"access_token": {"xms_cc": {"values": ["CP1", "<bad>"]}, "nbf": {"essential": true}}}'
    answer = await legacy.token(CREDENTIALS | {"claims": asked})
    assert claims(answer.body["access_token"])["xms_cc"] == ["CP1"]
    for empty in ("{}", '{"access_token": null}', '{"access_token": {"xms_cc": null}}', ""):
        answer = await legacy.token(CREDENTIALS | {"claims": empty})
        assert "xms_cc" not in claims(answer.body["access_token"])


@pytest.mark.parametrize(
    "broken", ["x", "[]", '{"access_token": 1}', '{"access_token":{"xms_cc":{"values":[1]}}}']
)
async def test_broken_claims_are_refused(legacy: Login, broken: str) -> None:
    answer = await legacy.token(CREDENTIALS | {"claims": broken})
    assert answer.refusal == (400, "invalid_request", [90023])


async def test_parameters_that_mean_nothing_here_change_nothing(legacy: Login) -> None:
    extra = {"client_info": "1", "response_type": "token", "x-client-SKU": "MSAL.Python"}
    assert (await legacy.token(CREDENTIALS | extra)).status == 200


@pytest.mark.parametrize("secret", ["wrong", SECRET[:-1], SECRET + " ", SECRET.upper(), "x" * 5000])
async def test_a_wrong_secret_is_refused_and_not_repeated(legacy: Login, secret: str) -> None:
    for answer in (
        await legacy.token(CREDENTIALS | {"client_secret": secret}),
        await legacy.post(V2, {"grant_type": "client_credentials"} | SCOPE, basic(CLIENT_ID, secret)),
    ):
        assert answer.refusal == (401, "invalid_client", [7000215])
        assert secret not in answer.body["error_description"]
        assert CLIENT_ID in answer.body["error_description"]


async def test_an_unknown_application_is_refused(legacy: Login) -> None:
    for client_id in ("00000000-0000-4000-8000-000000000000", "x" * 5000, "\x00"):
        answer = await legacy.token(CREDENTIALS | {"client_id": client_id})
        assert answer.refusal == (400, "unauthorized_client", [700016])


@pytest.mark.parametrize(
    ("tenant", "number"),
    [
        ("99999999-9999-4999-8999-999999999999", 90002),
        ("fabrikam.onmicrosoft.com", 90002),
        ("nonsense", 900023),
        ("consumers", 900023),
        ("common", 50059),
        ("organizations", 50059),
    ],
)
async def test_another_tenant_or_none_in_particular_is_refused(
    legacy: Login, tenant: str, number: int
) -> None:
    answer = await legacy.token(CREDENTIALS, tenant=tenant)
    assert answer.refusal == (400, "invalid_request", [number])


@pytest.mark.parametrize("name", ["grant_type", "client_id"])
@pytest.mark.parametrize("value", [None, ""])
async def test_a_missing_parameter_is_named(legacy: Login, name: str, value: str | None) -> None:
    fields = SCOPE | {key: text for key, text in CREDENTIALS.items() if key != name}
    answer = await legacy.post(V2, fields if value is None else fields | {name: value})
    assert answer.refusal == (400, "invalid_request", [900144])
    assert f"'{name}'" in answer.body["error_description"]


@pytest.mark.parametrize(("path", "name"), [(V2, "scope"), (V1, "resource")])
async def test_what_the_token_is_for_must_be_said(legacy: Login, path: str, name: str) -> None:
    answer = await legacy.post(path, CREDENTIALS)
    assert answer.refusal == (400, "invalid_request", [900144])
    assert f"'{name}'" in answer.body["error_description"]


async def test_a_missing_secret_is_told_before_anything_else_is_looked_at(legacy: Login) -> None:
    for fields in ({"grant_type": "client_credentials"}, CREDENTIALS | {"client_secret": ""}):
        answer = await legacy.token(fields, tenant="undefined")
        assert answer.refusal == (401, "invalid_client", [7000216])


@pytest.mark.parametrize("grant", ["password", "authorization_code", "refresh_token", "Client_Credentials"])
async def test_other_flows_are_not_offered(legacy: Login, grant: str) -> None:
    answer = await legacy.token(CREDENTIALS | {"grant_type": grant})
    assert answer.refusal == (400, "unsupported_grant_type", [70003])


@pytest.mark.parametrize(
    ("scope", "number"),
    [
        ("https://vault.azure.net", 1002012),
        ("https://graph.microsoft.com/User.Read", 1002012),
        (".default", 1002012),
        ("/.default", 1002012),
        (" ", 1002012),
        ("openid profile", 1002012),
        ("https://vault.azure.net/.default https://azconfig.io/.default", 70011),
    ],
)
async def test_only_one_default_scope_is_taken(legacy: Login, scope: str, number: int) -> None:
    answer = await legacy.token(CREDENTIALS | {"scope": scope})
    assert answer.refusal == (400, "invalid_scope", [number])


@pytest.mark.parametrize(
    "resource", ["https://contoso.vault.azure.net", "api://orders", "https://vault.azure.net//"]
)
async def test_an_unknown_resource_is_refused_by_name(legacy: Login, resource: str) -> None:
    for answer in (
        await legacy.token(CREDENTIALS | {"scope": f"{resource}/.default"}),
        await legacy.post(V1, CREDENTIALS | {"resource": resource}),
    ):
        assert answer.refusal == (400, "invalid_resource", [500011])
        assert f"named {resource} was not found" in answer.body["error_description"]


async def test_nothing_is_told_of_resources_without_the_right_secret(legacy: Login) -> None:
    for scope in ("https://nowhere.example/.default", "nonsense"):
        answer = await legacy.token(CREDENTIALS | {"client_secret": "wrong", "scope": scope})
        assert answer.refusal == (401, "invalid_client", [7000215])


@pytest.mark.parametrize(
    "extra",
    [
        {"client_secret": SECRET},
        {"client_assertion": "x"},
        {"client_id": "another"},
    ],
)
async def test_two_ways_to_authenticate_are_one_too_many(legacy: Login, extra: dict[str, str]) -> None:
    fields = {"grant_type": "client_credentials"} | SCOPE | extra
    answer = await legacy.post(V2, fields, basic(CLIENT_ID, SECRET))
    assert answer.refusal == (400, "invalid_request", [90023])


async def test_a_secret_and_an_assertion_together_are_refused(legacy: Login) -> None:
    answer = await legacy.token(CREDENTIALS | {"client_assertion": "x"})
    assert answer.refusal == (400, "invalid_request", [90023])


@pytest.mark.parametrize(
    "value", ["!", "Zm9v", base64.b64encode(b":secret").decode(), base64.b64encode(b"id:").decode(), "/w=="]
)
async def test_a_broken_basic_header_is_refused(legacy: Login, value: str) -> None:
    fields = {"grant_type": "client_credentials"} | SCOPE
    answer = await legacy.post(V2, fields, {"Authorization": f"Basic {value}"})
    assert answer.refusal == (400, "invalid_request", [90023])


async def test_another_authorization_scheme_is_no_credential(legacy: Login) -> None:
    fields = {"grant_type": "client_credentials"} | SCOPE
    answer = await legacy.post(V2, fields, {"Authorization": "Bearer x"})
    assert answer.refusal == (401, "invalid_client", [7000216])


@pytest.mark.parametrize(
    "body",
    [
        b"grant_type=%ff",
        b"\xff=1",
        b"&".join(b"a%d=1" % number for number in range(60)),
    ],
)
async def test_a_body_that_is_no_form_is_refused(legacy: Login, body: bytes) -> None:
    answer = await legacy.post(V2, body)
    assert answer.refusal == (400, "invalid_request", [90023])


async def test_a_body_of_another_type_holds_no_parameters(legacy: Login) -> None:
    body = msgspec.json.encode(CREDENTIALS | SCOPE)
    answer = await legacy.post(V2, body, {"Content-Type": "application/json"})
    assert answer.refusal == (400, "invalid_request", [900144])


async def test_a_form_may_name_its_charset(legacy: Login) -> None:
    answer = await legacy.post(
        V2, CREDENTIALS | SCOPE, {"Content-Type": "application/x-www-form-urlencoded; charset=UTF-8"}
    )
    assert answer.status == 200


async def test_a_huge_body_is_refused(legacy: Login) -> None:
    answer = await legacy.token(CREDENTIALS | {"claims": "x" * 70_000})
    assert answer.refusal == (413, "invalid_request", [])


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(body=st.binary(max_size=200) | st.text(max_size=200).map(str.encode))
async def test_any_body_at_all_gets_a_refusal_in_entras_form(login: Login, body: bytes) -> None:
    answer = await login.post(V2, body)
    assert answer.status in {400, 401}
    assert answer.body["error_description"].startswith("AADSTS")


async def test_a_disabled_application_gets_no_token_until_it_is_restored(legacy: Login) -> None:
    await revoke(legacy.store, LEGACY.principal_id, legacy.now, disable=True)
    refused = await legacy.token(CREDENTIALS)
    assert refused.refusal == (400, "unauthorized_client", [7000112])
    assert f"Application '{CLIENT_ID}'({LEGACY.name}) is disabled" in refused.body["error_description"]
    await restore(legacy.store, LEGACY.principal_id)
    assert (await legacy.token(CREDENTIALS)).status == 200


async def test_a_wrong_secret_of_a_disabled_application_is_not_told_that_it_is(legacy: Login) -> None:
    await revoke(legacy.store, LEGACY.principal_id, legacy.now, disable=True)
    wrong = await legacy.token(CREDENTIALS | {"client_secret": "wrong"})
    assert wrong.refusal == (401, "invalid_client", [7000215])


async def test_a_claims_challenge_sent_on_is_answered_with_a_token_that_meets_it(legacy: Login) -> None:
    revoked = await revoke(legacy.store, LEGACY.principal_id, legacy.now)
    asked = {"access_token": {"nbf": {"essential": True, "value": str(revoked.revoked_at)}}}
    answer = await legacy.token(CREDENTIALS | {"claims": msgspec.json.encode(asked).decode()})
    issued_at = claims(answer.body["access_token"])["iat"]
    assert isinstance(issued_at, int)
    assert issued_at + BACKDATED_S > revoked.revoked_at


@given(st.binary(max_size=60) | st.text("ab=&+%é20", max_size=60).map(str.encode))
def test_a_form_is_read_as_the_standard_library_reads_it(body: bytes) -> None:
    try:
        pairs = parse_qsl(body.decode(), keep_blank_values=True, max_num_fields=MAX_FIELDS, errors="strict")
    except ValueError:
        with pytest.raises(InvalidGrant):
            form_fields(body, None)
        return
    if len(dict(pairs)) < len(pairs):
        with pytest.raises(InvalidGrant):
            form_fields(body, None)
    else:
        assert form_fields(body, None) == dict(pairs)


def test_the_number_of_fields_is_limited() -> None:
    fields = [f"a{number}=1" for number in range(MAX_FIELDS)]
    assert len(form_fields("&".join(fields).encode(), None)) == MAX_FIELDS
    for more in ("&", "&b=1", "&" * 1000):
        with pytest.raises(InvalidGrant):
            form_fields(("&".join(fields) + more).encode(), None)
