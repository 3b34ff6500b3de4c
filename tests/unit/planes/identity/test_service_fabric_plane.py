"""Service Fabric's identity endpoint: what its clients send, and what its documentation promises."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping

import msgspec
import pytest
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

from keyless.planes.identity.service_fabric import ServiceFabricToken

PATH = "/metadata/identity/oauth2/token"
HEADERS = {"Secret": ORDERS.secret}
VERSION = "2019-07-01-preview"


async def ask(
    site: Site,
    headers: Mapping[str, str] = HEADERS,
    *,
    version: str | None = VERSION,
    resource: str | None = VAULT_AUDIENCE,
    names: Mapping[str, str] | None = None,
) -> Answer:
    query = {"api-version": version, "resource": resource, **(names or {})}
    given = {name: value for name, value in query.items() if value is not None}
    return await site.get("localhost:2377", PATH, given, headers)


def said(answer: Answer) -> tuple[int, str]:
    assert set(answer.body) == {"error"}
    error = answer.body["error"]
    assert error["correlationId"] == "the-request-id"
    assert error["message"]
    return answer.status, error["code"]


def claims_of(answer: Answer) -> dict[str, object]:
    payload = answer.body["access_token"].split(".")[1]
    return msgspec.json.decode(base64.urlsafe_b64decode(payload + "=="), type=dict[str, object])


async def test_a_service_gets_a_token_of_its_identity(service_fabric: Site, now: int) -> None:
    await service_fabric.host(system=True)
    answer = await ask(service_fabric)
    assert service_fabric.whose(answer) == SYSTEM.principal_id
    assert answer.body | {"access_token": ""} == {
        "access_token": "",
        "expires_on": str(now + 86_400),
        "resource": VAULT_AUDIENCE,
        "token_type": "Bearer",
    }
    assert msgspec.convert(answer.body, ServiceFabricToken)
    assert answer.headers["cache-control"] == "no-store"


async def test_without_a_system_assigned_identity_the_only_user_assigned_one_is_meant(
    service_fabric: Site,
) -> None:
    await service_fabric.host(given=(READER,))
    assert service_fabric.whose(await ask(service_fabric)) == READER.principal_id


async def test_a_token_that_a_resource_refused_is_not_handed_out_again(service_fabric: Site) -> None:
    await service_fabric.host(system=True)
    first = (await ask(service_fabric)).body["access_token"]
    assert (await ask(service_fabric)).body["access_token"] == first
    spent = hashlib.sha256(first.encode()).hexdigest()
    fresh = await ask(service_fabric, names={"token_sha256_to_refresh": spent.upper()})
    assert fresh.body["access_token"] != first
    assert service_fabric.whose(fresh) == SYSTEM.principal_id
    again = await ask(service_fabric, names={"token_sha256_to_refresh": spent})
    assert again.body["access_token"] == fresh.body["access_token"]


async def test_the_clients_capabilities_are_in_the_token(service_fabric: Site) -> None:
    await service_fabric.host(system=True)
    plain, capable = await ask(service_fabric), await ask(service_fabric, names={"xms_cc": "CP1,cp2"})
    assert "xms_cc" not in claims_of(plain)
    assert claims_of(capable)["xms_cc"] == ["CP1", "cp2"]


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ({}, (400, "SecretHeaderNotFound")),
        ({"x-identity-header": ORDERS.secret}, (400, "SecretHeaderNotFound")),
        ({"x-keyless-workload": ORDERS.secret}, (400, "SecretHeaderNotFound")),
        ({"Secret": ""}, (404, "ManagedIdentityNotFound")),
        ({"Secret": "wrong"}, (404, "ManagedIdentityNotFound")),
    ],
)
async def test_without_the_secret_there_is_no_token(
    service_fabric: Site, headers: dict[str, str], expected: tuple[int, str]
) -> None:
    await service_fabric.host(system=True)
    assert said(await ask(service_fabric, headers)) == expected


@pytest.mark.parametrize("version", [None, "2019-08-01", "2017-09-01"])
async def test_another_version_is_refused_by_name(service_fabric: Site, version: str | None) -> None:
    await service_fabric.host(system=True)
    assert said(await ask(service_fabric, version=version)) == (400, "InvalidApiVersion")


async def test_a_missing_resource_and_one_that_is_not_known(service_fabric: Site) -> None:
    await service_fabric.host(system=True)
    for missing in (None, ""):
        assert said(await ask(service_fabric, resource=missing)) == (400, "ArgumentNullOrEmpty")
    assert said(await ask(service_fabric, resource="api://orders")) == (400, "InvalidResource")


async def test_an_identity_that_is_named_is_given_or_refused_and_never_ignored(service_fabric: Site) -> None:
    await service_fabric.host(system=True, given=(READER,))
    await service_fabric.host(given=(FOREIGN,), resource_id=OTHER_SITE)
    named = await ask(service_fabric, names={"client_id": READER.client_id})
    assert service_fabric.whose(named) == READER.principal_id
    for stranger in (FOREIGN, WRITER):
        answer = await ask(service_fabric, names={"client_id": stranger.client_id})
        assert said(answer) == (404, "ManagedIdentityNotFound")


@pytest.mark.parametrize("given", [(), (READER, WRITER)])
async def test_where_no_identity_is_meant_there_is_none(service_fabric: Site, given: tuple[()]) -> None:
    await service_fabric.host(given=given)
    assert said(await ask(service_fabric)) == (404, "ManagedIdentityNotFound")


async def test_each_service_has_the_tokens_of_its_own_identity(service_fabric: Site) -> None:
    await service_fabric.host(system=True)
    await service_fabric.host(given=(FOREIGN,), resource_id=OTHER_SITE)
    theirs = await ask(service_fabric, {"Secret": BILLING.secret})
    assert service_fabric.whose(theirs) == FOREIGN.principal_id
