"""Cloud Shell's identity endpoint."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlencode

import msgspec
import pytest
from identity_site import ORDERS, READER, SYSTEM, VAULT_AUDIENCE, WRITER, Answer, Site

from keyless.planes.identity.cloud_shell import CloudShellToken

HEADERS = {"Metadata": "true", "x-keyless-workload": ORDERS.secret}
DIRECT = {"Metadata": "true"}


async def ask(site: Site, headers: Mapping[str, str] = HEADERS, **form: str) -> Answer:
    body = urlencode({"resource": VAULT_AUDIENCE} | form).encode()
    return await site.send("POST", "localhost:50342", "/oauth2/token", "", headers, body)


def said(answer: Answer) -> tuple[int, str]:
    assert set(answer.body) == {"error"}
    assert answer.body["error"]["message"]
    return answer.status, answer.body["error"]["code"]


async def test_a_posted_form_gets_a_token(cloud_shell: Site, now: int) -> None:
    await cloud_shell.host(system=True)
    answer = await ask(cloud_shell)
    assert cloud_shell.whose(answer) == SYSTEM.principal_id
    assert answer.body | {"access_token": ""} == {
        "access_token": "",
        "expires_in": "86400",
        "expires_on": str(now + 86_400),
        "not_before": str(now - 300),
        "resource": VAULT_AUDIENCE,
        "token_type": "Bearer",
    }
    assert msgspec.convert(answer.body, CloudShellToken)


async def test_without_a_system_assigned_identity_the_only_other_one_is_meant(cloud_shell: Site) -> None:
    await cloud_shell.host(given=(READER,))
    assert cloud_shell.whose(await ask(cloud_shell)) == READER.principal_id
    await cloud_shell.host(given=(READER, WRITER))
    assert said(await ask(cloud_shell)) == (400, "BadRequest")


async def test_a_direct_request_is_known_by_its_process_alone(cloud_shell: Site) -> None:
    await cloud_shell.host(system=True)
    for stranger in (DIRECT, DIRECT | {"x-keyless-workload": "wrong"}, DIRECT | {"secret": ORDERS.secret}):
        assert said(await ask(cloud_shell, stranger)) == (401, "Unauthorized")
    cloud_shell.running.at_peer = ORDERS
    assert cloud_shell.whose(await ask(cloud_shell, DIRECT)) == SYSTEM.principal_id


@pytest.mark.parametrize("name", ["client_id", "object_id", "msi_res_id"])
async def test_no_identity_can_be_named_not_even_the_right_one(cloud_shell: Site, name: str) -> None:
    await cloud_shell.host(system=True, given=(READER,))
    for value in (SYSTEM.client_id, READER.client_id):
        answer = await ask(cloud_shell, **{name: value})
        assert said(answer) == (400, "BadRequest")
        assert "no choice" in answer.body["error"]["message"]


@pytest.mark.parametrize("headers", [{}, {"Metadata": "true", "X-Forwarded-For": "::1"}])
async def test_a_request_that_was_not_meant_is_refused(cloud_shell: Site, headers: dict[str, str]) -> None:
    await cloud_shell.host(system=True)
    given = {"x-keyless-workload": ORDERS.secret} | headers
    assert said(await ask(cloud_shell, given)) == (400, "BadRequest")


async def test_a_resource_that_is_missing_or_unknown(cloud_shell: Site) -> None:
    await cloud_shell.host(system=True)
    assert said(await ask(cloud_shell, resource="")) == (400, "BadRequest")
    assert said(await ask(cloud_shell, resource="api://orders")) == (400, "AudienceNotSupported")


async def test_the_form_may_be_a_querys_and_the_rules_are_the_same(cloud_shell: Site) -> None:
    await cloud_shell.host(system=True)

    async def get(headers: Mapping[str, str], **query: str) -> Answer:
        return await cloud_shell.get(
            "localhost", "/oauth2/token", {"resource": VAULT_AUDIENCE} | query, headers
        )

    assert cloud_shell.whose(await get(HEADERS)) == SYSTEM.principal_id
    assert said(await get(DIRECT)) == (401, "Unauthorized")
    assert said(await get({"x-keyless-workload": ORDERS.secret})) == (400, "BadRequest")
    assert said(await get(HEADERS | {"X-Forwarded-For": "::1"})) == (400, "BadRequest")
    assert said(await get(HEADERS, client_id=SYSTEM.client_id)) == (400, "BadRequest")


async def test_a_posted_forms_fields_are_not_taken_from_the_query(cloud_shell: Site) -> None:
    await cloud_shell.host(system=True)
    query = urlencode({"resource": VAULT_AUDIENCE})
    answer = await cloud_shell.send("POST", "localhost", "/oauth2/token", query, HEADERS, b"")
    assert said(answer) == (400, "BadRequest")
