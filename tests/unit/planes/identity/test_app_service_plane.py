"""App Service's identity endpoint, in both of its versions."""

from __future__ import annotations

import time
from collections.abc import Mapping

import jwt
import msgspec
import pytest
from azure.identity._credentials.azure_ml import _parse_expires_on
from identity_site import (
    BILLING,
    FOREIGN,
    ORDERS,
    OTHER_SITE,
    READER,
    SYSTEM,
    VAULT_AUDIENCE,
    WRITER,
    Answer,
    Site,
)

from keyless.planes.identity.app_service import AppServiceToken
from keyless.tokens.keys import KeyRing, SigningKey

PATH = "/msi/token"
HEADERS = {"X-IDENTITY-HEADER": ORDERS.secret}
OLD = {"secret": ORDERS.secret}


async def ask(
    site: Site,
    headers: Mapping[str, str] = HEADERS,
    *,
    version: str | None = "2019-08-01",
    resource: str | None = VAULT_AUDIENCE,
    path: str = PATH,
    names: Mapping[str, str] | None = None,
) -> Answer:
    query = {"api-version": version, "resource": resource, **(names or {})}
    return await site.get(
        "127.0.0.1:41741", path, {name: value for name, value in query.items() if value is not None}, headers
    )


async def test_an_app_gets_a_token_of_its_system_assigned_identity(app_service: Site, now: int) -> None:
    await app_service.host(system=True, given=(READER,))
    answer = await ask(app_service)
    assert app_service.whose(answer) == SYSTEM.principal_id
    assert answer.body | {"access_token": ""} == {
        "access_token": "",
        "client_id": SYSTEM.client_id,
        "expires_on": str(now + 86_400),
        "not_before": str(now - 300),
        "resource": VAULT_AUDIENCE,
        "token_type": "Bearer",
    }
    assert msgspec.convert(answer.body, AppServiceToken)
    assert answer.headers["cache-control"] == "no-store"


@pytest.mark.parametrize("path", ["/msi/token/", "/MSI/token", "/MSI/Token/"])
@pytest.mark.parametrize("host", ["127.0.0.1", "127.0.0.1:80", "localhost:41741"])
async def test_the_endpoint_is_found_in_any_casing_and_by_either_name(
    app_service: Site, path: str, host: str
) -> None:
    await app_service.host(system=True)
    query = {"api-version": "2019-08-01", "resource": VAULT_AUDIENCE}
    assert (await app_service.get(host, path, query, HEADERS)).status == 200


async def test_another_host_name_is_not_answered(app_service: Site) -> None:
    await app_service.host(system=True)
    query = {"api-version": "2019-08-01", "resource": VAULT_AUDIENCE}
    for host in ("evil.example", "127.0.0.1.evil.example", "169.254.169.254", ""):
        assert (await app_service.get(host, PATH, query, HEADERS)).status == 404


@pytest.mark.parametrize(
    ("parameter", "value"),
    [
        ("client_id", WRITER.client_id.upper()),
        ("object_id", WRITER.principal_id),
        ("principal_id", WRITER.principal_id),
        ("mi_res_id", WRITER.resource_id),
        ("resource_id", WRITER.resource_id),
    ],
)
async def test_a_user_assigned_identity_is_chosen_by_name(
    app_service: Site, parameter: str, value: str
) -> None:
    await app_service.host(system=True, given=(READER, WRITER))
    assert app_service.whose(await ask(app_service, names={parameter: value})) == WRITER.principal_id


async def test_the_old_version_takes_its_own_header_and_parameter(app_service: Site, now: int) -> None:
    await app_service.host(system=True, given=(READER,))
    answer = await ask(app_service, OLD, version="2017-09-01", names={"clientid": READER.client_id})
    assert app_service.whose(answer) == READER.principal_id
    assert answer.body["expires_on"] == time.strftime("%m/%d/%Y %H:%M:%S +00:00", time.gmtime(now + 86_400))


async def test_the_date_of_the_old_version_is_what_its_clients_read(app_service: Site, now: int) -> None:
    """azure-identity keeps its reader of that date for Azure Machine Learning's endpoint."""
    await app_service.host(system=True)
    content = (await ask(app_service, OLD, version="2017-09-01")).body
    _parse_expires_on(content)
    assert content["expires_on"] == now + 86_400


@pytest.mark.parametrize(
    ("version", "headers"),
    [
        ("2019-08-01", {}),
        ("2019-08-01", {"X-IDENTITY-HEADER": ""}),
        ("2019-08-01", {"X-IDENTITY-HEADER": "wrong"}),
        ("2019-08-01", {"X-IDENTITY-HEADER": "ü"}),
        ("2019-08-01", OLD),
        ("2017-09-01", HEADERS),
        ("2017-09-01", {"secret": "wrong"}),
        ("2019-08-01", {"x-keyless-workload": ORDERS.secret}),
    ],
)
async def test_without_the_secret_in_its_header_the_answer_is_401(
    app_service: Site, version: str, headers: dict[str, str]
) -> None:
    await app_service.host(system=True)
    answer = await ask(app_service, headers, version=version)
    assert answer.status == 401
    assert answer.body["statusCode"] == 401
    assert set(answer.body) == {"statusCode", "message"}


