"""Each thing that a client can do wrong at the login hosts, and the code, word and status that it gets.

Assertions have tests of their own.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

import pytest
from login_site import CLIENT_ID, CREDENTIALS, FORM, TENANT, VAULT_AUDIENCE, Answer, Login

V2, V1 = "/oauth2/v2.0/token", "/oauth2/token"
OTHER_ID = "99999999-9999-4999-8999-999999999999"
NO_ID = "00000000-0000-0000-0000-000000000000"
SCOPE = {"scope": f"{VAULT_AUDIENCE}/.default"}
GOOD = CREDENTIALS | SCOPE
GOOD_V1 = CREDENTIALS | {"resource": VAULT_AUDIENCE}


def without(name: str, fields: dict[str, str] = GOOD) -> dict[str, str]:
    return {key: value for key, value in fields.items() if key != name}


@dataclass(frozen=True)
class Wrong:
    """A request that is wrong in one way: what is sent where, and what comes back."""

    status: int
    error: str
    code: int
    fields: dict[str, str] | bytes = field(default_factory=lambda: dict(GOOD))
    tenant: str = TENANT.tenant_id
    path: str = V2
    headers: dict[str, str] = field(default_factory=dict)


INVALID_REQUEST = "invalid_request"
TABLE = {
    "an empty body": Wrong(400, INVALID_REQUEST, 900144, b""),
    "a body in JSON": Wrong(
        400, INVALID_REQUEST, 900144, b"{}", headers={"Content-Type": "application/json"}
    ),
    "a body that is no text": Wrong(400, INVALID_REQUEST, 90023, b"grant_type=\xff"),
    "a parameter twice": Wrong(400, INVALID_REQUEST, 9000411, b"grant_type=a&grant_type=a"),
    "no grant type": Wrong(400, INVALID_REQUEST, 900144, without("grant_type")),
    "an empty grant type": Wrong(400, INVALID_REQUEST, 900144, GOOD | {"grant_type": ""}),
    "another grant": Wrong(400, "unsupported_grant_type", 70003, GOOD | {"grant_type": "magic"}),
    "a person's password": Wrong(400, "unsupported_grant_type", 70003, GOOD | {"grant_type": "password"}),
    "no client id": Wrong(400, INVALID_REQUEST, 900144, without("client_id")),
    "no secret": Wrong(401, "invalid_client", 7000216, without("client_secret")),
    "a wrong secret": Wrong(401, "invalid_client", 7000215, GOOD | {"client_secret": "wrong"}),
    "a secret and an assertion": Wrong(400, INVALID_REQUEST, 90023, GOOD | {"client_assertion": "x"}),
    "an unknown client id": Wrong(400, "unauthorized_client", 700016, GOOD | {"client_id": OTHER_ID}),
    "a client id that is none": Wrong(400, "unauthorized_client", 700016, GOOD | {"client_id": "orders"}),
    "the client id of nobody": Wrong(400, "unauthorized_client", 700038, GOOD | {"client_id": NO_ID}),
    "an unknown tenant": Wrong(400, INVALID_REQUEST, 90002, tenant=OTHER_ID),
    "a tenant's name that is unknown": Wrong(400, INVALID_REQUEST, 90002, tenant="fabrikam.onmicrosoft.com"),
    "a tenant that cannot be one": Wrong(400, INVALID_REQUEST, 900023, tenant="nonsense"),
    "the consumers' tenant": Wrong(400, INVALID_REQUEST, 900023, tenant="consumers"),
    "the tenant of everybody": Wrong(400, INVALID_REQUEST, 50059, tenant="common"),
    "the tenant of every organisation": Wrong(400, INVALID_REQUEST, 50059, tenant="organizations"),
    "no scope": Wrong(400, INVALID_REQUEST, 900144, without("scope")),
    "a scope without .default": Wrong(400, "invalid_scope", 1002012, GOOD | {"scope": VAULT_AUDIENCE}),
    "a scope of no resource": Wrong(400, "invalid_scope", 1002012, GOOD | {"scope": "/.default"}),
    "scopes of two resources": Wrong(
        400, "invalid_scope", 70011, GOOD | {"scope": "https://a/.default https://b/.default"}
    ),
    "an unknown resource": Wrong(
        400, "invalid_resource", 500011, GOOD | {"scope": "https://vault.example/.default"}
    ),
    "a vault's own address": Wrong(
        400, "invalid_resource", 500011, GOOD | {"scope": "https://contoso.vault.azure.net/.default"}
    ),
    "a resource at version 2.0": Wrong(400, INVALID_REQUEST, 901002, GOOD | {"resource": VAULT_AUDIENCE}),
    "claims that are none": Wrong(400, INVALID_REQUEST, 90023, GOOD | {"claims": "{"}),
    "no resource at version 1.0": Wrong(400, INVALID_REQUEST, 900144, without("resource", GOOD_V1), path=V1),
    "an unknown resource at version 1.0": Wrong(
        400, "invalid_resource", 500011, GOOD_V1 | {"resource": "https://vault.example"}, path=V1
    ),
    "a wrong secret at version 1.0": Wrong(
        401, "invalid_client", 7000215, GOOD_V1 | {"client_secret": "wrong"}, path=V1
    ),
}


async def refused(login: Login, wrong: Wrong) -> Answer:
    return await login.post(
        f"/{wrong.tenant}{wrong.path}", wrong.fields, {"Content-Type": FORM} | wrong.headers
    )


@pytest.mark.parametrize("case", TABLE)
async def test_each_mistake_has_its_code_its_word_and_its_status(legacy: Login, case: str) -> None:
    wrong = TABLE[case]
    answer = await refused(legacy, wrong)
    assert answer.refusal == (wrong.status, wrong.error, [wrong.code])


@pytest.mark.parametrize("case", TABLE)
async def test_every_refusal_has_the_body_that_clients_read(legacy: Login, case: str) -> None:
    answer = await refused(legacy, TABLE[case])
    body = answer.body
    assert set(body) == {
        "error",
        "error_description",
        "error_codes",
        "timestamp",
        "trace_id",
        "correlation_id",
        "error_uri",
    }
    (code,) = body["error_codes"]
    assert re.fullmatch(
        rf"AADSTS{code}: .+ Trace ID: \S+ Correlation ID: \S+ Timestamp: \d{{4}}-\d\d-\d\d \d\d:\d\d:\d\dZ",
        body["error_description"],
        re.DOTALL,
    )
    assert body["error_uri"].endswith(f"code={code}")
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["content-type"] == "application/json; charset=utf-8"


@pytest.mark.parametrize("case", TABLE)
async def test_no_refusal_repeats_a_secret(legacy: Login, case: str) -> None:
    answer = await refused(legacy, TABLE[case])
    assert CREDENTIALS["client_secret"] not in answer.body["error_description"]


async def test_what_is_right_but_for_these_mistakes_gets_a_token(legacy: Login) -> None:
    assert (
        legacy.verified(await legacy.post(f"/{TENANT.tenant_id}{V2}", GOOD)).principal.client_id == CLIENT_ID
    )
    assert legacy.verified(await legacy.post(f"/{TENANT.tenant_id}{V1}", GOOD_V1))


@pytest.mark.parametrize("path", [V1, V2])
async def test_the_token_endpoints_take_no_get(legacy: Login, path: str) -> None:
    answer = await legacy.get(f"/{TENANT.tenant_id}{path}")
    assert answer.refusal == (405, INVALID_REQUEST, [900561])


async def test_a_body_that_is_too_large_is_refused_before_it_is_read(legacy: Login) -> None:
    answer = await legacy.post(f"/{TENANT.tenant_id}{V2}", b"x" * (64 * 1024 + 1))
    assert answer.refusal == (413, INVALID_REQUEST, [])
