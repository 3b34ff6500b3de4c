"""Long-running operations: their headers, and who may ask how they went."""

from __future__ import annotations

from typing import Any

import pytest
from arm_site import DAY_S, GROUP, HOST, SUBSCRIPTION, ArmSite

from keyless.model.identities import Principal
from keyless.model.resource_id import ResourceId
from keyless.planes.arm.long_running import Poll, keep, reply
from keyless.wire.call import MINT, Authorized, Reply
from keyless.wire.request import HeaderMap, Request
from wire_schemas import check

NAMESPACE = "Microsoft.KeyVault"
READ = "Microsoft.KeyVault/vaults/read"


async def started(arm: ArmSite, result: object = None) -> Reply:
    """The answer to a call of `maker` that was long-running."""
    request = Request("DELETE", HOST, GROUP, "", HeaderMap({}), arm.now, "r")
    caller = Principal("maker", "client", "t", "i")
    call: Authorized[Any] = Authorized(MINT, request, None, {}, None, "2021-04-01", caller, None)
    async with arm.store.transaction() as transaction:
        done = await keep(
            transaction,
            call,
            arm.plane.service,
            scope=ResourceId.parse(GROUP),
            read_action=READ,
            result=result,
        )
    return reply(call, done, namespace=NAMESPACE, location="West Europe", polls=Poll.STATUS | Poll.RESULT)


def links(answer: Reply) -> tuple[str, str]:
    headers = dict(answer.headers)
    assert headers["retry-after"] == "0"
    return headers["azure-asyncoperation"], headers["location"]


async def test_whoever_has_started_an_operation_sees_its_status_and_its_result(arm: ArmSite) -> None:
    first = await started(arm, {"name": "v"})
    status, result = links(first)
    assert first.status == 202
    assert status.startswith(f"https://{HOST}{SUBSCRIPTION}/providers/{NAMESPACE}/locations/westeurope/")
    seen = await arm.ask("GET", status, who="maker")
    assert (seen.status, seen.body["status"]) == (200, "Succeeded")
    check("GET", status.partition(HOST)[2].partition("?")[0], "", seen.status, seen.headers, seen.raw)
    assert (await arm.ask("GET", result, who="maker")).body == {"name": "v"}


async def test_an_operation_that_leaves_nothing_has_an_empty_result(arm: ArmSite) -> None:
    _, result = links(await started(arm))
    answer = await arm.ask("GET", result, who="maker")
    assert (answer.status, answer.raw) == (204, b"")


@pytest.mark.parametrize(("who", "status"), [("reader", 200), ("owner", 200), ("nobody", 404)])
async def test_others_see_an_operation_if_they_may_read_what_it_was_on(
    arm: ArmSite, who: str, status: int
) -> None:
    for link in links(await started(arm, {})):
        assert (await arm.ask("GET", link, who=who)).status == status


async def test_an_operation_is_forgotten_after_a_day_and_is_not_found_elsewhere(arm: ArmSite) -> None:
    status, _ = links(await started(arm))
    elsewhere = status.replace("000000000001", "000000000002")
    assert (await arm.ask("GET", elsewhere, who="maker")).status == 404
    arm.now += DAY_S + 1
    answer = await arm.ask("GET", status, who="maker")
    assert (answer.status, answer.code) == (404, "OperationNotFound")
    await started(arm)
    arm.now -= DAY_S + 1
    assert (await arm.ask("GET", status, who="maker")).status == 404