async def test_the_secret_is_checked_before_anything_is_said_of_the_request(app_service: Site) -> None:
    answer = await ask(app_service, {}, version="1", resource=None)
    assert answer.status == 401


@pytest.mark.parametrize("version", [None, "2018-02-01", "2019-08-01-preview"])
async def test_a_missing_or_unknown_version_is_named(app_service: Site, version: str | None) -> None:
    await app_service.host(system=True)
    answer = await ask(app_service, version=version)
    assert (answer.status, answer.body["statusCode"]) == (400, 400)
    assert (version or "api-version") in answer.body["message"]


async def test_an_app_with_only_a_user_assigned_identity_must_name_it(app_service: Site) -> None:
    await app_service.host(given=(READER,))
    answer = await ask(app_service)
    assert answer.status == 400
    assert answer.body["message"] == (
        "No Managed Identity found for specified ClientId/ResourceId/PrincipalId: "
        f"`orders-web` has `id-reader` (client_id `{READER.client_id}`)"
    )


async def test_an_identity_of_another_app_is_as_unknown_as_none_at_all(app_service: Site) -> None:
    await app_service.host(system=True)
    await app_service.host(given=(FOREIGN,), resource_id=OTHER_SITE)
    foreign = await ask(app_service, names={"client_id": FOREIGN.client_id})
    invented = await ask(app_service, names={"client_id": "00000000-0000-4000-8000-000000000000"})
    assert foreign.status == invented.status == 400
    assert foreign.body == invented.body
    assert "No User Assigned or Delegated Managed Identity found" in foreign.body["message"]
    billing = {"X-IDENTITY-HEADER": BILLING.secret}
    theirs = await ask(app_service, billing, names={"client_id": FOREIGN.client_id})
    assert app_service.whose(theirs) == FOREIGN.principal_id


async def test_two_names_at_once_are_refused(app_service: Site) -> None:
    await app_service.host(given=(READER,))
    answer = await ask(app_service, names={"client_id": READER.client_id, "mi_res_id": "x"})
    assert answer.status == 400
    assert "cannot be used together" in answer.body["message"]


async def test_a_missing_or_unknown_resource_is_a_bad_request(app_service: Site) -> None:
    await app_service.host(system=True)
    missing = await ask(app_service, resource=None)
    unknown = await ask(app_service, resource="api://orders")
    assert missing.status == unknown.status == 400
    assert "`resource`" in missing.body["message"]
    assert "api://orders" in unknown.body["message"]


async def test_a_secret_in_the_query_proves_nothing(app_service: Site) -> None:
    await app_service.host(system=True)
    answer = await ask(app_service, {}, names={"X-IDENTITY-HEADER": ORDERS.secret, "secret": ORDERS.secret})
    assert answer.status == 401


async def test_another_key_signs_from_its_very_second_on(
    app_service: Site, signing_key: SigningKey, foreign_key: SigningKey, now: int
) -> None:
    await app_service.host(system=True)
    both = (signing_key, foreign_key)
    app_service.world.keys = KeyRing(both, signer=signing_key.kid, changes_at=now + 10)
    before = await ask(app_service)
    app_service.world.keys = KeyRing(both, signer=foreign_key.kid)
    app_service.now = now + 9
    assert (await ask(app_service)).body == before.body
    app_service.now = now + 10
    after = await ask(app_service)
    assert jwt.get_unverified_header(before.body["access_token"])["kid"] == signing_key.kid
    assert jwt.get_unverified_header(after.body["access_token"])["kid"] == foreign_key.kid


async def test_what_a_request_asks_for_is_remembered_for_its_own_words_and_workload_alone(
    app_service: Site,
) -> None:
    await app_service.host(system=True, given=(READER,))
    await app_service.host(system=True, resource_id=OTHER_SITE)
    asked = [await ask(app_service) for _ in range(2)]
    assert asked[0].body == asked[1].body
    named = await ask(app_service, names={"client_id": READER.client_id})
    assert app_service.whose(named) == READER.principal_id
    for headers, host in ((HEADERS, ORDERS), ({"X-IDENTITY-HEADER": BILLING.secret}, BILLING)):
        token = (await ask(app_service, headers)).body["access_token"]
        claims = jwt.decode(token, options={"verify_signature": False})
        assert claims["xms_az_rid"] == host.resource_id
    await app_service.host(system=True)  # the reader was taken away
    assert (await ask(app_service, names={"client_id": READER.client_id})).status == 400
