"""What clients look up before they ask for a token."""

from __future__ import annotations

import base64
import hashlib

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa
from login_site import HOST, TENANT, Login

from keyless.planes.entra.discovery import OpenIdConfiguration
from keyless.tokens.keys import KeyRing, SigningKey
from keyless.tokens.rotation import PUBLISHED_FOR_S
from keyless.wire.operation import Public

V2 = "v2.0/.well-known/openid-configuration"
V1 = ".well-known/openid-configuration"
BASE = f"https://{HOST}/{TENANT.tenant_id}"
NAMES = [TENANT.tenant_id, TENANT.tenant_id.upper(), "contoso", "Contoso", "contoso.onmicrosoft.com"]


def b64url(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


@pytest.mark.parametrize("tenant", NAMES)
async def test_version_2_names_its_endpoints_by_the_tenants_id(login: Login, tenant: str) -> None:
    answer = await login.get(f"/{tenant}/{V2}")
    assert answer.status == 200
    assert answer.body["issuer"] == f"{BASE}/v2.0"
    assert answer.body["token_endpoint"] == f"{BASE}/oauth2/v2.0/token"
    assert answer.body["authorization_endpoint"] == f"{BASE}/oauth2/v2.0/authorize"
    assert answer.body["jwks_uri"] == f"{BASE}/discovery/v2.0/keys"


@pytest.mark.parametrize("tenant", NAMES)
async def test_version_1_names_the_issuer_that_tokens_carry(login: Login, tenant: str) -> None:
    answer = await login.get(f"/{tenant}/{V1}")
    assert answer.body["issuer"] == f"https://sts.windows.net/{TENANT.tenant_id}/"
    assert answer.body["token_endpoint"] == f"{BASE}/oauth2/token"
    assert answer.body["jwks_uri"] == f"{BASE}/discovery/keys"
    assert set(answer.body) == set(OpenIdConfiguration.__struct_fields__)


async def test_several_slashes_are_one_as_msal_asks_for_common(login: Login) -> None:
    assert (await login.get(f"/common//{V2}")).body == (await login.get(f"/common/{V2}")).body


@pytest.mark.parametrize("alias", ["common", "organizations", "Common"])
async def test_an_alias_of_all_tenants_leaves_the_tenant_open(login: Login, alias: str) -> None:
    v2, v1 = await login.get(f"/{alias}/{V2}"), await login.get(f"/{alias}/{V1}")
    assert v2.body["issuer"] == f"https://{HOST}/{{tenantid}}/v2.0"
    assert v1.body["issuer"] == "https://sts.windows.net/{tenantid}/"
    assert v2.body["token_endpoint"] == f"https://{HOST}/{alias.lower()}/oauth2/v2.0/token"


@pytest.mark.parametrize(
    "host",
    [
        "login.windows.net",
        "login.microsoft.com",
        "sts.windows.net",
        "westus2.login.microsoft.com",
        "LOGIN.microsoftonline.com:443",
    ],
)
async def test_every_login_host_answers_alike(login: Login, host: str) -> None:
    assert (await login.get(f"/contoso/{V2}", host=host)).body == (await login.get(f"/contoso/{V2}")).body


@pytest.mark.parametrize(
    "host",
    ["login.microsoftonline.com.evil.example", "a.b.login.microsoft.com", ".login.microsoft.com", "x", ""],
)
async def test_other_hosts_are_not_login_hosts(login: Login, host: str) -> None:
    assert (await login.get(f"/contoso/{V2}", host=host)).status == 404


@pytest.mark.parametrize("path", [V2, V1, "discovery/v2.0/keys", "discovery/keys"])
async def test_an_unknown_tenant_is_refused_as_entra_does(login: Login, path: str) -> None:
    unknown = await login.get(f"/99999999-9999-4999-8999-999999999999/{path}")
    assert unknown.refusal == (400, "invalid_tenant", [90002])
    nonsense = await login.get(f"/nonsense/{path}")
    assert nonsense.refusal == (400, "invalid_tenant", [900023])
    assert "'nonsense'" in nonsense.body["error_description"]


@pytest.mark.parametrize("tenant", [TENANT.tenant_id, "common"])
@pytest.mark.parametrize("path", ["discovery/v2.0/keys", "discovery/keys"])
async def test_the_public_halves_of_all_valid_keys_are_published(
    login: Login, tenant: str, path: str, signing_key: SigningKey, foreign_key: SigningKey
) -> None:
    login.world.keys = KeyRing([signing_key, foreign_key])
    keys = (await login.get(f"/{tenant}/{path}")).body["keys"]
    assert {key["kid"] for key in keys} == {signing_key.kid, foreign_key.kid}
    members = {"kty", "use", "kid", "x5t", "n", "e", "x5c"} | ({"issuer"} if "v2.0" in path else set())
    assert all(set(key) == members for key in keys)


@pytest.mark.parametrize(
    ("tenant", "named"), [(TENANT.tenant_id, TENANT.tenant_id), ("common", "{tenantid}")]
)
async def test_the_keys_of_version_2_say_whose_tokens_they_sign(
    login: Login, tenant: str, named: str
) -> None:
    keys = (await login.get(f"/{tenant}/discovery/v2.0/keys")).body["keys"]
    assert [key["issuer"] for key in keys] == [f"https://{HOST}/{named}/v2.0"]


async def test_each_key_comes_with_its_own_certificate_and_goes_by_the_thumbprint(login: Login) -> None:
    (key,) = (await login.get("/contoso/discovery/keys")).body["keys"]
    der = base64.b64decode(key["x5c"][0])
    assert key["kid"] == key["x5t"] == b64url(hashlib.sha1(der).digest())
    certificate = x509.load_der_x509_certificate(der)
    public = certificate.public_key()
    assert isinstance(public, rsa.RSAPublicKey)
    numbers = public.public_numbers()
    assert (key["n"], key["e"]) == (b64url(numbers.n.to_bytes(256)), b64url(numbers.e.to_bytes(3)))
    certificate.verify_directly_issued_by(certificate)
    assert certificate.serial_number.bit_length() <= 159


@pytest.mark.parametrize("path", [V2, V1, "discovery/v2.0/keys", "discovery/keys"])
async def test_clients_may_keep_the_documents_for_as_long_as_a_key_is_published_before_it_signs(
    login: Login, path: str
) -> None:
    answer = await login.get(f"/contoso/{path}")
    assert answer.headers["cache-control"] == f"max-age={PUBLISHED_FOR_S}, private"
    assert answer.headers["access-control-allow-origin"] == "*"


async def test_a_refusal_is_not_kept(login: Login) -> None:
    assert (await login.get(f"/nonsense/{V2}")).headers["cache-control"] == "no-store"


async def test_instance_discovery_knows_the_aliases(login: Login) -> None:
    endpoint = f"https://login.windows.net/{TENANT.tenant_id}/oauth2/authorize"
    answer = await login.get(
        "/common/discovery/instance", f"api-version=1.1&authorization_endpoint={endpoint}"
    )
    assert answer.body == {
        "tenant_discovery_endpoint": f"{BASE}/.well-known/openid-configuration",
        "api-version": "1.1",
        "metadata": [
            {
                "preferred_network": "login.microsoftonline.com",
                "preferred_cache": "login.windows.net",
                "aliases": [
                    "login.microsoftonline.com",
                    "login.windows.net",
                    "login.microsoft.com",
                    "sts.windows.net",
                ],
            }
        ],
    }


async def test_instance_discovery_1_0_has_no_metadata_and_leads_to_version_2(login: Login) -> None:
    endpoint = "https://westus2.login.microsoft.com/common/oauth2/v2.0/authorize"
    answer = await login.get(
        "/common/discovery/instance", f"api-version=1.0&authorization_endpoint={endpoint}"
    )
    assert answer.body == {
        "tenant_discovery_endpoint": f"https://{HOST}/common/v2.0/.well-known/openid-configuration",
        "api-version": "1.0",
    }


@pytest.mark.parametrize(
    "endpoint",
    [
        "https://evil.example/common/oauth2/authorize",
        "http://login.microsoftonline.com/common/oauth2/authorize",
        "https://login.microsoftonline.com",
        "https://[broken",
        "",
    ],
)
async def test_an_unknown_instance_is_refused(login: Login, endpoint: str) -> None:
    answer = await login.get(
        "/common/discovery/instance", f"api-version=1.1&authorization_endpoint={endpoint}"
    )
    assert answer.refusal == (400, "invalid_instance", [50049])


@pytest.mark.parametrize("query", ["", "api-version=2.0"])
async def test_instance_discovery_needs_a_version_that_is_known(login: Login, query: str) -> None:
    answer = await login.get("/common/discovery/instance", query)
    assert answer.refusal == (400, "invalid_request", [90014])


async def test_a_path_that_is_not_served_is_not_given_a_number(login: Login) -> None:
    answer = await login.get("/contoso/oauth2/v2.0/authorize")
    assert answer.refusal == (404, "not_found", [])
    assert "AADSTS" not in answer.body["error_description"]
    assert "error_uri" not in answer.body


async def test_the_token_endpoint_takes_no_get(login: Login) -> None:
    answer = await login.get("/contoso/oauth2/v2.0/token")
    assert answer.refusal == (405, "invalid_request", [900561])


async def test_an_error_tells_by_which_id_to_look_for_it(login: Login) -> None:
    answer = await login.get(
        f"/nonsense/{V2}",
        headers={"client-request-id": "c0ffee00-0000", "return-client-request-id": "true"},
    )
    body = answer.body
    assert (body["trace_id"], body["correlation_id"]) == ("the-request-id", "c0ffee00-0000")
    assert body["timestamp"] == "2027-01-15 08:00:00Z"
    assert body["error_uri"] == "https://login.microsoftonline.com/error?code=900023"
    assert body["error_description"].endswith(
        "Trace ID: the-request-id Correlation ID: c0ffee00-0000 Timestamp: 2027-01-15 08:00:00Z"
    )
    assert answer.headers["x-ms-request-id"] == "the-request-id"
    assert answer.headers["client-request-id"] == "c0ffee00-0000"


async def test_a_correlation_id_that_is_none_is_not_repeated(login: Login) -> None:
    answer = await login.get(f"/nonsense/{V2}", headers={"client-request-id": "<script>"})
    assert answer.body["correlation_id"] == "the-request-id"
    assert "client-request-id" not in answer.headers


def test_every_operation_is_public_for_a_reason(login: Login) -> None:
    accesses = [operation.access for operation in login.plane.operations]
    assert all(isinstance(access, Public) and access.reason for access in accesses)
