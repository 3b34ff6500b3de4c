"""The identity endpoint of Azure Machine Learning's compute."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec
import pytest
from identity_site import ORDERS, READER, SYSTEM, VAULT_AUDIENCE, WRITER, Answer, Site

from keyless.planes.identity.machine_learning import MachineLearningToken

HEADERS = {"secret": ORDERS.secret}


async def ask(
    site: Site,
    headers: Mapping[str, str] = HEADERS,
    *,
    version: str = "2017-09-01",
    path: str = "/msi/auth",
    names: Mapping[str, str] | None = None,
) -> Answer:
    query = {"api-version": version, "resource": VAULT_AUDIENCE, **(names or {})}
    return await site.get("127.0.0.1:46808", path, query, headers)


@pytest.mark.parametrize("path", ["/msi/auth", "/MSI/auth", "/MSI/auth/"])
async def test_a_compute_gets_a_token_of_its_system_assigned_identity(
    machine_learning: Site, now: int, path: str
) -> None:
    await machine_learning.host(system=True, given=(READER,))
    answer = await ask(machine_learning, path=path)
    assert machine_learning.whose(answer) == SYSTEM.principal_id
    assert answer.body | {"access_token": ""} == {
        "access_token": "",
        "client_id": SYSTEM.client_id,
        "expires_on": now + 86_400,
        "resource": VAULT_AUDIENCE,
        "token_type": "Bearer",
    }
    assert msgspec.convert(answer.body, MachineLearningToken)
    assert answer.headers["cache-control"] == "no-store"


@pytest.mark.parametrize("identity", [SYSTEM, READER, WRITER])
async def test_an_identity_is_named_by_its_client_id_the_system_assigned_one_too(
    machine_learning: Site, identity: object
) -> None:
    await machine_learning.host(system=True, given=(READER, WRITER))
    answer = await ask(machine_learning, names={"clientid": getattr(identity, "client_id", "")})
    assert machine_learning.whose(answer) == getattr(identity, "principal_id", "")


async def test_of_several_user_assigned_identities_one_must_be_named(machine_learning: Site) -> None:
    await machine_learning.host(given=(READER, WRITER))
    answer = await ask(machine_learning)
    assert answer.status == 400
    assert READER.client_id in answer.body["message"]


@pytest.mark.parametrize("headers", [{}, {"secret": "wrong"}, {"X-IDENTITY-HEADER": ORDERS.secret}])
async def test_without_the_secret_in_its_header_the_answer_is_401(
    machine_learning: Site, headers: dict[str, str]
) -> None:
    await machine_learning.host(system=True)
    answer = await ask(machine_learning, headers)
    assert (answer.status, answer.body["statusCode"]) == (401, 401)


async def test_another_version_is_refused(machine_learning: Site) -> None:
    await machine_learning.host(system=True)
    assert (await ask(machine_learning, version="2019-08-01")).status == 400
