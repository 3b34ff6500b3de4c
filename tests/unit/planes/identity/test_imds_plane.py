"""The metadata service: what probes and clients of it send, and need back."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from urllib.parse import quote

import msgspec
import pytest
from identity_site import (
    BILLING,
    FOREIGN,
    ORDERS,
    OTHER_SITE,
    READER,
    SITE,
    SYSTEM,
    TENANT,
    VAULT_AUDIENCE,
    WRITER,
    Answer,
    Site,
)

from keyless.planes.identity.imds import API_VERSIONS, get_token, imds_plane
from keyless.planes.identity.metadata_token import MetadataToken
from keyless.store.collections import COMPUTE, IDENTITIES
from keyless.store.sqlite.store import SqliteStore
from keyless.tokens.issuer import TokenIssuer
from keyless.wire.call import MINT, Authorized
from keyless.wire.errors import Bug
from keyless.wire.operation import WorkloadOnly
from keyless.wire.request import HeaderMap, Request

HOST = "169.254.169.254"
PATH = "/metadata/identity/oauth2/token"
QUERY = {"api-version": "2018-02-01", "resource": VAULT_AUDIENCE}
HEADERS = {"Metadata": "true", "x-keyless-workload": ORDERS.secret}


async def ask(
    site: Site,
    path: str = PATH,
    headers: Mapping[str, str] = HEADERS,
    *,
    version: str | None = "2018-02-01",
    resource: str = VAULT_AUDIENCE,
    names: Mapping[str, str] | None = None,
) -> Answer:
    query = {"api-version": version, "resource": resource, **(names or {})}
    return await site.get(
        HOST, path, {name: value for name, value in query.items() if value is not None}, headers
    )


def said(answer: Answer) -> tuple[int, str]:
    return answer.status, answer.body["error"]


async def test_the_machine_gets_a_token_of_its_system_assigned_identity(metadata: Site, now: int) -> None:
    await metadata.host(system=True, given=(READER,))
    answer = await ask(metadata)
    verified = metadata.verified(answer)
    assert verified.principal.principal_id == SYSTEM.principal_id
    assert answer.body | {"access_token": ""} == {
        "access_token": "",
        "client_id": SYSTEM.client_id,
        "expires_in": "86400",
        "expires_on": str(now + 86_400),
        "ext_expires_in": "86400",
        "not_before": str(now - 300),
        "resource": VAULT_AUDIENCE,
        "token_type": "Bearer",
    }


async def test_every_value_is_a_text_and_the_answer_is_not_cached(metadata: Site) -> None:
    await metadata.host(system=True)
    answer = await ask(metadata)
    assert msgspec.convert(answer.body, MetadataToken)
    assert all(isinstance(value, str) for value in answer.body.values())
    assert answer.headers["cache-control"] == "no-store"


async def test_the_token_names_the_identity_and_its_host(metadata: Site) -> None:
    await metadata.host(given=(READER,))
    token = (await ask(metadata)).body["access_token"]
    claims = msgspec.json.decode(_decoded(token.split(".")[1]))
    assert (claims["xms_mirid"], claims["xms_az_rid"]) == (READER.resource_id, SITE)
    assert (claims["appidacr"], claims["tid"]) == ("2", TENANT.tenant_id)


def _decoded(part: str) -> bytes:
    return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))


async def test_the_same_token_comes_again_with_the_time_that_it_has_left(metadata: Site) -> None:
    await metadata.host(system=True)
    first = await ask(metadata)
    metadata.now += 3600
    again = await ask(metadata)
    assert again.body["access_token"] == first.body["access_token"]
    assert again.body["expires_in"] == str(86_400 - 3600)


async def test_the_client_capabilities_asked_for_are_in_the_token(metadata: Site) -> None:
    await metadata.host(system=True)
    token = (await ask(metadata, names={"xms_cc": "CP1,cp2,<bad>"})).body["access_token"]
    assert msgspec.json.decode(_decoded(token.split(".")[1]))["xms_cc"] == ["CP1", "cp2"]


@pytest.mark.parametrize("path", [PATH, PATH + "/", "/Metadata/Identity/OAuth2/Token"])
async def test_the_path_is_found_with_a_trailing_slash_and_in_any_casing(metadata: Site, path: str) -> None:
    await metadata.host(system=True)
    assert (await ask(metadata, path)).status == 200


async def test_the_resource_may_come_unencoded(metadata: Site) -> None:
    await metadata.host(system=True)
    query = f"api-version=2018-02-01&resource={VAULT_AUDIENCE}"
    assert (await metadata.get(HOST, PATH, query, HEADERS)).status == 200


@pytest.mark.parametrize("version", API_VERSIONS.known)
async def test_every_known_version_is_answered(metadata: Site, version: str) -> None:
    await metadata.host(system=True)
    assert (await ask(metadata, version=version)).status == 200


@pytest.mark.parametrize("version", [None, "2017-12-01", "2018-02-02", "latest"])
async def test_a_missing_or_unknown_version_is_a_bad_request(metadata: Site, version: str | None) -> None:
    await metadata.host(system=True)
    answer = await ask(metadata, version=version)
    assert said(answer) == (400, "invalid_request")
    assert "api-version" in answer.body["error_description"]


@pytest.mark.parametrize("query", ["", "api-version=2018-02-01", "api-version=2018-02-01&resource=R"])
@pytest.mark.parametrize("header", [None, "false", "True", ""])
async def test_a_probe_without_the_metadata_header_gets_its_400_before_anything_else(
    metadata: Site, query: str, header: str | None
) -> None:
    headers = {} if header is None else {"Metadata": header}
    for path in (PATH, PATH + "/", "/metadata/instance"):
        answer = await metadata.get(HOST, path, query, headers)
        assert said(answer) == (400, "bad_request_102")


async def test_a_forwarded_request_is_refused(metadata: Site) -> None:
    await metadata.host(system=True)
    answer = await ask(metadata, headers=HEADERS | {"X-Forwarded-For": "10.0.0.1"})
    assert said(answer) == (400, "bad_request")


@pytest.mark.parametrize("secret", [None, "", "wrong", ORDERS.secret + "x", ORDERS.secret[:-1]])
async def test_without_a_workloads_secret_there_is_no_token(metadata: Site, secret: str | None) -> None:
    await metadata.host(system=True)
    headers = {"Metadata": "true"} | ({} if secret is None else {"x-keyless-workload": secret})
    answer = await ask(metadata, headers=headers)
    assert said(answer) == (401, "access_denied")
    assert "access_token" not in answer.body


async def test_the_secret_counts_only_in_its_own_header(metadata: Site) -> None:
    await metadata.host(system=True)
    headers = {"Metadata": "true", "X-IDENTITY-HEADER": ORDERS.secret, "secret": ORDERS.secret}
    assert said(await ask(metadata, headers=headers)) == (401, "access_denied")


async def test_a_workload_gets_only_tokens_of_its_own_resource(metadata: Site) -> None:
    await metadata.host(given=(READER,))
    await metadata.host(given=(FOREIGN,), resource_id=OTHER_SITE)
    billing = HEADERS | {"x-keyless-workload": BILLING.secret}
    assert metadata.whose(await ask(metadata)) == READER.principal_id
    assert metadata.whose(await ask(metadata, headers=billing)) == FOREIGN.principal_id
    refused = await ask(metadata, names={"client_id": FOREIGN.client_id})
    invented = await ask(metadata, names={"client_id": "00000000-0000-4000-8000-000000000000"})
    assert said(refused) == said(invented) == (400, "invalid_request")
    assert refused.body == invented.body


@pytest.mark.parametrize(
    ("parameter", "value"),
    [
        ("client_id", WRITER.client_id),
        ("object_id", WRITER.principal_id.upper()),
        ("principal_id", WRITER.principal_id),
        ("msi_res_id", WRITER.resource_id),
        ("mi_res_id", WRITER.resource_id.lower()),
        ("resource_id", WRITER.resource_id),
    ],
)
async def test_a_user_assigned_identity_is_chosen_by_name(metadata: Site, parameter: str, value: str) -> None:
    await metadata.host(system=True, given=(READER, WRITER))
    answer = await ask(metadata, names={parameter: value})
    assert metadata.whose(answer) == WRITER.principal_id
    assert answer.body["client_id"] == WRITER.client_id


async def test_azures_words_are_used_where_no_identity_is_meant(metadata: Site) -> None:
    await metadata.host(given=(READER, WRITER))
    ambiguous = await ask(metadata)
    assert said(ambiguous) == (400, "invalid_request")
    assert ambiguous.body["error_description"].startswith(
        "Multiple user assigned identities exist, please specify the clientId / resourceId of the "
        "identity in the token request"
    )
    assert f"`id-writer` (client_id `{WRITER.client_id}`)" in ambiguous.body["error_description"]
    unknown = await ask(metadata, names={"client_id": "x"})
    assert unknown.body["error_description"].startswith("Identity not found")
    several = await ask(metadata, names={"client_id": READER.client_id, "object_id": "x"})
    assert "mutually exclusive" in several.body["error_description"]


async def test_without_an_identity_the_message_says_so(metadata: Site) -> None:
    await metadata.host()
    answer = await ask(metadata)
    assert answer.body == {
        "error": "invalid_request",
        "error_description": "Identity not found: `orders-web` has no identity",
    }


async def test_a_resource_or_identity_that_was_deleted_has_no_tokens(
    metadata: Site, store: SqliteStore
) -> None:
    await metadata.host(given=(READER,))
    async with store.transaction() as transaction:
        await transaction.delete(IDENTITIES, (READER.resource_id.casefold(),))
    assert (await ask(metadata)).body["error_description"].startswith("Identity not found")
    async with store.transaction() as transaction:
        await transaction.delete(COMPUTE, (SITE.casefold(),))
    assert (await ask(metadata)).body["error_description"].startswith("Identity not found")


async def test_an_identity_that_was_taken_away_gets_no_token_at_once(metadata: Site) -> None:
    await metadata.host(given=(READER, WRITER))
    assert (await ask(metadata, names={"client_id": WRITER.client_id})).status == 200
    await metadata.host(given=(READER,))
    assert (await ask(metadata, names={"client_id": WRITER.client_id})).status == 400


async def test_a_missing_resource_is_named(metadata: Site) -> None:
    await metadata.host(system=True)
    for query in ("api-version=2018-02-01", "api-version=2018-02-01&resource="):
        answer = await metadata.get(HOST, PATH, query, HEADERS)
        assert said(answer) == (400, "invalid_request")
        assert "`resource`" in answer.body["error_description"]


async def test_a_resource_given_twice_is_refused(metadata: Site) -> None:
    await metadata.host(system=True)
    query = f"api-version=2018-02-01&resource={quote(VAULT_AUDIENCE)}&resource=https://azconfig.io"
    answer = await metadata.get(HOST, PATH, query, HEADERS)
    assert said(answer) == (400, "invalid_request")


async def test_an_unknown_resource_is_refused_by_name_with_the_right_one(metadata: Site) -> None:
    await metadata.host(system=True)
    answer = await ask(metadata, resource="https://contoso.vault.azure.net")
    assert said(answer) == (400, "invalid_resource")
    description = answer.body["error_description"]
    assert description.startswith(
        "AADSTS500011: The resource principal named https://contoso.vault.azure.net"
    )
    assert "`https://vault.azure.net`" in description


@pytest.mark.parametrize(
    "resource",
    [
        "https://vault.azure.net/",
        "https://azconfig.io",
        "https://appconfig.azure.com",
        "https://contoso.azconfig.io",
        "https://management.azure.com/",
        "https://management.core.windows.net/",
    ],
)
async def test_the_audience_is_echoed_with_its_slash(metadata: Site, resource: str) -> None:
    await metadata.host(system=True)
    answer = await ask(metadata, resource=resource)
    assert metadata.verified(answer, resource).audience == resource
    assert answer.body["resource"] == resource


async def test_the_tenant_can_be_asked_for(metadata: Site) -> None:
    answer = await metadata.get(HOST, "/metadata/identity/info", "api-version=2018-02-01", HEADERS)
    assert (answer.status, answer.body) == (200, {"tenantId": TENANT.tenant_id})


async def test_other_methods_paths_and_hosts_are_not_answered(metadata: Site) -> None:
    assert said(await metadata.send("POST", HOST, PATH, QUERY, HEADERS)) == (405, "method_not_allowed")
    assert said(await metadata.get(HOST, "/metadata/instance", QUERY, HEADERS)) == (404, "not_found")
    assert (await metadata.get("127.0.0.1", PATH, QUERY, HEADERS)).status == 404


def test_no_operation_is_open_to_everyone(store: SqliteStore, metadata: Site) -> None:
    plane = imds_plane(store, metadata.world, TokenIssuer())
    assert all(isinstance(operation.access, WorkloadOnly) for operation in plane.operations)


async def test_a_call_without_a_workload_cannot_reach_a_token(store: SqliteStore, metadata: Site) -> None:
    plane = imds_plane(store, metadata.world, TokenIssuer())
    call = Authorized(
        MINT,
        request=Request("GET", HOST, PATH, "resource=x", HeaderMap({}), metadata.now, "id"),
        resource=HOST,
        params={},
        body=None,
        api_version="2018-02-01",
        caller=None,
        workload=None,
    )
    with pytest.raises(Bug):
        await get_token.handler(call, plane.service)
