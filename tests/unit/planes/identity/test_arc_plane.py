"""Azure Arc's identity endpoint: the challenge, and every way around it."""

from __future__ import annotations

import re
import stat

import msgspec
import pytest
from arc_site import HEADERS, PATH, ArcSite
from azure.identity._credentials.azure_arc import _validate_user_assigned_identity
from identity_site import (
    BILLING,
    FOREIGN,
    ORDERS,
    OTHER_SITE,
    READER,
    SYSTEM,
    VAULT_AUDIENCE,
    Answer,
    Site,
)

from keyless.model.hosts import HostKind
from keyless.planes.identity.arc import arc_plane
from keyless.planes.identity.arc_challenges import LIFE_S
from keyless.planes.identity.metadata_token import MetadataToken
from keyless.tokens.issuer import TokenIssuer

BILLINGS = {"Metadata": "true", "x-keyless-workload": BILLING.secret}
DIRECT = {"Metadata": "true"}


def refused(answer: Answer) -> bool:
    assert "access_token" not in answer.body
    return (answer.status, answer.body["error"], "www-authenticate" in answer.headers) == (
        403,
        "access_denied",
        False,
    )


async def test_the_first_answer_names_a_file_and_the_second_is_a_token(arc: ArcSite, now: int) -> None:
    await arc.site.host(system=True)
    challenged = await arc.ask()
    challenge = challenged.headers["www-authenticate"]
    assert re.fullmatch(r"Basic realm=/[^=]+/keyless-[0-9a-f]{32}\.key", challenge)
    assert challenge.count("=") == 1
    assert challenged.body["error"] == "unauthorized_client"
    key = arc.key(challenged)
    assert stat.S_IMODE(key.stat().st_mode) == 0o400
    assert 0 < key.stat().st_size <= 4096
    answer = await arc.ask(answer=key.read_text())
    assert arc.site.whose(answer) == SYSTEM.principal_id
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
    assert msgspec.convert(answer.body, MetadataToken)
    assert not key.exists()


@pytest.mark.parametrize(
    ("name", "config", "value"),
    [
        ("client_id", "client_id", READER.client_id.upper()),
        ("object_id", "object_id", READER.principal_id),
        ("msi_res_id", "resource_id", READER.resource_id.upper()),
    ],
)
async def test_the_answer_repeats_the_id_that_was_asked_for(
    arc: ArcSite, name: str, config: str, value: str
) -> None:
    await arc.site.host(system=True, given=(READER,))
    answer = await arc.token(names={name: value})
    assert arc.site.whose(answer) == READER.principal_id
    _validate_user_assigned_identity({config: value}, answer.body)  # azure-identity's own check


async def test_a_direct_request_is_known_by_its_process(arc: ArcSite) -> None:
    await arc.site.host(system=True)
    arc.site.running.at_peer = ORDERS
    assert arc.site.whose(await arc.token(DIRECT)) == SYSTEM.principal_id


async def test_a_process_that_is_nobodys_gets_no_challenge(arc: ArcSite) -> None:
    await arc.site.host(system=True)
    for headers in (DIRECT, DIRECT | {"x-keyless-workload": "wrong"}, DIRECT | {"Secret": ORDERS.secret}):
        assert refused(await arc.ask(headers))
        assert refused(await arc.ask(headers, answer=ORDERS.secret))
    assert not arc.keys.exists()


async def test_an_answer_is_good_once(arc: ArcSite) -> None:
    await arc.site.host(system=True)
    key = arc.key(await arc.ask()).read_text()
    assert (await arc.ask(answer=key)).status == 200
    assert refused(await arc.ask(answer=key))


async def test_an_answer_that_comes_too_late_is_refused_and_its_file_is_gone(arc: ArcSite) -> None:
    await arc.site.host(system=True)
    key = arc.key(await arc.ask())
    content = key.read_text()
    arc.site.now += LIFE_S
    assert refused(await arc.ask(answer=content))
    assert not key.exists()


async def test_an_answer_to_another_workloads_challenge_is_refused_and_still_good_for_it(
    arc: ArcSite,
) -> None:
    await arc.site.host(system=True)
    await arc.site.host(given=(FOREIGN,), resource_id=OTHER_SITE)
    key = arc.key(await arc.ask(BILLINGS)).read_text()
    assert refused(await arc.ask(HEADERS, answer=key))
    assert arc.site.whose(await arc.ask(BILLINGS, answer=key)) == FOREIGN.principal_id


@pytest.mark.parametrize(
    "authorization",
    ["", "Basic", "Basic ", "Basic wrong", "Bearer {key}", "{key}", "Basic {key}x", "Basic é"],
)
async def test_anything_but_the_files_content_is_refused(arc: ArcSite, authorization: str) -> None:
    await arc.site.host(system=True)
    key = arc.key(await arc.ask())
    headers = HEADERS | {"Authorization": authorization.replace("{key}", key.read_text())}
    assert refused(await arc.ask(headers))
    assert key.exists()


async def test_a_workloads_end_is_the_end_of_its_challenges(arc: ArcSite) -> None:
    await arc.site.host(system=True)
    mine, theirs = arc.key(await arc.ask()), arc.key(await arc.ask(BILLINGS))
    content = mine.read_text()
    running = arc.site.running.by_secret(ORDERS.secret)
    assert running is not None
    arc.challenges.forget(running)
    assert (mine.exists(), theirs.exists()) == (False, True)
    assert refused(await arc.ask(answer=content))


async def test_challenges_that_nobody_answers_do_not_pile_up(arc: ArcSite) -> None:
    await arc.site.host(system=True)
    theirs = arc.key(await arc.ask(BILLINGS))
    for _ in range(100):
        last = arc.key(await arc.ask())
    assert len(list(arc.keys.iterdir())) <= 33
    assert theirs.exists()
    assert (await arc.ask(answer=last.read_text())).status == 200
    arc.site.now += LIFE_S
    newest = arc.key(await arc.ask())
    assert list(arc.keys.iterdir()) == [newest]


@pytest.mark.parametrize(
    "headers", [{}, {"Metadata": "false"}, {"Metadata": "true", "X-Forwarded-For": "::1"}]
)
async def test_a_request_that_was_not_meant_is_refused_before_anything(
    arc: ArcSite, headers: dict[str, str]
) -> None:
    given = {"x-keyless-workload": ORDERS.secret} | headers
    assert (await arc.ask(given)).status == 400
    assert not arc.keys.exists()


async def test_the_header_counts_in_any_casing_as_the_documentation_has_it(arc: ArcSite) -> None:
    assert (await arc.ask(HEADERS | {"Metadata": "True"})).status == 401


@pytest.mark.parametrize("version", ["", "2018-02-01", "2017-09-01"])
async def test_another_version_is_refused(arc: ArcSite, version: str) -> None:
    await arc.site.host(system=True)
    key = arc.key(await arc.ask()).read_text()
    assert (await arc.ask(answer=key, version=version)).status == 400


async def test_an_identity_of_another_server_is_as_unknown_as_none(arc: ArcSite) -> None:
    await arc.site.host(system=True)
    await arc.site.host(given=(FOREIGN,), resource_id=OTHER_SITE)
    foreign = await arc.token(names={"client_id": FOREIGN.client_id})
    invented = await arc.token(names={"client_id": "00000000-0000-4000-8000-000000000000"})
    assert (foreign.status, foreign.body) == (invented.status, invented.body)
    assert foreign.status == 400


async def test_a_workload_of_another_kind_of_host_gets_no_challenge(arc: ArcSite) -> None:
    plane = arc_plane(arc.site.store, arc.site.world, TokenIssuer(), arc.challenges)
    machine = Site(plane, arc.site.store, arc.site.world, arc.site.now, HostKind.VM)
    machine.running.at_peer = ORDERS
    for headers in (HEADERS, DIRECT):
        query = {"api-version": "2020-06-01", "resource": VAULT_AUDIENCE}
        assert refused(await machine.get("127.0.0.1", PATH, query, headers))
